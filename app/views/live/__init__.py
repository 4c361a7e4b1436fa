"""Show a live run: image and skeletons, and a bar with rates and controls."""
