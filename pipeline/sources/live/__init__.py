"""Cameras, network streams, and files played as if live."""
