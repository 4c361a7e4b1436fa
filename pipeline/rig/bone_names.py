"""Name the rig's bones as Unity, VRM, Unreal and Mixamo do."""

from __future__ import annotations

from ..core.export_options import Preset
from .skeleton import NAMES

# Unity's HumanBodyBones, which VRM writes with other capitals; both programs map every bone by these names.
_UNITY = {
    "Spine1": "Chest", "Arm": "UpperArm", "ForeArm": "LowerArm",
    "UpLeg": "UpperLeg", "Leg": "LowerLeg", "ToeBase": "Toes",
}  # fmt: skip
# Unreal's Mannequin, which has more spine bones; retargeting maps the whole chain.
_UNREAL = {
    "Hips": "pelvis", "Spine": "spine_01", "Spine1": "spine_02", "Neck": "neck_01", "Head": "head",
    "Shoulder": "clavicle", "Arm": "upperarm", "ForeArm": "lowerarm", "Hand": "hand",
    "UpLeg": "thigh", "Leg": "calf", "Foot": "foot", "ToeBase": "ball",
}  # fmt: skip


def bone_names(preset: Preset) -> tuple[str, ...]:
    """Return the 21 bone names of a preset in the order of `skeleton.NAMES`."""
    return tuple(_named(name, preset) for name in NAMES)


def _named(name: str, preset: Preset) -> str:
    side = next((side for side in ("Left", "Right") if name.startswith(side)), "")
    part = name[len(side) :]
    if preset == "unity":
        return side + _UNITY.get(part, part)
    if preset == "unreal":
        return _UNREAL[part] + (f"_{side[0].lower()}" if side else "")
    return f"mixamorig:{name}" if preset == "mixamo" else name
