"""Compute the image squares in which a hand is searched, from arms and from last points.

The rules follow MediaPipe's holistic graph (`hand_landmarks_from_pose`): the arm gives a rough square, a small network
(`hand_recrop`) a better one, and the points of the last frame the best one, as long as it agrees with the network's.

Lugaresi et al., "MediaPipe: A Framework for Building Perception Pipelines", 2019.
"""

from __future__ import annotations

import numpy as np

from ....core.arrays import Floats
from ....core.hands.points import INDEX_BASE, MIDDLE_BASE, RING_BASE, WRIST
from ...crops import Square

_PALM = [0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18]  # points that define the next square: bent fingers do not change it

_ROUGH_SCALE = 2.7  # rough square / hand's box, as the recrop network was trained
_FOREARM_HANDS = 0.7  # hand's length / forearm's, of adults (Drillis and Contini 1966: 0.108 and 0.146 of the stature)
_SHORTEST_HAND = 0.6  # smallest box / expected hand: a hand that points at the camera is wide but not long
_KNUCKLES_BEYOND_WRIST = 0.45  # hand lengths from the wrist to the middle of the hand, along the forearm
_TRACK_SCALE = 2.0  # square / box of the palm points
_SHIFT = 0.1  # sides by which a square is moved toward the fingertips
# Limits within which the last frame's square agrees with the recrop network's: the landmark network's training range.
_SAME_TURN_DEG, _SAME_SHIFT, _SAME_SCALE = 40.0, 0.2, 0.4
_SAME_MARGIN = -0.1  # the last points lie in the recrop network's square, less this share


def arm_square(elbow: Floats, wrist: Floats, knuckles: tuple[Floats, Floats] | None) -> Square | None:
    """Return the rough square of a hand from image points (2,), or None if they coincide.

    `knuckles`: base of index and little finger, where the body's detector has them; else the hand is assumed to
    continue the forearm.
    """
    forearm = wrist - elbow
    expected = _FOREARM_HANDS * float(np.linalg.norm(forearm))
    if knuckles is None:
        middle = wrist + _KNUCKLES_BEYOND_WRIST * _FOREARM_HANDS * forearm
        length = expected
    else:
        index, little = knuckles
        middle = (2 * index + little) / 3
        length = 2 * float(np.linalg.norm(middle - wrist))
    length = max(length, _SHORTEST_HAND * expected)
    direction = middle - wrist
    if float(np.linalg.norm(direction)) < 1e-3 * max(length, 1e-6):
        direction = forearm
    return _square(middle, direction, _ROUGH_SCALE * length)


def recrop_square(rough: Square, points: Floats) -> Square | None:
    """Return the square of the recrop network's answer in a rough square.

    The answer is two points (2, 2) in [0, 1]: the centre, and the middle of the square's lower edge, at the wrist.
    """
    centre, lower = rough.image_from_crop(points)
    return _square(centre, centre - lower, 2 * float(np.linalg.norm(centre - lower)))


def tracked_square(joints: Floats) -> Square | None:
    """Return the square for the next frame's search, from image points (21, 2)."""
    knuckles = (joints[INDEX_BASE] + joints[RING_BASE]) / 4 + joints[MIDDLE_BASE] / 2
    up = knuckles - joints[WRIST]
    length = float(np.linalg.norm(up))
    if not np.isfinite(length) or length < 1e-6:
        return None
    up = up / length
    axes = np.stack([[-up[1], up[0]], -up])  # rows: the square's x and y axis in the image
    local = joints[_PALM] @ axes.T
    low, high = local.min(axis=0), local.max(axis=0)
    return _square((low + high) / 2 @ axes, up, _TRACK_SCALE * float((high - low).max()))


def agrees(tracked: Square, joints: Floats, recrop: Square) -> bool:
    """Return whether the last frame's hand is still where the recrop network sees one.

    `tracked` and `joints` (21, 2) belong to the last frame, `recrop` to this one.
    """
    cosine = tracked.up[0] * recrop.up[0] + tracked.up[1] * recrop.up[1]
    if cosine < np.cos(np.radians(_SAME_TURN_DEG)) or abs(tracked.side - recrop.side) > _SAME_SCALE * recrop.side:
        return False
    points = _local(recrop, np.vstack([joints, [[tracked.x, tracked.y]]]))
    inside = np.abs(points[:-1]).max() < (1 + _SAME_MARGIN) / 2
    return bool(inside and np.abs(points[-1]).max() <= _SAME_SHIFT)


def hand_size_px(joints: Floats) -> float:
    """Return the length of a hand in pixels: the longer side of the box of its points (21, 2)."""
    return float(np.ptp(joints, axis=0).max())


def _square(centre: Floats, direction: Floats, side: float) -> Square | None:
    """Return the square with its upper edge in `direction`, moved toward it; None without a size."""
    length = float(np.linalg.norm(direction))
    if not (np.isfinite(length) and np.isfinite(side) and np.isfinite(centre).all()) or length <= 0 or side <= 0:
        return None
    up = direction / length
    middle = centre + _SHIFT * side * up
    return Square(float(middle[0]), float(middle[1]), side, (float(up[0]), float(up[1])))


def _local(square: Square, points: Floats) -> Floats:
    """Return image points (N, 2) in sides of the square, from its centre along its axes."""
    (ux, uy) = square.up
    axes = np.array([[-uy, ux], [-ux, -uy]])
    return np.asarray((points - [square.x, square.y]) @ axes.T / square.side)
