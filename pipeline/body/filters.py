"""Low-pass joint paths without phase shift, smooth them, and fill short gaps.

A Butterworth filter run forward and backward causes no delay; movement science uses it for joint paths (Winter,
Biomechanics and Motor Control of Human Movement, section 3.4). Each run of seen frames is filtered separately, so that
no value affects frames beyond a gap.
"""

from __future__ import annotations

from itertools import pairwise
from math import comb

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Doubles

_ORDER = 2  # order of the Butterworth filter in one direction
# Two passes of a second-order filter would put the -3 dB point below the requested cut-off (Winter's correction).
_PASS_CORRECTION = float((2**0.5 - 1) ** 0.25)
_MAX_CUTOFF_SHARE = 0.45  # fraction of the frame rate: a higher cut-off (up to half of the rate) filters nothing
SHORTEST_RUN = 4  # frames; in a shorter run noise and movement cannot be distinguished


def runs(seen: NDArray[np.bool_]) -> list[slice]:
    """Return the slices of consecutive True values in flags (T,), in order."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], seen, [False])).astype(np.int8)))
    return [slice(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def low_pass(values: Doubles, seen: NDArray[np.bool_], rate_hz: float, cutoff_hz: float) -> Doubles:
    """Low-pass each run of `seen` frames in values (T, ...) along time at `cutoff_hz` (-3 dB).

    Unseen frames stay unchanged. A cut-off of 0, or one too high for the rate, returns an unchanged copy.
    """
    out = np.array(values, np.float64)
    if cutoff_hz <= 0 or cutoff_hz >= _MAX_CUTOFF_SHARE * rate_hz:
        return out
    # The correction belongs to the analogue filter, so it is made on the warped frequency axis of the digital one.
    cutoff = float(np.arctan(np.tan(np.pi * cutoff_hz / rate_hz) / _PASS_CORRECTION) * rate_hz / np.pi)
    from scipy.signal import butter, sosfiltfilt

    sos = butter(_ORDER, cutoff, fs=rate_hz, output="sos")
    wanted_padding = int(np.ceil(3 * rate_hz / cutoff))
    for run in runs(seen):
        length = run.stop - run.start
        if length >= SHORTEST_RUN:
            # Point-reflected ends ("odd") keep the speed at the ends; a short run is reflected over its whole length.
            out[run] = sosfiltfilt(sos, out[run], axis=0, padtype="odd", padlen=min(wanted_padding, length - 1))
    return out


def savitzky_golay(values: Doubles, seen: NDArray[np.bool_], rate_hz: float, cutoff_hz: float) -> Doubles:
    """Smooth like `low_pass` with local cubic polynomials whose length gives about that cut-off.

    Schafer, What Is a Savitzky-Golay Filter?, IEEE Signal Processing Magazine 2011: f_c = (N + 1) / (3.2 M - 4.6) of
    half the rate, M = half the length, N = 2 (at the centre of the window, the cubic term has no effect).
    """
    out = np.array(values, np.float64)
    if cutoff_hz <= 0 or cutoff_hz >= _MAX_CUTOFF_SHARE * rate_hz:
        return out
    from scipy.signal import savgol_filter

    half = max(2, round((3 * rate_hz / (2 * cutoff_hz) + 4.6) / 3.2))
    for run in runs(seen):
        room = (run.stop - run.start - 1) // 2
        if min(half, room) >= 2:
            out[run] = savgol_filter(out[run], 2 * min(half, room) + 1, 3, axis=0)
    return out


def whittaker(values: Doubles, weights: Doubles, rate_hz: float, cutoff_hz: float | Doubles, order: int = 2) -> Doubles:
    """Smooth values (T,) or (T, C) with weights (T,): minimise error plus roughness (Whittaker).

    The result minimises sum w (s - v)^2 + sum lambda (difference of `order` of s)^2 and keeps half of the amplitude at
    `cutoff_hz`, a number or one value per frame (T,). A frame of weight 0 is filled from its neighbours. The time is
    linear in the number of frames (Eilers, A Perfect Smoother, 2003).
    """
    from scipy.linalg import solveh_banded

    count = len(values)
    rows = count - order
    if isinstance(cutoff_hz, np.ndarray):  # mean over the frames of each difference
        cutoff_hz = np.convolve(cutoff_hz, np.full(order + 1, 1 / (order + 1)), "valid")
    stiffness = (rate_hz / (2 * np.pi * cutoff_hz)) ** (2 * order)
    if np.ndim(stiffness) == 0:  # changes at most the last bit, which keeps exported files equal to earlier versions'
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
    """Fill gaps of at most `longest` frames in `values` (T, ...) in place; return the mask (T,).

    A gap is filled with a cubic through both ends and their speeds. An end that is a run of one frame has no speed; the
    speed of the straight line over the gap takes its place.
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
