"""Solve the root's path in camera space from 2D joints and root-relative 3D joints.

With the pinhole u = f (X + x) / (Z + z) + cx and known x, y, z (root-relative) every joint gives two equations that are
linear in the root (X, Y, Z): X - a Z = a z - x and Y - b Z = b z - y, where a, b are the image point on the plane at
distance 1 (as in Mehta et al., VNect, 2017). Depth is the weak direction: only the size of the figure determines it, so
it is smoothed much more strongly, and X, Y are then solved again for the smoothed depth, so that the figure still
projects onto the person in the image.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from ..body.filters import low_pass, whittaker
from ..body.track_constants import TrackConstants
from ..core.arrays import Doubles, Floats
from ..core.camera import Camera

_SOLVER_ITERATIONS = 5  # iterations of reweighted least squares
_NEAREST_M = 0.15  # m, smallest distance of a joint from the camera
_MIN_NOISE_PX = 1.0  # px, lower limit of the residual scale of a frame
_OUTLIER = 2.0  # residual scales of the frame at which a joint's weight is halved (Cauchy)
_ACCELERATION = 2.0  # m/s^2, usual acceleration of a person's depth
_DEPTH_HZ = (0.4, 3.0)  # Hz, limits of the cut-off of the depth smoothing
_NOISE_ABOVE_HZ = 2.0  # Hz, faster changes of the depth count as noise
_NOISE_FACTOR = 3.0  # ratio of all noise to the noise above that cut-off: a lifter's noise is slow
_WEIGHT_RANGE = (0.1, 2.0)  # limits of a frame's weight, relative to the median frame


def root_path(
    relative: Doubles,
    joints_image: Floats,
    scores: Floats,
    camera: Camera,
    smooth_hz: float,
    constants: TrackConstants | None = None,
) -> Doubles:
    """Solve the root position (T, 3) in camera space, metres, low-passed at `smooth_hz`.

    `relative` (T, 17, 3) camera axes, root-relative, true size, NaN = not seen; `joints_image` (T, 17, 2) pixels;
    `scores` (T, 17). Every frame whose `relative` is known gets a root (from its neighbours if its 2D is missing), the
    others NaN. Depth is always positive. `constants`: those of the whole track, where this is a stretch of it.
    """
    seen = np.isfinite(relative).all(axis=(1, 2))
    out = np.full((len(relative), 3), np.nan)
    if not seen.any():
        return out
    first, last = np.flatnonzero(seen)[[0, -1]]
    span = slice(int(first), int(last) + 1)
    out[span] = _solve(relative[span], joints_image[span], scores[span], camera, constants or TrackConstants())
    out[span, :2] = low_pass(out[span, :2], np.ones(last + 1 - first, np.bool_), camera.rate_hz, smooth_hz)
    out[~seen] = np.nan
    return out


def reprojection_px(joints: Doubles, joints_image: Floats, scores: Floats, camera: Camera) -> Floats:
    """Measure the reprojection error (T,) px, the median over the seen joints.

    `joints` (T, 17, 3) camera space, `joints_image` (T, 17, 2) px. NaN where the person was not seen. Joints with a
    score below a third of the frame's best do not count.
    """
    out = np.full(len(joints), np.nan, np.float32)
    off = np.linalg.norm(camera.project(joints) - joints_image, axis=2)
    known = np.isfinite(off) & (scores >= np.max(scores, axis=1, keepdims=True, initial=0) / 3) & (scores > 0)
    rows = known.any(axis=1)
    out[rows] = np.nanmedian(np.where(known, off, np.nan)[rows], axis=1)
    return out


def _solve(
    relative: Doubles, joints_image: Floats, scores: Floats, camera: Camera, constants: TrackConstants
) -> Doubles:
    rays, focal = camera.rays(joints_image), camera.focal_px  # rays (T, 17, 2)
    known = np.isfinite(rays).all(axis=2) & np.isfinite(relative).all(axis=2)
    trust = np.where(known, np.clip(scores, 0, 1).astype(np.float64) ** 2, 0.0)
    rays, body = np.nan_to_num(rays), np.nan_to_num(relative)
    nearest = _NEAREST_M - body[..., 2].min(axis=1)  # (T,) m, smallest depth of the root

    depth = np.maximum(_weak_depth(rays, body, trust), nearest)
    weights, information = trust, np.zeros(len(body))
    for number in range(_SOLVER_ITERATIONS):
        root = _root_xy(rays, body, weights, depth)
        weights, noise = _robust_weights(rays, body, trust, root=root, depth=depth, focal=focal)
        depth, information = _linear_depth(rays, body, weights)
        usual = constants.get(f"noise{number}", partial(np.median, noise))
        typical = np.maximum(noise, usual)
        information = np.where(depth > nearest, information / typical**2, 0.0)
        depth = np.where(depth > nearest, depth, np.maximum(_weak_depth(rays, body, weights), nearest))

    depth = np.maximum(_smooth_depth(depth, information, camera.rate_hz, constants), nearest)
    root = _root_xy(rays, body, weights, depth)
    weights, _ = _robust_weights(rays, body, trust, root=root, depth=depth, focal=focal)
    root = _root_xy(rays, body, weights, depth)
    root = _interpolate_unknown(root, weights.sum(axis=1) > 0)
    return np.concatenate([root, depth[:, None]], axis=1)


def _mean(values: Doubles, weights: Doubles) -> Doubles:
    """Return the weighted mean over the joints, (T, 17, C), (T, 17) -> (T, 1, C)."""
    total = np.maximum(weights.sum(axis=1), 1e-12)[:, None, None]
    return np.asarray(np.einsum("tj,tjc->tc", weights, values)[:, None] / total)


def _weak_depth(rays: Doubles, body: Doubles, weights: Doubles) -> Doubles:
    """Estimate the depth (T,) at which the figure is as large as in the image; always positive."""
    in_image = np.einsum("tj,tjc->t", weights, (rays - _mean(rays, weights)) ** 2)
    in_space = np.einsum("tj,tjc->t", weights, (body[..., :2] - _mean(body[..., :2], weights)) ** 2)
    return np.asarray(np.sqrt(in_space / np.maximum(in_image, 1e-12)))


def _linear_depth(rays: Doubles, body: Doubles, weights: Doubles) -> tuple[Doubles, Doubles]:
    """Solve the depth (T,) by least squares without X and Y; also return its information.

    The information is the coefficient of the normal equation.
    """
    centred = rays - _mean(rays, weights)
    target = rays * body[..., 2:] - body[..., :2]
    information = np.einsum("tj,tjc->t", weights, centred**2)
    depth = -np.einsum("tj,tjc->t", weights, centred * target) / np.maximum(information, 1e-12)
    return depth, information


def _root_xy(rays: Doubles, body: Doubles, weights: Doubles, depth: Doubles) -> Doubles:
    """Solve X and Y (T, 2) for a given depth; without NaN (0 where a frame has no weight)."""
    return _mean(rays * (depth[:, None, None] + body[..., 2:]) - body[..., :2], weights)[:, 0]


def _robust_weights(
    rays: Doubles, body: Doubles, trust: Doubles, *, root: Doubles, depth: Doubles, focal: float
) -> tuple[Doubles, Doubles]:
    """Return weights that convert metres to pixels and reject outliers, and the noise (T,).

    The weights fall as a Cauchy function.
    """
    far = np.maximum(depth[:, None] + body[..., 2], _NEAREST_M)
    residual = np.linalg.norm(root[:, None] + body[..., :2] - rays * far[..., None], axis=2) / far
    known = trust > 0
    scale = np.full(len(residual), _MIN_NOISE_PX / focal)
    enough = known.any(axis=1)
    if enough.any():
        some = np.where(known, residual, np.nan)[enough]
        scale[enough] = np.maximum(1.5 * np.nanmedian(some, axis=1), _MIN_NOISE_PX / focal)
    return trust / far**2 / (1 + (residual / (_OUTLIER * scale[:, None])) ** 2), scale


def _smooth_depth(depth: Doubles, information: Doubles, rate_hz: float, constants: TrackConstants) -> Doubles:
    """Smooth the depth to moderate acceleration by a Whittaker smoother, by its measured noise."""
    weights = information > 0
    if len(depth) < 4 or weights.sum() < 4:  # too short to separate noise from motion
        usable = depth[weights] if weights.any() else depth
        return np.full(len(depth), constants.get("depth", lambda: float(np.median(usable))))
    # The error of a depth grows with the depth, so the information on the scale separates good frames from bad ones.
    information = information * depth**2
    usual = constants.get("information", lambda: np.median(information[weights]))
    relative = np.where(weights, np.clip(information / usual, *_WEIGHT_RANGE), 0.0)
    first = whittaker(depth, relative, rate_hz, _NOISE_ABOVE_HZ)
    deviation = constants.get("deviation", lambda: float(np.median(np.abs(depth - first)[weights])))
    noise = _NOISE_FACTOR * 1.4826 * deviation
    cutoff = float(np.clip(np.sqrt(_ACCELERATION / max(noise, 1e-4)) / (2 * np.pi), *_DEPTH_HZ))
    smooth = first
    for number in range(3):
        misfit = np.abs(depth - smooth)
        middle = constants.get(f"misfit{number}", partial(np.median, misfit[weights]))
        scale = max(1.4826 * float(middle), 1e-3)
        smooth = whittaker(depth, relative / (1 + (misfit / (3 * scale)) ** 2), rate_hz, cutoff)
    return smooth


def _interpolate_unknown(values: Doubles, known: NDArray[np.bool_]) -> Doubles:
    """Interpolate the frames of (T, C) that are not `known` from those that are."""
    if known.all() or not known.any():
        return values
    at, good = np.arange(len(values)), np.flatnonzero(known)
    return np.stack([np.interp(at, good, values[good, c]) for c in range(values.shape[1])], axis=1)
