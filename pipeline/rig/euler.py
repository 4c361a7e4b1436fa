"""Convert rotations to the Euler angles of animation files."""

from __future__ import annotations

import numpy as np

from ..core.arrays import Doubles


def euler_zxy(quaternions: Doubles) -> Doubles:
    """Convert quaternions (T, ..., 4) to Euler angles (T, ..., 3) about z, x, y in degrees.

    The angles are continuous over T. Quaternions are x y z w; the rotation matrix is Rz Rx Ry. Every rotation has two
    such triples, and each angle is known only up to full turns. From frame to frame the nearer choice is taken, so that
    a program that interpolates the file never shows a full spin.
    """
    x, y, z, w = (quaternions[..., i] for i in range(4))
    sin_x = np.clip(2 * (y * z + w * x), -1, 1)
    about_x = np.arcsin(sin_x)
    about_z = np.arctan2(-2 * (x * y - w * z), 1 - 2 * (x * x + z * z))
    about_y = np.arctan2(-2 * (x * z - w * y), 1 - 2 * (x * x + y * y))
    locked = np.abs(sin_x) > 1 - 1e-12  # gimbal lock: z and y rotate about the same axis, so z gets the whole angle
    about_z = np.where(locked, np.arctan2(2 * (x * y + w * z), 1 - 2 * (y * y + z * z)), about_z)
    about_y = np.where(locked, 0.0, about_y)
    angles = np.degrees(np.stack([about_z, about_x, about_y], axis=-1))
    other = np.stack([angles[..., 0] + 180, 180 - angles[..., 1], angles[..., 2] + 180], axis=-1)

    def step(target: Doubles) -> Doubles:
        """Return the sum of angle changes from each frame of `angles` to the next frame of `target`."""
        return np.asarray(np.abs((target[1:] - angles[:-1] + 180) % 360 - 180).sum(axis=-1))

    # The distance between two frames depends only on whether both use the same kind of triple: one pass decides all.
    changes = step(other) < step(angles)
    flipped = np.concatenate([np.zeros((1, *changes.shape[1:]), np.int64), np.cumsum(changes, axis=0)]) % 2 == 1
    return np.unwrap(np.where(flipped[..., None], other, angles), axis=0, period=360)
