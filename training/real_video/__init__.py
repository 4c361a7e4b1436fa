"""Evaluate detector and lifter on real video, from one and from several cameras."""
