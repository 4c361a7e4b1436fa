"""Rotations as the three angles of animation files."""

from __future__ import annotations

import numpy as np

from ..core.arrays import Doubles


def euler_zxy(quaternions: Doubles) -> Doubles:
    """(T, ..., 4) x y z w -> (T, ..., 3) degrees about z, x, y (matrix Rz Rx Ry), continuous over T.

    Every rotation has two such triples, and each angle is only known up to whole turns: from frame to frame the nearer
    choice is taken, so that a file interpolated by others never spins around.
    """
    x, y, z, w = (quaternions[..., i] for i in range(4))
    sin_x = np.clip(2 * (y * z + w * x), -1, 1)
    about_x = np.arcsin(sin_x)
    about_z = np.arctan2(-2 * (x * y - w * z), 1 - 2 * (x * x + z * z))
    about_y = np.arctan2(-2 * (x * z - w * y), 1 - 2 * (x * x + y * y))
    locked = np.abs(sin_x) > 1 - 1e-12  # z and y turn about the same axis there: all of it goes to z
    about_z = np.where(locked, np.arctan2(2 * (x * y + w * z), 1 - 2 * (y * y + z * z)), about_z)
    about_y = np.where(locked, 0.0, about_y)
    angles = np.degrees(np.stack([about_z, about_x, about_y], axis=-1))
    other = np.stack([angles[..., 0] + 180, 180 - angles[..., 1], angles[..., 2] + 180], axis=-1)

    def step(target: Doubles) -> Doubles:
        """Size of the turn from each frame of `angles` to the next of `target`."""
        return np.asarray(np.abs((target[1:] - angles[:-1] + 180) % 360 - 180).sum(axis=-1))

    # The distance between two frames only depends on whether both use the same kind of triple: one pass settles all.
    changes = step(other) < step(angles)
    flipped = np.concatenate([np.zeros((1, *changes.shape[1:]), np.int64), np.cumsum(changes, axis=0)]) % 2 == 1
    return np.unwrap(np.where(flipped[..., None], other, angles), axis=0, period=360)
