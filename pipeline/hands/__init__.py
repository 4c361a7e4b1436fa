"""Turn points of hands into joints on the lifted skeleton, and rotations of finger bones."""
