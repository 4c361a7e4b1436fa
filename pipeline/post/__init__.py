"""Turn lifted, root-relative 3D joints into clean motion in the world."""
