"""Fill gaps, find the pelvis and measure the body size for the normalisation rules.

Pure numpy. Shapes: `B` windows, `F` frames, 17 joints of H36M-17; joints in any image unit, NaN = not seen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Doubles, Floats

Bools = NDArray[np.bool_]

_SMALLEST_PX = 1.0  # px, lower limit of a body's size: keeps the division safe


def hold_gaps_and_pelvis(joints_image: Floats, seen: Bools) -> tuple[Doubles, Doubles]:
    """Fill gaps in joints (B, F, 17, 2) and return them with the pelvis (B, F, 1, 2).

    Joints that were never seen are NaN. In a window without a pelvis (a face close up) the mean of the known joints
    replaces it; NaN if there are none.
    """
    positions = hold_last(joints_image, seen)
    pelvis = positions[:, :, :1]
    has_pelvis = np.isfinite(pelvis)
    if has_pelvis.all():
        return positions, pelvis
    known = np.isfinite(positions)
    count = known.sum(2, keepdims=True)
    middle = np.where(count > 0, np.where(known, positions, 0).sum(2, keepdims=True) / np.maximum(count, 1), np.nan)
    return positions, np.where(has_pelvis, pelvis, middle)


def median_box_side(joints_image: Floats, seen: Bools) -> NDArray[np.float64]:
    """Measure the body size (B,) px: median over frames of the longer side of the joints' box.

    From joints (B, F, 17, 2) and seen (B, F, 17). Only seen joints count, and only frames with at least three quarters
    of the joints of the best frame of the window: half a body must not count as a small body.
    """
    counts = seen.sum(-1)  # (B, F)
    full = (counts >= 0.75 * counts.max(axis=1, keepdims=True)) & (counts >= 2)
    usable = (seen & full[..., None])[..., None]
    high = np.where(usable, joints_image, -np.inf).max(axis=2)
    low = np.where(usable, joints_image, np.inf).min(axis=2)
    longer = np.where(full, (np.where(full[..., None], high, 0) - np.where(full[..., None], low, 0)).max(-1), np.nan)
    longer[~full.any(axis=1)] = _SMALLEST_PX
    return np.maximum(np.nanmedian(longer.astype(np.float64), axis=1), _SMALLEST_PX)


def hold_last(joints_image: Floats, seen: Bools) -> NDArray[np.float64]:
    """Hold unseen joints (B, F, 17, 2) at their last known position.

    Before the first known position they are held at that; NaN if never seen.
    """
    if seen.all():
        return joints_image.astype(np.float64)
    F = joints_image.shape[1]
    frame = np.arange(F)[None, :, None]
    last = np.maximum.accumulate(np.where(seen, frame, -1), axis=1)
    first = np.where(seen.any(axis=1), seen.argmax(axis=1), 0)[:, None]
    source = np.where(last >= 0, last, first)  # (B, F, 17)
    return np.take_along_axis(joints_image, source[..., None], axis=1).astype(np.float64)
