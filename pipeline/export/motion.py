"""A person's motion on the rig, for all formats with bones (BVH, glTF, FBX), and what each program calls the bones."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from pipeline.export.base import ExportOptions
from pipeline.export.select import rate_hz, world_joints
from pipeline.formats import Preset
from pipeline.post.bones import measure_body
from pipeline.post.rig import NAMES, Rig, rig_for, rig_from_world
from pipeline.post.rotations import RigPose, solve
from pipeline.types import Take, Track3D

# Unity's HumanBodyBones, which are VRM's in capitals; the chain is the same, so Unity's and VRM's mapping finds all.
_UNITY = {
    "Spine1": "Chest", "Arm": "UpperArm", "ForeArm": "LowerArm",
    "UpLeg": "UpperLeg", "Leg": "LowerLeg", "ToeBase": "Toes",
}  # fmt: skip
# Unreal's Mannequin. It has more spine bones; retargeting maps the chain.
_UNREAL = {
    "Hips": "pelvis", "Spine": "spine_01", "Spine1": "spine_02", "Neck": "neck_01", "Head": "head",
    "Shoulder": "clavicle", "Arm": "upperarm", "ForeArm": "lowerarm", "Hand": "hand",
    "UpLeg": "thigh", "Leg": "calf", "Foot": "foot", "ToeBase": "ball",
}  # fmt: skip


def bone_names(preset: Preset) -> tuple[str, ...]:
    """(21,) names in the order of `rig.NAMES`."""
    return tuple(_named(name, preset) for name in NAMES)


def _named(name: str, preset: Preset) -> str:
    side = next((side for side in ("Left", "Right") if name.startswith(side)), "")
    part = name[len(side) :]
    if preset == "unity":
        return side + _UNITY.get(part, part)
    if preset == "unreal":
        return _UNREAL[part] + (f"_{side[0].lower()}" if side else "")
    return f"mixamorig:{name}" if preset == "mixamo" else name


@dataclass(frozen=True, slots=True)
class Motion:
    """One person: the rig with their proportions, and its pose in the frames in which they were seen (rig axes, m)."""

    rig: Rig
    pose: RigPose
    rate_hz: float  # of the video, on average


def rig_motion(take: Take, track: Track3D, options: ExportOptions) -> Motion:
    """Solve the rig for `track`. Without root motion the body stays where it begins; only its height changes."""
    rate, seen = rate_hz(take, track), track.seen
    joints = rig_from_world(world_joints(take, track)[seen])
    pose = solve(joints, track.time_s[seen], rate)
    if not options.root_motion:
        root = pose.root.copy()
        root[:, [0, 2]] = root[0, [0, 2]]
        pose = dataclasses.replace(pose, root=np.asarray(root))
    return Motion(rig_for(measure_body(joints)), pose, rate)
