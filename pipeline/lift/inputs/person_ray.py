"""Rule `person_ray`: a person as a camera would see it that looks straight at its pelvis in every frame.

A person at the edge of a picture is seen from another side than one in the middle, though both may look the same in
pixels: a network that only sees a body's own shape cannot tell, and its answer in the camera's axes is off by the angle
between. So every frame is turned to a virtual camera of the same place whose axis goes through the pelvis and whose
horizon is the real one's (a pan and a tilt, no roll). The network answers in that camera's axes; turning the answer
back is exact. What the turn takes away - where in the picture the person is, how large - is given as numbers beside.

Likewise the body is brought to one size in every frame, not in every window: who walks towards the camera stays as
large, and a network that has learned single frames is at home in windows. (Measured on people held out, perfect joints,
a network of single frames: 62.8 mm MPJPE so, 77.4 with one size a window.)

For this the field of view must be known or guessed. A guess that is a quarter off costs about a quarter of the angle.

Shapes: `B` windows, `F` frames, 17 joints of H36M-17. Pure numpy, float64 inside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...core.arrays import Doubles, Floats
from .gaps_and_size import Bools, held_and_pelvis

# The channels that a frame's joints share, behind x, y and confidence.
SIZE, RAY_X, RAY_Y = 3, 4, 5
CHANNELS = ("x", "y", "confidence", "size", "ray_x", "ray_y")

_NEAREST = 0.2  # cosine-like: joints further off the axis than this (79 degrees) are taken as if they stood there
_BODY = 3.0  # a standing body is about three times as tall as its joints are far from the pelvis (root mean square)
_SMALLEST, _LARGEST = 0.01, 6.0  # of a body, in slopes
_LEFT_TO_TURN = 0.8  # of the slopes: see `window_axes`
_LIMIT = 8.0  # of every number: an outlier must not blind the network


@dataclass(frozen=True, slots=True)
class SeenFrom:
    """`places` (B, F, 17, 2), `shared` (B, F, 17, 3) and `axes` (B, F, 3, 3), whose rows are x right, y down and z away
    of the virtual camera in the real one's axes."""

    places: Doubles
    shared: Doubles
    axes: Doubles


def person_ray(joints_image: Floats, seen: Bools, pictures_px: Doubles, focal: Doubles) -> SeenFrom:
    """Joints (B, F, 17, 2) px, seen (B, F, 17), pictures (B, 2) width and height px, focal lengths (B,) px.

    With slopes x / z and y / z in the virtual camera: size of a frame = 3 x the root mean square of the joints'
    distances from the pelvis; `places` of joints 1 to 16 = slopes / size * 2, of joint 0 = (ray - mean ray of the
    window) / median size of the window * 2, which keeps the path. `shared`: log size, and the ray's own slopes in the
    real camera. Unseen joints stand as in `person_window`; one that never was seen stands at the pelvis and is not
    part of the size.
    """
    scale = focal[:, None, None, None]
    slopes = (joints_image - pictures_px[:, None, None] / 2) / scale
    held, pelvis = held_and_pelvis(slopes, seen)
    pelvis = np.nan_to_num(pelvis)
    known = np.isfinite(held)
    held = np.where(known, held, pelvis)
    turned = slopes_towards(pelvis, held)
    count = np.maximum((known[..., 1:, 0] & known[..., 1:, 1]).sum(-1), 1)  # (B, F)
    size = _BODY * np.sqrt((turned[:, :, 1:] ** 2).sum((-1, -2)) / count)
    size = np.clip(size, _SMALLEST, _LARGEST)[..., None, None]  # (B, F, 1, 1)
    places = turned / size * 2
    places[:, :, :1] = (pelvis - pelvis.mean(axis=1, keepdims=True)) / np.median(size, axis=1, keepdims=True) * 2
    shared = np.clip(np.concatenate([np.log(size), pelvis], axis=-1), -_LIMIT, _LIMIT)
    shared = np.broadcast_to(shared, (*places.shape[:3], 3))
    return SeenFrom(np.clip(places, -_LIMIT, _LIMIT), shared, axes_towards(pelvis[:, :, 0]))


def window_axes(joints_image: Floats, seen: Bools, pictures_px: Doubles, focal: Doubles) -> Doubles:
    """Axes (B, F, 3, 3) in which a network of the rule `person_window` answers, as rows in the camera's own.

    It was trained to answer in the camera's axes, but cannot tell where in the picture a person is: what it has learned
    is the answer for a person in the middle, and most of the turn to the ray is left to do. Measured on unseen motion
    with modelled detector errors (264 clips, true field of view): MPJPE 92 mm without it, 80.7 with 0.8 of the slopes
    (82.3 with all of them), and the direction of gravity is off by 3.7 degrees in the median instead of 5.7.
    """
    slopes = (joints_image - pictures_px[:, None, None] / 2) / focal[:, None, None, None]
    _, pelvis = held_and_pelvis(slopes, seen)
    return axes_towards(_LEFT_TO_TURN * np.nan_to_num(pelvis[:, :, 0]))


def axes_towards(ray: Doubles) -> Doubles:
    """Slopes (..., 2) of a ray -> (..., 3, 3): rows x, y, z of a camera that pans, then tilts, to look along it."""
    x, y = ray[..., 0], ray[..., 1]
    flat, length = np.sqrt(1 + x**2), np.sqrt(1 + x**2 + y**2)
    axes = np.empty((*x.shape, 3, 3))
    axes[..., 0, 0], axes[..., 0, 1], axes[..., 0, 2] = 1 / flat, 0, -x / flat
    axes[..., 1, 0], axes[..., 1, 1], axes[..., 1, 2] = -x * y / (flat * length), flat / length, -y / (flat * length)
    axes[..., 2, 0], axes[..., 2, 1], axes[..., 2, 2] = x / length, y / length, 1 / length
    return axes


def slopes_towards(ray: Doubles, slopes: Doubles) -> Doubles:
    """Slopes (..., 2) of joints -> the same in the cameras that look along `ray` (..., 2), by `axes_towards`.

    Written out, since a live run needs it for a hundred frames at a time and products of 3 x 3 are slow there.
    """
    x, y, u, v = ray[..., 0], ray[..., 1], slopes[..., 0], slopes[..., 1]
    flat, length = np.sqrt(1 + x**2), np.sqrt(1 + x**2 + y**2)
    away = np.maximum((x * u + y * v + 1) / length, _NEAREST)
    out = np.empty(np.broadcast_shapes(ray.shape, slopes.shape))
    out[..., 0] = (u - x) / flat / away
    out[..., 1] = (flat * v - y * (x * u + 1) / flat) / length / away
    return out
