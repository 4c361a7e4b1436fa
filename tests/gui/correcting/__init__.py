"""Test corrections in the window."""
