"""Frame in, 2D people out; who is who from frame to frame."""
