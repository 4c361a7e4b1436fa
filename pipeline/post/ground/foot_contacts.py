"""Detect foot contacts: slow ankles that are not well above the other one, with hysteresis.

The lifted joints have no toes, so the ankle stands for the foot. Thresholds were set on unseen motion with modelled
detector errors, where an ankle that stands still moves at 0.2 m/s in the median, half of it in depth.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...body.filters import runs
from ...core.arrays import Doubles

Bools = NDArray[np.bool_]

ANKLES = (3, 6)  # right, left: the order of the second axis everywhere here
_SIGMA_S = 0.06  # s, standard deviation of the Gaussian that smooths positions before speeds are computed
_BEGIN_M_S, _CONTINUE_M_S = 0.4, 0.8  # m/s: a contact begins below the first speed and lasts while below the second
_FREE_HEIGHT_M = 0.05  # m above the other foot that does not count
_HEIGHT_PENALTY = 4.0  # (m/s)/m: more height above the other foot, added to the ankle's speed
_HEEL_M = 0.08  # m above the median of a contact at which the heel has left the floor
_FALL_M_S2 = 4.5  # m/s^2, acceleration of a falling body: half of gravity, because the smoothing reduces it
_FALL_SIGMA_S = 0.05  # s, standard deviation of the Gaussian that smooths heights for it
_SHORTEST_S = 0.1  # s, shortest contact
_HOLE_S = 0.07  # s, longest interruption of a contact that is closed


def standing_feet(joints: Doubles, up: Doubles, rate_hz: float, ease: float = 1.0) -> Bools:
    """Return which feet (right, left) stand, (T, 2).

    `joints` (T, 17, 3) metres with the root's path, NaN = not seen; `up` (3,) unit vector in the same axes; `ease`:
    factor of the speeds below which a foot stands.
    """
    out = np.zeros((len(joints), 2), np.bool_)
    shortest = max(2, round(_SHORTEST_S * rate_hz))
    for run in runs(np.isfinite(joints[:, ANKLES]).all(axis=(1, 2))):
        if run.stop - run.start < shortest:
            continue
        speed = _penalised_speed(joints[run][:, ANKLES], up, rate_hz)
        for foot, ankle in enumerate(ANKLES):
            contact = _hysteresis(speed[:, foot], ease, shortest, round(_HOLE_S * rate_hz))
            out[run, foot] = _trim_raised_heel(contact, joints[run, ankle] @ up, shortest)
        out[run] &= ~_falling(joints[run], up, rate_hz)[:, None]
    return out


def contact_positions(joints: Doubles, standing: Bools) -> Doubles:
    """Return the ankles' median positions (N, 3) of all contacts in joints (T, 17, 3)."""
    found = [
        np.median(joints[run, ankle], axis=0) for foot, ankle in enumerate(ANKLES) for run in runs(standing[:, foot])
    ]
    return np.array(found, np.float64).reshape(-1, 3)


def _penalised_speed(ankles: Doubles, up: Doubles, rate_hz: float) -> Doubles:
    """Compute the speeds (T, 2) m/s of ankles (T, 2, 3), with a penalty for the higher foot."""
    from scipy.ndimage import gaussian_filter1d

    smooth = gaussian_filter1d(ankles, max(_SIGMA_S * rate_hz, 0.1), axis=0, mode="nearest")
    speed = np.linalg.norm(np.gradient(smooth, axis=0), axis=2) * rate_hz
    height = smooth @ up
    higher = np.maximum(height - height.min(axis=1, keepdims=True) - _FREE_HEIGHT_M, 0)
    return np.asarray(speed + _HEIGHT_PENALTY * higher)


def _trim_raised_heel(contacts: Bools, heights: Doubles, shortest: int) -> Bools:
    """Trim the ends of contacts (T,) in which the ankle's height (T,) shows a raised heel."""
    out = np.zeros_like(contacts)
    for run in runs(contacts):
        low = np.flatnonzero(heights[run] < np.median(heights[run]) + _HEEL_M)
        start, stop = run.start + int(low[0]), run.start + int(low[-1]) + 1
        out[start:stop] = stop - start >= shortest
    return out


def _falling(joints: Doubles, up: Doubles, rate_hz: float) -> Bools:
    """Return the frames (T,) of free fall.

    At the top of a jump feet are slow, but they and the pelvis accelerate downward.
    """
    from scipy.ndimage import gaussian_filter1d

    heights = np.stack([joints[:, 0] @ up, joints[:, ANKLES].mean(axis=1) @ up], axis=1)
    smooth = gaussian_filter1d(heights, max(_FALL_SIGMA_S * rate_hz, 0.1), axis=0, mode="nearest")
    if len(smooth) < 3:
        return np.zeros(len(smooth), np.bool_)
    acceleration = np.gradient(np.gradient(smooth, axis=0), axis=0) * rate_hz**2
    return np.asarray((acceleration < -_FALL_M_S2).all(axis=1))


def _hysteresis(speed: Doubles, ease: float, shortest: int, hole: int) -> Bools:
    """Find contacts (T,) by hysteresis; close short holes and drop contacts that are too short."""
    slow = speed < _CONTINUE_M_S * ease
    out = np.zeros(len(speed), np.bool_)
    for run in runs(slow):
        if (speed[run] < _BEGIN_M_S * ease).any():
            out[run] = True
    for run in runs(~out):
        if run.start > 0 and run.stop < len(out) and run.stop - run.start <= hole:
            out[run] = True
    for run in runs(out):
        if run.stop - run.start < shortest:
            out[run] = False
    return out
