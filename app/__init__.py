"""The window (Qt). It uses the library through `backend`."""
