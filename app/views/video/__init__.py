"""Show the video with the detected joints and the horizon over it."""
