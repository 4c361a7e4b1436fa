"""Build triangle meshes of error halos.

A halo is an ellipsoid around a joint that holds the true joint nine times in ten along each of its axes. It is longest
along the ray from the camera, since depth is what one camera knows least.
"""

from __future__ import annotations

import numpy as np

from ..core.arrays import Doubles, Floats
from .body_mesh import Mesh, hide_unseen, unit_sphere

BAND_SIGMAS = 1.645  # nine of ten errors of a normal distribution are smaller
_LEAST_M = 0.005  # a smaller halo would hide inside the joint; the pelvis, from which errors are measured, has none
_SPHERE, _SPHERE_FACES = unit_sphere(6, 10)


def halos_mesh(joints: Floats, error_m: Floats, camera_m: Doubles, colours: Floats) -> Mesh:
    """Build one mesh of the halos of `joints` (P, J, 3), world, metres; NaN = not seen.

    `error_m` (P, J, 2): standard errors across the image and in depth, see `core.take.Track3D`; a joint without them
    has no halo. `camera_m` (3,): where the camera stands, world. `colours` (P, 4): RGBA.
    """
    points, errors = joints.reshape(-1, 3).astype(np.float64), error_m.reshape(-1, 2)
    ray = points - camera_m
    ray /= np.maximum(np.linalg.norm(ray, axis=-1, keepdims=True), 1e-9)
    radii = BAND_SIGMAS * errors.astype(np.float64)
    across, deep = radii[:, :1, None], radii[:, 1:, None]
    along = _SPHERE.astype(np.float64) @ ray.T  # (V, joints): the part of each direction along the ray
    along = along.T[..., None] * ray[:, None]
    vertices = points[:, None] + across * (_SPHERE - along) + deep * along
    vertices[~(radii.max(axis=-1) > _LEAST_M)] = np.nan
    # The normal of an ellipsoid: the direction divided by the radii.
    with np.errstate(divide="ignore", invalid="ignore"):
        normals = np.nan_to_num((_SPHERE - along) / across + along / deep, posinf=0.0, neginf=0.0)
    normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-9)
    count = len(points)
    starts = (np.arange(count, dtype=np.uint32) * len(_SPHERE))[:, None, None]
    return Mesh(
        hide_unseen(vertices).reshape(-1, 3).astype(np.float32),
        normals.reshape(-1, 3).astype(np.float32),
        np.repeat(colours.astype(np.float32), joints.shape[1] * len(_SPHERE), axis=0),
        (_SPHERE_FACES + starts).reshape(-1, 3).astype(np.uint32),
    )
