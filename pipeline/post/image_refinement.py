"""Refine 3D joints toward the detected 2D joints, across the line of sight only.

Measured on whole clips with the bundled lifter: across the line of sight the lifter's error is 42 mm on average, the
detector's 28 mm; along it only the lifter gives information. So each joint is moved toward its line of sight, at right
angles to it, by a fraction that grows with the detector's confidence and falls where the two differ widely (a wrong
joint).
"""

from __future__ import annotations

import numpy as np

from ..body.track_constants import TrackConstants
from ..core.arrays import Doubles, Floats
from ..core.camera import Camera
from .root_path import root_path

_HALF_TRUST_M = 0.15  # m between lifter and detector at which the trust in the detector is halved (Cauchy)
_NEAREST_M = 0.15  # m, smallest distance of a joint from the camera
ROOT_HZ = 7.0  # Hz, cut-off of the root's path: faster motion of the pelvis is noise


def lines_of_sight(joints_image: Floats, camera: Camera) -> Doubles:
    """Return the lines of sight (T, 17, 3), z = 1 in camera space, of (T, 17, 2) px.

    NaN = not seen.
    """
    rays = camera.rays(joints_image)
    return np.concatenate([rays, np.ones_like(rays[..., :1])], axis=-1)


def solve_root(
    joints: Doubles, joints_image: Floats, scores: Floats, camera: Camera, constants: TrackConstants | None = None
) -> Doubles:
    """Solve the root (T, 3) in camera space of root-relative joints (T, 17, 3)."""
    return root_path(joints, joints_image, scores, camera, ROOT_HZ, constants)


def refine_to_image(
    lifted: Doubles,
    joints: Doubles,
    joints_image: Floats,
    scores: Floats,
    camera: Camera,
    max_share: float,
    constants: TrackConstants | None = None,
) -> tuple[Doubles, Doubles]:
    """Move joints `lifted` (T, 17, 3) toward their lines of sight; also return shares (T, 17).

    A share is the fraction of the way. The fraction of the way is at most `max_share`. `joints` (T, 17, 3): the best
    pose so far, which gives the root and the distances of wrong joints; all root-relative, camera axes, true size, NaN
    = not known. `joints_image` (T, 17, 2) px, `scores` (T, 17).
    """
    root = solve_root(joints, joints_image, scores, camera, constants)[:, None]
    rays = camera.rays(joints_image)
    distance = np.linalg.norm(offset_to_ray(joints + root, rays), axis=-1)
    share = max_share * np.clip(scores, 0, 1) / (1 + (distance / _HALF_TRUST_M) ** 2)
    share = np.where(np.isfinite(distance), share, 0.0)
    step = offset_to_ray(lifted + root, rays)
    return lifted + share[..., None] * np.where(np.isfinite(step), step, 0.0), share


def offset_to_ray(points: Doubles, rays: Doubles) -> Doubles:
    """Return the offsets (T, 17, 3) from joints to their lines of sight at the same depth.

    `points` (T, 17, 3) camera space, `rays` (T, 17, 2) image points at distance 1. The component along the direction
    from the camera to the joint is removed.
    """
    depth = np.maximum(points[..., 2:], _NEAREST_M)
    step = np.concatenate([rays * depth - points[..., :2], np.zeros_like(depth)], axis=-1)
    along = points / np.maximum(np.linalg.norm(points, axis=-1, keepdims=True), _NEAREST_M)
    return np.asarray(step - (step * along).sum(-1, keepdims=True) * along)
