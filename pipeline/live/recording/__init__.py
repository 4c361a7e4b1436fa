"""Record a live run to disk (video and rows of joints), open it and re-lift it."""
