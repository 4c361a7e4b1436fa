"""Convert between coordinate spaces; every function is named target_from_source.

Pure numpy. `Camera` converts between image and camera.

image   x right, y down, origin at the top left corner of the upright image, pixels
screen  image divided by the width: x in [-1, 1], y in [-h/w, h/w]; input of the published lifters
camera  x right, y down, z forward, metres
world   right-handed, z up, floor at z = 0, +y away from the camera, metres
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]

# Columns are the world's axes in the coordinates of a level camera: x stays, y (away) is z, z (up) is -y.
_LEVEL_WORLD_FROM_CAMERA = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])


def screen_from_image(joints: FloatArray, width_px: float, height_px: float) -> FloatArray:
    """Convert (..., 2) pixels to (..., 2) screen units: `X / w * 2 - [1, h / w]`."""
    return joints / width_px * 2 - np.array([1.0, height_px / width_px], dtype=joints.dtype)


def rotation_world_from_camera(pitch_deg: float, roll_deg: float = 0.0) -> FloatArray:
    """Return the rotation (3, 3) of a camera pitched down and rolled clockwise by degrees.

    A pitch of zero is a level camera: the optical axis is world +y, image up is world +z.
    """
    p, r = np.radians(pitch_deg), np.radians(roll_deg)
    # Undo the roll about the optical axis, then the pitch about the horizontal axis.
    roll = np.array([[np.cos(r), -np.sin(r), 0.0], [np.sin(r), np.cos(r), 0.0], [0.0, 0.0, 1.0]])
    pitch = np.array([[1.0, 0.0, 0.0], [0.0, np.cos(p), np.sin(p)], [0.0, -np.sin(p), np.cos(p)]])
    return _LEVEL_WORLD_FROM_CAMERA @ pitch @ roll


def world_from_camera(points: FloatArray, rotation: FloatArray, translation: FloatArray) -> FloatArray:
    """Convert (..., 3) camera to (..., 3) world: `R p + t`."""
    return points @ rotation.T.astype(points.dtype) + translation.astype(points.dtype)


def camera_from_world(points: FloatArray, rotation: FloatArray, translation: FloatArray) -> FloatArray:
    """Convert (..., 3) world to (..., 3) camera: `R^T (p - t)`; inverse of `world_from_camera`."""
    return (points - translation.astype(points.dtype)) @ rotation.astype(points.dtype)
