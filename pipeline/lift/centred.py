"""Seq2frame models give one frame a window: here is the window around every frame.

Shapes: `B` windows, `F` frames, 17 joints.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from torch import Tensor

from pipeline.lift.pruning import gather_frames
from pipeline.lift.tokens import HourglassHost


def centred_windows(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """One window (F, ...) -> (F, F, ...): the window whose centre, number F // 2, is frame 0, 1, ... of the given one.

    Beyond both ends the end frames are repeated, as the field does (VideoPose3D, Pavllo et al., CVPR 2019). A read-only
    view: nothing is copied until it is cut into batches.
    """
    F = len(values)
    before = F // 2
    ends = [(before, F - 1 - before), *[(0, 0)] * (values.ndim - 1)]
    windows = sliding_window_view(np.pad(values, ends, mode="edge"), F, axis=0)  # (F, ..., F)
    return np.moveaxis(windows, -1, 1)


def centre_pose(model: HourglassHost, x: Tensor) -> Tensor:
    """Input (B, F, 17, C) -> the pose of the centre frame (B, 1, 17, 3), from whatever frames the model gives."""
    joints, kept = model.forward_kept(x)
    centre = model.frames // 2
    if joints.shape[1] == model.frames:  # nothing pruned, or recovered with TRA
        return joints[:, centre : centre + 1]
    # Every selection keeps the centre, and TRI leaves kept frames as they are: no need to recover the others.
    return gather_frames(joints, (kept == centre).long().argmax(1, keepdim=True))
