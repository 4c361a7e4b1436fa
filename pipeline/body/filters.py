"""Zero-phase low-pass of everything that moves; gaps stay gaps.

A Butterworth filter run forward and backward delays nothing, which is what movement science uses for joint paths
(Winter, Biomechanics and Motor Control of Human Movement, section 3.4). Each run of seen frames is filtered on its own,
so that nothing leaks over a gap.
"""

from __future__ import annotations

from itertools import pairwise
from math import comb

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Doubles

_ORDER = 2
# Two passes of a second-order filter would put the -3 dB point below the wanted cut-off (Winter's correction).
_PASS_CORRECTION = float((2**0.5 - 1) ** 0.25)
_HIGHEST_SHARE = 0.45  # of the rate: nearer to half of it there is nothing left to take away
SHORTEST_RUN = 4  # frames; below that there is nothing to tell noise from movement


def runs(seen: NDArray[np.bool_]) -> list[slice]:
    """(T,) flags -> the stretches of consecutive True, in order."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], seen, [False])).astype(np.int8)))
    return [slice(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def low_pass(values: Doubles, seen: NDArray[np.bool_], rate_hz: float, cutoff_hz: float) -> Doubles:
    """(T, ...) values -> the same, each run of `seen` frames low-passed along time at `cutoff_hz` (-3 dB).

    Unseen frames are left as they are. A cut-off of 0, or one that the rate cannot carry, returns an unchanged copy.
    """
    out = np.array(values, np.float64)
    if cutoff_hz <= 0 or cutoff_hz >= _HIGHEST_SHARE * rate_hz:
        return out
    # The correction belongs to the analogue filter, so it is made on the warped frequency axis of the digital one.
    cutoff = float(np.arctan(np.tan(np.pi * cutoff_hz / rate_hz) / _PASS_CORRECTION) * rate_hz / np.pi)
    from scipy.signal import butter, sosfiltfilt

    sos = butter(_ORDER, cutoff, fs=rate_hz, output="sos")
    wanted_padding = int(np.ceil(3 * rate_hz / cutoff))
    for run in runs(seen):
        length = run.stop - run.start
        if length >= SHORTEST_RUN:
            # Point-reflected ends ("odd") keep the speed at the ends; a short run is reflected as far as it goes.
            out[run] = sosfiltfilt(sos, out[run], axis=0, padtype="odd", padlen=min(wanted_padding, length - 1))
    return out


def savitzky_golay(values: Doubles, seen: NDArray[np.bool_], rate_hz: float, cutoff_hz: float) -> Doubles:
    """As `low_pass`, by local polynomials of the third degree whose length gives about that cut-off.

    Schafer, What Is a Savitzky-Golay Filter?, IEEE Signal Processing Magazine 2011: f_c = (N + 1) / (3.2 M - 4.6) of
    half the rate, M = half the length, N = 2 (in the middle, the third degree changes nothing).
    """
    out = np.array(values, np.float64)
    if cutoff_hz <= 0 or cutoff_hz >= _HIGHEST_SHARE * rate_hz:
        return out
    from scipy.signal import savgol_filter

    half = max(2, round((3 * rate_hz / (2 * cutoff_hz) + 4.6) / 3.2))
    for run in runs(seen):
        room = (run.stop - run.start - 1) // 2
        if min(half, room) >= 2:
            out[run] = savgol_filter(out[run], 2 * min(half, room) + 1, 3, axis=0)
    return out


def whittaker(values: Doubles, weights: Doubles, rate_hz: float, cutoff_hz: float | Doubles, order: int = 2) -> Doubles:
    """Minimise sum w (s - v)^2 + sum lambda (difference of `order` of s)^2; half the amplitude is left at the cut-off.

    (T,) or (T, C) values, (T,) weights -> the same shape as `values`. `cutoff_hz`: one, or one a frame (T,). Linear in
    the number of frames; a frame of weight 0 is filled from its neighbours (Eilers, A Perfect Smoother, 2003).
    """
    from scipy.linalg import solveh_banded

    count = len(values)
    rows = count - order
    if isinstance(cutoff_hz, np.ndarray):  # of the frames that a difference reaches over
        cutoff_hz = np.convolve(cutoff_hz, np.full(order + 1, 1 / (order + 1)), "valid")
    stiffness = (rate_hz / (2 * np.pi * cutoff_hz)) ** (2 * order)
    if np.ndim(stiffness) == 0:  # the same but for its last bit, which shows in exported files
        stiffness = np.sqrt(stiffness) * np.sqrt(stiffness)
    difference = np.array([(-1.0) ** i * comb(order, i) for i in range(order + 1)])
    bands = np.zeros((order + 1, count))  # upper form: the diagonal comes last
    weight = weights + 1e-9
    bands[order] = weight
    for i in range(order + 1):
        for j in range(i, order + 1):
            bands[order - (j - i), j : j + rows] += stiffness * difference[i] * difference[j]
    return np.asarray(solveh_banded(bands, weight.reshape(-1, *[1] * (values.ndim - 1)) * values))


def fill_gaps(values: Doubles, seen: NDArray[np.bool_], longest: int) -> NDArray[np.bool_]:
    """Fill `values` (T, ...) in place where at most `longest` unseen frames lie between seen ones; returns which (T,).

    A cubic through the ends with their speeds; where an end is a run of one frame, a straight line there.
    """
    filled = np.zeros(len(seen), np.bool_)
    stretches = runs(seen)
    for before, after in pairwise(stretches):
        a, b = before.stop - 1, after.start
        span = b - a
        if span - 1 > longest:
            continue
        straight = (values[b] - values[a]) / span
        start = values[a] - values[a - 1] if a > before.start else straight
        end = values[b + 1] - values[b] if b + 1 < after.stop else straight
        for frame in range(a + 1, b):
            u = (frame - a) / span
            h = (2 * u**3 - 3 * u**2 + 1, u**3 - 2 * u**2 + u, -2 * u**3 + 3 * u**2, u**3 - u**2)
            values[frame] = h[0] * values[a] + h[1] * span * start + h[2] * values[b] + h[3] * span * end
        filled[a + 1 : b] = True
    return filled
