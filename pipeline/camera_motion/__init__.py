"""Measure how the camera turns between frames, by the background, and undo it."""
