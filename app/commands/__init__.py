"""Carry out menu entries and keys, one file per menu."""
