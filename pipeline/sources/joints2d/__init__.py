"""Read 2D joints of other programs, one format per module; `found` is the common form."""
