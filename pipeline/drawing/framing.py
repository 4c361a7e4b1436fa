"""Compute viewpoints that show people as large as fits, and the path that a view follows.

World space: metres, z up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.arrays import Doubles, Floats
from ..core.camera import VIEW_FOV_DEG, Viewpoint
from .viewpoint import view_axes

HOME_DEG = (9.0, -62.0)  # degrees, elevation and azimuth: a three-quarter view from the camera's side
_BODY_M = 0.12  # m that a body reaches beyond its joints: the top of the head, hands and feet
_MARGIN = 1.1  # ratio of the view's size to that of what it shows
_FAR = 2.5  # ratio of distances beyond which people are too small to be shown together at first
_NEAREST_M = 1.6  # m between the viewpoint and what it looks at, at least
_MOST_ROWS = 1500  # frames that are looked at: enough for a motion, quick for an hour
_OUTSIDE = 0.002  # share of the joints that may be cut off: those of single wrong frames


def joints_to_frame(joints: Sequence[Floats | Doubles]) -> Doubles:
    """Return the known points (N, 3) of joints (T, 17, 3), from `_MOST_ROWS` frames at most."""
    parts = [one[:: -(-len(one) // _MOST_ROWS)].reshape(-1, 3) for one in joints if len(one)]
    points = np.concatenate(parts).astype(np.float64) if parts else np.zeros((0, 3))
    return points[np.isfinite(points).all(axis=1)]


def framed(
    points: Doubles, elevation_deg: float, azimuth_deg: float, view_px: tuple[int, int], fov_deg: float = VIEW_FOV_DEG
) -> Viewpoint | None:
    """Return the nearest viewpoint in a direction from which all `points` (N, 3) are seen.

    None without points. `fov_deg` is horizontal, over a view of `view_px` (width, height). Each side of the view gives
    a half-space of positions that see all points; the viewpoint is where these meet.
    """
    if len(points) == 0:
        return None
    axes = view_axes(elevation_deg, azimuth_deg) * np.array([[1], [-1], [1]])  # right, up, forward
    seen = points @ axes.T
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


def shape(points: Doubles, elevation_deg: float, azimuth_deg: float) -> tuple[float, float]:
    """Return width and height (m) of `points` (N, 3) with their bodies, seen from far away."""
    seen = points @ view_axes(elevation_deg, azimuth_deg)[:2].T
    low, high = np.quantile(seen, [_OUTSIDE, 1 - _OUTSIDE], axis=0) + [[-_BODY_M], [_BODY_M]]
    return float(high[0] - low[0]), float(high[1] - low[1])


def shows_everybody(joints: Sequence[Floats | Doubles], person: int, view_px: tuple[int, int]) -> bool:
    """Return whether a first view should rest and show everybody, not follow one person.

    `joints`: (T, 17, 3) of each; `person` is the index of the one to follow. True if nobody is tiny in the former.
    """
    if len(joints) < 2:
        return False
    everybody = framed(joints_to_frame(joints), *HOME_DEG, view_px)
    one = framed(joints_to_frame([beside_path(joints[person])]), *HOME_DEG, view_px)
    return everybody is not None and one is not None and everybody.distance <= _FAR * one.distance


def beside_path(joints: Floats | Doubles) -> Doubles:
    """Return `joints` (T, 17, 3) relative to the path that a view follows."""
    return joints - follow_path(joints)[:, None]


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
