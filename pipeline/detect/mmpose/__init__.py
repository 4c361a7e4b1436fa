"""Wrap MMPose's networks as detectors, without its compiled operations."""
