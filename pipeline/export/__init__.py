"""Export a take to files of other programs."""
