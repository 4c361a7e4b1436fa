"""Raw 3D joints to clean motion in the world."""
