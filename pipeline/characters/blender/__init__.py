"""Convert characters with an installed Blender, in a separate process."""
