"""Judge detector and lifter on real video, single and multi-view."""
