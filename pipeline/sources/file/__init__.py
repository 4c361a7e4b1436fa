"""Read video files and files of 2D joints."""
