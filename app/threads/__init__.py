"""Threads of the window; their results arrive in the main thread."""
