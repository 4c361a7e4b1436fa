"""What the normalisation rules share: gaps held, the pelvis found, a body sized. Pure numpy.

Shapes: `B` windows, `F` frames, 17 joints of H36M-17; joints in any unit of a picture, NaN = not seen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Doubles, Floats

Bools = NDArray[np.bool_]

_SMALLEST_PX = 1.0  # a body smaller than this is not a measurement: keeps the division safe


def held_and_pelvis(joints_image: Floats, seen: Bools) -> tuple[Doubles, Doubles]:
    """(B, F, 17, 2) -> joints with their gaps held (NaN if never seen), and the pelvis (B, F, 1, 2) of each frame.

    In a window without any pelvis (a face close up) the middle of what there is stands in for it; NaN if nothing is.
    """
    places = hold_last(joints_image, seen)
    pelvis = places[:, :, :1]
    there = np.isfinite(pelvis)
    if there.all():
        return places, pelvis
    known = np.isfinite(places)
    count = known.sum(2, keepdims=True)
    middle = np.where(count > 0, np.where(known, places, 0).sum(2, keepdims=True) / np.maximum(count, 1), np.nan)
    return places, np.where(there, pelvis, middle)


def median_box_side(joints_image: Floats, seen: Bools) -> NDArray[np.float64]:
    """(B, F, 17, 2), (B, F, 17) -> (B,) px: median over the frames of the longer side of the box around the joints.

    Only seen joints count, and only frames that show (nearly) as many of them as the best frame of the window: half a
    body must not pass for a small one.
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
    """(B, F, 17, 2) with unseen joints at their last known place, before the first sight at the first; NaN if never."""
    if seen.all():
        return joints_image.astype(np.float64)
    F = joints_image.shape[1]
    frame = np.arange(F)[None, :, None]
    last = np.maximum.accumulate(np.where(seen, frame, -1), axis=1)
    first = np.where(seen.any(axis=1), seen.argmax(axis=1), 0)[:, None]
    source = np.where(last >= 0, last, first)  # (B, F, 17)
    return np.take_along_axis(joints_image, source[..., None], axis=1).astype(np.float64)
