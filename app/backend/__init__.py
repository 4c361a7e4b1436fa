"""Run the library for the window; no other folder of the window does."""
