"""Export animated rigs: BVH, glTF, USD and FBX."""
