"""Estimate gravity and floor, and detect and lock standing feet."""
