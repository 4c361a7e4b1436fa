"""Compute rotations between directions."""

from __future__ import annotations

import numpy as np

from ..core.arrays import Doubles


def between(start: Doubles, end: Doubles) -> Doubles:
    """Return the shortest rotations (T, 3, 3) of unit vectors (T, 3) to others (T, 3)."""
    axis, cosine = np.cross(start, end), np.einsum("tc,tc->t", start, end)
    skew = np.zeros((len(start), 3, 3))
    skew[:, 0, 1], skew[:, 0, 2], skew[:, 1, 2] = -axis[:, 2], axis[:, 1], -axis[:, 0]
    skew -= np.swapaxes(skew, 1, 2)
    return np.asarray(np.eye(3) + skew + skew @ skew / np.maximum(1 + cosine, 1e-3)[:, None, None])
