"""Bring a character's rest pose to the T-pose, as rotations of its humanoid bones.

Canonical axes are those of `rig.skeleton`: y up, the character faces +z, its left at +x, in the file's unit of length.
In the T-pose of VRM 1.0 (tpose.md) arms lie along x with the palms down, fingers along x, thumbs 45 degrees forward,
legs hang along -y, feet point along +z with the soles level, and the trunk (middle of the hips to middle of the
shoulders) is upright. Each rotation is the shortest that does it, after those of the bones above, so rolled bones and
A-poses need no rules of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..body.bones import unit
from ..core.arrays import Doubles
from ..hands.model import axes_of
from ..hands.rotations import shortest_turns
from .humanoid import SIDES, finger_bones
from .mapping import BoneMapping
from .skeleton import NodeTree

_SNAP_COSINE = np.cos(np.radians(20.0))  # a character that faces nearly along an axis faces along it
_ANKLE_PER_LEG = 0.09  # height of the ankle above the sole over the length of the leg, of adults
_ANKLE_RANGE = (0.02, 0.3)  # the same: a floor at height 0 outside it is not the character's floor
_MOST_FOOT_YAW_DEG = 60.0  # degrees; a foot that points further aside has no toes where they are expected
_X: Doubles = np.array([1.0, 0.0, 0.0])
_Y: Doubles = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True, slots=True)
class RestPose:
    """Hold the way from a character's rest pose to the T-pose."""

    file_from_canonical: Doubles  # (3, 3) rotation
    turns: dict[str, Doubles]  # humanoid bone -> (3, 3) rotation of the bone from rest to T-pose, canonical axes
    places: dict[str, Doubles]  # humanoid bone -> (3,) rest position, canonical axes
    floor: float  # height of the soles, canonical
    ankle: float  # height of the ankles above the soles, mean of both
    thigh: tuple[float, float]  # lengths, left and right
    shank: tuple[float, float]

    @property
    def hips_height(self) -> float:
        """Return the height of the middle of both upper legs above the floor in the T-pose."""
        return sum(self.thigh) / 2 + sum(self.shank) / 2 + self.ankle


def rest_pose(tree: NodeTree, mapping: BoneMapping) -> RestPose:
    """Return a character's T-pose; all required bones are mapped."""
    where = {bone: tree.positions[node] for bone, node in mapping.nodes.items()}
    axes = facing_axes(where)
    places = {bone: place @ axes for bone, place in where.items()}
    tips = {bone: _tip(tree, node) @ axes for bone, node in mapping.nodes.items() if bone.endswith("Distal")}
    thigh, shank = (
        tuple(float(np.linalg.norm(places[f"{side}{end}"] - places[f"{side}{start}"])) for side in SIDES)
        for start, end in (("UpperLeg", "LowerLeg"), ("LowerLeg", "Foot"))
    )
    ankles = np.mean([places[f"{side}Foot"][1] for side in SIDES])
    legs = (sum(thigh) + sum(shank)) / 2
    floor = 0.0
    if not _ANKLE_RANGE[0] * legs <= ankles <= _ANKLE_RANGE[1] * legs:
        floor = float(ankles - _ANKLE_PER_LEG * legs)
    return RestPose(
        axes, _turns(places, tips, mapping), places, floor, float(ankles - floor), (thigh[0], thigh[1]),
        (shank[0], shank[1]),
    )  # fmt: skip


def facing_axes(where: dict[str, Doubles]) -> Doubles:
    """Return the columns left, up and forward (3, 3) of the character in the file's axes.

    `where` holds the places (3,) of at least head, upper legs and upper arms.
    """
    middle = (where["leftUpperLeg"] + where["rightUpperLeg"]) / 2
    rise = where["head"] - middle
    up = np.zeros(3)
    axis = int(np.argmax(np.abs(rise)))
    up[axis] = np.sign(rise[axis]) or 1.0
    left = where["leftUpperLeg"] - where["rightUpperLeg"] + where["leftUpperArm"] - where["rightUpperArm"]
    left = unit(left - (left @ up) * up)
    axis = int(np.argmax(np.abs(left)))
    if abs(left[axis]) >= _SNAP_COSINE:
        left = np.sign(left[axis]) * np.eye(3)[axis]
    if not left.any():
        left = np.eye(3)[(int(np.argmax(np.abs(up))) + 2) % 3]
    return np.stack([left, up, np.cross(left, up)], axis=1)


def _turns(places: dict[str, Doubles], tips: dict[str, Doubles], mapping: BoneMapping) -> dict[str, Doubles]:
    turns = {bone: np.eye(3) for bone in mapping.nodes}
    trunk = _trunk_turn(places)
    for bone in ("spine", "chest", "upperChest"):
        if bone in turns:
            turns[bone] = trunk
    for number, side in enumerate(SIDES):
        out = np.array([-1.0 if number else 1.0, 0.0, 0.0])
        arm, forearm, wrist = (places[f"{side}{part}"] for part in ("UpperArm", "LowerArm", "Hand"))
        upper = turns[f"{side}UpperArm"] = _aligned(np.eye(3), forearm - arm, out)
        lower = _aligned(upper, wrist - forearm, out)
        turns[f"{side}LowerArm"], turns[f"{side}Hand"] = _hand(places, side, out, lower)
        for finger in range(5):
            _finger(turns, places, tips, side, finger)
        hip, knee, ankle = (places[f"{side}{part}"] for part in ("UpperLeg", "LowerLeg", "Foot"))
        thigh = turns[f"{side}UpperLeg"] = _aligned(np.eye(3), knee - hip, -_Y)
        turns[f"{side}LowerLeg"] = _aligned(thigh, ankle - knee, -_Y)
        turns[f"{side}Foot"] = _foot(places, side)
        if f"{side}Toes" in turns:
            turns[f"{side}Toes"] = turns[f"{side}Foot"]
    return turns


def _trunk_turn(places: dict[str, Doubles]) -> Doubles:
    """Return the rotation of the spine that puts the middle of the shoulders above that of the hips."""

    def middle(part: str) -> Doubles:
        return (places[f"left{part}"] + places[f"right{part}"]) / 2

    hips, arms = middle("UpperLeg"), middle("UpperArm")
    collars = middle("Shoulder") if "leftShoulder" in places and "rightShoulder" in places else arms
    below, moved, above = places["spine"] - hips, collars - places["spine"], arms - collars
    # What lies above the spine's joint turns, so that the horizontal parts of all three add up to nothing.
    wanted = -(below + above)
    wanted[1] = np.sqrt(max(moved @ moved - wanted[0] ** 2 - wanted[2] ** 2, 0.0))
    return _aligned(np.eye(3), moved, unit(wanted))


def _hand(places: dict[str, Doubles], side: str, out: Doubles, lower: Doubles) -> tuple[Doubles, Doubles]:
    """Return the rotations of forearm and hand; half of the palm's roll belongs to the forearm."""
    bases = [finger_bones(side, finger)[0] for finger in range(1, 5)]
    known = [places[base] for base in bases if base in places]
    if not known:
        return lower, lower
    ahead = places[bases[1]] if bases[1] in places else np.mean(known, axis=0)
    hand = _aligned(lower, ahead - places[f"{side}Hand"], out)
    if bases[0] not in places or len(known) < 2:
        return lower, hand
    across = hand @ (known[0] - known[-1])  # from the little finger to the index: forward, with the palm down
    roll = float(np.arctan2(across[1], across[2]))
    return _about(_X, roll / 2) @ lower, _about(_X, roll) @ hand


def _finger(
    turns: dict[str, Doubles], places: dict[str, Doubles], tips: dict[str, Doubles], side: str, finger: int
) -> None:
    """Straighten a finger along the rest directions of `hands.model`; a tip without a place goes with its bone."""
    along = axes_of(finger, SIDES.index(side)).along
    above = turns[f"{side}Hand"]
    bones = [bone for bone in finger_bones(side, finger) if bone in turns]
    for bone, after in zip(bones, [*bones[1:], None], strict=False):
        end = places[after] if after is not None else tips.get(bone)
        if end is not None and np.linalg.norm(end - places[bone]) > 1e-9:
            above = _aligned(above, end - places[bone], along)
        turns[bone] = above


def _foot(places: dict[str, Doubles], side: str) -> Doubles:
    """Return the rotation about the vertical that points a foot forward; its sole keeps its tilt."""
    if f"{side}Toes" not in places:
        return np.eye(3)
    ahead = places[f"{side}Toes"] - places[f"{side}Foot"]
    yaw = float(np.arctan2(ahead[0], ahead[2]))
    return _about(_Y, -yaw) if abs(np.degrees(yaw)) < _MOST_FOOT_YAW_DEG else np.eye(3)


def _tip(tree: NodeTree, node: int) -> Doubles:
    """Return the end of a chain's last bone: of its child, or of BVH's end site; its own place without one."""
    if node in tree.ends:
        return np.asarray(tree.positions[node] + tree.world[node, :3, :3] @ tree.ends[node])
    children = tree.children(node)
    return tree.positions[children[0] if children else node]


def _aligned(above: Doubles, direction: Doubles, to: Doubles) -> Doubles:
    """Return the rotation `above`, then the shortest one that brings the bone's `direction` to `to`."""
    moved = unit(above @ direction)
    if not moved.any():
        return above
    if moved @ to < -0.9999:  # opposite: half a turn about any axis across
        across = np.eye(3)[int(np.argmin(np.abs(to)))]
        return _about(unit(np.cross(across, to)), np.pi) @ above
    return np.asarray(shortest_turns(moved, to[None])[0] @ above)


def _about(axis: Doubles, angle: float) -> Doubles:
    """Return the rotation matrix about a unit axis by radians."""
    x, y, z = axis
    skew = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + np.sin(angle) * skew + (1 - np.cos(angle)) * skew @ skew)
