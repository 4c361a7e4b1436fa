"""Where the floor is: one height for the whole take and everyone in it.

Never per frame: a floor that follows the lowest foot would take away every jump.
"""

from __future__ import annotations

import numpy as np

from pipeline.post.smooth import runs
from pipeline.types import Doubles, Floats

ANKLES = (3, 6)
_STILL_M_S = 0.25  # an ankle slower than this stands (or is held still)
_STILL_SHARE = 0.15  # when nothing is that slow (noise, running): this share of the slowest
_WINDOW_S = 0.15  # speed is taken over this time, which noise spoils less than one frame's
_BAND_M = 0.04
_LEAST_SHARE = 0.10  # of the standing samples: fewer than this at one height are outliers
_TRUSTED_SCORE = 0.3


def still_ankles(joints: Doubles, scores: Floats, rate_hz: float) -> Doubles:
    """Heights (N,) of ankles that hardly move: candidates for standing on something.

    `joints` (T, 17, 3) with the last axis z up, metres, NaN = not seen. Ankles that the detector saw are preferred.
    """
    ankles = joints[:, ANKLES]  # (T, 2, 3)
    half = max(1, round(_WINDOW_S * rate_hz / 2))
    heights, speeds, trust = [], [], []
    for run in runs(np.isfinite(ankles).all(axis=(1, 2))):
        part = ankles[run]
        at = np.arange(len(part))
        before, after = np.maximum(at - half, 0), np.minimum(at + half, len(part) - 1)
        lasted = np.maximum(after - before, 1)[:, None] / rate_hz
        speeds.append(np.linalg.norm(part[after] - part[before], axis=2) / lasted)
        heights.append(part[..., 2])
        trust.append(scores[run][:, ANKLES])
    if not heights:
        return np.zeros(0)
    height, speed, trusted = (np.concatenate([x.ravel() for x in xs]) for xs in (heights, speeds, trust))
    good = trusted >= _TRUSTED_SCORE
    if good.any():
        height, speed = height[good], speed[good]
    return np.asarray(height[speed <= max(_STILL_M_S, float(np.quantile(speed, _STILL_SHARE)))])


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
