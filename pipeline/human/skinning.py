"""Move the points of a skin with the bones of a rig.

Dual quaternions (Kavan et al., "Skinning with Dual Quaternions", I3D 2007) keep the volume of a twisted or strongly
bent joint; the 3D view uses them. Blended matrices are what glTF, USD and FBX define. A motion is eight numbers: the
rotation's quaternion (x, y, z, w), and half of translation times quaternion.
"""

from __future__ import annotations

import numpy as np

from ..core.arrays import Doubles

_NEXT, _LAST = [1, 2, 0], [2, 0, 1]  # cyclic coordinate indices of the cross product


def _cross(a: Doubles, b: Doubles) -> Doubles:
    """Compute the cross product of (..., 3) arrays; faster than NumPy's for one frame."""
    return np.asarray(a[..., _NEXT] * b[..., _LAST] - a[..., _LAST] * b[..., _NEXT])


def quaternion_product(p: Doubles, q: Doubles) -> Doubles:
    """Multiply quaternions (..., 4), x y z w: the rotation `q`, then `p`."""
    a, b = p[..., :3], q[..., :3]
    s, t = p[..., 3:], q[..., 3:]
    vector = s * b + t * a + _cross(a, b)
    return np.concatenate([vector, s * t - np.sum(a * b, axis=-1, keepdims=True)], axis=-1)


def rotate(quaternions: Doubles, points: Doubles) -> Doubles:
    """Rotate points (..., 3) by unit quaternions (..., 4)."""
    axis = quaternions[..., :3]
    twice = 2 * _cross(axis, points)
    return np.asarray(points + quaternions[..., 3:] * twice + _cross(axis, twice))


def motions(quaternions: Doubles, rest: Doubles, now: Doubles) -> Doubles:
    """Return motions (..., 8) of bones that start at `rest` (B, 3) and now at `now` (..., B, 3)."""
    shift = now - rotate(quaternions, np.broadcast_to(rest, now.shape))
    pure = np.concatenate([shift, np.zeros_like(shift[..., :1])], axis=-1)
    return np.concatenate([quaternions, quaternion_product(pure, quaternions) / 2], axis=-1)


def moves_of(rotations: Doubles, rest: Doubles, now: Doubles) -> Doubles:
    """Return the `motions` (B, 8) of rotation matrices (B, 3, 3)."""
    from scipy.spatial.transform import Rotation

    return motions(Rotation.from_matrix(rotations).as_quat(), rest, now)


def blended_matrices(of_bones: Doubles, weights: Doubles, points: Doubles) -> Doubles:
    """Move points (V, 3) as glTF, USD and FBX do: by the weighted mean of the bones' matrices."""
    turn, dual = of_bones[:, :4], of_bones[:, 4:]
    shift = 2 * quaternion_product(dual, turn * [-1.0, -1.0, -1.0, 1.0])[:, :3]
    each = rotate(turn[None], points[:, None]) + shift
    return np.asarray(np.einsum("vb,vbc->vc", weights, each))


def blend_motions(of_bones: Doubles, weights: Doubles) -> Doubles:
    """Return the motion (V, 8) of each point with `weights` (V, B) on the bones' motions (B, 8).

    A quaternion and its negative are one rotation: all are taken in the half space of the point's strongest bone.
    """
    strongest = of_bones[np.argmax(weights, axis=1), :4]
    sign = np.where(strongest @ of_bones[:, :4].T < 0, -1.0, 1.0)
    mixed = (weights * sign) @ of_bones
    return np.asarray(mixed / np.linalg.norm(mixed[:, :4], axis=1, keepdims=True))


def move_points(of_points: Doubles, points: Doubles, inverse: bool = False) -> Doubles:
    """Apply motions (V, 8) to points (V, 3), or their inverse."""
    turn, dual = of_points[:, :4], of_points[:, 4:]
    back = turn * [-1.0, -1.0, -1.0, 1.0]
    shift = 2 * quaternion_product(dual, back)[:, :3]
    return rotate(back, points - shift) if inverse else rotate(turn, points) + shift
