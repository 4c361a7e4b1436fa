"""Locate the 21 points of people's hands with the hand networks of MediaPipe's package."""
