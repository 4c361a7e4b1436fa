"""Estimate the height of the floor, one for all frames and people of a take.

It is not estimated per frame: a floor that follows the lowest foot would remove every jump.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...body.filters import runs
from ...core.arrays import Doubles, Floats
from .foot_contacts import ANKLES, standing_feet

_SPEED_FACTORS = (1.0, 2.5)  # factors of the standing speeds: usual, and for people who are never that slow
_MIN_SAMPLES = 5  # fewer standing ankles give no floor
_BAND_M = 0.05  # m, half the height of the band that standing ankles lie in
_MIN_SHARE = 0.15  # fraction of the standing samples: fewer at one height are outliers
_TRUSTED_SCORE = 0.3  # detection score from which an ankle counts as seen
_SUNK_M, _SUNK_S = 0.2, 0.5  # m and s: a body that is deeper below the floor for longer shows that it is too high
_STOREYS = 5  # how often a lower floor is searched, as for a stair
_MAX_VERTICAL_M_S = 0.5  # m/s, vertical speed of an ankle that may stand although it seems to slide


def find_floor(
    joints: Sequence[Doubles], scores: Sequence[Floats], rate_hz: float, ankles_m: Sequence[float]
) -> float | None:
    """Estimate the floor's height below all people, or return None if no person was seen.

    `joints` (T, 17, 3) per person, z up, metres, NaN = not seen; `ankles_m`: how far their ankle joint lies above
    the floor. A person who jumps down from a roof may stand still only on the roof: if a body is below the floor of
    the standing feet, the feet down there decide.
    """
    people = list(zip(joints, scores, ankles_m, strict=True))
    standing = np.concatenate([np.zeros(0), *(standing_ankles(body, seen, rate_hz) - up for body, seen, up in people)])
    if not len(standing):
        return None
    floor = floor_height(standing, 0.0)
    for _ in range(_STOREYS):
        sunk = np.concatenate([sunken_ankles(body, floor + up, rate_hz) - up for body, _, up in people])
        if not len(sunk):
            break
        # The median, because feet that never stand still are too inaccurate to use the lowest of them.
        floor = float(np.median(sunk))
    return floor


def standing_ankles(joints: Doubles, scores: Floats, rate_hz: float) -> Doubles:
    """Return the heights (N,) of standing ankles (`foot_contacts`).

    `joints` (T, 17, 3) with the last axis z up, metres, NaN = not seen. Ankles that the detector saw are preferred. For
    a person who never stands (noise, running) the slower moments count, and if there are none, all.
    """
    heights = joints[:, ANKLES, 2]
    for factor in _SPEED_FACTORS:
        stands = standing_feet(joints, np.array([0.0, 0.0, 1.0]), rate_hz, factor)
        trusted = stands & (scores[:, ANKLES] >= _TRUSTED_SCORE)
        for chosen in (trusted, stands):
            if chosen.sum() >= _MIN_SAMPLES:
                return np.asarray(heights[chosen])
    return np.asarray(heights[np.isfinite(heights)])


def sunken_ankles(joints: Doubles, level_m: float, rate_hz: float) -> Doubles:
    """Return the heights (N,) of the lower ankle while both are well below `level_m` for long.

    Frames in which it rises or falls fast are left out.
    """
    both = joints[:, ANKLES, 2]
    heights = both.min(axis=1)
    speed = np.abs(np.gradient(heights)) * rate_hz if len(heights) > 1 else np.zeros_like(heights)
    found = [np.zeros(0)]
    for run in runs(both.max(axis=1) < level_m - _SUNK_M):
        if run.stop - run.start >= _SUNK_S * rate_hz:
            found.append(heights[run][speed[run] <= _MAX_VERTICAL_M_S])
    return np.concatenate(found)


def floor_height(standing: Doubles, ankle_m: float) -> float:
    """Estimate the floor's height from the heights (N,) of standing ankles, `ankle_m` above it.

    It is the lowest height at which ankles stand for a substantial fraction of the time, so that steps, stools and
    handstands do not raise the floor and single outliers do not lower it.
    """
    heights = np.sort(standing[np.isfinite(standing)])
    if not len(heights):
        return 0.0
    # Number of samples in a band that starts at each sample; the first peak that is large enough is the floor.
    inside = np.searchsorted(heights, heights + 2 * _BAND_M, side="right") - np.arange(len(heights))
    candidates = np.flatnonzero(inside >= _MIN_SHARE * len(heights))
    start = candidates[0] if len(candidates) else 0
    near = np.flatnonzero((heights >= heights[start]) & (heights <= heights[start] + 2 * _BAND_M))
    start = near[np.argmax(inside[near])]
    band = heights[start : start + inside[start]]
    return float(np.median(band)) - ankle_m
