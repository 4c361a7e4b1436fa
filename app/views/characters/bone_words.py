"""Name humanoid bones for the reader, in groups."""

from __future__ import annotations

from app.languages.translation import mark, shown, translate
from pipeline.characters.humanoid import FINGERS, SIDES, finger_bones

_PARTS = {
    "hips": mark("Hips"), "spine": mark("Spine"), "chest": mark("Chest"), "upperChest": mark("Upper chest"),
    "neck": mark("Neck"), "head": mark("Head"), "leftEye": mark("Left eye"), "rightEye": mark("Right eye"),
    "jaw": mark("Jaw"), "Shoulder": mark("Shoulder"), "UpperArm": mark("Upper arm"), "LowerArm": mark("Lower arm"),
    "Hand": mark("Hand"), "UpperLeg": mark("Upper leg"), "LowerLeg": mark("Lower leg"), "Foot": mark("Foot"),
    "Toes": mark("Toes"), "Thumb": mark("Thumb"), "Index": mark("Index finger"), "Middle": mark("Middle finger"),
    "Ring": mark("Ring finger"), "Little": mark("Little finger"),
}  # fmt: skip
_TRUNK = ("hips", "spine", "chest", "upperChest", "neck", "head", "leftEye", "rightEye", "jaw")
_LEG, _ARM = ("UpperLeg", "LowerLeg", "Foot", "Toes"), ("Shoulder", "UpperArm", "LowerArm", "Hand")
_TITLES = {
    "left": (mark("Left arm"), mark("Left leg"), mark("Fingers of the left hand")),
    "right": (mark("Right arm"), mark("Right leg"), mark("Fingers of the right hand")),
}


def groups() -> list[tuple[str, tuple[str, ...]]]:
    """Return the title and the bones of each group, in the order of the body."""
    out: list[tuple[str, tuple[str, ...]]] = [(translate("bone_words", "Trunk and head"), _TRUNK)]
    for side in SIDES:
        arm, leg, fingers = (shown(title) for title in _TITLES[side])
        out += [(arm, tuple(side + part for part in _ARM)), (leg, tuple(side + part for part in _LEG))]
        out.append((fingers, tuple(bone for finger in range(len(FINGERS)) for bone in finger_bones(side, finger))))
    return out


def part_word(bone: str) -> str:
    """Return the name of a bone where its group says the side: "Upper arm", "Thumb 1"."""
    side = next((side for side in SIDES if bone.startswith(side) and not bone.endswith("Eye")), "")
    for finger, word in enumerate(FINGERS):
        if side and bone in finger_bones(side, finger):
            return f"{shown(_PARTS[word])} {finger_bones(side, finger).index(bone) + 1}"
    return shown(_PARTS[bone[len(side) :] if side else bone])


def bone_word(bone: str) -> str:
    """Return the name of a bone with its side."""
    side = next((side for side in SIDES if bone.startswith(side) and not bone.endswith("Eye")), "")
    if not side:
        return part_word(bone)
    form = {
        "left": translate("bone_words", "{part} (left)"),
        "right": translate("bone_words", "{part} (right)"),
    }[side]
    return form.format(part=part_word(bone))
