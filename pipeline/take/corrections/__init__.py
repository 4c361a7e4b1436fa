"""Correct the 2D joints of a take by hand: layer, files, another run, and where to look."""
