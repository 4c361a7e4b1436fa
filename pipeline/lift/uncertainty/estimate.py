"""Estimate the standard errors of a lifted track."""

from __future__ import annotations

import numpy as np

from ...core.arrays import Floats
from ...core.camera import Camera
from ...core.poses import PersonTrack
from .features import STATURE_M, answer_features, step_rows
from .network import load_network

_LOWEST, _HIGHEST = np.log(0.002), np.log(0.6)  # log metres, limits of a standard error: a body is not larger


def standard_errors(track: PersonTrack, answer: Floats, camera: Camera, stature_m: float) -> Floats | None:
    """Estimate the standard errors (T, 17, 2) of an answer (T, 17, 3), metres at this stature.

    `answer` is the lifter's, root-relative in camera axes; `stature_m` the body's `core.skeletons.chain_length`. The
    first is that along each axis across the image, the second that in depth, in the axes of a camera that looks at the
    pelvis; the pelvis itself is the origin and has none. Nine of ten joints are at most 1.645 standard errors away on
    an axis. NaN where nothing was lifted. None if the network cannot be loaded.
    """
    network = load_network()
    if network is None:
        return None
    depth = None
    if track.depth is not None:
        depth = np.nan_to_num(track.depth_h36m17 * STATURE_M)
    found = answer_features(*track.h36m17, answer, camera, depth)
    logarithm = np.clip(network(found.values, found.lifted, step_rows(camera.rate_hz)), _LOWEST, _HIGHEST)
    error = np.exp(logarithm, dtype=np.float32) * np.float32(stature_m / STATURE_M)
    error[:, 0] = 0
    error[~found.lifted] = np.nan
    return error
