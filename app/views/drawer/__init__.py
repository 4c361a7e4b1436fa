"""Show curves, people and findings of a take, in a drawer below the video."""
