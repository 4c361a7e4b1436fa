"""Relax the fingers of the human body, as those of hands that do nothing."""

from __future__ import annotations

import functools

import numpy as np

from ..core.arrays import Doubles
from ..hands.model import HandPose, bone_rotations, relaxed
from ..rig.with_hands import FINGER_BONES
from .asset import HumanAsset
from .fit import Shape
from .skinning import blend_motions, motions, move_points, rotate

SIDES = ("Left", "Right")


def _in_hand(pose: HandPose, side: int) -> Doubles:
    """Return the rotations (15, 4) of finger bones in the axes of the hand, thumb first."""
    from scipy.spatial.transform import Rotation

    local = bone_rotations(pose, side)
    for joint in (1, 2):
        local[:, :, joint] = local[:, :, joint - 1] @ local[:, :, joint]
    return np.asarray(Rotation.from_matrix(local.reshape(15, 3, 3)).as_quat())


@functools.cache
def relaxed_fingers() -> Doubles:
    """Return the rotations (30, 4) of relaxed fingers, in the order of `FINGER_BONES`."""
    pose = relaxed(np.eye(3)[None])
    return np.concatenate([_in_hand(pose, side) for side in (0, 1)])


def with_relaxed_hands(asset: HumanAsset, shape: Shape) -> Doubles:
    """Return the points (V, 3) of a body whose fingers hang relaxed from stretched hands."""
    turns = np.tile([0.0, 0.0, 0.0, 1.0], (len(asset.bones), 1))
    rest = np.stack([shape.joints[bone] for bone in asset.bones])
    now = rest.copy()
    for name, turn in zip(FINGER_BONES, relaxed_fingers(), strict=True):
        bone = asset.bones.index(name)
        turns[bone] = turn
        if not name.endswith("1"):
            before = asset.bones.index(f"{name[:-1]}{int(name[-1]) - 1}")
            now[bone] = now[before] + rotate(turns[before], rest[bone] - rest[before])
    return move_points(blend_motions(motions(turns, rest, now), asset.table()), shape.points)
