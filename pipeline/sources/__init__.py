"""Read frames from video files, cameras and network streams, and 2D joints from files."""
