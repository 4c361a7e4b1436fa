"""Detect 2D people in frames, and track their identities from frame to frame."""
