"""Curves, people and findings below the video."""
