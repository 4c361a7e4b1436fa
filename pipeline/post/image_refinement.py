"""Back onto the picture: the detector saw where a joint is across the line of sight better than the lifter says.

Measured on whole clips with the bundled lifter: across the line of sight the lifter is off by 42 mm on average, the
detector by 28 mm; along it only the lifter knows anything. So each joint is moved at right angles to its line of sight,
toward it, by a share that grows with the detector's confidence and falls where the two disagree widely (a wrong joint).
"""

from __future__ import annotations

import numpy as np

from ..core.arrays import Doubles, Floats
from ..core.camera import Camera
from .root_path import root_path

_APART_M = 0.15  # at this distance between lifter and detector, half of the trust is gone (Cauchy)
_NEAREST_M = 0.15
ROOT_HZ = 7.0  # the root is heavy: what is faster is noise


def lines_of_sight(joints_image: Floats, camera: Camera) -> Doubles:
    """Return the lines of sight of (T, 17, 2) px: (T, 17, 3) camera space, z = 1; NaN where a joint was not seen."""
    rays = camera.rays(joints_image)
    return np.concatenate([rays, np.ones_like(rays[..., :1])], axis=-1)


def placed(joints: Doubles, joints_image: Floats, scores: Floats, camera: Camera) -> Doubles:
    """Solve the root (T, 3) in camera space of root-relative joints (T, 17, 3)."""
    return root_path(joints, joints_image, scores, camera, ROOT_HZ)


def drawn_onto_picture(
    lifted: Doubles, joints: Doubles, joints_image: Floats, scores: Floats, camera: Camera, most: float
) -> tuple[Doubles, Doubles]:
    """The joints of `lifted` (T, 17, 3) moved toward their lines of sight, by which share (T, 17), at most `most`.

    `joints` (T, 17, 3): the best pose so far, by which the root is placed and wrong joints are told; all root-relative,
    camera axes, true size, NaN = not known. `joints_image` (T, 17, 2) px, `scores` (T, 17).
    """
    root = placed(joints, joints_image, scores, camera)[:, None]
    rays = camera.rays(joints_image)
    apart = np.linalg.norm(to_sight(joints + root, rays), axis=-1)
    share = most * np.clip(scores, 0, 1) / (1 + (apart / _APART_M) ** 2)
    share = np.where(np.isfinite(apart), share, 0.0)
    step = to_sight(lifted + root, rays)
    return lifted + share[..., None] * np.where(np.isfinite(step), step, 0.0), share


def to_sight(points: Doubles, rays: Doubles) -> Doubles:
    """(T, 17, 3) camera space, (T, 17, 2) image points at distance 1 -> (T, 17, 3) the way to the line of sight at the
    same depth, less its part along the way from the camera to the joint."""
    depth = np.maximum(points[..., 2:], _NEAREST_M)
    step = np.concatenate([rays * depth - points[..., :2], np.zeros_like(depth)], axis=-1)
    along = points / np.maximum(np.linalg.norm(points, axis=-1, keepdims=True), _NEAREST_M)
    return np.asarray(step - (step * along).sum(-1, keepdims=True) * along)
