"""Estimate the standard errors of a lifted track."""

from __future__ import annotations

import numpy as np

from ...core.arrays import Floats
from ...core.camera import Camera
from ...core.poses import PersonTrack
from .features import STATURE_M, UsualBody, answer_features, step_rows
from .network import DILATIONS, load_network

ROWS_AT_ONCE = 4096  # rows of a long take, which must not need memory in proportion to its length
_LOWEST, _HIGHEST = np.log(0.002), np.log(0.6)  # log metres, limits of a standard error: a body is not larger


def margin_rows(rate_hz: float) -> int:
    """Return the rows to either side on which a row's standard errors depend."""
    return (sum(DILATIONS) + 1) * step_rows(rate_hz)


def standard_errors(
    track: PersonTrack, answer: Floats, camera: Camera, stature_m: float, usual: UsualBody | None = None
) -> Floats | None:
    """Estimate the standard errors (T, 17, 2) of an answer (T, 17, 3), metres at this stature.

    `answer` is the lifter's, root-relative in camera axes; `stature_m` the body's `core.skeletons.chain_length`. The
    first is that along each axis across the image, the second that in depth, in the axes of a camera that looks at the
    pelvis; the pelvis itself is the origin and has none. Nine of ten joints are at most 1.645 standard errors away on
    an axis. NaN where nothing was lifted. None if the network cannot be loaded. `usual`: the body of the
    whole track, if these are some rows of one.
    """
    network = load_network()
    if network is None:
        return None
    joints, scores = track.h36m17
    depth = np.zeros(scores.shape, np.float32)
    if track.depth is not None:
        depth = np.nan_to_num(track.depth_h36m17 * STATURE_M)
    usual, step, margin = usual or UsualBody.of(answer), step_rows(camera.rate_hz), margin_rows(camera.rate_hz)
    error = np.full((len(answer), 17, 2), np.nan, np.float32)
    for first in range(0, len(answer), ROWS_AT_ONCE):
        last, start = min(first + ROWS_AT_ONCE, len(answer)), max(first - margin, 0)
        near = slice(start, last + margin)
        found = answer_features(joints[near], scores[near], answer[near], camera, depth[near], usual)
        here = slice(first - start, last - start)
        logarithm = np.clip(network(found.values, found.lifted, step)[here], _LOWEST, _HIGHEST)
        error[first:last] = np.where(found.lifted[here, None, None], np.exp(logarithm), np.nan)
    error *= stature_m / STATURE_M
    error[:, 0] *= 0  # NaN stays NaN
    return error
