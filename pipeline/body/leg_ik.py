"""Two-bone inverse kinematics of the leg: the ankle goes where it is wanted, bones keep their lengths.

The analytic solution by the law of cosines (any textbook; Tolani, Goswami and Badler, 2000, section 3): hip, ankle and
the lengths leave the knee a circle, and the point on it that is nearest to the plane it bent in before is taken.
"""

from __future__ import annotations

import numpy as np

from ..core.arrays import Doubles
from .bones import unit

LEGS = ((1, 2, 3), (4, 5, 6))  # hip, knee, ankle: right, left
_STRAIGHTEST = 0.9995  # of the leg's length: a knee is never quite straight, so that its plane does not flip
_TIGHTEST_COSINE = float(np.cos(np.radians(25.0)))  # of the angle in the knee: thigh and calf meet before that
_AHEAD = 0.1  # how much of the ankle's shift speaks for a knee that bends forward, where it hardly bends


def reach(joints: Doubles, side: int, wanted: Doubles) -> Doubles:
    """(T, 17, 3) with the ankle of leg `side` (0 right, 1 left) at `wanted` (T, 3), or as near as the leg is long.

    Hip and bone lengths stay; a frame whose ankle is already there does not change. NaN stays NaN.
    """
    _, knee_at, ankle_at = LEGS[side]
    hip, knee, ankle = (joints[:, at] for at in LEGS[side])
    thigh = np.linalg.norm(knee - hip, axis=1)
    shank = np.linalg.norm(ankle - knee, axis=1)
    moved = np.linalg.norm(wanted - ankle, axis=1)
    longest = (thigh + shank) * _STRAIGHTEST
    shortest = np.sqrt(np.maximum(thigh**2 + shank**2 - 2 * thigh * shank * _TIGHTEST_COSINE, 0))
    before = ankle - hip
    # A leg that was straighter or tighter than that already may stay so where it is not moved.
    there = np.linalg.norm(before, axis=1)
    longest = np.maximum(longest, np.where(moved < 1e-9, there, 0))
    shortest = np.minimum(shortest, np.where(moved < 1e-9, there, np.inf))
    way = unit(wanted - hip)
    length = np.clip(np.linalg.norm(wanted - hip, axis=1), shortest, longest)
    along = (thigh**2 - shank**2 + length**2) / (2 * np.maximum(length, 1e-9))
    height = np.sqrt(np.maximum(thigh**2 - along**2, 0))
    pole = _swung(_bend(joints, side, before, moved), unit(before), way)
    pole = unit(pole - np.einsum("tc,tc->t", pole, way)[:, None] * way)
    out = joints.copy()
    changed = moved > 1e-9
    out[changed, knee_at] = (hip + along[:, None] * way + height[:, None] * pole)[changed]
    out[changed, ankle_at] = (hip + length[:, None] * way)[changed]
    return out


def leg_reach(joints: Doubles, side: int) -> Doubles:
    """(T, 17, 3) -> (T,) the furthest that `reach` brings an ankle from its hip."""
    hip, knee, ankle = (joints[:, at] for at in LEGS[side])
    length = np.linalg.norm(knee - hip, axis=1) + np.linalg.norm(ankle - knee, axis=1)
    return np.asarray(length * _STRAIGHTEST)


def _bend(joints: Doubles, side: int, before: Doubles, moved: Doubles) -> Doubles:
    """(T, 3) where the knee stands off the line from hip to ankle; forward, where it hardly does."""
    hip, knee, _ = (joints[:, at] for at in LEGS[side])
    line = unit(before)
    off = knee - hip
    off = off - np.einsum("tc,tc->t", off, line)[:, None] * line
    left = joints[:, 4] - joints[:, 1]
    ahead = unit(np.cross(joints[:, 8] - joints[:, 0], -left))  # up x right = forward
    ahead = ahead - np.einsum("tc,tc->t", ahead, line)[:, None] * line
    # Forward counts as far as the ankle is moved: nothing changes where nothing is asked for.
    return off + (_AHEAD * moved)[:, None] * ahead


def _swung(vectors: Doubles, start: Doubles, end: Doubles) -> Doubles:
    """(T, 3) `vectors` turned by the shortest turn that brings the unit vectors `start` to `end`."""
    axis = np.cross(start, end)
    cosine = np.einsum("tc,tc->t", start, end)
    share = np.einsum("tc,tc->t", axis, vectors) / np.maximum(1 + cosine, 1e-6)
    return np.asarray(cosine[:, None] * vectors + np.cross(axis, vectors) + share[:, None] * axis)
