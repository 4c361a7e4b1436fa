"""Move an ankle to a target by two-bone inverse kinematics; bones keep their lengths.

The solution is the analytic one by the law of cosines (any textbook; Tolani, Goswami and Badler, 2000, section 3): hip,
ankle and bone lengths restrict the knee to a circle, and the point nearest to the plane of the previous bend is taken.
"""

from __future__ import annotations

import numpy as np

from ..core.arrays import Doubles
from .bones import unit

LEGS = ((1, 2, 3), (4, 5, 6))  # hip, knee, ankle: right, left
_MAX_EXTENSION = 0.9995  # fraction of the leg's length: a knee is never completely straight, so its plane cannot flip
_MIN_KNEE_COSINE = float(np.cos(np.radians(25.0)))  # cosine of the smallest knee angle: thigh and calf touch before it
_FORWARD_WEIGHT = 0.1  # fraction of the ankle's shift that is added as forward bend, for a knee that hardly bends


def move_ankle(joints: Doubles, side: int, wanted: Doubles) -> Doubles:
    """Move the ankle of leg `side` (0 right, 1 left) to `wanted` (T, 3), or as near as possible.

    `joints` and the result are (T, 17, 3) in metres. Hip and bone lengths stay; a frame whose ankle is already at the
    target does not change. NaN stays NaN.
    """
    _, knee_at, ankle_at = LEGS[side]
    hip, knee, ankle = (joints[:, at] for at in LEGS[side])
    thigh = np.linalg.norm(knee - hip, axis=1)
    shank = np.linalg.norm(ankle - knee, axis=1)
    moved = np.linalg.norm(wanted - ankle, axis=1)
    longest = (thigh + shank) * _MAX_EXTENSION
    shortest = np.sqrt(np.maximum(thigh**2 + shank**2 - 2 * thigh * shank * _MIN_KNEE_COSINE, 0))
    before = ankle - hip
    # A leg that was straighter or more bent than the limits stays so where it is not moved.
    there = np.linalg.norm(before, axis=1)
    longest = np.maximum(longest, np.where(moved < 1e-9, there, 0))
    shortest = np.minimum(shortest, np.where(moved < 1e-9, there, np.inf))
    way = unit(wanted - hip)
    length = np.clip(np.linalg.norm(wanted - hip, axis=1), shortest, longest)
    along = (thigh**2 - shank**2 + length**2) / (2 * np.maximum(length, 1e-9))
    height = np.sqrt(np.maximum(thigh**2 - along**2, 0))
    pole = _swing(_knee_offset(joints, side, before, moved), unit(before), way)
    pole = unit(pole - np.einsum("tc,tc->t", pole, way)[:, None] * way)
    out = joints.copy()
    changed = moved > 1e-9
    out[changed, knee_at] = (hip + along[:, None] * way + height[:, None] * pole)[changed]
    out[changed, ankle_at] = (hip + length[:, None] * way)[changed]
    return out


def leg_reach(joints: Doubles, side: int) -> Doubles:
    """Return the largest distance (T,) in metres between hip and ankle that `move_ankle` allows."""
    hip, knee, ankle = (joints[:, at] for at in LEGS[side])
    length = np.linalg.norm(knee - hip, axis=1) + np.linalg.norm(ankle - knee, axis=1)
    return np.asarray(length * _MAX_EXTENSION)


def _knee_offset(joints: Doubles, side: int, before: Doubles, moved: Doubles) -> Doubles:
    """Return the knee's offset (T, 3) from the line hip-ankle; forward if the knee hardly bends."""
    hip, knee, _ = (joints[:, at] for at in LEGS[side])
    line = unit(before)
    off = knee - hip
    off = off - np.einsum("tc,tc->t", off, line)[:, None] * line
    left = joints[:, 4] - joints[:, 1]
    ahead = unit(np.cross(joints[:, 8] - joints[:, 0], -left))  # up x right = forward
    ahead = ahead - np.einsum("tc,tc->t", ahead, line)[:, None] * line
    # The forward part grows with the ankle's shift, so that a frame without a shift does not change.
    return off + (_FORWARD_WEIGHT * moved)[:, None] * ahead


def _swing(vectors: Doubles, start: Doubles, end: Doubles) -> Doubles:
    """Rotate vectors (T, 3) by the shortest rotation that brings unit vectors `start` to `end`."""
    axis = np.cross(start, end)
    cosine = np.einsum("tc,tc->t", start, end)
    share = np.einsum("tc,tc->t", axis, vectors) / np.maximum(1 + cosine, 1e-6)
    return np.asarray(cosine[:, None] * vectors + np.cross(axis, vectors) + share[:, None] * axis)
