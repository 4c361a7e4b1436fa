"""Bones turn about themselves evenly: where the plane of a limb leaps, the turn is spread over the frames around it.

The direction of a bone is seen; how it is turned about itself follows from the plane in which the limb bends, and that
plane swings round within a frame where the limb passes through straight or folds up. Directions are left alone.
"""

from __future__ import annotations

import numpy as np

from ..core.arrays import Doubles

MOST_DEG = 20.0  # in one frame


def calmed(turn: Doubles, parent: Doubles, axis: Doubles) -> Doubles:
    """(T, 3, 3) rotations of a bone and of its parent, (3,) the bone's rest direction -> (T, 3, 3), same directions.

    Against the parent, the bone turns about itself by at most `MOST_DEG` a frame, as far as the ends allow.
    """
    if len(turn) < 2:
        return turn
    from scipy.spatial.transform import Rotation

    local = Rotation.from_matrix(np.swapaxes(parent, 1, 2) @ turn)
    step = (local[:-1].inv() * local[1:]).as_quat()
    twist = 2 * np.arctan2(step[:, :3] @ axis, step[:, 3])
    angle = np.concatenate([[0.0], np.cumsum((twist + np.pi) % (2 * np.pi) - np.pi)])
    even = spread(angle, np.radians(MOST_DEG))
    if np.array_equal(even, angle):
        return turn
    return np.asarray(turn @ Rotation.from_rotvec((even - angle)[:, None] * axis).as_matrix())


def spread(angle: Doubles, most: float) -> Doubles:
    """(T,) -> the same, but where a step is above `most`, a straight line over as many frames as it takes."""
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
            if a == 0 and b == last:  # too short for it: the later frames give way
                out[frame + 1 :] = out[frame]
                break
    return out
