"""Normalise image joints to network input by named rules, for training and inference.

Shapes: `B` windows, `F` frames, 17 joints of H36M-17. Input joints are pixels, NaN = not seen. Pure numpy. The module
`person_ray` has the rule of that name.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...core.arrays import Doubles, Floats, check_shape
from ...core.camera import Camera
from ...core.errors import ModelError
from ...core.geometry import screen_from_image
from ...core.skeletons import H36M17
from .gaps_and_size import Bools, hold_gaps_and_pelvis, median_box_side
from .person_ray import RAY_X, person_ray, window_axes

# Definition of the 17 joints that a lifter was trained on. `skeletons.h36m17_from` makes the input of both; "h36m": the
# training joints were Human3.6M's own, which differ from ours at the pelvis, spine, nose and head.
JOINT_RULES = ("hourglass", "h36m")


@dataclass(frozen=True, slots=True)
class NetworkInput:
    """Hold the input of a network and the axes of its output.

    `values` (B, F, 17, channels) float32, finite everywhere. `axes` (B, F, 3, 3): the axes of the network's output, as
    rows in camera axes; None: the output is in camera axes.
    """

    values: Floats
    axes: Doubles | None = None

    @property
    def centre(self) -> NetworkInput:
        """Return the input of only the centre frame, number F // 2."""
        here = slice(self.values.shape[1] // 2, self.values.shape[1] // 2 + 1)
        return NetworkInput(self.values[:, here], None if self.axes is None else self.axes[:, here])

    def camera_from_answer(self, joints: Floats) -> Floats:
        """Rotate pelvis-relative network output (B, F, 17, 3) to camera axes."""
        return joints if self.axes is None else np.asarray(joints @ self.axes, np.float32)

    def answer_from_camera(self, joints: Doubles) -> Doubles:
        """Rotate joints from camera axes to output axes: inverse of `camera_from_answer`."""
        return joints if self.axes is None else joints @ np.swapaxes(self.axes, -1, -2)


def network_input(rule: str, joints_image: Floats, scores: Floats, camera: Camera, channels: int) -> NetworkInput:
    """Normalise joints (B, F, 17, 2) px and scores (B, F, 17) to the input of a network.

    `channels` per joint are 2 (x, y) or 3 (x, y, confidence), with `person_ray` 6. Raises `ModelError` for an unknown
    rule.
    """
    if rule not in RULES:
        raise ModelError(f"The normalisation '{rule}' is not known.", f"Known: {', '.join(RULES)}.")
    check_shape("joints_image", joints_image, (None, None, 17, 2))
    check_shape("scores", scores, joints_image.shape[:-1])
    count = len(joints_image)
    sizes_px = np.tile(np.array(camera.size_px, np.float64), (count, 1))
    focal = np.full(count, camera.focal_px)
    windows = normalised(rule, joints_image, scores, sizes_px, focal, channels)
    if rule != "person_window":
        return windows
    return NetworkInput(windows.values, window_axes(joints_image, np.isfinite(joints_image).all(-1), sizes_px, focal))


def normalised(
    rule: str,
    joints_image: Floats,
    scores: Floats,
    sizes_px: Doubles,
    focal: Doubles,
    channels: int | None = None,
) -> NetworkInput:
    """Normalise windows with one camera each: image sizes (B, 2) px, focal lengths (B,) px.

    As `network_input`. `channels` None: all channels of the rule. For `person_window` the output is in camera axes, as
    in training; `network_input` rotates it toward the person's ray for inference (`person_ray.window_axes`).
    """
    seen = np.isfinite(joints_image).all(-1)
    confidence = np.where(seen, np.clip(np.nan_to_num(scores), 0, 1), 0).astype(np.float32)[..., None]
    axes: Doubles | None = None
    parts: list[Doubles | Floats]
    if rule == "person_ray":
        view = person_ray(joints_image, seen, sizes_px, focal)
        axes, parts = view.axes, [view.positions, confidence, view.shared]
    elif rule == "person_window":
        parts = [person_window(joints_image, seen), confidence]
    else:
        positions = screen(joints_image, seen, sizes_px)
        if channels == 3:
            positions = np.where(seen[..., None], positions, 0)  # as models with a confidence channel were trained
        parts = [positions, confidence]
    values = np.concatenate(parts, axis=-1)[..., :channels]
    return NetworkInput(np.ascontiguousarray(values, dtype=np.float32), axes)


def mirror(values: Floats) -> Floats:
    """Mirror (..., 17, C) left to right: negate x, swap left and right joints.

    Twice is the identity. For network inputs and for 3D joints in camera axes: x is channel 0, and channel 4 (`RAY_X`)
    of inputs that have it.
    """
    out = values[..., H36M17.mirror, :].copy()
    out[..., 0] *= -1
    if out.shape[-1] > RAY_X:
        out[..., RAY_X] *= -1
    return out


def person_window(joints_image: Floats, seen: Bools) -> Doubles:
    """Normalise by rule `person_window`: joints relative to pelvis and body size in the image.

    The result does not depend on the camera. size = median over the window of the longer side of the joints' box;
    joints 1 to 16 = (joint - pelvis of the frame) / size * 2; joint 0 = (pelvis - mean pelvis of the window) / size *
    2, which keeps the path. A joint that was not seen is held at its last known position, before that at its first
    known one, and is at the pelvis if it was never seen.
    """
    size = median_box_side(joints_image, seen)[:, None, None, None]  # (B, 1, 1, 1)
    positions, pelvis = hold_gaps_and_pelvis(joints_image, seen)
    out = (positions - pelvis) / size * 2
    out[:, :, :1] = (pelvis - pelvis.mean(axis=1, keepdims=True)) / size * 2
    return np.nan_to_num(out, nan=0.0)


def screen(joints_image: Floats, seen: Bools, sizes_px: Doubles) -> Doubles:
    """Normalise by rule `screen` of the published checkpoints: X / w * 2 - [1, h / w].

    From VideoPose3D (Pavllo et al., CVPR 2019). Two-channel models have no confidence input: an unseen joint is
    interpolated in time, constant beyond the ends; one that was never seen is at the centre of the image.
    """
    F = joints_image.shape[1]
    out = joints_image.astype(np.float64)
    for window, (width, height) in zip(out, sizes_px, strict=True):
        window[:] = screen_from_image(window, width, height)
    frame = np.arange(F)
    for b, j in zip(*np.nonzero(~seen.all(axis=1)), strict=True):  # rare: only joints with a gap
        known = seen[b, :, j]
        for axis in range(2):
            out[b, :, j, axis] = np.interp(frame, frame[known], out[b, known, j, axis]) if known.any() else 0.0
    return out


RULES = ("person_window", "screen", "person_ray")
