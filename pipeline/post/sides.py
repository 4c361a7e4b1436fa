"""Left and right: exchanged for a moment in the detector's joints, or all through the take.

A moment: the pose follows the whole window and hardly takes part in it, so seen from the camera it fits the exchanged
joints much better than those given. Such frames are exchanged back before the pose is drawn onto the picture.

All through: a body whose sides are exchanged everywhere is lifted facing the other way, and every joint looks sound (the
lifter has never seen a knee bend backward and will not make one). What gives it away is that it then walks backward,
for seconds, in the whole take. That is told to the user and not repaired: people do walk backward.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.post.bones import unit
from pipeline.post.picture import to_sight
from pipeline.post.smooth import low_pass, runs
from pipeline.types import Doubles, Floats

LEGS, ARMS = ((1, 4), (2, 5), (3, 6)), ((14, 11), (15, 12), (16, 13))
_GAIN_M = 0.12  # the exchanged joints must be this much nearer, on average ...
_SHARE = 0.5  # ... and at most this far away, as a share
_WALKS_M_S, _WALKS_S = 0.4, 1.5
_BACKWARD_COSINE = -0.5

Bools = NDArray[np.bool_]


def exchanged_back(pose: Doubles, rays: Doubles) -> tuple[Doubles, Bools]:
    """(T, 17, 3) joints in camera space, (T, 17, 2) image points at distance 1, NaN = not seen.

    Returns the image points with sides exchanged where that fits much better, and for which frames: (T, 2), legs, arms.
    Pelvis and thorax, the middles, stay.
    """
    out, found = rays.copy(), np.zeros((len(rays), 2), np.bool_)
    given = np.linalg.norm(to_sight(pose, rays), axis=-1)
    for column, pairs in enumerate((LEGS, ARMS)):
        right, left = (list(side) for side in zip(*pairs, strict=True))
        order = right + left
        swapped = rays.copy()
        swapped[:, order] = rays[:, left + right]
        other = np.linalg.norm(to_sight(pose, swapped), axis=-1)[:, order]
        as_given = given[:, order]
        both = np.isfinite(other) & np.isfinite(as_given)
        count = both.sum(axis=1)
        mean, mean_other = (np.where(both, x, 0).sum(axis=1) / np.maximum(count, 1) for x in (as_given, other))
        wrong = (count >= 3) & (mean - mean_other > _GAIN_M) & (mean_other < _SHARE * mean)
        out[wrong] = np.where(np.isin(np.arange(17), order)[:, None], swapped[wrong], out[wrong])
        found[:, column] = wrong
    return out, found


def exchanged_scores(scores: Floats, found: Bools) -> Floats:
    """(T, 17) -> the same with the scores of the sides that `exchanged_back` has found (T, 2) exchanged, too."""
    out = scores.copy()
    for column, pairs in enumerate((LEGS, ARMS)):
        for right, left in pairs:
            out[found[:, column], right], out[found[:, column], left] = (
                scores[found[:, column], left],
                scores[found[:, column], right],
            )
    return out


def walks_backward(joints: Doubles, root: Doubles, rate_hz: float) -> Bools | None:
    """(T, 17, 3), (T, 3) camera axes, metres -> frames (T,) in which the person walks backward, if it never does
    anything else when it walks; None where it walks forward, too, or too little to tell."""
    seen = np.isfinite(joints).all(axis=(1, 2)) & np.isfinite(root).all(axis=1)
    slow = low_pass(root, seen, rate_hz, 1.0)
    velocity = np.zeros_like(root)
    for run in runs(seen):
        if run.stop - run.start > 2:
            velocity[run] = np.gradient(slow[run], axis=0) * rate_hz
    speed = np.linalg.norm(velocity, axis=1)
    walking = seen & (speed > _WALKS_M_S)
    if walking.sum() < _WALKS_S * rate_hz:
        return None
    forward = np.cross(unit(joints[:, 4] - joints[:, 1]), unit(joints[:, 8] - joints[:, 0]))
    cosine = np.einsum("tc,tc->t", np.nan_to_num(forward), velocity) / np.maximum(speed, 1e-9)
    return walking if float(np.mean(cosine[walking])) < _BACKWARD_COSINE else None
