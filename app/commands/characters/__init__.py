"""Use users' own characters in the window."""
