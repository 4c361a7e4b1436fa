"""Run the window's long work in threads; results arrive in the main thread."""
