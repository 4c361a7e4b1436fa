"""Build the window around every frame for seq2frame models, which lift one frame each.

Shapes: `B` windows, `F` frames of a window, `n` frames to lift, 17 joints. The centre of a window is frame F // 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

    from .hourglass.host import HourglassHost


def repeat_ends(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Repeat the end frames, (F, ...) -> (2 F - 1, ...): every frame becomes a window's centre.

    This is the usual padding at the ends of a video (VideoPose3D, Pavllo et al., CVPR 2019).
    """
    F = len(values)
    return np.pad(values, [(F // 2, F - 1 - F // 2), *[(0, 0)] * (values.ndim - 1)], mode="edge")


def windows_around(values: NDArray[np.float32], F: int) -> NDArray[np.float32]:
    """Return a read-only view of every F consecutive frames, (n + F - 1, ...) -> (n, F, ...)."""
    return np.moveaxis(sliding_window_view(values, F, axis=0), -1, 1)


def centre_pose(model: HourglassHost, x: Tensor) -> Tensor:
    """Predict the pose of the centre frame, (B, F, 17, C) -> (B, 1, 17, 3).

    For a model with or without recovering.
    """
    from .hourglass.select import gather_frames

    joints, kept = model.forward_kept(x)
    centre = model.frames // 2
    if joints.shape[1] == model.frames:  # nothing pruned, or recovered with TRA
        return joints[:, centre : centre + 1]
    # Every selection keeps the centre, and TRI does not change kept frames: the others need not be recovered.
    return gather_frames(joints, (kept == centre).long().argmax(1, keepdim=True))
