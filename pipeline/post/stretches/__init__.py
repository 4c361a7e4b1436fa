"""Finish a stretch of a take again after a few of its 2D joints changed."""
