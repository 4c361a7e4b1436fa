"""Cameras, detector errors and batches: what the lifter learns from."""
