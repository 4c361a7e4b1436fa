"""Define the humanoid bones that characters are mapped to: the names and order of VRM 1.0.

Source: VRMC_vrm-1.0, humanoid.md. Parents come before children; where an optional bone is missing, its children hang
on the next bone above.
"""

from __future__ import annotations

SIDES = ("left", "right")
FINGERS = ("Thumb", "Index", "Middle", "Ring", "Little")
_PHALANGES = ("Proximal", "Intermediate", "Distal")
_THUMB = ("Metacarpal", "Proximal", "Distal")


def finger_bones(side: str, finger: int) -> tuple[str, str, str]:
    """Return the three bones of a finger (0 = thumb) of the "left" or "right" hand, base first."""
    parts = _THUMB if finger == 0 else _PHALANGES
    first, second, third = (f"{side}{FINGERS[finger]}{part}" for part in parts)
    return first, second, third


def _parents() -> dict[str, str | None]:
    parents: dict[str, str | None] = {
        "hips": None, "spine": "hips", "chest": "spine", "upperChest": "chest", "neck": "upperChest", "head": "neck",
        "leftEye": "head", "rightEye": "head", "jaw": "head",
    }  # fmt: skip
    for side in SIDES:
        parents |= {
            f"{side}UpperLeg": "hips", f"{side}LowerLeg": f"{side}UpperLeg", f"{side}Foot": f"{side}LowerLeg",
            f"{side}Toes": f"{side}Foot", f"{side}Shoulder": "upperChest", f"{side}UpperArm": f"{side}Shoulder",
            f"{side}LowerArm": f"{side}UpperArm", f"{side}Hand": f"{side}LowerArm",
        }  # fmt: skip
        for finger in range(5):
            above = f"{side}Hand"
            for bone in finger_bones(side, finger):
                parents[bone] = above
                above = bone
    return parents


PARENT_OF = _parents()
BONES = tuple(PARENT_OF)
REQUIRED = (
    "hips", "spine", "head",
    *(f"{side}{part}" for side in SIDES
      for part in ("UpperLeg", "LowerLeg", "Foot", "UpperArm", "LowerArm", "Hand")),
)  # fmt: skip


def is_above(upper: str, lower: str) -> bool:
    """Return whether the bone `upper` is an ancestor of `lower` in a complete humanoid."""
    parent = PARENT_OF[lower]
    while parent is not None and parent != upper:
        parent = PARENT_OF[parent]
    return parent == upper
