"""Read a user's own character: its skeleton, which bone is which, and its T-pose."""
