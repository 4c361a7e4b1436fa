"""Synthesise training input: cameras, detector errors and normalised batches."""
