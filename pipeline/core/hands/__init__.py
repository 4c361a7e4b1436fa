"""Hold hands: names of the 21 points, and the points that a detector saw."""
