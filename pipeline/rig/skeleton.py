"""The character rig behind BVH and other animation formats: bones with constant offsets, and its forward kinematics.

Rig axes: right-handed, y up, z forward, x to the character's left; metres. Zero rotation is a T-pose: arms along x,
legs down, feet forward. Bone names are those of Mixamo without their prefix.

Some bones start where another one does, because that is what makes all 17 joints exact with rigid bones: `Spine` sits
in `Hips` (the hip line and the trunk are not at right angles in a moving person), and both `...Shoulder` (collar) bones
sit in `Neck`, the middle of the shoulders. The chest, with the neck and both collars as children, is `Spine1`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..body.bones import Body
from ..body.stature import ANKLE_PER_STATURE, STATURE_PER_CHAIN
from ..core.arrays import Doubles

_ARM = ("Shoulder", "Arm", "ForeArm", "Hand")
_LEG = ("UpLeg", "Leg", "Foot", "ToeBase")
NAMES = (
    "Hips", "Spine", "Spine1", "Neck", "Head",
    *(f"Left{part}" for part in _ARM), *(f"Right{part}" for part in _ARM),
    *(f"Left{part}" for part in _LEG), *(f"Right{part}" for part in _LEG),
)  # fmt: skip
PARENTS = (-1, 0, 1, 2, 3, 2, 5, 6, 7, 2, 9, 10, 11, 0, 13, 14, 15, 0, 17, 18, 19)

# The bone that starts at each H36M-17 joint; head_top (10) is the end of `Head`.
BONE_OF_JOINT = {
    0: "Hips", 7: "Spine1", 8: "Neck", 9: "Head",
    1: "RightUpLeg", 2: "RightLeg", 3: "RightFoot", 4: "LeftUpLeg", 5: "LeftLeg", 6: "LeftFoot",
    11: "LeftArm", 12: "LeftForeArm", 13: "LeftHand", 14: "RightArm", 15: "RightForeArm", 16: "RightHand",
}  # fmt: skip

# Where the head looks straight ahead: the nose lies in front of the shoulders, the top of the head behind the nose.
# Medians over the training motion in the frame of the chest: thorax-nose 44 degrees forward, nose-top 29 degrees back.
NECK_REST: Doubles = np.array([0.0, np.cos(np.radians(44)), np.sin(np.radians(44))])
HEAD_REST: Doubles = np.array([0.0, np.cos(np.radians(29)), -np.sin(np.radians(29))])

# Parts that H36M-17 has no joints for, over stature (Drillis and Contini's proportions): they keep the rest pose.
_HAND, _BALL_FORWARD, _BALL_DOWN, _TOES = 0.1, 0.08, 0.6 * ANKLE_PER_STATURE, 0.04


@dataclass(frozen=True, slots=True)
class Rig:
    """Offsets from each bone's parent, and the end of the bones that have no child. Order: `NAMES`."""

    offsets: Doubles  # (21, 3) metres, rest pose
    ends: dict[int, Doubles]  # bone -> (3,)
    hips_m: float  # height of the hips in the rest pose, standing on the floor

    def children(self, bone: int) -> list[int]:
        return [child for child, parent in enumerate(PARENTS) if parent == bone]


def rig_for(body: Body) -> Rig:
    """The rig of one person: symmetric because `Body` is."""
    size = body.lengths
    stature = body.chain_m * STATURE_PER_CHAIN
    at = NAMES.index
    offsets = np.zeros((len(NAMES), 3))
    offsets[at("Spine1")] = [0, size[7], 0]
    offsets[at("Neck")] = offsets[at("LeftShoulder")] = offsets[at("RightShoulder")] = [0, size[8], 0]
    offsets[at("Head")] = size[9] * NECK_REST
    ends = {at("Head"): size[10] * HEAD_REST}
    for side, x, hip, knee, ankle, shoulder, elbow, wrist in (
        ("Left", 1.0, 4, 5, 6, 11, 12, 13),
        ("Right", -1.0, 1, 2, 3, 14, 15, 16),
    ):
        offsets[at(f"{side}Arm")] = [x * size[shoulder], 0, 0]
        offsets[at(f"{side}ForeArm")] = [x * size[elbow], 0, 0]
        offsets[at(f"{side}Hand")] = [x * size[wrist], 0, 0]
        ends[at(f"{side}Hand")] = np.array([x * _HAND * stature, 0, 0])
        offsets[at(f"{side}UpLeg")] = [x * size[hip], 0, 0]
        offsets[at(f"{side}Leg")] = [0, -size[knee], 0]
        offsets[at(f"{side}Foot")] = [0, -size[ankle], 0]
        offsets[at(f"{side}ToeBase")] = [0, -_BALL_DOWN * stature, _BALL_FORWARD * stature]
        ends[at(f"{side}ToeBase")] = np.array([0, 0, _TOES * stature])
    return Rig(offsets, ends, float(size[2] + size[3] + ANKLE_PER_STATURE * stature))


def foot_rest(stature_m: float) -> Doubles:
    """(3,) from the ankle to the tip of the toes in the rest pose, for somebody of that stature."""
    return np.array([0.0, -_BALL_DOWN * stature_m, (_BALL_FORWARD + _TOES) * stature_m])


def rig_from_world(points: Doubles) -> Doubles:
    """(..., 3) world (z up) -> (..., 3) rig axes (y up): (x, z, -y), a turn about x without mirroring.

    A person who faces the camera (world -y) faces +z, and their left stays their left. Importers that are told "-Z
    forward, Y up", as Blender's is by default, get the world's axes back.
    """
    return np.stack([points[..., 0], points[..., 2], -points[..., 1]], axis=-1)


def forward_kinematics(rig: Rig, root: Doubles, rotations: Doubles) -> tuple[Doubles, dict[int, Doubles]]:
    """Positions (T, 21, 3) of the bones' starts and (T, 3) of their free ends.

    `root` (T, 3); `rotations` (T, 21, 4) local quaternions (x, y, z, w).
    """
    from scipy.spatial.transform import Rotation

    places = np.zeros((len(root), len(NAMES), 3))
    turns: list[Rotation] = []
    for bone, parent in enumerate(PARENTS):
        local = Rotation.from_quat(rotations[:, bone])
        if parent < 0:
            places[:, bone] = root
            turns.append(local)
        else:
            places[:, bone] = places[:, parent] + turns[parent].apply(rig.offsets[bone])
            turns.append(turns[parent] * local)
    return places, {bone: places[:, bone] + turns[bone].apply(end) for bone, end in rig.ends.items()}


def h36m_from_rig(places: Doubles, ends: dict[int, Doubles]) -> Doubles:
    """Result of `forward_kinematics` -> the 17 joints (T, 17, 3) in rig axes."""
    joints = np.zeros((len(places), 17, 3))
    for joint, name in BONE_OF_JOINT.items():
        joints[:, joint] = places[:, NAMES.index(name)]
    joints[:, 10] = ends[NAMES.index("Head")]
    return joints
