"""Make a face's motion without gaps from the weights of a take.

A face that is out of sight for a moment is interpolated. In a longer gap it relaxes: its last expression fades, so that
no eye stays closed and no mouth stays open while nobody knows.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..arrays import Doubles, Floats

_LONGEST_BRIDGE_S = 0.4  # s, gap that is interpolated: about a blink
_RELAX_S = 0.25  # s until nothing is left of an expression that is not seen any more


def face_motion(weights: Mapping[str, Floats], time_s: Doubles) -> dict[str, Floats]:
    """Return `weights` (T,) by name with a value in every frame; `time_s` (T,) grows.

    NaN stands for frames without a face, the same in all weights.
    """
    if not weights:
        return {}
    seen = np.isfinite(next(iter(weights.values())))
    if not seen.any():
        return {name: np.zeros(len(seen), np.float32) for name in weights}
    known = time_s[seen]
    left = np.searchsorted(known, time_s, "right") - 1
    right = np.minimum(left + 1, len(known) - 1)
    since = np.where(left >= 0, time_s - known[np.maximum(left, 0)], np.inf)
    until = np.where(left + 1 < len(known), known[right] - time_s, np.inf)
    bridged = since + until <= _LONGEST_BRIDGE_S
    share = np.where(seen | bridged, 1.0, np.clip(1 - np.minimum(since, until) / _RELAX_S, 0, 1))
    nearer = np.where(since <= until, np.maximum(left, 0), right)
    out = {}
    for name, values in weights.items():
        own = values[seen].astype(np.float64)
        between = np.interp(time_s, known, own)
        out[name] = (share * np.where(seen | bridged, between, own[nearer])).astype(np.float32)
    return out
