"""Bring bodies from their A-pose, with bent elbows and curled fingers, to the rig's T-pose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.body.bones import unit
from pipeline.core.arrays import Doubles, Ints
from pipeline.human.skinning import blend_motions, move_points, moves_of
from pipeline.rig.skeleton import HEAD_REST, NECK_REST

FINGERS = ("Thumb", "Index", "Middle", "Ring", "Pinky")
_SPINE = {
    "root": "Hips", "pelvis.L": "Hips", "pelvis.R": "Hips", "spine05": "Spine", "spine04": "Spine",
    "spine03": "Spine1", "spine02": "Spine1", "spine01": "Spine1",
    "neck01": "Neck", "neck02": "Neck", "neck03": "Neck", "head": "Head",
}  # fmt: skip
_LIMBS = {
    "clavicle": "Shoulder", "shoulder01": "Shoulder", "upperarm01": "Arm", "upperarm02": "Arm",
    "lowerarm01": "ForeArm", "lowerarm02": "ForeArm", "wrist": "Hand", "upperleg01": "UpLeg", "upperleg02": "UpLeg",
    "lowerleg01": "Leg", "lowerleg02": "Leg", "foot": "Foot", "eye": "Eye",
}  # fmt: skip
_SIDE_NAMES = (
    "Shoulder", "Arm", "ForeArm", "Hand", "UpLeg", "Leg", "Foot", "ToeBase", "Eye",
    *(f"Hand{finger}{k}" for finger in FINGERS for k in (1, 2, 3)),
)  # fmt: skip
BONES = (
    "Hips", "Spine", "Spine1", "Neck", "Head",
    *(f"{side}{name}" for side in ("Left", "Right") for name in _SIDE_NAMES),
)  # fmt: skip
_X, _Y, _Z = np.eye(3)


def bone_of(name: str) -> str:
    """Return the bone of `BONES` that a bone of the parametric model belongs to."""
    part, _, side = name.partition(".")
    whole = {"L": "Left", "R": "Right"}.get(side, "")
    if name in _SPINE:
        return _SPINE[name]
    if part.startswith("finger"):
        finger, joint = part.removeprefix("finger").split("-")
        return f"{whole}Hand{FINGERS[int(finger) - 1]}{joint}"
    if part.startswith("metacarpal"):
        return f"{whole}Hand"
    if part.startswith("toe"):
        return f"{whole}ToeBase"
    return whole + _LIMBS[part]


def merged_weights(bones: Ints, weights: Doubles, names: tuple[str, ...]) -> Doubles:
    """Sum weights (V, 4) of the model's bones to a table (V, B) over `BONES`."""
    target = np.array([BONES.index(bone_of(name)) for name in names])
    table = np.zeros((len(bones), len(BONES)))
    np.add.at(table, (np.arange(len(bones))[:, None], target[bones]), weights)
    return table


@dataclass(frozen=True, slots=True)
class Posed:
    """Hold a body in the T-pose; rig axes, metres, soles at 0."""

    points: Doubles  # (V, 3)
    joints: dict[str, Doubles]  # bone of `BONES`, or one of its ends -> (3,)


def to_t_pose(
    points: Doubles, heads: dict[str, Doubles], cubes: dict[str, Doubles], seen: dict[str, Doubles], weights: Doubles
) -> Posed:
    """Pose `points` (V, 3) with weights (V, B).

    `heads`: the model's bone -> start (3,); `cubes`: joint's cube -> centre (3,); `seen`: COCO's joint -> (3,), where
    a detector sees it.
    """
    joints, turns = _rest(heads, cubes, seen), {}
    for side, sign in (("Left", 1.0), ("Right", -1.0)):
        turns |= _arm(joints, side, sign) | _leg(joints, side)
    moved: dict[str, Doubles] = {}
    order = ("Hips", "Spine", "Spine1", "Neck", "Head", *(b for b in BONES if b[:4] in ("Left", "Righ")))
    for bone in order:
        parent = parent_of(bone)
        start = joints[bone]
        if parent is None:
            moved[bone] = start
        else:
            moved[bone] = moved[parent] + turns.get(parent, np.eye(3)) @ (start - joints[parent])
    for end in set(joints) - set(BONES):
        parent = parent_of(end)
        assert parent is not None
        moved[end] = moved[parent] + turns.get(parent, np.eye(3)) @ (joints[end] - joints[parent])
    rotation = np.stack([turns.get(bone, np.eye(3)) for bone in BONES])
    start, end = (np.stack([places[bone] for bone in BONES]) for places in (joints, moved))
    # The T-pose is the one from which skinning gives back the A-pose, not the one that skinning makes of it.
    back = moves_of(np.swapaxes(rotation, 1, 2), end, start)
    out = move_points(blend_motions(back, weights), points, inverse=True)
    floor = out[:, 1].min()
    return Posed(out - [0, floor, 0], {name: place - [0, floor, 0] for name, place in moved.items()})


def parent_of(name: str) -> str | None:
    side = next((side for side in ("Left", "Right") if name.startswith(side)), "")
    part = name[len(side) :]
    if part.startswith("Hand") and part != "Hand":
        finger, joint = part[4:-1], int(part[-1])
        return f"{side}Hand" if joint == 1 else f"{side}Hand{finger}{joint - 1}"
    above = {
        "Hips": None, "Spine": "Hips", "Spine1": "Spine", "Neck": "Spine1", "Head": "Neck", "HeadTop": "Head",
        "Face": "Head", "Eye": "Head", "Shoulder": "Spine1", "Arm": "Shoulder", "ForeArm": "Arm", "Hand": "ForeArm",
        "UpLeg": "Hips", "Leg": "UpLeg", "Foot": "Leg", "ToeBase": "Foot", "ToeEnd": "ToeBase",
    }[part]  # fmt: skip
    return above if above is None or above in ("Hips", "Spine1", "Head") else side + above


def _rest(heads: dict[str, Doubles], cubes: dict[str, Doubles], seen: dict[str, Doubles]) -> dict[str, Doubles]:
    """Return the starts of the bones and the ends in the A-pose.

    Hips and shoulders lie halfway between the model's centres of rotation and where detectors see them.
    """
    joints: dict[str, Doubles] = {}
    for side, letter in (("Left", "L"), ("Right", "R")):
        joints[f"{side}UpLeg"] = (heads[f"upperleg01.{letter}"] + seen[f"{side.lower()}_hip"]) / 2
        joints[f"{side}Arm"] = (heads[f"upperarm01.{letter}"] + seen[f"{side.lower()}_shoulder"]) / 2
    joints["Hips"] = joints["Spine"] = (joints["LeftUpLeg"] + joints["RightUpLeg"]) / 2
    joints["Neck"] = (joints["LeftArm"] + joints["RightArm"]) / 2
    joints["Spine1"] = (joints["Hips"] + joints["Neck"]) / 2
    joints["Head"], joints["HeadTop"] = heads["head"], cubes["joint-head-2"]
    joints["Face"] = _face(joints["Neck"], joints["HeadTop"])
    for side, letter in (("Left", "L"), ("Right", "R")):
        low = letter.lower()
        joints[f"{side}Shoulder"] = heads[f"clavicle.{letter}"]
        for bone, name in (
            ("ForeArm", "lowerarm01"), ("Hand", "wrist"), ("Leg", "lowerleg01"), ("Foot", "foot"), ("Eye", "eye"),
        ):  # fmt: skip
            joints[side + bone] = heads[f"{name}.{letter}"]
        joints[f"{side}ToeBase"] = np.mean([heads[f"toe{k}-1.{letter}"] for k in range(1, 6)], axis=0)
        joints[f"{side}ToeEnd"] = cubes[f"joint-{low}-foot-2"]
        for k, finger in enumerate(FINGERS, 1):
            for joint in (1, 2, 3):
                joints[f"{side}Hand{finger}{joint}"] = heads[f"finger{k}-{joint}.{letter}"]
            joints[f"{side}Hand{finger}4"] = cubes[f"joint-{low}-finger-{k}-4"]
    return joints


def _face(neck: Doubles, top: Doubles) -> Doubles:
    """Return the point where the rig's `Neck` ends and its `Head` starts while the person looks straight ahead."""
    along = np.stack([NECK_REST[1:], HEAD_REST[1:]], axis=1)
    length = np.linalg.solve(along, (top - neck)[1:])[0]
    return np.asarray(neck + length * NECK_REST)


def _turn(along: Doubles, across: Doubles, to_along: Doubles, to_across: Doubles) -> Doubles:
    """Return the rotation (3, 3) of `along` to `to_along`, and of `across` towards `to_across`."""

    def axes(first: Doubles, second: Doubles) -> Doubles:
        first = unit(first)
        second = unit(second - first * (first @ second))
        return np.stack([first, second, np.cross(first, second)], axis=1)

    return np.asarray(axes(to_along, to_across) @ axes(along, across).T)


def _arm(joints: dict[str, Doubles], side: str, s: float) -> dict[str, Doubles]:
    upper, fore = (joints[f"{side}{b}"] - joints[f"{side}{a}"] for a, b in (("Arm", "ForeArm"), ("ForeArm", "Hand")))
    hinge = s * np.cross(upper, fore)  # of the left arm: from above, it bends forward
    knuckles = {f: joints[f"{side}Hand{f}1"] for f in FINGERS}
    along = knuckles["Middle"] - joints[f"{side}Hand"]
    palm_up = s * np.cross(knuckles["Index"] - knuckles["Pinky"], along)
    turns = {
        f"{side}Arm": _turn(upper, hinge, s * _X, -_Y),
        f"{side}ForeArm": _turn(fore, hinge, s * _X, -_Y),
        f"{side}Hand": _turn(along, palm_up, s * _X, _Y),
    }
    for finger in FINGERS:
        for k in (1, 2, 3):
            bone = f"{side}Hand{finger}{k}"
            step = joints[f"{side}Hand{finger}{k + 1}"] - joints[bone]
            if finger == "Thumb":
                bends = s * np.cross(
                    joints[f"{side}HandThumb2"] - joints[f"{side}HandThumb1"],
                    joints[f"{side}HandThumb4"] - joints[f"{side}HandThumb2"],
                )
                turns[bone] = _turn(step, bends, s * _X + _Z, _Y)
            else:
                turns[bone] = _turn(step, palm_up, s * _X, _Y)
    return turns


def _leg(joints: dict[str, Doubles], side: str) -> dict[str, Doubles]:
    thigh, shank = joints[f"{side}Leg"] - joints[f"{side}UpLeg"], joints[f"{side}Foot"] - joints[f"{side}Leg"]
    foot = joints[f"{side}ToeBase"] - joints[f"{side}Foot"]
    level = foot * [1, 0, 1]
    turns = {
        f"{side}UpLeg": _turn(thigh, _X, -_Y, _X),
        f"{side}Leg": _turn(shank, _X, -_Y, _X),
        f"{side}Foot": _turn(level, _Y, _Z, _Y),
    }
    turns[f"{side}ToeBase"] = turns[f"{side}Foot"]
    return turns
