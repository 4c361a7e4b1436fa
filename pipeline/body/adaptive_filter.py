"""A low-pass that opens where something moves fast: noise goes where it shows, quick turns stay.

Minimises  sum w_t |s_t - v_t|^2 + sum lambda_t |third difference of s at t|^2  (a Whittaker smoother; Eilers, A Perfect
Smoother, 2003), which is what a Kalman filter and its Rauch-Tung-Striebel backward pass give for a path whose jerk is
white noise: w is the inverse variance of a measurement, so a joint that the detector hardly saw follows from its
neighbours in time, and lambda falls where the joint is fast. Zero phase, linear in the number of frames.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Doubles
from .filters import SHORTEST_RUN, low_pass, runs, whittaker

_ORDER = 3
_SPEED_HZ = 4.0  # what is slow or fast is judged after a low-pass of this
_SLOW_SHARE = 0.25  # of the highest cut-off: what joints that stand still are smoothed with
_SPEEDS_M_S = (0.2, 1.0)  # below the first a joint counts as slow, above the second as fast
_HIGHEST_SHARE = 0.4  # of the rate
_WEIGHTS = (0.05, 2.0)  # limits, relative to the joint's median


def adaptive(values: Doubles, weights: Doubles, seen: NDArray[np.bool_], rate_hz: float, cutoff_hz: float) -> Doubles:
    """(T, J, 3) root-relative joints, metres, (T, J) weights >= 0 -> the same, each run of `seen` smoothed.

    `cutoff_hz` is where half of the amplitude of a fast joint is left; slow ones get a quarter of it. 0 = unchanged
    copy. Unseen frames are left as they are.
    """
    out = np.array(values, np.float64)
    if cutoff_hz <= 0 or rate_hz <= 0:
        return out
    for run in runs(seen):
        length = run.stop - run.start
        if length < max(SHORTEST_RUN, _ORDER + 2):
            continue
        part = out[run]
        slow = low_pass(part, np.ones(length, np.bool_), rate_hz, _SPEED_HZ)
        speed = np.linalg.norm(np.gradient(slow, axis=0), axis=-1) * rate_hz
        fast = np.clip((speed - _SPEEDS_M_S[0]) / (_SPEEDS_M_S[1] - _SPEEDS_M_S[0]), 0, 1)
        cutoff = np.minimum(cutoff_hz * (_SLOW_SHARE + (1 - _SLOW_SHARE) * fast), _HIGHEST_SHARE * rate_hz)
        for joint in range(part.shape[1]):
            weight = weights[run, joint]
            middle = float(np.median(weight))
            weight = np.clip(weight / middle, *_WEIGHTS) if middle > 0 else np.ones(length)
            part[:, joint] = whittaker(part[:, joint], weight, rate_hz, cutoff[:, joint], _ORDER)
    return out
