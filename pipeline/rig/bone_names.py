"""Name the rig's bones as Unity, VRM, Unreal, Mixamo and Rigify do."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.export_options import Preset
from .skeleton import NAMES
from .with_hands import FINGERS

# Unity's HumanBodyBones, which VRM writes with other capitals; both programs map every bone by these names. Unity calls
# the thumb's bones as those of the other fingers; VRM 1.0 calls its first one metacarpal and its second proximal.
_UNITY = {
    "Spine1": "Chest", "Arm": "UpperArm", "ForeArm": "LowerArm",
    "UpLeg": "UpperLeg", "Leg": "LowerLeg", "ToeBase": "Toes",
}  # fmt: skip
_UNITY_FINGERS = ("Proximal", "Intermediate", "Distal")
# Unreal's Mannequin, which has more spine bones; retargeting maps the whole chain. Metacarpals are those of UE5.
_UNREAL = {
    "Hips": "pelvis", "Spine": "spine_01", "Spine1": "spine_02", "Neck": "neck_01", "Head": "head",
    "Shoulder": "clavicle", "Arm": "upperarm", "ForeArm": "lowerarm", "Hand": "hand",
    "UpLeg": "thigh", "Leg": "calf", "Foot": "foot", "ToeBase": "ball",
}  # fmt: skip
# UE5's Mannequin and MetaHuman: the chest is the third of five spine bones. They call metacarpals `_metacarpal_`, and
# Unreal's automatic retargeting takes such bones for the first ones of fingers; these never turn and get another name.
_UNREAL_5 = {**_UNREAL, "Spine1": "spine_03"}
_RIGIFY = {
    "Hips": "spine", "Spine": "spine.001", "Spine1": "spine.003", "Neck": "spine.004", "Head": "spine.006",
    "Shoulder": "shoulder", "Arm": "upper_arm", "ForeArm": "forearm", "Hand": "hand",
    "UpLeg": "thigh", "Leg": "shin", "Foot": "foot", "ToeBase": "toe",
}  # fmt: skip
WITH_METACARPALS: tuple[Preset, ...] = ("unreal", "unreal5", "rigify")


def bone_names(preset: Preset, names: Sequence[str] = NAMES) -> tuple[str, ...]:
    """Return the preset's names of a rig's bones, in their order."""
    return tuple(_named(name, preset) for name in names)


def _named(name: str, preset: Preset) -> str:
    side = next((side for side in ("Left", "Right") if name.startswith(side)), "")
    part = name[len(side) :]
    finger = next((finger for finger in FINGERS if part.startswith(f"Hand{finger}")), "")
    which = part.removeprefix(f"Hand{finger}") if finger else ""
    if preset == "unity":
        if which.isdigit():
            return f"{side}{'Little' if finger == 'Pinky' else finger}{_UNITY_FINGERS[int(which) - 1]}"
        return side + _UNITY.get(part, part)
    if preset in ("unreal", "unreal5"):
        bones, palm = (_UNREAL, "metacarpal") if preset == "unreal" else (_UNREAL_5, "mcarpal")
        number = f"0{which}" if which.isdigit() else palm
        return (f"{finger.lower()}_{number}" if finger else bones[part]) + (f"_{side[0].lower()}" if side else "")
    if preset == "rigify":
        return _rigify(part, finger, which) + (f".{side[0]}" if side else "")
    return f"mixamorig:{name}" if preset == "mixamo" else name


def _rigify(part: str, finger: str, which: str) -> str:
    if not finger:
        return _RIGIFY[part]
    if not which.isdigit():
        return f"palm.0{FINGERS.index(finger)}"
    return f"thumb.0{which}" if finger == "Thumb" else f"f_{finger.lower()}.0{which}"
