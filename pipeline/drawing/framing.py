"""Compute viewpoints that show people as large as fits, and the path that a view follows.

World space: metres, z up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.arrays import Doubles, Floats
from .viewpoint import FOV_DEG, Viewpoint

HOME_DEG = (9.0, -62.0)  # degrees, elevation and azimuth: a three-quarter view from the camera's side
_BODY_M = 0.12  # m that a body reaches beyond its joints: the top of the head, hands and feet
_MARGIN = 1.1  # ratio of the view's size to that of what it shows
_NEAREST_M = 1.6  # m between the viewpoint and what it looks at, at least
_MOST_ROWS = 1500  # frames that are looked at: enough for a motion, quick for an hour
_OUTSIDE = 0.002  # share of the joints that may be cut off: those of single wrong frames


def joints_to_frame(joints: Sequence[Floats | Doubles]) -> Doubles:
    """Return the known points (N, 3) of joints (T, 17, 3) of several people, of `_MOST_ROWS` frames at most."""
    parts = [one[:: -(-len(one) // _MOST_ROWS)].reshape(-1, 3) for one in joints if len(one)]
    points = np.concatenate(parts).astype(np.float64) if parts else np.zeros((0, 3))
    return points[np.isfinite(points).all(axis=1)]


def framed(
    points: Doubles, elevation_deg: float, azimuth_deg: float, view_px: tuple[int, int], fov_deg: float = FOV_DEG
) -> Viewpoint | None:
    """Return the nearest viewpoint in a direction from which all `points` (N, 3) are seen; None without points.

    `fov_deg` is horizontal, over a view of `view_px` (width, height). Each side of the view gives a half-space of
    positions that see all points; the viewpoint is where these meet.
    """
    if len(points) == 0:
        return None
    elevation, azimuth = np.radians(elevation_deg), np.radians(azimuth_deg)
    forward = -np.array([np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)])
    right = np.array([-np.sin(azimuth), np.cos(azimuth), 0.0])
    axes = np.stack([right, np.cross(right, forward), forward])
    seen = points @ axes.T  # (N, 3) right, up, forward
    half = np.tan(np.radians(fov_deg) / 2) / _MARGIN
    slopes = (half, half * max(view_px[1], 1) / max(view_px[0], 1))
    middle, nearest = [], np.inf
    for axis, slope in enumerate(slopes):
        low = np.quantile(-seen[:, axis] - slope * seen[:, 2], 1 - _OUTSIDE) + _BODY_M
        high = np.quantile(seen[:, axis] - slope * seen[:, 2], 1 - _OUTSIDE) + _BODY_M
        middle.append((high - low) / 2)
        nearest = min(nearest, -(low + high) / (2 * slope))
    depth = float(np.median(seen[:, 2]))
    distance = max(depth - nearest, _NEAREST_M)
    x, y, z = (axes.T @ np.array([*middle, depth])).tolist()
    return Viewpoint((x, y, z), distance, elevation_deg, azimuth_deg, fov_deg)


def follow_path(joints: Floats | Doubles) -> Doubles:
    """Smooth the pelvis of `joints` (T, 17, 3) to the path (T, 3) that a view follows.

    Over 31 frames along the floor; over 91 in height, so that the view does not follow a jump, but a climb.
    """
    path = joints[:, 0].astype(np.float64)
    good = np.isfinite(path).all(axis=1)
    if not good.any():
        return path
    index = np.arange(len(path))
    filled = [np.interp(index, index[good], path[good, axis]) for axis in range(3)]
    return np.stack([_smooth(filled[0], 31), _smooth(filled[1], 31), _smooth(filled[2], 91)], axis=1)


def _smooth(values: Doubles, frames: int) -> Doubles:
    """Smooth (T,) values by a Hann window over `frames`; the first and last values are repeated."""
    half = min(frames // 2, len(values) - 1)
    window = np.hanning(2 * half + 3)[1:-1]
    return np.convolve(np.pad(values, half, mode="edge"), window / window.sum(), mode="valid")
