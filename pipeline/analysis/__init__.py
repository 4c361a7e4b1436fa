"""Compute joint angles, gait parameters and curves from the 3D joints of a take."""
