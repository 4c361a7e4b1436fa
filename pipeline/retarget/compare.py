"""Compare a character's motion, read back from the written file, with the take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..body.bones import unit
from ..body.filters import runs
from ..characters.character import Character
from ..core.arrays import Doubles
from .solve import CharacterMotion, posed_places

# Segments of the take's joints (H36M-17) and the bones of a character between which the same segment lies.
_SEGMENTS = {
    "leftUpperArm": (11, 12, "leftLowerArm"), "leftLowerArm": (12, 13, "leftHand"),
    "rightUpperArm": (14, 15, "rightLowerArm"), "rightLowerArm": (15, 16, "rightHand"),
    "leftUpperLeg": (4, 5, "leftLowerLeg"), "leftLowerLeg": (5, 6, "leftFoot"),
    "rightUpperLeg": (1, 2, "rightLowerLeg"), "rightLowerLeg": (2, 3, "rightFoot"),
}  # fmt: skip
_LIMBS = (("leftUpperArm", "leftLowerArm"), ("rightUpperArm", "rightLowerArm"), ("leftUpperLeg", "leftLowerLeg"),
          ("rightUpperLeg", "rightLowerLeg"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Agreement:
    """Hold how far a character's motion is from the take."""

    direction_deg: dict[str, float]  # bone -> largest angle to the take's segment
    # Largest distance of elbows, wrists, knees and ankles from where the take's directions, with the lengths of the
    # character's bones, put them from its shoulders and hips; in the size of the character.
    joint_mm: float
    written_mm: float  # largest distance of any bone read back from the file from where it was meant to be
    trunk_deg: float  # largest angle of the line from the middle of the hips to that of the shoulders
    slide_mm: float  # largest distance of a held ankle from its mean place, horizontally
    floor_mm: float  # largest difference of the height of a held ankle from the take's
    frames: int
    held_frames: int  # frames with at least one held foot

    @property
    def worst_direction_deg(self) -> float:
        return max(self.direction_deg.values())


def compare(
    joints: Doubles, motion: CharacterMotion, character: Character, read: dict[str, Doubles], unit_m: float,
    heights: Doubles,
) -> Agreement:  # fmt: skip
    """Compare bones as read back with the joints of the take.

    `read`: bone -> (T, 3) in the file's axes; `joints` (T, 17, 3) are in rig axes. `heights` (T, 2) are the heights
    that the take gives to the ankles, in the character's unit.
    """
    places = {bone: place @ character.rest.file_from_canonical for bone, place in read.items()}
    directions = {}
    for bone, (start, end, after) in _SEGMENTS.items():
        angle = _degrees(joints[:, end] - joints[:, start], places[after] - places[bone])
        directions[bone] = float(angle.max(initial=0))

    def middle(part: str) -> Doubles:
        return (places[f"left{part}"] + places[f"right{part}"]) / 2

    trunk = _degrees(joints[:, 8] - joints[:, 0], middle("UpperArm") - middle("UpperLeg"))
    slide = floor = 0.0
    for number, side in enumerate(("left", "right")):
        ankle = places[f"{side}Foot"]
        for run in runs(motion.locked[:, number]):
            away = ankle[run] - ankle[run].mean(axis=0)
            slide = max(slide, float(np.linalg.norm(away[:, [0, 2]], axis=1).max()))
            floor = max(floor, float(np.abs(ankle[run, 1] - np.median(heights[run, number])).max()))
    meant = posed_places(motion, character)
    written = max(float(np.linalg.norm(places[bone] - meant[bone], axis=1).max()) for bone in places)
    mm = 1000 * unit_m
    return Agreement(
        directions, _joint_distance(joints, places) * mm, written * mm, float(trunk.max()), slide * mm, floor * mm,
        len(joints), int(motion.locked.any(axis=1).sum()),
    )  # fmt: skip


def _joint_distance(joints: Doubles, places: dict[str, Doubles]) -> float:
    """Return the largest distance of a limb's joints from the take's limb at the size of the character."""
    worst = 0.0
    for limb in _LIMBS:
        laid = places[limb[0]]
        for bone in limb:
            start, end, after = _SEGMENTS[bone]
            length = np.linalg.norm(places[after] - places[bone], axis=1)
            laid = laid + length[:, None] * unit(joints[:, end] - joints[:, start])
            worst = max(worst, float(np.linalg.norm(places[after] - laid, axis=1).max()))
    return worst


def _degrees(first: Doubles, second: Doubles) -> Doubles:
    """Return the angles (T,) between vectors (T, 3)."""
    cosine = np.einsum("tc,tc->t", unit(first), unit(second))
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))
