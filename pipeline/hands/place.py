"""Place the points of hands in 3D by image points, camera and the network's own depth.

Across the camera's ray the picture decides, along it the network.

The network sees a crop as if the camera looked straight at it, so its 3D points are first turned by the angle between
the optical axis and the ray to the hand. It knows no scale: the hand gets the length that its person's hands have.
"""

from __future__ import annotations

import numpy as np

from ..core.arrays import Doubles, Floats
from ..core.camera import Camera
from ..core.hands.points import Hands
from .rotations import shortest_turns, stretched_length

_AXIS = np.array([0.0, 0.0, 1.0])  # the optical axis
_NEAREST_M = 0.05  # m, smallest distance of a hand from the camera


def points_from_wrist(hands: Hands, camera: Camera, length_m: float) -> Doubles:
    """Return the points (T, 2, 21, 3) in metres from the wrist, along the camera's axes.

    `length_m` is the length of the person's hands. NaN where a hand, or its 3D, was not observed.
    """
    out = np.full((*hands.scores.shape, 3), np.nan)
    known = hands.observed & np.isfinite(hands.relative).all(axis=(2, 3))
    if known.any():
        relative = hands.relative[known].astype(np.float64)
        size = np.median(stretched_length(relative))
        out[known] = _placed(hands.joints_image[known], relative * (length_m / size), camera)
    return out


def _placed(joints_image: Floats, relative: Doubles, camera: Camera) -> Doubles:
    """Return points (N, 21, 3) from the wrist of hands (N, 21, 2) px with 3D points (N, 21, 3) of the right size."""
    rays = camera.rays(joints_image)
    rays = np.concatenate([rays, np.ones((*rays.shape[:2], 1))], axis=-1)
    middle = rays.mean(axis=1)
    middle /= np.linalg.norm(middle, axis=-1, keepdims=True)
    seen = np.einsum("nab,npb->npa", shortest_turns(_AXIS, middle), relative - relative[:, :1])
    along = np.einsum("npc,nc->np", seen, middle)
    across = seen - along[..., None] * middle[:, None]
    slopes = rays / np.einsum("npc,nc->np", rays, middle)[..., None] - middle[:, None]
    from_wrist = slopes - slopes[:, :1]
    # Distance at which a hand of this size fills as many pixels as the picture shows.
    distance = (across * from_wrist).sum(axis=(1, 2)) / np.maximum((from_wrist**2).sum(axis=(1, 2)), 1e-12)
    distance = np.maximum(distance, _NEAREST_M)[:, None, None]
    return np.asarray(distance * from_wrist + along[..., None] * (slopes + middle[:, None]))
