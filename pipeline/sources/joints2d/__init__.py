"""Read 2D joints that other programs found, in their own formats: one format a file, `found` the common form."""
