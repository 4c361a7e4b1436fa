"""The only part of the window that runs the library."""
