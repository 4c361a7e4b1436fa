"""Implement video pose transformers, one architecture per file."""
