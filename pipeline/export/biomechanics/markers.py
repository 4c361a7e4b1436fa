"""Make the markers of a person for TRC and C3D: joints, toe tips and fingers where known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.arrays import Doubles
from ...core.hands.points import HAND_POINTS, SIDES
from ...rig.foot_directions import ANKLES, foot_directions, foot_length
from ..hand_joints import hand_joints_of
from ..tracks import SelectedPerson

# Pose2Sim's names in the order of H36M-17. Its neck is the middle of the shoulders, its head the top of the head.
JOINTS = (
    "Hip", "RHip", "RKnee", "RAnkle", "LHip", "LKnee", "LAnkle", "Spine", "Neck", "Nose", "Head", "LShoulder", "LElbow",
    "LWrist", "RShoulder", "RElbow", "RWrist",
)  # fmt: skip
TOES = ("LBigToe", "RBigToe")
# "LThumbCMC", "LThumbMCP", "LThumbIP", "LThumbTip", "LIndexMCP", ...: anatomy's joints with the side in front, as in
# Pose2Sim's names. The wrists are those of the body.
_FINGER_POINTS = tuple(point for point in HAND_POINTS if point != "wrist")
FINGERS = tuple(
    f"{side[0].upper()}{finger.capitalize()}{joint.capitalize() if joint == 'tip' else joint.upper()}"
    for side in SIDES
    for finger, joint in (point.split("_") for point in _FINGER_POINTS)
)
WRISTS = [JOINTS.index("LWrist"), JOINTS.index("RWrist")]


def feet(person: SelectedPerson) -> Doubles | None:
    """Return unit vectors from ankles to toes (T, 2, 3), left and right, world, NaN = unknown.

    None if the detector finds no toes.
    """
    track2d, scene, world = person.track2d, person.scene, person.joints_world
    if track2d is None or scene is None or len(track2d.joints_image) != len(world):
        return None
    return foot_directions(world, track2d, scene, person.camera)


def markers(person: SelectedPerson) -> tuple[tuple[str, ...], Doubles]:
    """Return names and positions (T, M, 3), world, metres, NaN = unknown.

    Toes and fingers are included only if known in some frame; a hand that was not observed is NaN. Raises `OutputError`
    if the take has no world space.
    """
    world, ways = person.joints_world, feet(person)
    names: tuple[str, ...] = JOINTS
    parts = [world]
    if ways is not None and np.isfinite(ways).any():
        names += TOES
        parts.append(world[:, ANKLES] + foot_length(world) * ways)
    hands = hand_joints_of(person)
    if hands is not None and hands.observed.any():
        names += FINGERS
        both = hands.observed_world.reshape(len(world), len(SIDES), len(HAND_POINTS), 3)
        parts.append(both[:, :, 1:].reshape(len(world), -1, 3))
    return names, parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)


def nearest_joints(names: Sequence[str]) -> list[int]:
    """Return the joint (H36M-17) of each marker: of toes the ankle, of fingers the wrist."""
    fingers = np.repeat(WRISTS, len(FINGERS) // len(WRISTS)).tolist()
    owner = {**{name: at for at, name in enumerate(JOINTS)}, **dict(zip(TOES, ANKLES, strict=True))}
    owner |= dict(zip(FINGERS, fingers, strict=True))
    return [owner[name] for name in names]
