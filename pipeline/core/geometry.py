"""Spaces and the way between them. Pure numpy; every function is named target_from_source.

image   x right, y down, origin at the top left corner of the upright picture, pixels
screen  image divided by the width: x in [-1, 1], y in [-h/w, h/w]; input of the published lifters
camera  x right, y down, z forward, metres
world   right-handed, z up, floor at z = 0, +y away from the camera, metres
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]

# Columns are the world's axes seen from a level camera: x stays, y (away) is z, z (up) is -y.
_LEVEL_WORLD_FROM_CAMERA = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])


def screen_from_image(joints: FloatArray, width_px: float, height_px: float) -> FloatArray:
    """(..., 2) pixels -> (..., 2) screen units: `X / w * 2 - [1, h / w]`."""
    return joints / width_px * 2 - np.array([1.0, height_px / width_px], dtype=joints.dtype)


def focal_px(fov_deg: float, width_px: float) -> float:
    """Focal length in pixels of a pinhole camera with the horizontal field of view `fov_deg`."""
    return float(width_px / 2 / np.tan(np.radians(fov_deg) / 2))


def image_from_camera(points: FloatArray, fov_deg: float, width_px: float, height_px: float) -> FloatArray:
    """(..., 3) metres in front of the camera -> (..., 2) pixels; pinhole, principal point in the middle."""
    f = focal_px(fov_deg, width_px)
    z = np.maximum(points[..., 2:3], 1e-6)
    return points[..., :2] / z * f + np.array([width_px / 2, height_px / 2], dtype=points.dtype)


def rotation_world_from_camera(pitch_deg: float, roll_deg: float = 0.0) -> FloatArray:
    """(3, 3) rotation for a camera that looks down by `pitch_deg` and is rolled clockwise by `roll_deg`.

    A pitch of zero is a level camera: the optical axis is world +y, image up is world +z.
    """
    p, r = np.radians(pitch_deg), np.radians(roll_deg)
    # Undo the roll about the optical axis, then the pitch about the horizontal axis.
    roll = np.array([[np.cos(r), -np.sin(r), 0.0], [np.sin(r), np.cos(r), 0.0], [0.0, 0.0, 1.0]])
    pitch = np.array([[1.0, 0.0, 0.0], [0.0, np.cos(p), np.sin(p)], [0.0, -np.sin(p), np.cos(p)]])
    return _LEVEL_WORLD_FROM_CAMERA @ pitch @ roll


def world_from_camera(points: FloatArray, rotation: FloatArray, translation: FloatArray) -> FloatArray:
    """(..., 3) camera -> (..., 3) world: `R p + t`."""
    return points @ rotation.T.astype(points.dtype) + translation.astype(points.dtype)


def camera_from_world(points: FloatArray, rotation: FloatArray, translation: FloatArray) -> FloatArray:
    """(..., 3) world -> (..., 3) camera: `R^T (p - t)`; inverse of `world_from_camera`."""
    return (points - translation.astype(points.dtype)) @ rotation.astype(points.dtype)


def default_fov_deg(width_px: float, height_px: float) -> float:
    """Horizontal field of view assumed where nothing is known: 60 degrees across the longer side of the picture.

    Main cameras of phones and most webcams lie between 55 and 75 degrees. An estimate, and labelled as one.
    """
    long_side = max(width_px, height_px)
    return float(np.degrees(2 * np.arctan(np.tan(np.radians(30.0)) * width_px / long_side)))


def horizon_from_tilt(
    pitch_deg: float, roll_deg: float, fov_deg: float, width_px: float, height_px: float
) -> tuple[FloatArray, FloatArray]:
    """The horizon in the picture: its point nearest to the middle (2,) px, and its direction (2,), to the right.

    Where all level lines of sight meet the picture: sin(roll) u + cos(roll) v = -tan(pitch), with u and v from the
    middle in focal lengths. A camera that looks down has it above the middle; a clockwise roll lifts its right end.
    """
    roll = np.radians(roll_deg)
    across = np.array([np.sin(roll), np.cos(roll)])
    middle = np.array([width_px / 2, height_px / 2])
    point = middle - np.tan(np.radians(pitch_deg)) * focal_px(fov_deg, width_px) * across
    return point, np.array([np.cos(roll), -np.sin(roll)])


def tilt_from_horizon(
    point: FloatArray, direction: FloatArray, fov_deg: float, width_px: float, height_px: float
) -> tuple[float, float]:
    """Pitch and roll in degrees from any point (2,) px of the horizon and its direction (2,), either way along it.

    Inverse of `horizon_from_tilt` for rolls up to 90 degrees: a picture is not upside down.
    """
    x, y = (direction if direction[0] >= 0 else -direction) / np.linalg.norm(direction)
    roll = np.arctan2(-y, x)
    from_middle = (np.asarray(point) - [width_px / 2, height_px / 2]) / focal_px(fov_deg, width_px)
    pitch = np.arctan(-(from_middle @ [np.sin(roll), np.cos(roll)]))
    return float(np.degrees(pitch)), float(np.degrees(roll))
