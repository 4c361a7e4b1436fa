"""Define how people look in 3D: bodies, floor, colours and viewpoints, for the window and for videos."""
