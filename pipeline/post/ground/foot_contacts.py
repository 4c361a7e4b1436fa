"""When a foot stands: slow, and not well above the other one; with hysteresis, so that noise does not break a contact.

The lifted joints have no toes, so the ankle speaks for the foot. Thresholds were set on unseen motion with modelled
detector errors, where an ankle that really stands still moves at 0.2 m/s in the median, half of it depth.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...body.filters import runs
from ...core.arrays import Doubles

Bools = NDArray[np.bool_]

ANKLES = (3, 6)  # right, left: the order of the second axis everywhere here
_SETTLE_S = 0.06  # deviation of the Gaussian that positions are averaged with before speed is taken
_BEGIN_M_S, _GO_ON_M_S = 0.4, 0.8  # a contact begins below the first speed and lasts while below the second
_HIGHER_FREE_M, _HIGHER_PER_S = 0.05, 4.0  # standing higher than the other foot counts as speed: so much a metre
_HEEL_M = 0.08  # an ankle this far above its place is on its toes
_FALL_M_S2, _FALL_SETTLE_S = 4.5, 0.05  # half of gravity: the averaging takes some of it away
_SHORTEST_S = 0.1
_HOLE_S = 0.07  # shorter interruptions are none


def standing_feet(joints: Doubles, up: Doubles, rate_hz: float, ease: float = 1.0) -> Bools:
    """(T, 2) which foot stands (right, left).

    `joints` (T, 17, 3) metres with the root's path in them, NaN = not seen; `up` (3,) unit vector in the same axes;
    `ease` multiplies the speeds that still count as standing.
    """
    out = np.zeros((len(joints), 2), np.bool_)
    shortest = max(2, round(_SHORTEST_S * rate_hz))
    for run in runs(np.isfinite(joints[:, ANKLES]).all(axis=(1, 2))):
        if run.stop - run.start < shortest:
            continue
        pace = _pace(joints[run][:, ANKLES], up, rate_hz)
        for foot, ankle in enumerate(ANKLES):
            held = _held(pace[:, foot], ease, shortest, round(_HOLE_S * rate_hz))
            out[run, foot] = _flat(held, joints[run, ankle] @ up, shortest)
        out[run] &= ~_falling(joints[run], up, rate_hz)[:, None]
    return out


def places(joints: Doubles, standing: Bools) -> Doubles:
    """(N, 3) where the ankles stood: the median of every contact, in the axes of `joints` (T, 17, 3)."""
    found = [
        np.median(joints[run, ankle], axis=0) for foot, ankle in enumerate(ANKLES) for run in runs(standing[:, foot])
    ]
    return np.array(found, np.float64).reshape(-1, 3)


def _pace(ankles: Doubles, up: Doubles, rate_hz: float) -> Doubles:
    """(T, 2, 3) -> (T, 2) m/s, with a foot that is higher than the other made faster."""
    from scipy.ndimage import gaussian_filter1d

    settled = gaussian_filter1d(ankles, max(_SETTLE_S * rate_hz, 0.1), axis=0, mode="nearest")
    speed = np.linalg.norm(np.gradient(settled, axis=0), axis=2) * rate_hz
    height = settled @ up
    higher = np.maximum(height - height.min(axis=1, keepdims=True) - _HIGHER_FREE_M, 0)
    return np.asarray(speed + _HIGHER_PER_S * higher)


def _flat(held: Bools, heights: Doubles, shortest: int) -> Bools:
    """Contacts (T,) without their ends in which the ankle (T,) is raised: the heel has left the floor."""
    out = np.zeros_like(held)
    for run in runs(held):
        low = np.flatnonzero(heights[run] < np.median(heights[run]) + _HEEL_M)
        start, stop = run.start + int(low[0]), run.start + int(low[-1]) + 1
        out[start:stop] = stop - start >= shortest
    return out


def _falling(joints: Doubles, up: Doubles, rate_hz: float) -> Bools:
    """(T, 17, 3) -> (T,) nothing holds the body: at the top of a jump feet are slow, but they and the pelvis fall."""
    from scipy.ndimage import gaussian_filter1d

    heights = np.stack([joints[:, 0] @ up, joints[:, ANKLES].mean(axis=1) @ up], axis=1)
    settled = gaussian_filter1d(heights, max(_FALL_SETTLE_S * rate_hz, 0.1), axis=0, mode="nearest")
    if len(settled) < 3:
        return np.zeros(len(settled), np.bool_)
    acceleration = np.gradient(np.gradient(settled, axis=0), axis=0) * rate_hz**2
    return np.asarray((acceleration < -_FALL_M_S2).all(axis=1))


def _held(pace: Doubles, ease: float, shortest: int, hole: int) -> Bools:
    """(T,) hysteresis, holes closed, what is too short left out."""
    slow = pace < _GO_ON_M_S * ease
    out = np.zeros(len(pace), np.bool_)
    for run in runs(slow):
        if (pace[run] < _BEGIN_M_S * ease).any():
            out[run] = True
    for run in runs(~out):
        if run.start > 0 and run.stop < len(out) and run.stop - run.start <= hole:
            out[run] = True
    for run in runs(out):
        if run.stop - run.start < shortest:
            out[run] = False
    return out
