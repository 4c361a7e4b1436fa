"""Fit a body of constant bone lengths to target joints by least-squares inverse kinematics.

With constant lengths the joints are linear in 13 unit vectors (hip line, trunk, shoulder line, neck, head, eight limb
bones) and the pelvis: X = pelvis + M D. Each vector in turn has a closed-form solution, the direction of its weighted
residual, so coordinate descent needs no step size and runs over all frames at once. In contrast to directions copied
bone by bone (`bones.with_body`), an error of a thigh does not propagate to the ankle.
"""

from __future__ import annotations

import numpy as np

from ..core.arrays import Doubles
from .bones import DIRECTIONS, Body, unit, with_body

_SWEEPS = 8  # sweeps of coordinate descent over the 13 vectors
_MIN_WEIGHT = 1e-3  # lower limit of a joint's weight, which keeps every vector determined


def joint_jacobian(body: Body) -> Doubles:
    """Return the matrix M (17, 13) in metres: how far each joint moves with each unit vector.

    Pelvis, thorax and spine are exactly the midpoints that the skeleton's rule defines.
    """
    size = body.lengths
    out = np.zeros((17, len(DIRECTIONS)))
    at = {bone: column for column, bone in enumerate(DIRECTIONS)}
    out[4, 0], out[1, 0] = size[4], -size[1]
    out[7, 1] = size[7]
    for joint in (8, 9, 10, 11, 12, 13, 14, 15, 16):
        out[joint, 1] = size[7] + size[8]
    for joint in (11, 12, 13):
        out[joint, 2] = size[11]
    for joint in (14, 15, 16):
        out[joint, 2] = -size[14]
    out[[9, 10], 3], out[10, 4] = size[9], size[10]
    for hip, knee, ankle in ((1, 2, 3), (4, 5, 6)):
        out[[knee, ankle], 0] = out[hip, 0]
    for first, second, third in ((1, 2, 3), (4, 5, 6), (11, 12, 13), (14, 15, 16)):
        out[[second, third], at[second, first]] = size[second]
        out[third, at[third, second]] = size[third]
    return out


def fitted(wanted: Doubles, weights: Doubles, body: Body, sweeps: int = _SWEEPS) -> Doubles:
    """Fit `body` to target joints (T, 17, 3) in metres with weights (T, 17); return (T, 17, 3).

    The fit minimises the weighted sum of squared distances and starts from the directions of `wanted`. The pelvis moves
    too. Frames with a NaN joint become NaN.
    """
    out = np.full(wanted.shape, np.nan)
    seen = np.isfinite(wanted).all(axis=(1, 2))
    goal = wanted[seen].astype(np.float64)
    if not len(goal):
        return out
    weight = np.maximum(weights[seen].astype(np.float64), _MIN_WEIGHT)
    lengths = joint_jacobian(body)
    vectors = np.stack([unit(goal[:, a] - goal[:, b]) for a, b in DIRECTIONS])  # (13, n, 3)
    joints = with_body(goal, body)
    total = weight.sum(axis=1)[:, None]
    for _ in range(sweeps):
        joints += (np.einsum("tj,tjc->tc", weight, goal - joints) / total)[:, None]
        for k in range(len(DIRECTIONS)):
            moved = np.flatnonzero(lengths[:, k])
            arm = lengths[moved, k]
            share = weight[:, moved] * arm
            pull = np.einsum("tj,tjc->tc", share, goal[:, moved] - joints[:, moved])
            pull += (share @ arm)[:, None] * vectors[k]
            turned = unit(pull)
            joints[:, moved] += arm[:, None] * (turned - vectors[k])[:, None]
            vectors[k] = turned
    out[seen] = joints
    return out
