"""Read 2D joints from DeepLabCut's tables, as CSV and as HDF5."""
