"""From image joints to a network's input numbers: the normalisation rules, by name. One place for training and use.

Shapes: `B` windows, `F` frames, 17 joints of H36M-17. Input joints are pixels, NaN = not seen. Pure numpy.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ModelError
from pipeline.geometry import screen_from_image
from pipeline.skeleton import H36M17
from pipeline.types import Floats, check_shape

Bools = NDArray[np.bool_]

# What a lifter's 17 joints were in training. Both are made by `skeleton.h36m17_from`; "h36m" says that those of the
# training were Human3.6M's own, from which ours differ at the pelvis, spine, nose and head.
JOINT_RULES = ("hourglass", "h36m")

_SMALLEST_PX = 1.0  # a body smaller than this is not a measurement: keeps the division safe


def network_input(rule: str, joints_image: Floats, scores: Floats, size_px: tuple[int, int], channels: int) -> Floats:
    """Joints (B, F, 17, 2) px, scores (B, F, 17) -> (B, F, 17, channels) float32, finite everywhere.

    `channels` is 2 (x, y) or 3 (x, y, confidence); `size_px` (width, height) of the picture. Raises `ModelError` for an
    unknown rule.
    """
    if rule not in RULES:
        raise ModelError(f"The normalisation '{rule}' is not known.", f"Known: {', '.join(RULES)}.")
    check_shape("joints_image", joints_image, (None, None, 17, 2))
    check_shape("scores", scores, joints_image.shape[:-1])
    seen = np.isfinite(joints_image).all(-1)
    confidence = np.where(seen, np.clip(np.nan_to_num(scores), 0, 1), 0).astype(np.float32)
    places = RULES[rule](joints_image, seen, size_px)
    if rule == "screen" and channels == 3:
        places = np.where(seen[..., None], places, 0)  # how models with a confidence channel were trained
    out = np.concatenate([places, confidence[..., None]], axis=-1)
    return np.ascontiguousarray(out[..., :channels], dtype=np.float32)


def mirror(values: Floats) -> Floats:
    """Left-right mirror image of (..., 17, C): x (channel 0) negated, left and right joints swapped. Its own inverse.

    Holds for network inputs and for 3D joints in camera axes alike.
    """
    out = values[..., H36M17.mirror, :].copy()
    out[..., 0] *= -1
    return out


def person_window(joints_image: Floats, seen: Bools, size_px: tuple[int, int]) -> NDArray[np.float64]:
    """Rule `person_window`: a body relative to its pelvis and its own size in the picture, free of the camera's.

    size = median over the window of the longer side of the box around the joints; joints 1 to 16 = (joint - pelvis of
    the frame) / size * 2; joint 0 = (pelvis - mean pelvis of the window) / size * 2, which keeps the path. A joint
    that was not seen stands at its last known place, before its first sight at its first known one, and at the pelvis
    if it never was.
    """
    size = body_size(joints_image, seen)[:, None, None, None]  # (B, 1, 1, 1)
    places = hold_last(joints_image, seen)
    pelvis = places[:, :, :1]
    # A window without any pelvis (a face close up): the middle of what there is stands in for it.
    with np.errstate(invalid="ignore"):
        known = np.isfinite(places)
        middle = np.where(known, places, 0).sum(2, keepdims=True) / np.maximum(known.sum(2, keepdims=True), 1)
    pelvis = np.where(np.isfinite(pelvis), pelvis, middle)
    out = (places - pelvis) / size * 2
    out[:, :, :1] = (pelvis - pelvis.mean(axis=1, keepdims=True)) / size * 2
    return np.nan_to_num(out, nan=0.0)


def body_size(joints_image: Floats, seen: Bools) -> NDArray[np.float64]:
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
    F = joints_image.shape[1]
    frame = np.arange(F)[None, :, None]
    last = np.maximum.accumulate(np.where(seen, frame, -1), axis=1)
    first = np.where(seen.any(axis=1), seen.argmax(axis=1), 0)[:, None]
    source = np.where(last >= 0, last, first)  # (B, F, 17)
    return np.take_along_axis(joints_image, source[..., None], axis=1).astype(np.float64)


def screen(joints_image: Floats, seen: Bools, size_px: tuple[int, int]) -> NDArray[np.float64]:
    """Rule `screen` of the published checkpoints: X / w * 2 - [1, h / w] (VideoPose3D, Pavllo et al., CVPR 2019).

    Their two-channel models know no confidence: an unseen joint is interpolated in time, constant beyond the ends;
    one never seen stands in the middle of the picture.
    """
    F = joints_image.shape[1]
    out = screen_from_image(joints_image.astype(np.float64), *size_px)
    frame = np.arange(F)
    for b, j in zip(*np.nonzero(~seen.all(axis=1)), strict=True):  # rare: only joints with a gap
        known = seen[b, :, j]
        for axis in range(2):
            out[b, :, j, axis] = np.interp(frame, frame[known], out[b, known, j, axis]) if known.any() else 0.0
    return out


RULES: dict[str, Callable[[Floats, Bools, tuple[int, int]], NDArray[np.float64]]] = {
    "person_window": person_window,
    "screen": screen,
}
