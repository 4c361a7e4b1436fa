"""A take in, files of other programs out."""
