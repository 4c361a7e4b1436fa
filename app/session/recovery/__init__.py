"""Keep unsaved takes on disk, so that a crash loses nothing."""
