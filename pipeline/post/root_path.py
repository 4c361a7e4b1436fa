"""Where the person is in front of the camera: the root's path from 2D and root-relative 3D.

With the pinhole u = f (X + x) / (Z + z) + cx and known x, y, z (root-relative) every joint gives two equations that are
linear in the root (X, Y, Z): X - a Z = a z - x and Y - b Z = b z - y, where a, b are the image point on the plane at
distance 1 (as in Mehta et al., VNect, 2017). Depth is the weak direction: it only comes from the size of the figure, so
it is smoothed much harder, and X, Y are then solved again for the smoothed depth, so that the figure still falls on the
person in the picture.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..body.filters import low_pass, whittaker
from ..core.arrays import Doubles, Floats
from ..core.camera import Camera

_ROUNDS = 5
_NEAREST_M = 0.15  # no joint is nearer to the camera than this
_LEAST_NOISE_PX = 1.0
_OUTLIER = 2.0  # in units of the frame's own residual scale
_ACCELERATION = 2.0  # m/s^2, what a person's depth usually changes by
_DEPTH_HZ = (0.4, 3.0)  # limits of the depth smoothing
_NOISE_ABOVE_HZ = 2.0  # depth that changes faster is taken for noise,
_NOISE_FACTOR = 3.0  # and a lifter's noise is slow: there is this many times as much below
_WEIGHT_RANGE = (0.1, 2.0)


def root_path(relative: Doubles, joints_image: Floats, scores: Floats, camera: Camera, smooth_hz: float) -> Doubles:
    """Solve the root position (T, 3) in camera space, metres, low-passed at `smooth_hz`.

    `relative` (T, 17, 3) camera axes, root-relative, true size, NaN = not seen; `joints_image` (T, 17, 2) pixels;
    `scores` (T, 17). Every frame whose `relative` is known gets a root (from its neighbours if its 2D is missing), the
    others NaN. Depth is always positive.
    """
    seen = np.isfinite(relative).all(axis=(1, 2))
    out = np.full((len(relative), 3), np.nan)
    if not seen.any():
        return out
    first, last = np.flatnonzero(seen)[[0, -1]]
    span = slice(int(first), int(last) + 1)
    out[span] = _solve(relative[span], joints_image[span], scores[span], camera)
    out[span, :2] = low_pass(out[span, :2], np.ones(last + 1 - first, np.bool_), camera.rate_hz, smooth_hz)
    out[~seen] = np.nan
    return out


def reprojection_px(joints: Doubles, joints_image: Floats, scores: Floats, camera: Camera) -> Floats:
    """Measure the reprojection error (T,) px: median over the seen joints of (T, 17, 3) camera space to (T, 17, 2) px.

    NaN where the person was not seen. Joints with a score under a third of the frame's best do not count.
    """
    out = np.full(len(joints), np.nan, np.float32)
    off = np.linalg.norm(camera.project(joints) - joints_image, axis=2)
    known = np.isfinite(off) & (scores >= np.max(scores, axis=1, keepdims=True, initial=0) / 3) & (scores > 0)
    rows = known.any(axis=1)
    out[rows] = np.nanmedian(np.where(known, off, np.nan)[rows], axis=1)
    return out


def _solve(relative: Doubles, joints_image: Floats, scores: Floats, camera: Camera) -> Doubles:
    rays, focal = camera.rays(joints_image), camera.focal_px  # rays (T, 17, 2)
    known = np.isfinite(rays).all(axis=2) & np.isfinite(relative).all(axis=2)
    trust = np.where(known, np.clip(scores, 0, 1).astype(np.float64) ** 2, 0.0)
    rays, body = np.nan_to_num(rays), np.nan_to_num(relative)
    nearest = _NEAREST_M - body[..., 2].min(axis=1)  # (T,) the root is at least this far

    depth = np.maximum(_weak_depth(rays, body, trust), nearest)
    weights, information = trust, np.zeros(len(body))
    for _ in range(_ROUNDS):
        root = _root_xy(rays, body, weights, depth)
        weights, noise = _robust_weights(rays, body, trust, root=root, depth=depth, focal=focal)
        depth, information = _linear_depth(rays, body, weights)
        typical = np.maximum(noise, np.median(noise))
        information = np.where(depth > nearest, information / typical**2, 0.0)
        depth = np.where(depth > nearest, depth, np.maximum(_weak_depth(rays, body, weights), nearest))

    depth = np.maximum(_smooth_depth(depth, information, camera.rate_hz), nearest)
    root = _root_xy(rays, body, weights, depth)
    weights, _ = _robust_weights(rays, body, trust, root=root, depth=depth, focal=focal)
    root = _root_xy(rays, body, weights, depth)
    root = _filled(root, weights.sum(axis=1) > 0)
    return np.concatenate([root, depth[:, None]], axis=1)


def _mean(values: Doubles, weights: Doubles) -> Doubles:
    """(T, 17, C), (T, 17) -> (T, 1, C) weighted mean over the joints."""
    total = np.maximum(weights.sum(axis=1), 1e-12)[:, None, None]
    return np.asarray(np.einsum("tj,tjc->tc", weights, values)[:, None] / total)


def _weak_depth(rays: Doubles, body: Doubles, weights: Doubles) -> Doubles:
    """(T,) depth at which the figure is as large as in the picture: rough, but always positive."""
    in_picture = np.einsum("tj,tjc->t", weights, (rays - _mean(rays, weights)) ** 2)
    in_space = np.einsum("tj,tjc->t", weights, (body[..., :2] - _mean(body[..., :2], weights)) ** 2)
    return np.asarray(np.sqrt(in_space / np.maximum(in_picture, 1e-12)))


def _linear_depth(rays: Doubles, body: Doubles, weights: Doubles) -> tuple[Doubles, Doubles]:
    """Least-squares depth (T,) with X and Y eliminated, and its information (the normal equation's coefficient)."""
    centred = rays - _mean(rays, weights)
    target = rays * body[..., 2:] - body[..., :2]
    information = np.einsum("tj,tjc->t", weights, centred**2)
    depth = -np.einsum("tj,tjc->t", weights, centred * target) / np.maximum(information, 1e-12)
    return depth, information


def _root_xy(rays: Doubles, body: Doubles, weights: Doubles, depth: Doubles) -> Doubles:
    """(T, 2) X and Y for a given depth; NaN-free (0 where a frame has no weight)."""
    return _mean(rays * (depth[:, None, None] + body[..., 2:]) - body[..., :2], weights)[:, 0]


def _robust_weights(
    rays: Doubles, body: Doubles, trust: Doubles, *, root: Doubles, depth: Doubles, focal: float
) -> tuple[Doubles, Doubles]:
    """Weights that turn metres into pixels and let go of joints that do not fit (Cauchy), and the noise (T,)."""
    far = np.maximum(depth[:, None] + body[..., 2], _NEAREST_M)
    residual = np.linalg.norm(root[:, None] + body[..., :2] - rays * far[..., None], axis=2) / far
    known = trust > 0
    scale = np.full(len(residual), _LEAST_NOISE_PX / focal)
    enough = known.any(axis=1)
    if enough.any():
        some = np.where(known, residual, np.nan)[enough]
        scale[enough] = np.maximum(1.5 * np.nanmedian(some, axis=1), _LEAST_NOISE_PX / focal)
    return trust / far**2 / (1 + (residual / (_OUTLIER * scale[:, None])) ** 2), scale


def _smooth_depth(depth: Doubles, information: Doubles, rate_hz: float) -> Doubles:
    """Depth as a path of moderate acceleration (a Whittaker smoother), as stiff as its measured noise asks for."""
    weights = information > 0
    if len(depth) < 4 or weights.sum() < 4:  # too short to tell noise from movement
        usable = depth[weights] if weights.any() else depth
        return np.full(len(depth), float(np.median(usable)))
    # The error of a depth grows with the depth, so it is the information on the scale that tells good frames from bad.
    information = information * depth**2
    relative = np.where(weights, np.clip(information / np.median(information[weights]), *_WEIGHT_RANGE), 0.0)
    first = whittaker(depth, relative, rate_hz, _NOISE_ABOVE_HZ)
    noise = _NOISE_FACTOR * 1.4826 * float(np.median(np.abs(depth - first)[weights]))
    cutoff = float(np.clip(np.sqrt(_ACCELERATION / max(noise, 1e-4)) / (2 * np.pi), *_DEPTH_HZ))
    smooth = first
    for _ in range(3):
        misfit = np.abs(depth - smooth)
        scale = max(1.4826 * float(np.median(misfit[weights])), 1e-3)
        smooth = whittaker(depth, relative / (1 + (misfit / (3 * scale)) ** 2), rate_hz, cutoff)
    return smooth


def _filled(values: Doubles, known: NDArray[np.bool_]) -> Doubles:
    """(T, C) with the frames that are not `known` interpolated from those that are."""
    if known.all() or not known.any():
        return values
    at, good = np.arange(len(values)), np.flatnonzero(known)
    return np.stack([np.interp(at, good, values[good, c]) for c in range(values.shape[1])], axis=1)
