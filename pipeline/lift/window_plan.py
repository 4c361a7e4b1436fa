"""Place overlapping windows on a track, pad short ones and weight their rows for blending.

Letters: `F` frames of a window. A **segment** is a run of rows in which the person was seen without a long gap.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Floats

LONGEST_GAP_S = 0.5  # s: a longer absence starts a new segment, a shorter one is lifted with its neighbours
# Fraction of a window that the next one lifts again. Measured on motion capture with detector noise: without overlap
# the steps at borders are twice the 99th percentile of those elsewhere; from 0.1 on they are not larger than others.
OVERLAP = 1 / 6


def plan_windows(length: int, frames: int, stride: int) -> list[int]:
    """Return the first rows of the windows that cover `length` rows, `stride` rows apart.

    The last window is moved back to end with the last row. A segment shorter than a window gets one window, which the
    caller pads.
    """
    if length <= frames:
        return [0]
    starts = list(range(0, length - frames + 1, stride))
    if starts[-1] + frames < length:
        starts.append(length - frames)
    return starts


def blend_weights(frames: int, overlap: int) -> Floats:
    """Return the blend weights (F,) of a window's rows.

    They are one in the middle and fall smoothly to nearly zero at both ends. The weights of two windows that overlap by
    `overlap` rows add up to one there. Results are divided by the sum of the weights, so other overlaps (the last
    window, moved back) and the ends of a segment are correct, too.
    """
    from_edge = np.minimum(np.arange(frames), np.arange(frames)[::-1])
    ramp = np.clip((from_edge + 0.5) / max(overlap, 1), 0, 1)
    return np.asarray(np.sin(ramp * np.pi / 2) ** 2, np.float32)


def pad_index(length: int, frames: int) -> tuple[NDArray[np.int64], int]:
    """Return row indices (F,) that pad a short segment to a window, and its first position.

    The segment is centred and reflect-padded. Measured on motion capture cut to 30, 90 and 180 frames, mean MPJPE: 63.3
    mm with this; 63.8 mm with the end rows repeated; 65.2 mm with these at confidence 0; 65.8 mm with the segment at
    the front and its last row repeated.
    """
    before = max(0, (frames - length) // 2)
    return _reflect_index(length, frames, before), before


def lead_in(length: int, frames: int) -> NDArray[np.int64]:
    """Return row indices (frames,) that pad a live window, with `length` known rows at its end.

    The segment is reflect-padded before its first row. Nothing is padded after its last row, whose pose is requested.
    """
    return _reflect_index(length, frames, frames - length)


def _reflect_index(length: int, frames: int, before: int) -> NDArray[np.int64]:
    """Return row indices (frames,) of a segment at `before`, reflect-padded at both ends.

    As numpy's mode="reflect".
    """
    period = max(1, 2 * (length - 1))
    offset = (np.arange(frames) - before) % period
    return np.minimum(offset, period - offset) if length > 1 else np.zeros(frames, np.int64)
