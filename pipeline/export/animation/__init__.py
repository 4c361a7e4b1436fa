"""BVH, glTF, USD and FBX."""
