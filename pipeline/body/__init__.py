"""Measure bones, filter joints and solve inverse kinematics on (T, 17, 3) arrays in numpy."""
