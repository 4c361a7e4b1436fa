"""Define how people look in 3D, in the window and in videos: bodies, floor, viewpoints."""
