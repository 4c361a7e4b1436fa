"""Render clips of parametric bodies with exact joints, and run the detectors on them."""
