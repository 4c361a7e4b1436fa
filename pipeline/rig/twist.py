"""Limit the twist rate of bones: spread a jump of a limb's plane over the frames around it.

The direction of a bone is observed. Its twist (rotation about its long axis) follows from the plane in which the limb
bends, and this plane can rotate within a single frame where the limb passes through straight or is folded completely.
Directions stay unchanged.
"""

from __future__ import annotations

import numpy as np

from ..core.arrays import Doubles

MAX_TWIST_DEG = 20.0  # degrees per frame, largest change of a bone's twist relative to its parent


def limit_twist(rotation: Doubles, parent: Doubles, axis: Doubles) -> Doubles:
    """Limit a bone's twist against its parent to `MAX_TWIST_DEG` per frame; keep its direction.

    `rotation` and `parent` (T, 3, 3) are the rotations of the bone and of its parent, `axis` (3,) is the bone's rest
    direction. The limit may be exceeded where the take is too short to spread a jump.
    """
    if len(rotation) < 2:
        return rotation
    from scipy.spatial.transform import Rotation

    local = Rotation.from_matrix(np.swapaxes(parent, 1, 2) @ rotation)
    step = (local[:-1].inv() * local[1:]).as_quat()
    twist = 2 * np.arctan2(step[:, :3] @ axis, step[:, 3])
    angle = np.concatenate([[0.0], np.cumsum((twist + np.pi) % (2 * np.pi) - np.pi)])
    even = spread_steps(angle, np.radians(MAX_TWIST_DEG))
    if np.array_equal(even, angle):
        return rotation
    return np.asarray(rotation @ Rotation.from_rotvec((even - angle)[:, None] * axis).as_matrix())


def spread_steps(angle: Doubles, most: float) -> Doubles:
    """Replace each step larger than `most` in angles (T,) by a straight line over enough frames."""
    out = angle.copy()
    last = len(angle) - 1
    for frame in np.flatnonzero(np.abs(np.diff(angle)) > most):
        if abs(out[frame + 1] - out[frame]) <= most:
            continue
        for half in range(1, len(angle)):
            a, b = max(frame + 1 - half, 0), min(frame + half, last)
            if abs(out[b] - out[a]) <= 0.8 * most * (b - a):
                out[a : b + 1] = np.linspace(out[a], out[b], b - a + 1)
                break
            if a == 0 and b == last:  # the take is too short: the later frames keep the earlier value
                out[frame + 1 :] = out[frame]
                break
    return out
