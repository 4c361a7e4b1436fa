"""Export videos with the skeleton over or beside the image."""
