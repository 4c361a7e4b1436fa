"""Whole jobs: lift a video, re-lift, re-finish."""
