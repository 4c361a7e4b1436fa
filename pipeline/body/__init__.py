"""Bone lengths, filters and inverse kinematics: pure numpy on (T, 17, 3)."""
