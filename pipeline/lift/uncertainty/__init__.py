"""Estimate how far off each joint of a lifter's answer may be."""
