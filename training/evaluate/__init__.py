"""Evaluate lifters on motion that they were not trained on."""
