"""Recognise, load, add and run checkpoints."""
