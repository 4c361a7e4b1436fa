"""Correct the 2D joints of a take by hand: the layer, its way to another run and to files, and where to look."""
