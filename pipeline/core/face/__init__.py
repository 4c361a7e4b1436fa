"""Name the points and the measures of a face."""
