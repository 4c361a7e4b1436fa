"""Smooth joints with a speed-dependent cut-off: slow joints lose jitter, fast turns remain.

The filter minimises  sum w_t |s_t - v_t|^2 + sum lambda_t |third difference of s at t|^2  (a Whittaker smoother;
Eilers, A Perfect Smoother, 2003). A Kalman filter with its Rauch-Tung-Striebel backward pass gives the same for a path
whose jerk is white noise: w is the inverse variance of a measurement, so a joint with a low detector score follows from
its neighbours in time, and lambda falls where the joint is fast. The filter has zero phase and takes time linear in the
number of frames.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Doubles
from .filters import SHORTEST_RUN, low_pass, runs, whittaker
from .track_constants import TrackConstants

_ORDER = 3  # order of the penalised difference: jerk
_SPEED_CUTOFF_HZ = 4.0  # Hz, cut-off of the low-pass before a joint's speed is computed
_SLOW_SHARE = 0.25  # fraction of the cut-off of fast joints that is used for joints at rest
_SPEEDS_M_S = (0.2, 1.0)  # m/s: below the first a joint counts as slow, above the second as fast
_MAX_CUTOFF_SHARE = 0.4  # upper limit of the cut-off, as a fraction of the frame rate
_WEIGHT_LIMITS = (0.05, 2.0)  # limits of the weights relative to the joint's median weight


def adaptive(
    values: Doubles,
    weights: Doubles,
    seen: NDArray[np.bool_],
    rate_hz: float,
    cutoff_hz: float,
    constants: TrackConstants | None = None,
) -> Doubles:
    """Smooth root-relative joints (T, J, 3) in metres, each run of `seen` frames (T,) by itself.

    `weights` (T, J) are >= 0. At `cutoff_hz` half of a fast joint's amplitude remains; slow joints get a quarter of
    that cut-off. With a cut-off of 0 the copy is unchanged. Unseen frames stay unchanged.
    `constants`: those of the whole track, where this is a stretch of it.
    """
    out = np.array(values, np.float64)
    constants = constants or TrackConstants()
    if cutoff_hz <= 0 or rate_hz <= 0:
        return out
    for run in runs(seen):
        length = run.stop - run.start
        if length < max(SHORTEST_RUN, _ORDER + 2):
            continue
        part = out[run]
        slow = low_pass(part, np.ones(length, np.bool_), rate_hz, _SPEED_CUTOFF_HZ)
        speed = np.linalg.norm(np.gradient(slow, axis=0), axis=-1) * rate_hz
        fast = np.clip((speed - _SPEEDS_M_S[0]) / (_SPEEDS_M_S[1] - _SPEEDS_M_S[0]), 0, 1)
        cutoff = np.minimum(cutoff_hz * (_SLOW_SHARE + (1 - _SLOW_SHARE) * fast), _MAX_CUTOFF_SHARE * rate_hz)
        middles = constants.of_run("weights", run, partial(_medians, weights[run]))
        for joint in range(part.shape[1]):
            weight, middle = weights[run, joint], float(middles[joint])
            weight = np.clip(weight / middle, *_WEIGHT_LIMITS) if middle > 0 else np.ones(length)
            part[:, joint] = whittaker(part[:, joint], weight, rate_hz, cutoff[:, joint], _ORDER)
    return out


def _medians(weights: Doubles) -> Doubles:
    """Return the median (J,) of each joint's weights (T, J)."""
    return np.asarray(np.median(weights, axis=0))
