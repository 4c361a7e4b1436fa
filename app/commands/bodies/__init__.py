"""Make the bodies that the 3D view shows."""
