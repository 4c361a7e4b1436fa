"""Retarget a motion to a character: local rotations of its bones and the path of its hips.

Between two T-posed humanoids a bone's world rotation since the T-pose is the same (VRMC_vrm_animation-1.0,
how_to_transform_human_pose.md, gives the equivalent formula for local rotations). Working with world rotations, a bone
that the character lacks loses nothing: its children carry its turn. Nodes between mapped bones, twist bones, hair and
clothes keep their rest rotation against their parents.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..characters.character import Character
from ..characters.rest_pose import RestPose
from ..core.arrays import Doubles
from ..rig.resample import resample
from ..rig.rotations import RigPose, same_sign
from .feet import LegPose, locked_legs
from .source import SourceMotion, chosen
from .trunk import straightened


@dataclass(frozen=True, slots=True)
class CharacterMotion:
    """Hold the motion of a character's nodes; K animated nodes, the hips first."""

    times_s: Doubles  # (T,)
    rate_hz: float
    bones: tuple[str, ...]  # (K,) humanoid bones
    nodes: tuple[int, ...]  # (K,) their nodes
    rotations: Doubles  # (T, K, 4) local quaternions x y z w, in the axes of each node's parent
    hips: Doubles  # (T, 3) local translation of the hips, in the axes of their parent
    turns: dict[str, Doubles]  # bone -> (T, 3, 3) world rotation since the T-pose, canonical axes
    hips_canonical: Doubles  # (T, 3) position of the hips, canonical axes, unit of the file
    locked: NDArray[np.bool_]  # (T, 2) feet that are held in place, left and right

    def at(self, times_s: Doubles) -> tuple[Doubles, Doubles]:
        """Return rotations (N, K, 4) and hips (N, 3) at other times."""
        pose = resample(RigPose(self.times_s, self.hips, self.rotations), times_s)
        return pose.rotations, pose.root


def retarget(source: SourceMotion, character: Character, lock_feet: bool = True) -> CharacterMotion:
    """Put a motion on a character, scaled by the length of the legs.

    With `lock_feet`, feet are held in place where the take holds them.
    """
    rest, bones = character.rest, character.mapping.nodes
    turns = chosen(source.turns, bones)
    turns |= straightened(turns, source.trunk, rest, character.mapping)
    middle = source.root * leg_ratio(source, rest)
    middle[:, 1] = scaled_heights(source.root[:, 1], source, rest)
    if lock_feet:
        legs = _legs(source, rest, turns, middle)
        middle, changed = locked_legs(legs, source.locked, source.rate_hz)
        turns |= changed
    hips_bone = rest.places["hips"]
    at_legs = (rest.places["leftUpperLeg"] + rest.places["rightUpperLeg"]) / 2
    hips = middle + turns["hips"] @ (hips_bone - at_legs)
    animated = [bone for bone in bones if bone in turns]
    rotations = _local_rotations(character, turns, animated)
    above = _rest_parent(character, bones["hips"])
    in_file = hips @ rest.file_from_canonical.T
    inverse = np.linalg.inv(above)
    return CharacterMotion(
        source.times_s, source.rate_hz, tuple(animated), tuple(bones[bone] for bone in animated), rotations,
        in_file @ inverse[:3, :3].T + inverse[:3, 3], turns, hips, source.locked,
    )  # fmt: skip


def posed_places(motion: CharacterMotion, character: Character) -> dict[str, Doubles]:
    """Return the places (T, 3) of all bones as the motion means them, canonical axes.

    Bones that the motion does not turn go with the nearest one above that it turns, as in their rest pose.
    """
    rest, mapping = character.rest, character.mapping
    places = {"hips": motion.hips_canonical}
    turn = {"hips": motion.turns["hips"] @ rest.turns["hips"]}  # since the rest pose of the file
    for bone in mapping.nodes:
        parent = mapping.parent_of(bone)
        if parent is not None:
            places[bone] = places[parent] + turn[parent] @ (rest.places[bone] - rest.places[parent])
            turn[bone] = motion.turns[bone] @ rest.turns[bone] if bone in motion.turns else turn[parent]
    return places


def leg_ratio(source: SourceMotion, rest: RestPose) -> float:
    """Return the length of the character's legs over the person's.

    Steps and jumps are scaled by it: with the ratio of the hips' heights, which holds the thickness of the soles too,
    the body would travel faster than its legs step.
    """
    return (rest.hips_height - rest.ankle) / (source.hips_m - source.ankle_m)


def scaled_heights(heights_m: Doubles, source: SourceMotion, rest: RestPose) -> Doubles:
    """Return heights above the person's floor as canonical heights of the character.

    The ankle of a standing person becomes that of the standing character.
    """
    return (heights_m - source.ankle_m) * leg_ratio(source, rest) + rest.ankle + rest.floor


def _legs(source: SourceMotion, rest: RestPose, turns: dict[str, Doubles], middle: Doubles) -> LegPose:
    at_legs = (rest.places["leftUpperLeg"] + rest.places["rightUpperLeg"]) / 2
    sockets = np.stack([rest.places[f"{side}UpperLeg"] - at_legs for side in ("left", "right")])
    heights = scaled_heights(source.ankles[..., 1], source, rest)
    return LegPose(turns, middle, sockets, np.array(rest.thigh), np.array(rest.shank), heights)


def _rest_parent(character: Character, node: int) -> Doubles:
    """Return the rest transform (4, 4) of a node's parent in the axes of the file."""
    parent = character.tree.parents[node]
    return np.eye(4) if parent < 0 else character.tree.world[parent]


def _local_rotations(character: Character, turns: dict[str, Doubles], animated: list[str]) -> Doubles:
    """Return local quaternions (T, K, 4) of the animated bones."""
    from scipy.spatial.transform import Rotation

    tree, rest, nodes = character.tree, character.rest, character.mapping.nodes
    axes = rest.file_from_canonical
    rest_rotations = tree.rotations
    count = len(turns["hips"])
    bone_of = {nodes[bone]: bone for bone in animated}
    world = {
        nodes[bone]: axes @ turns[bone] @ (rest.turns[bone] @ axes.T @ rest_rotations[nodes[bone]])
        for bone in animated
    }  # fmt: skip
    out = np.empty((count, len(animated), 4))
    for column, bone in enumerate(animated):
        node = nodes[bone]
        parent = tree.parents[node]
        moving = parent
        while moving >= 0 and moving not in bone_of:
            moving = tree.parents[moving]
        above = np.eye(3) if parent < 0 else rest_rotations[parent]
        # What lies between moves with the nearest animated bone above, as one body.
        whole = above[None] if moving < 0 else world[moving] @ (rest_rotations[moving].T @ above)
        local = np.swapaxes(np.broadcast_to(whole, (count, 3, 3)), 1, 2) @ world[node]
        out[:, column] = same_sign(Rotation.from_matrix(local).as_quat())
    return out
