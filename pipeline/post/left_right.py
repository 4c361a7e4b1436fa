"""Find left-right swaps in the detector's joints, of single frames or of the whole take.

Single frames: the lifted pose depends on the whole window and hardly changes with the swap, so seen from the camera it
fits the swapped joints much better than the detected ones. Such frames are swapped back before the reprojection
refinement.

Whole take: a body that is swapped in all frames is lifted either correctly (then most frames fit better when swapped)
or facing the other way, and every joint looks plausible: the training data has no knee that bends backward, so the
lifter predicts none. Such a body walks backward in the whole take. People do walk backward, so the 2D joints may
overrule this (`left_right_network`, which also detects swaps of people who stand still). A swap of the whole take is
reported and not repaired.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..body.bones import unit
from ..body.filters import low_pass, runs
from ..core.arrays import Doubles
from ..lift.inputs.side_continuity import ORDERS, swap_sides
from .image_refinement import offset_to_ray

_MIN_GAIN_M = 0.12  # m by which the swapped joints must be nearer on average
_MAX_RATIO = 0.5  # limit of the swapped joints' mean distance, relative to that of the joints as detected
_WALKING_M_S, _MIN_WALKING_S = 0.4, 1.0  # m/s and s: slower or shorter motion is not a walk
_BACKWARD_COSINE = -0.35  # mean cosine between facing direction and velocity, below which a walk is backward
_MOSTLY = 0.5  # fraction of the seen frames that must be swapped for a swap of the whole take

Bools = NDArray[np.bool_]


def find_swaps(pose: Doubles, rays: Doubles) -> Bools:
    """Return the frames (T, 2) in which the legs (the arms) fit much better when swapped.

    `pose` (T, 17, 3) joints in camera space, `rays` (T, 17, 2) image points at distance 1, NaN = not seen.
    """
    found = np.zeros((len(rays), 2), np.bool_)
    detected = np.linalg.norm(offset_to_ray(pose, rays), axis=-1)
    for column in range(2):
        order = list(ORDERS[column])
        flags = np.zeros_like(found)
        flags[:, column] = True
        swapped = np.linalg.norm(offset_to_ray(pose, swap_sides(rays, flags)), axis=-1)[:, order]
        unswapped = detected[:, order]
        both = np.isfinite(swapped) & np.isfinite(unswapped)
        count = np.maximum(both.sum(axis=1), 1)
        mean, mean_swapped = (np.where(both, x, 0).sum(axis=1) / count for x in (unswapped, swapped))
        better = (mean - mean_swapped > _MIN_GAIN_M) & (mean_swapped < _MAX_RATIO * mean)
        found[:, column] = (both.sum(axis=1) >= 3) & better
    return found


def walks_backward(joints: Doubles, root: Doubles, rate_hz: float) -> Bools | None:
    """Return the frames (T,) of walking if the person only walks backward, else None.

    `joints` (T, 17, 3), `root` (T, 3): camera axes, metres. None also if the person walks too little.
    """
    seen = np.isfinite(joints).all(axis=(1, 2)) & np.isfinite(root).all(axis=1)
    slow = low_pass(root, seen, rate_hz, 1.0)
    velocity = np.zeros_like(root)
    for run in runs(seen):
        if run.stop - run.start > 2:
            velocity[run] = np.gradient(slow[run], axis=0) * rate_hz
    speed = np.linalg.norm(velocity, axis=1)
    walking = seen & (speed > _WALKING_M_S)
    if walking.sum() < _MIN_WALKING_S * rate_hz:
        return None
    forward = np.cross(unit(joints[:, 4] - joints[:, 1]), unit(joints[:, 8] - joints[:, 0]))
    cosine = np.einsum("tc,tc->t", np.nan_to_num(forward), velocity) / np.maximum(speed, 1e-9)
    return walking if float(np.mean(cosine[walking])) < _BACKWARD_COSINE else None


def mostly_swapped(found: Bools, seen: Bools) -> bool:
    """Return whether legs or arms are swapped in most of the seen frames (T,).

    `found` (T, 2) is the result of `find_swaps`.
    """
    return bool(seen.any() and found[seen].mean(axis=0).max() > _MOSTLY)
