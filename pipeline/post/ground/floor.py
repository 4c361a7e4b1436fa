"""Where the floor is: one height for the whole take and everyone in it.

Never per frame: a floor that follows the lowest foot would take away every jump.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...body.filters import runs
from ...core.arrays import Doubles, Floats
from .foot_contacts import ANKLES, standing_feet

_EASES = (1.0, 2.5)  # of the speeds that count as standing: the usual ones, and for somebody who is never that slow
_FEWEST = 5  # samples that say anything
_BAND_M = 0.05
_LEAST_SHARE = 0.15  # of the standing samples: fewer than this at one height are outliers
_TRUSTED_SCORE = 0.3
_SUNK_M, _SUNK_S = 0.2, 0.5  # nobody is further under the floor for longer than that
_STOREYS = 5  # a stair is searched downward this many times
_LEVEL_M_S = 0.5  # vertical speed of an ankle that may stand although it seems to slide


def find_floor(joints: Sequence[Doubles], scores: Sequence[Floats], rate_hz: float, ankle_m: float) -> float | None:
    """Height of the floor under all persons together, or None if nobody was ever seen.

    `joints` (T, 17, 3) per person, z up, metres, NaN = not seen; the ankle joint lies `ankle_m` above the floor.
    Somebody who stands on a roof and jumps down may stand still on nothing but the roof: when the floor found from
    standing feet leaves a body under it, the feet down there decide.
    """
    still = [still_ankles(points, sure, rate_hz) for points, sure in zip(joints, scores, strict=True)]
    standing = np.concatenate([np.zeros(0), *still])
    if not len(standing):
        return None
    floor = floor_height(standing, ankle_m)
    for _ in range(_STOREYS):
        sunk = np.concatenate([sunken_ankles(points, floor + ankle_m, rate_hz) for points in joints])
        if not len(sunk):
            break
        # The median, because feet that never stand still are placed too roughly for the lowest of them to mean much.
        floor = float(np.median(sunk)) - ankle_m
    return floor


def still_ankles(joints: Doubles, scores: Floats, rate_hz: float) -> Doubles:
    """Heights (N,) of ankles that stand (`contacts`): where something holds them.

    `joints` (T, 17, 3) with the last axis z up, metres, NaN = not seen. Ankles that the detector saw are preferred.
    Of somebody who never stands (noise, running) the slower moments are taken, in the end all of them.
    """
    heights = joints[:, ANKLES, 2]
    for ease in _EASES:
        stands = standing_feet(joints, np.array([0.0, 0.0, 1.0]), rate_hz, ease)
        trusted = stands & (scores[:, ANKLES] >= _TRUSTED_SCORE)
        for chosen in (trusted, stands):
            if chosen.sum() >= _FEWEST:
                return np.asarray(heights[chosen])
    return np.asarray(heights[np.isfinite(heights)])


def sunken_ankles(joints: Doubles, level_m: float, rate_hz: float) -> Doubles:
    """Heights (N,) of the lower ankle, not rising or falling fast, while both stay well below `level_m` for long."""
    both = joints[:, ANKLES, 2]
    heights = both.min(axis=1)
    speed = np.abs(np.gradient(heights)) * rate_hz if len(heights) > 1 else np.zeros_like(heights)
    found = [np.zeros(0)]
    for run in runs(both.max(axis=1) < level_m - _SUNK_M):
        if run.stop - run.start >= _SUNK_S * rate_hz:
            found.append(heights[run][speed[run] <= _LEVEL_M_S])
    return np.concatenate(found)


def floor_height(standing: Doubles, ankle_m: float) -> float:
    """Height of the floor from the heights (N,) of standing ankles; the joint lies `ankle_m` above it.

    The lowest height at which ankles stand for a fair share of the time, so that steps, stools and handstands do
    not raise the floor and single outliers do not lower it.
    """
    heights = np.sort(standing[np.isfinite(standing)])
    if not len(heights):
        return 0.0
    # How many samples lie within a band that starts at each sample; the first peak that is not marginal is the floor.
    inside = np.searchsorted(heights, heights + 2 * _BAND_M, side="right") - np.arange(len(heights))
    candidates = np.flatnonzero(inside >= _LEAST_SHARE * len(heights))
    start = candidates[0] if len(candidates) else 0
    near = np.flatnonzero((heights >= heights[start]) & (heights <= heights[start] + 2 * _BAND_M))
    start = near[np.argmax(inside[near])]
    band = heights[start : start + inside[start]]
    return float(np.median(band)) - ankle_m
