"""Takes and recordings on disk, their edits and their provenance."""
