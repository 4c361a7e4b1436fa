"""From image joints to a network's input numbers: the normalisation rules, by name. One place for training and use.

Shapes: `B` windows, `F` frames, 17 joints of H36M-17. Input joints are pixels, NaN = not seen. Pure numpy.
The rule `person_ray` stands in `ray`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...core.arrays import Doubles, Floats, check_shape
from ...core.camera import Camera
from ...core.errors import ModelError
from ...core.geometry import screen_from_image
from ...core.skeletons import H36M17
from .gaps_and_size import Bools, held_and_pelvis, median_box_side
from .person_ray import RAY_X, person_ray, window_axes

# What a lifter's 17 joints were in training. Both are made by `skeleton.h36m17_from`; "h36m" says that those of the
# training were Human3.6M's own, from which ours differ at the pelvis, spine, nose and head.
JOINT_RULES = ("hourglass", "h36m")


@dataclass(frozen=True, slots=True)
class NetworkInput:
    """`values` (B, F, 17, channels) float32, finite everywhere. `axes` (B, F, 3, 3): the axes in which the network
    answers, as rows in the camera's own; None: it answers in the camera's."""

    values: Floats
    axes: Doubles | None = None

    @property
    def centre(self) -> NetworkInput:
        """Of the centre frame, number F // 2, alone."""
        here = slice(self.values.shape[1] // 2, self.values.shape[1] // 2 + 1)
        return NetworkInput(self.values[:, here], None if self.axes is None else self.axes[:, here])

    def camera_from_answer(self, joints: Floats) -> Floats:
        """Joints (B, F, 17, 3), relative to the pelvis, as the network gives them -> in the camera's axes."""
        return joints if self.axes is None else np.asarray(joints @ self.axes, np.float32)

    def answer_from_camera(self, joints: Doubles) -> Doubles:
        """Inverse of `camera_from_answer`: what the network should answer."""
        return joints if self.axes is None else joints @ np.swapaxes(self.axes, -1, -2)


def network_input(rule: str, joints_image: Floats, scores: Floats, camera: Camera, channels: int) -> NetworkInput:
    """Normalise joints (B, F, 17, 2) px, scores (B, F, 17) to the input of a network of `channels` numbers a joint.

    `channels` is 2 (x, y) or 3 (x, y, confidence), with `person_ray` 6. Raises `ModelError` for an unknown rule.
    """
    if rule not in RULES:
        raise ModelError(f"The normalisation '{rule}' is not known.", f"Known: {', '.join(RULES)}.")
    check_shape("joints_image", joints_image, (None, None, 17, 2))
    check_shape("scores", scores, joints_image.shape[:-1])
    count = len(joints_image)
    pictures = np.tile(np.array(camera.size_px, np.float64), (count, 1))
    focal = np.full(count, camera.focal_px)
    given = normalised(rule, joints_image, scores, pictures, focal, channels)
    if rule != "person_window":
        return given
    return NetworkInput(given.values, window_axes(joints_image, np.isfinite(joints_image).all(-1), pictures, focal))


def normalised(
    rule: str,
    joints_image: Floats,
    scores: Floats,
    pictures_px: Doubles,
    focal: Doubles,
    channels: int | None = None,
) -> NetworkInput:
    """`network_input` of windows from cameras of their own: pictures (B, 2) px, focal lengths (B,) px.

    `channels`: as many as the rule has, if None. The answer of `person_window` is in the camera's axes here, as it is
    trained; `network_input` turns it to the ray for use (`ray.window_axes`).
    """
    seen = np.isfinite(joints_image).all(-1)
    confidence = np.where(seen, np.clip(np.nan_to_num(scores), 0, 1), 0).astype(np.float32)[..., None]
    axes: Doubles | None = None
    parts: list[Doubles | Floats]
    if rule == "person_ray":
        view = person_ray(joints_image, seen, pictures_px, focal)
        axes, parts = view.axes, [view.places, confidence, view.shared]
    elif rule == "person_window":
        parts = [person_window(joints_image, seen), confidence]
    else:
        places = screen(joints_image, seen, pictures_px)
        if channels == 3:
            places = np.where(seen[..., None], places, 0)  # how models with a confidence channel were trained
        parts = [places, confidence]
    values = np.concatenate(parts, axis=-1)[..., :channels]
    return NetworkInput(np.ascontiguousarray(values, dtype=np.float32), axes)


def mirror(values: Floats) -> Floats:
    """Left-right mirror image of (..., 17, C): x negated, left and right joints swapped. Its own inverse.

    Holds for network inputs and for 3D joints in camera axes alike: x is channel 0, and channel 4 (`RAY_X`) of inputs
    that have as many.
    """
    out = values[..., H36M17.mirror, :].copy()
    out[..., 0] *= -1
    if out.shape[-1] > RAY_X:
        out[..., RAY_X] *= -1
    return out


def person_window(joints_image: Floats, seen: Bools) -> Doubles:
    """Rule `person_window`: a body relative to its pelvis and its own size in the picture, free of the camera's.

    size = median over the window of the longer side of the box around the joints; joints 1 to 16 = (joint - pelvis of
    the frame) / size * 2; joint 0 = (pelvis - mean pelvis of the window) / size * 2, which keeps the path. A joint
    that was not seen stands at its last known place, before its first sight at its first known one, and at the pelvis
    if it never was.
    """
    size = median_box_side(joints_image, seen)[:, None, None, None]  # (B, 1, 1, 1)
    places, pelvis = held_and_pelvis(joints_image, seen)
    out = (places - pelvis) / size * 2
    out[:, :, :1] = (pelvis - pelvis.mean(axis=1, keepdims=True)) / size * 2
    return np.nan_to_num(out, nan=0.0)


def screen(joints_image: Floats, seen: Bools, pictures_px: Doubles) -> Doubles:
    """Rule `screen` of the published checkpoints: X / w * 2 - [1, h / w] (VideoPose3D, Pavllo et al., CVPR 2019).

    Their two-channel models know no confidence: an unseen joint is interpolated in time, constant beyond the ends;
    one never seen stands in the middle of the picture.
    """
    F = joints_image.shape[1]
    out = joints_image.astype(np.float64)
    for window, (width, height) in zip(out, pictures_px, strict=True):
        window[:] = screen_from_image(window, width, height)
    frame = np.arange(F)
    for b, j in zip(*np.nonzero(~seen.all(axis=1)), strict=True):  # rare: only joints with a gap
        known = seen[b, :, j]
        for axis in range(2):
            out[b, :, j, axis] = np.interp(frame, frame[known], out[b, known, j, axis]) if known.any() else 0.0
    return out


RULES = ("person_window", "screen", "person_ray")
