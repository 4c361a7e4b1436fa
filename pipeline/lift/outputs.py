"""From a network's output numbers to metres, for models that were trained on another scale."""

from __future__ import annotations

import numpy as np

from pipeline.skeleton import chain_length
from pipeline.types import Floats

SCALES = ("metres", "picture")
_TINY = 1e-4


def metres_from_picture(joints: Floats, unit_stature_m: float) -> Floats:
    """Root-relative joints (B, F, 17, 3) in units of the picture -> metres at the unit stature, float32.

    MotionBERT and MotionAGFormer were trained on Human3.6M projected onto the picture, with the depth in the same unit
    (2.5D): x and y are those of the input, z is as large as x would be at that distance. The factor to metres is not
    known outside of a laboratory, so each window is sized by its body: the median over the frames of the chain leg +
    pelvis-thorax-nose-head_top becomes `unit_stature_m`. What remains is the perspective within the body.
    """
    chain = np.median(chain_length(joints.astype(np.float64)), axis=-1)[:, None, None, None]  # (B, 1, 1, 1)
    factor = np.where(chain > _TINY, unit_stature_m / np.maximum(chain, _TINY), 1.0)
    return np.ascontiguousarray(joints * factor, dtype=np.float32)
