"""Give a rig finger bones, and a body's motion the rotations of hands and fingers.

The bones of a finger are named as Mixamo's, from `LeftHandThumb1` to `RightHandPinky3`, and follow those of the body.
In the rest pose, the T-pose, fingers lie along x with the palms down, as in `hands.model`.

A person rolls the hand with the two bones of the forearm. The rig has one, so it takes half of the roll: the skin of
the wrist would collapse under all of it. The bone rolls about itself, so that no joint moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..core.arrays import Doubles
from ..core.hands.points import CHAINS
from ..hands.model import HandPose, HandShape, axes_of, bone_rotations, mirrored_vectors
from ..hands.rotations import split_twist
from .skeleton import Rig

FINGERS = ("Thumb", "Index", "Middle", "Ring", "Pinky")
_SIDES = ("Left", "Right")
FINGER_BONES = tuple(f"{side}Hand{word}{joint}" for side in _SIDES for word in FINGERS for joint in (1, 2, 3))
_METACARPAL_SHARE = 0.25  # start of a metacarpal bone between the wrist and the base of its finger
# Degrees of roll up to which the forearm takes half; its part falls to none at 180, where left and right roll meet.
_MOST_ROLL_DEG = 120.0


def rig_with_hands(rig: Rig, shape: HandShape, metacarpals: bool = False) -> Rig:
    """Return the rig with three bones a finger, and a free end at each fingertip.

    With `metacarpals` each finger but the thumb hangs on a further bone, which never turns in the hand.
    """
    names, parents, offsets = list(rig.names), list(rig.parents), list(rig.offsets)
    hands = [rig.names.index(f"{side}Hand") for side in _SIDES]
    ends = {bone: end for bone, end in rig.ends.items() if bone not in hands}

    def add(name: str, parent: int, offset: Doubles) -> int:
        names.append(name)
        parents.append(parent)
        offsets.append(offset)
        return len(names) - 1

    for number, side in enumerate(_SIDES):
        palm = mirrored_vectors(shape.palm, number)
        for finger, word in enumerate(FINGERS):
            bone, offset = hands[number], palm[1 + finger]
            if metacarpals and finger > 0:
                bone = add(f"{side}Hand{word}Metacarpal", bone, _METACARPAL_SHARE * offset)
                offset = (1 - _METACARPAL_SHARE) * offset
            steps = shape.bones[finger][:, None] * axes_of(finger, number).along
            for joint, step in enumerate((offset, *steps[:2])):
                bone = add(f"{side}Hand{word}{joint + 1}", bone, step)
            ends[bone] = steps[2]
    return replace(rig, offsets=np.array(offsets), ends=ends, names=tuple(names), parents=tuple(parents))


def rotations_with_hands(rig: Rig, rotations: Doubles, poses: Sequence[HandPose]) -> Doubles:
    """Return local quaternions (T, B, 4), x y z w, of a rig with hands, of either sign.

    `rotations` (T, 21, 4) are those of the body; `poses` the left and the right hand in the same frames, in rig axes.
    """
    from scipy.spatial.transform import Rotation

    body = rotations.shape[1]
    out = np.zeros((len(rotations), len(rig.names), 4))
    out[:, body:, 3] = 1
    out[:, :body] = rotations
    for number, (side, pose) in enumerate(zip(_SIDES, poses, strict=True)):
        fore = rig.names.index(f"{side}ForeArm")
        forearm = global_rotation(rig, rotations, fore)
        half = _forearm_roll(pose.hand, forearm, number)
        out[:, fore] = (Rotation.from_quat(rotations[:, fore]) * Rotation.from_matrix(half)).as_quat()
        hand = np.swapaxes(forearm @ half, 1, 2) @ pose.hand
        out[:, rig.names.index(f"{side}Hand")] = Rotation.from_matrix(hand).as_quat()
        local = Rotation.from_matrix(bone_rotations(pose, number).reshape(-1, 3, 3)).as_quat()
        bones = [rig.names.index(f"{side}Hand{word}{joint}") for word in FINGERS for joint in (1, 2, 3)]
        out[:, bones] = local.reshape(len(out), len(bones), 4)
    return out


def global_rotation(rig: Rig, rotations: Doubles, bone: int) -> Doubles:
    """Return the rotations (T, 3, 3) of a bone in rig axes, from local quaternions (T, B, 4)."""
    from scipy.spatial.transform import Rotation

    whole = Rotation.from_quat(rotations[:, bone])
    while rig.parents[bone] >= 0:
        bone = rig.parents[bone]
        whole = Rotation.from_quat(rotations[:, bone]) * whole
    return np.asarray(whole.as_matrix())


def hand_points_of_rig(rig: Rig, positions: Doubles, ends: dict[int, Doubles]) -> Doubles:
    """Convert the result of `skeleton.forward_kinematics` to points (T, 2, 21, 3) of both hands."""
    points = np.empty((len(positions), 2, 21, 3))
    for number, side in enumerate(_SIDES):
        points[:, number, 0] = positions[:, rig.names.index(f"{side}Hand")]
        for word, chain in zip(FINGERS, CHAINS, strict=True):
            bones = [rig.names.index(f"{side}Hand{word}{joint}") for joint in (1, 2, 3)]
            points[:, number, chain[:3]] = positions[:, bones]
            points[:, number, chain[3]] = ends[bones[2]]
    return points


def _forearm_roll(hand: Doubles, forearm: Doubles, side: int) -> Doubles:
    """Return the rotation (T, 3, 3) of the forearm about itself, by the hand's roll against it."""
    from scipy.spatial.transform import Rotation

    roll = split_twist(hand, forearm, side).twist_deg
    most = np.sign(roll) * (180.0 - np.abs(roll)) * _MOST_ROLL_DEG / (180.0 - _MOST_ROLL_DEG)
    share = np.where(np.abs(roll) > _MOST_ROLL_DEG, most, roll) / 2
    return np.asarray(Rotation.from_rotvec(np.radians(share)[:, None] * axes_of(1, side).along).as_matrix())
