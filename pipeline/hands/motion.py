"""Smooth a hand's motion without phase shift; ease it to a relaxed pose where unseen.

The angles of the fingers and the rotation of the hand against its forearm are smoothed (Whittaker, `body.filters`). An
observed frame weighs as much as its score; every frame also pulls weakly toward the relaxed pose. So short gaps follow
their ends, and long ones pass into the relaxed pose and out of it, by one rule.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..body.filters import whittaker
from ..core.arrays import Doubles
from .model import HandPose, relaxed

_REST_WEIGHT = 0.004  # pull toward the relaxed pose, relative to a sure observation: eases within about 0.4 s
_LEAST_CUTOFF_HZ = 1.0  # Hz
_MAX_CUTOFF_SHARE = 0.4  # upper limit of the cut-off, as a fraction of the frame rate
_OUTLIER_DEG = 35.0  # degrees from the smoothed rotation of the hand above which an observation is doubted
_OUTLIER_WEIGHT = 0.02  # factor of a doubted observation's weight
_OUTLIER_PASSES = 2
MOST_TURN_DEG = 140.0  # degrees between hand and forearm, against the T-pose: no wrist turns further


def smoothed(pose: HandPose, weights: Doubles, forearm: Doubles, rate_hz: float, cutoff_hz: float) -> HandPose:
    """Return the motion of one hand in every frame, from poses in observed frames.

    `weights` (T,) are the scores of the observations, 0 where the hand was not observed; those rows of `pose` may hold
    anything finite. `forearm` (T, 3, 3) are the rotations of the forearm from the T-pose, in the axes of `pose.hand`.
    At `cutoff_hz` half of the amplitude remains; 0 keeps observed frames unchanged.
    """
    from scipy.spatial.transform import Rotation

    rest = relaxed(forearm)
    if not (weights > 0).any():
        return rest
    turn = Rotation.from_matrix(np.swapaxes(forearm, 1, 2) @ pose.hand).as_rotvec()
    weights = np.where(np.linalg.norm(turn, axis=1) > np.radians(MOST_TURN_DEG), 0.0, weights)
    cutoff = min(max(cutoff_hz if cutoff_hz > 0 else 1e3, _LEAST_CUTOFF_HZ), _MAX_CUTOFF_SHARE * rate_hz)
    even = _toward(turn, np.zeros_like(turn), weights, rate_hz, cutoff)
    for _ in range(_OUTLIER_PASSES):
        away = (Rotation.from_rotvec(even).inv() * Rotation.from_rotvec(turn)).magnitude()
        doubted = np.where(np.degrees(away) > _OUTLIER_DEG, _OUTLIER_WEIGHT, 1.0)
        even = _toward(turn, np.zeros_like(turn), weights * doubted, rate_hz, cutoff)
    weights = weights * doubted
    count = len(weights)
    angles = np.column_stack([pose.fingers.reshape(count, -1), pose.thumb])
    goal = np.column_stack([rest.fingers.reshape(count, -1), rest.thumb])
    angles = _toward(angles, goal, weights, rate_hz, cutoff)
    out = HandPose(
        forearm @ Rotation.from_rotvec(even).as_matrix(), angles[:, :16].reshape(count, 4, 4), angles[:, 16:]
    )
    return _kept(pose, out, weights > 0) if cutoff_hz <= 0 else out


def _toward(values: Doubles, rest: Doubles, weights: Doubles, rate_hz: float, cutoff_hz: float) -> Doubles:
    """Smooth values (T, C) with weights (T,); where the weights are small they approach `rest` (T, C)."""
    if len(values) < 3:
        share = (weights / (weights + _REST_WEIGHT))[:, None]
        return np.asarray(share * values + (1 - share) * rest)
    total = weights + _REST_WEIGHT
    mixed = (weights[:, None] * values + _REST_WEIGHT * rest) / total[:, None]
    return whittaker(mixed, total, rate_hz, cutoff_hz)


def _kept(pose: HandPose, other: HandPose, mine: NDArray[np.bool_]) -> HandPose:
    """Return `pose` where `mine` (T,) holds, else `other`."""
    return HandPose(
        np.where(mine[:, None, None], pose.hand, other.hand),
        np.where(mine[:, None, None], pose.fingers, other.fingers),
        np.where(mine[:, None], pose.thumb, other.thumb),
    )
