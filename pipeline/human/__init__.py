"""Fit a human body to a person's bone lengths, and move its skin with the bones."""
