"""Detect slow motion from falling bodies: in the air the centre of mass falls at 9.81 m/s^2.

A video of 240 frames a second that is stored at 30 shows flights that last eight times as long, at 1/64 of gravity.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.arrays import Doubles
from .gravity import centre_of_mass

_GRAVITY_M_S2 = 9.81
_LENGTHS_S = np.geomspace(0.3, 10.0, 14)  # s, durations of the flights that are searched
_MIN_FRAMES = 8  # frames of the shortest flight
_RISE_M = (0.1, 2.5)  # m, by which the centre of mass rises above the line from take-off to landing
_MISFIT = 0.06  # fraction of the rise: limit of the root mean square distance from a parabola
_FEET = (0.4, 2.0)  # acceleration of each ankle, relative to that of the centre of mass
_SUPPORT = 0.3  # fraction of the rise: a hand or foot whose height changes less may carry the body, as at a bar
_ANKLES, _WRISTS = (3, 6), (13, 16)
_TRUE_SPEED = 1.7  # flights below this factor are at true speed, given the errors of stature and depth
_SLOW = 2.5  # factor from which slow motion is reported


def times_too_slow(people: Sequence[Doubles], rate_hz: float) -> float | None:
    """Return the factor by which people fall too slowly; None without flights or at true speed.

    `people`: (T, 17, 3) metres each, z up, with the root's path, NaN = not seen.
    """
    factors = [factor for joints in people for factor in _flights(joints, rate_hz)]
    if not factors or min(factors) < _TRUE_SPEED:
        return None
    factor = float(np.median(factors))
    return factor if factor >= _SLOW else None


def _flights(joints: Doubles, rate_hz: float) -> list[float]:
    """Return, of every flight in (T, 17, 3), the square root of gravity over the acceleration."""
    heights = np.concatenate([centre_of_mass(joints)[:, None, 2], joints[:, [*_ANKLES, *_WRISTS], 2]], axis=1)
    found: list[float] = []
    for length_s in _LENGTHS_S:
        length = round(length_s * rate_hz)
        if length < _MIN_FRAMES or length > len(heights):
            continue
        starts = np.arange(0, len(heights) - length + 1, max(1, length // 6))
        windows = heights[starts[:, None] + np.arange(length)]  # (N, length, 5)
        windows = windows[np.isfinite(windows).all(axis=(1, 2))]
        if not len(windows):
            continue
        time = np.linspace(-1, 1, length)
        basis = np.stack([np.ones(length), time, time**2], axis=1)
        fit = np.einsum("kl,nlc->nkc", np.linalg.pinv(basis), windows)  # (N, 3, 5)
        misfit = np.sqrt(((windows - np.einsum("lk,nkc->nlc", basis, fit)) ** 2).mean(axis=1))
        rise = -fit[:, 2, 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            feet = fit[:, 2, 1:3] / fit[:, 2, :1]
            top = -fit[:, 1, 0] / (2 * fit[:, 2, 0])  # time of the highest point in the window, -1 to 1
        flies = (rise >= _RISE_M[0]) & (rise <= _RISE_M[1]) & (misfit[:, 0] <= _MISFIT * rise) & (np.abs(top) < 0.6)
        flies &= ((feet > _FEET[0]) & (feet < _FEET[1])).all(axis=1)
        flies &= (np.ptp(windows[..., 1:], axis=1) >= _SUPPORT * rise[:, None]).all(axis=1)
        acceleration = 2 * rise[flies] / ((length - 1) / 2 / rate_hz) ** 2
        found += np.sqrt(_GRAVITY_M_S2 / acceleration).tolist()
    return found
