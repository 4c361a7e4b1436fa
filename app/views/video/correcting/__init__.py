"""Provide the handles with which joints are corrected over the video."""
