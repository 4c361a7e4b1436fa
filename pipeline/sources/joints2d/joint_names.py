"""Map joint names of other programs to a skeleton: "LAnkle", "ankle_l" are "left_ankle"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ...core.errors import SourceError
from ...core.skeletons import H36M17, SKELETONS, Skeleton

_LEFT, _RIGHT = ("left", "l"), ("right", "r")
# Numbered sides are those of the human models of DeepLabCut's zoo, which follow MPII: 1 is right.
_NUMBERED = {"1": "right", "2": "left"}
_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
# Words of a name without its side, in alphabetical order -> the joint.
_MIDDLE: Mapping[str, str] = {
    "nose": "nose",
    "neck": "neck",
    "thorax": "thorax",
    "chest": "thorax",
    "spine": "spine",
    "head": "head_top",
    "head top": "head_top",
    "top": "head_top",
    "forehead": "head_top",
    "vertex": "head_top",
    "pelvis": "pelvis",
    "root": "pelvis",
    "hip": "pelvis",
    "hips": "pelvis",
    "hip mid": "pelvis",
    "hip middle": "pelvis",
    "center hip": "pelvis",
}
_SIDED: Mapping[str, str] = {
    **{part: part for part in ("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel")},
    "foot index": "foot_index",
    "big toe": "big_toe",
    "bigtoe": "big_toe",
    "toe": "big_toe",
    "big foot toe": "big_toe",
    "hallux": "big_toe",
    "small toe": "small_toe",
    "smalltoe": "small_toe",
    "little toe": "small_toe",
    "eye inner": "eye_inner",
    "eye outer": "eye_outer",
    "mouth": "mouth",
    "foot": "ankle",
    "hand": "wrist",
}
# Without these a body cannot be lifted.
BODY = tuple(name for name in H36M17.names if name.startswith(("left_", "right_")))


def joint_of(name: str) -> str | None:
    """Return our name of a joint, or None for one that a body does not have here.

    Examples: "RShoulder" -> "right_shoulder", "hip_left" -> "left_hip", "CHip" -> "pelvis".
    """
    words = [word.lower() for word in _WORDS.findall(name)]
    side = ""
    rest = []
    for word in words:
        found = "left" if word in _LEFT else "right" if word in _RIGHT else _NUMBERED.get(word, "")
        if found and not side:
            side = found
        elif word not in ("c", "m", "joint", "marker"):
            rest.append(word)
    if not side and rest and rest[0][0] in "lr" and rest[0][1:] in _SIDED:  # "lankle"
        side, rest[0] = ("left" if rest[0][0] == "l" else "right"), rest[0][1:]
    key = " ".join(sorted(rest))
    if not side:
        return _MIDDLE.get(key)
    part = _SIDED.get(key)
    if part is None:
        return None
    return f"mouth_{side}" if part == "mouth" else f"{side}_{part}"


def skeleton_of(names: Sequence[str], file: str) -> tuple[Skeleton, dict[int, int]]:
    """Return the best matching skeleton, and position in `names` -> index of its joint.

    Raises `SourceError` that names what a body lacks.
    """
    joints = [joint_of(name) for name in names]
    known = {joint for joint in joints if joint is not None}
    missing = [joint for joint in BODY if joint not in known]
    if missing:
        there = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "") or "none"
        raise SourceError(
            f"{file} does not have the joints of a whole body; it lacks {', '.join(missing)}.",
            f"It has: {there}. Joints are known by names such as left_knee, LKnee or knee_left.",
        )
    best = max(SKELETONS.values(), key=lambda skeleton: len(known.intersection(skeleton.names)))
    places: dict[int, int] = {}
    taken: set[str] = set()
    for place, joint in enumerate(joints):
        if joint in best.names and joint not in taken:
            taken.add(joint)
            places[place] = best.index(joint)
    return best, places
