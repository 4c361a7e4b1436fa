"""Gravity, floor and standing feet."""
