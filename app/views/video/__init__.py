"""The video with the joints over it."""
