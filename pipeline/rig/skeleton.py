"""Define the character rig of all animation formats: bones, offsets, forward kinematics.

Rig axes: right-handed, y up, z forward, x to the character's left; metres. Zero rotation is a T-pose: arms along x,
legs down, feet forward. Bone names are those of Mixamo without their prefix.

Some bones start at the same point as another one, so that rigid bones reproduce all 17 joints exactly: `Spine` starts
at `Hips` (hip line and trunk are not perpendicular in a moving person), and both `...Shoulder` (collar) bones start at
`Neck`, the midpoint of the shoulders. The chest, with the neck and both collars as children, is `Spine1`.
"""

from __future__ import annotations

from collections.abc import Mapping
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

# H36M-17 joint -> the bone that starts there; head_top (10) is the end of `Head`.
BONE_OF_JOINT = {
    0: "Hips", 7: "Spine1", 8: "Neck", 9: "Head",
    1: "RightUpLeg", 2: "RightLeg", 3: "RightFoot", 4: "LeftUpLeg", 5: "LeftLeg", 6: "LeftFoot",
    11: "LeftArm", 12: "LeftForeArm", 13: "LeftHand", 14: "RightArm", 15: "RightForeArm", 16: "RightHand",
}  # fmt: skip

# Directions of neck and head of a person who looks straight ahead: the nose lies in front of the shoulders, the top of
# the head behind the nose. Medians over the training motion in the axes of the chest: thorax-nose 44 degrees forward,
# nose-top 29 degrees back.
NECK_REST: Doubles = np.array([0.0, np.cos(np.radians(44)), np.sin(np.radians(44))])
HEAD_REST: Doubles = np.array([0.0, np.cos(np.radians(29)), -np.sin(np.radians(29))])

# Lengths as fractions of stature (Drillis and Contini) of the parts without H36M-17 joints, which keep the rest pose.
_HAND, _BALL_FORWARD, _BALL_DOWN, _TOES = 0.1, 0.08, 0.6 * ANKLE_PER_STATURE, 0.04


@dataclass(frozen=True, slots=True)
class Rig:
    """Hold the B bones of one person's rig.

    They are those of `NAMES` and then, with hands, the fingers' (`with_hands`). Parents come before their children.
    """

    offsets: Doubles  # (B, 3) metres from each bone's parent, rest pose
    ends: dict[int, Doubles]  # bone without a child -> (3,) metres from its start to its end
    hips_m: float  # m, height of the hips above the floor in the rest pose
    names: tuple[str, ...] = NAMES
    parents: tuple[int, ...] = PARENTS

    def children(self, bone: int) -> list[int]:
        return [child for child, parent in enumerate(self.parents) if parent == bone]

    def descent(self, bone: int = 0) -> list[int]:
        """Return the bones from `bone` down, depth first, as BVH writes them."""
        return [bone, *(below for child in self.children(bone) for below in self.descent(child))]


def rig_for(body: Body) -> Rig:
    """Build the rig of one person; it is symmetric because `Body` is."""
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
    """Return the vector (3,) in metres from the ankle to the tip of the toes in the rest pose."""
    return np.array([0.0, -_BALL_DOWN * stature_m, (_BALL_FORWARD + _TOES) * stature_m])


def rig_from_world(points: Doubles) -> Doubles:
    """Convert points (..., 3) from world axes (z up) to rig axes (y up): (x, z, -y).

    This is a rotation about x, without mirroring: a person who faces the camera (world -y) faces +z, and left stays
    left. Importers set to "-Z forward, Y up", the default in Blender, restore the world's axes.
    """
    return np.stack([points[..., 0], points[..., 2], -points[..., 1]], axis=-1)


def forward_kinematics(
    rig: Rig, root: Doubles, rotations: Doubles, moves: Mapping[int, Doubles] | None = None
) -> tuple[Doubles, dict[int, Doubles]]:
    """Compute the positions (T, B, 3) of the bones' starts and (T, 3) of each free end, in m.

    `root` (T, 3) is the position of the first bone; `rotations` (T, B, 4) are local quaternions (x, y, z, w). Bones in
    `moves` have local translations (T, 3) in place of their offset.
    """
    from scipy.spatial.transform import Rotation

    positions = np.zeros((len(root), len(rig.names), 3))
    global_rotations: list[Rotation] = []
    for bone, parent in enumerate(rig.parents):
        local = Rotation.from_quat(rotations[:, bone])
        if parent < 0:
            positions[:, bone] = root
            global_rotations.append(local)
        else:
            way = moves[bone] if moves is not None and bone in moves else rig.offsets[bone]
            positions[:, bone] = positions[:, parent] + global_rotations[parent].apply(way)
            global_rotations.append(global_rotations[parent] * local)
    return positions, {bone: positions[:, bone] + global_rotations[bone].apply(end) for bone, end in rig.ends.items()}


def h36m_from_rig(positions: Doubles, ends: dict[int, Doubles]) -> Doubles:
    """Convert the result of `forward_kinematics` to the 17 joints (T, 17, 3) in rig axes."""
    joints = np.zeros((len(positions), 17, 3))
    for joint, name in BONE_OF_JOINT.items():
        joints[:, joint] = positions[:, NAMES.index(name)]
    joints[:, 10] = ends[NAMES.index("Head")]
    return joints
