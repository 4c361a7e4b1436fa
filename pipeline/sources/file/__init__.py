"""Video files and 2D-joint files."""
