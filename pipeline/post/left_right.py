"""Left and right: exchanged for a moment in the detector's joints, or all through the take.

A moment: the pose follows the whole window and hardly takes part in it, so seen from the camera it fits the exchanged
joints much better than those given. Such frames are exchanged back before the pose is drawn onto the picture.

All through: a body whose sides are exchanged everywhere is lifted either as it really stands (then most frames fit
better exchanged) or facing the other way, and every joint looks sound: the lifter has never seen a knee bend backward
and will not make one. What gives it away is that it then walks backward in the whole take, unless the 2D joints
themselves say that the sides are right (`whose_sides`, which also tells of those who stand): people do walk backward.
That is told to the user and not repaired.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..body.bones import unit
from ..body.filters import low_pass, runs
from ..core.arrays import Doubles, Floats
from .image_refinement import to_sight

_ORDERS: tuple[tuple[int, ...], ...] = ((1, 2, 3, 4, 5, 6), (14, 15, 16, 11, 12, 13))  # legs, arms: right, then left
_GAIN_M = 0.12  # the exchanged joints must be this much nearer, on average ...
_SHARE = 0.5  # ... and at most this far away, as a share
_WALKS_M_S, _WALKS_S = 0.4, 1.0
_BACKWARD_COSINE = -0.35
_MOST = 0.5  # of the frames that were seen

Bools = NDArray[np.bool_]
_Values = TypeVar("_Values", Doubles, Floats)


def exchanged(pose: Doubles, rays: Doubles) -> Bools:
    """(T, 17, 3) joints in camera space, (T, 17, 2) image points at distance 1, NaN = not seen.

    Returns (T, 2): frames in which the legs (the arms) fit much better with their sides exchanged.
    """
    found = np.zeros((len(rays), 2), np.bool_)
    given = np.linalg.norm(to_sight(pose, rays), axis=-1)
    for column in range(2):
        order = list(_ORDERS[column])
        flags = np.zeros_like(found)
        flags[:, column] = True
        other = np.linalg.norm(to_sight(pose, exchanged_back(rays, flags)), axis=-1)[:, order]
        as_given = given[:, order]
        both = np.isfinite(other) & np.isfinite(as_given)
        count = np.maximum(both.sum(axis=1), 1)
        mean, mean_other = (np.where(both, x, 0).sum(axis=1) / count for x in (as_given, other))
        found[:, column] = (both.sum(axis=1) >= 3) & (mean - mean_other > _GAIN_M) & (mean_other < _SHARE * mean)
    return found


def exchanged_back(values: _Values, found: Bools) -> _Values:
    """(T, 17, ...) with left and right exchanged in the frames of `found` (T, 2), legs and arms. The middles stay."""
    out = values.copy()
    for column, order in enumerate(_ORDERS):
        here = found[:, column]
        for joint, other in zip(order, order[3:] + order[:3], strict=True):
            out[here, joint] = values[here, other]
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


def mostly(found: Bools, seen: Bools) -> bool:
    """(T, 2) of `exchanged`, (T,) frames that were seen -> whether legs or arms are exchanged in most of them."""
    return bool(seen.any() and found[seen].mean(axis=0).max() > _MOST)
