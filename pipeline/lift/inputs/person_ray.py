"""Normalise by rule `person_ray`: rotate frames to a virtual camera facing the pelvis.

A person at the edge of the image is seen from another side than one in the middle, though both may look the same in
pixels. A network that sees only the shape of the body cannot distinguish them, and its output in camera axes is wrong
by the angle between. So every frame is rotated to a virtual camera at the same position whose axis goes through the
pelvis and which has the horizon of the real camera (a pan and a tilt, no roll). The network's output is in the axes of
that camera; rotating it back is exact. The information that the rotation removes (position and size of the person in
the image) is given in additional channels.

Likewise the body is scaled to one size in every frame, not in every window: a person who walks towards the camera
keeps their size, and a network that was trained on single frames works on windows. (Measured on held-out people,
perfect joints, a network of single frames: 62.8 mm MPJPE with this, 77.4 mm with one size per window.)

The rule needs the field of view, known or guessed. A guess that is 25 % wrong costs about a quarter of the angle.

Shapes: `B` windows, `F` frames, 17 joints of H36M-17. Pure numpy, float64 inside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...core.arrays import Doubles, Floats
from .gaps_and_size import Bools, hold_gaps_and_pelvis

# Indices of the channels that the joints of a frame share, after x, y and confidence.
SIZE, RAY_X, RAY_Y = 3, 4, 5
CHANNELS = ("x", "y", "confidence", "size", "ray_x", "ray_y")

_NEAREST = 0.2  # relative depth, like a cosine: joints further off the axis (79 degrees) are treated as at this limit
_BODY = 3.0  # ratio of a standing body's height to the RMS distance of its joints from the pelvis
_SMALLEST, _LARGEST = 0.01, 6.0  # slopes, limits of a body's size
_RAY_SHARE = 0.8  # fraction of the ray's slopes by which the output is rotated: see `window_axes`
_LIMIT = 8.0  # limit of every input value: an outlier must not dominate the network


@dataclass(frozen=True, slots=True)
class PersonRayView:
    """Hold joints as seen by the virtual camera, the shared channels, and the camera's axes.

    `positions` (B, F, 17, 2), `shared` (B, F, 17, 3) and `axes` (B, F, 3, 3), whose rows are x right, y down and z
    forward of the virtual camera in the axes of the real one.
    """

    positions: Doubles
    shared: Doubles
    axes: Doubles


def person_ray(joints_image: Floats, seen: Bools, sizes_px: Doubles, focal: Doubles) -> PersonRayView:
    """Normalise joints (B, F, 17, 2) px, seen (B, F, 17) by the rule `person_ray`.

    Image sizes (B, 2) px, focal lengths (B,) px. With slopes x / z and y / z in the virtual camera: size of a frame = 3
    x the root mean square of the joints' distances from the pelvis; `positions` of joints 1 to 16 = slopes / size * 2,
    of joint 0 = (ray - mean ray of the window) / median size of the window * 2, which keeps the path. `shared`: log
    size, and the slopes of the ray in the real camera. Unseen joints are held as in `person_window`; one that was never
    seen is at the pelvis and does not count for the size.
    """
    scale = focal[:, None, None, None]
    slopes = (joints_image - sizes_px[:, None, None] / 2) / scale
    held, pelvis = hold_gaps_and_pelvis(slopes, seen)
    pelvis = np.nan_to_num(pelvis)
    known = np.isfinite(held)
    held = np.where(known, held, pelvis)
    rotated = slopes_towards(pelvis, held)
    count = np.maximum((known[..., 1:, 0] & known[..., 1:, 1]).sum(-1), 1)  # (B, F)
    size = _BODY * np.sqrt((rotated[:, :, 1:] ** 2).sum((-1, -2)) / count)
    size = np.clip(size, _SMALLEST, _LARGEST)[..., None, None]  # (B, F, 1, 1)
    positions = rotated / size * 2
    positions[:, :, :1] = (pelvis - pelvis.mean(axis=1, keepdims=True)) / np.median(size, axis=1, keepdims=True) * 2
    shared = np.clip(np.concatenate([np.log(size), pelvis], axis=-1), -_LIMIT, _LIMIT)
    shared = np.broadcast_to(shared, (*positions.shape[:3], 3))
    return PersonRayView(np.clip(positions, -_LIMIT, _LIMIT), shared, axes_towards(pelvis[:, :, 0]))


def window_axes(joints_image: Floats, seen: Bools, sizes_px: Doubles, focal: Doubles) -> Doubles:
    """Return the output axes (B, F, 3, 3) of a network of the rule `person_window`.

    The axes are rows in camera axes. Such a network is trained to answer in camera axes but does not see where in the
    image a person is: it learns the answer for a person in the middle, and most of the rotation toward the ray remains
    to be done. Measured on unseen motion with modelled detector errors (264 clips, true field of view): MPJPE 92 mm
    without it, 80.7 mm with 0.8 of the slopes (82.3 mm with all of them); the median error of the gravity direction is
    3.7 degrees instead of 5.7.
    """
    slopes = (joints_image - sizes_px[:, None, None] / 2) / focal[:, None, None, None]
    _, pelvis = hold_gaps_and_pelvis(slopes, seen)
    return axes_towards(_RAY_SHARE * np.nan_to_num(pelvis[:, :, 0]))


def axes_towards(ray: Doubles) -> Doubles:
    """Return the axes (..., 3, 3) of a camera that pans, then tilts, to look along a ray.

    The ray has slopes (..., 2). The rows are x, y and z of that camera.
    """
    x, y = ray[..., 0], ray[..., 1]
    flat, length = np.sqrt(1 + x**2), np.sqrt(1 + x**2 + y**2)
    axes = np.empty((*x.shape, 3, 3))
    axes[..., 0, 0], axes[..., 0, 1], axes[..., 0, 2] = 1 / flat, 0, -x / flat
    axes[..., 1, 0], axes[..., 1, 1], axes[..., 1, 2] = -x * y / (flat * length), flat / length, -y / (flat * length)
    axes[..., 2, 0], axes[..., 2, 1], axes[..., 2, 2] = x / length, y / length, 1 / length
    return axes


def slopes_towards(ray: Doubles, slopes: Doubles) -> Doubles:
    """Transform slopes (..., 2) of joints to the cameras that look along `ray` (..., 2).

    The cameras are those of `axes_towards`. Written out, because a live run needs it for a hundred frames at a time and
    products of 3 x 3 are slow there.
    """
    x, y, u, v = ray[..., 0], ray[..., 1], slopes[..., 0], slopes[..., 1]
    flat, length = np.sqrt(1 + x**2), np.sqrt(1 + x**2 + y**2)
    away = np.maximum((x * u + y * v + 1) / length, _NEAREST)
    out = np.empty(np.broadcast_shapes(ray.shape, slopes.shape))
    out[..., 0] = (u - x) / flat / away
    out[..., 1] = (flat * v - y * (x * u + 1) / flat) / length / away
    return out
