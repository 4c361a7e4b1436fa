"""A live run on disk: video, rows, and lifting it again."""
