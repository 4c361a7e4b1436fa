"""Convert joints to bone rotations and bone names, for animation formats and avatars."""
