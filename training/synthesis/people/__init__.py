"""Rendered people: clips of parametric bodies with exact joints, and what the program's detectors see in them."""
