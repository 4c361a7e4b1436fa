"""Estimate the skeletons of all people frame by frame: windows, root, world."""
