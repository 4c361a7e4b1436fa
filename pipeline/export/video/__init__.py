"""Video with the skeleton over it or beside it."""
