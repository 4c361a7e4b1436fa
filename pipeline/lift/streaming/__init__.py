"""Lift only the latest frames of a stream, for live runs."""
