"""Write BVH on a character's own skeleton.

Of a BVH character, hierarchy, offsets, axes and unit are those of its file. Of any other one, bones have their names
and proportions, the zero pose is the T-pose, facing +z with y up, in centimetres. Gaps are interpolated, because a BVH
has no empty frames.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..characters.character import Character
from ..core.arrays import Doubles, Ints
from ..export.animation.read_bvh import read_bvh
from ..rig.euler import euler_zxy
from ..rig.resample import resample
from ..rig.rotations import RigPose, same_sign
from ..system.files import atomic_write
from .solve import CharacterMotion

_CM_PER_M = 100.0
_TURN = "Zrotation Xrotation Yrotation"
_PLACE = "Xposition Yposition Zposition"


def write_bvh(motion: CharacterMotion, character: Character, path: Path, times_s: Doubles) -> None:
    """Write one BVH frame for each of the even times (N,)."""
    own = character.kind == "bvh"
    offsets, ends, local = _own_bones(motion, character) if own else _t_posed_bones(motion, character)
    hips = character.mapping.nodes["hips"]
    place = motion.hips if own else (motion.hips_canonical - [0.0, character.rest.floor, 0.0]) * _CM_PER_M
    names = bvh_names(character)
    order = _depth_first(character, offsets)
    animated = [node for node in order if node in local]
    pose = RigPose(motion.times_s, place, np.stack([local[node] for node in animated], axis=1))
    pose = resample(pose, times_s)
    columns: list[Doubles] = []
    moving = {node: column for column, node in enumerate(animated)}
    for node in order:
        root = node not in offsets or character.tree.parents[node] not in offsets
        if node == hips:
            columns.append(pose.root)
        elif root:
            columns.append(np.tile(offsets[node], (len(times_s), 1)))
        if node in moving:
            columns.append(euler_zxy(pose.rotations[:, moving[node]]))
        else:
            columns.append(np.zeros((len(times_s), 3)))
    values = np.concatenate(columns, axis=1)
    step = 1 / motion.rate_hz
    with atomic_write(path, "w") as file:
        file.write("HIERARCHY\n")
        for top in [node for node in offsets if character.tree.parents[node] not in offsets]:
            file.writelines(_joint(character, names, offsets, ends, top, hips, ""))
        file.write(f"MOTION\nFrames: {len(values)}\nFrame Time: {step:.9f}\n")
        for row in values:
            file.write(" ".join(f"{value:.6f}" for value in row) + "\n")


def bvh_names(character: Character) -> list[str]:
    """Return the names that the nodes of a character have in a BVH: one word each, no two equal."""
    return _unique([name.strip().replace(" ", "_") or "bone" for name in character.tree.names])


def places_in_file(character: Character, path: Path, rows: Ints) -> dict[str, Doubles]:
    """Return bone -> places (T, 3) in frames of a BVH that `write_bvh` wrote.

    Axes and unit are those of the character.
    """
    found, names = read_bvh(path, rows).places(), bvh_names(character)
    places = {bone: found[names[node]] for bone, node in character.mapping.nodes.items()}
    if character.kind == "bvh":
        return places
    floor = np.array([0.0, character.rest.floor, 0.0])
    axes = character.rest.file_from_canonical
    return {bone: (place / _CM_PER_M + floor) @ axes.T for bone, place in places.items()}


def _own_bones(
    motion: CharacterMotion, character: Character
) -> tuple[dict[int, Doubles], dict[int, Doubles], dict[int, Doubles]]:
    """Return offsets, ends and rotations by node of a character that is a BVH."""
    tree = character.tree
    offsets = {node: tree.locals[node, :3, 3] for node in tree.order}
    return offsets, dict(tree.ends), {node: motion.rotations[:, column] for column, node in enumerate(motion.nodes)}


def _t_posed_bones(
    motion: CharacterMotion, character: Character
) -> tuple[dict[int, Doubles], dict[int, Doubles], dict[int, Doubles]]:
    """Return offsets, ends and rotations by node of the bones from the hips down, with zero rotation = T-pose."""
    from scipy.spatial.transform import Rotation

    tree, rest, nodes = character.tree, character.rest, character.mapping.nodes
    bone_of = {node: bone for bone, node in nodes.items()}
    places = tree.positions @ rest.file_from_canonical
    hips = nodes["hips"]
    chosen = [hips, *(node for node in tree.below(hips) if tree.is_bone[node])]
    offsets: dict[int, Doubles] = {hips: np.zeros(3)}
    ends: dict[int, Doubles] = {}
    local: dict[int, Doubles] = {}
    turn_of: dict[int, Doubles] = {}  # rest to T-pose
    motion_of: dict[int, Doubles] = {}
    for node in chosen:
        parent, bone = tree.parents[node], bone_of.get(node)
        if bone not in motion.turns:
            bone = None  # fingers of a take without hands keep the rest
        turn_of[node] = turn_of[parent] if bone is None else rest.turns[bone]
        if node != hips:
            if parent not in offsets:
                continue
            offsets[node] = turn_of[parent] @ (places[node] - places[parent]) * _CM_PER_M
        motion_of[node] = motion_of[parent] if bone is None else motion.turns[bone]
        if bone is not None:
            turn = motion_of[node] if node == hips else np.swapaxes(motion_of[parent], 1, 2) @ motion_of[node]
            local[node] = same_sign(Rotation.from_matrix(turn).as_quat())
    for node in offsets:
        if not any(child in offsets for child in tree.children(node)):
            outward = places[node] - places[tree.parents[node]] if node != hips else np.zeros(3)
            ends[node] = turn_of[node] @ outward * _CM_PER_M / 2
    return offsets, ends, local


def _depth_first(character: Character, offsets: dict[int, Doubles]) -> list[int]:
    rows = []
    waiting = [node for node in offsets if character.tree.parents[node] not in offsets][::-1]
    while waiting:
        rows.append(waiting.pop())
        waiting += [child for child in character.tree.children(rows[-1]) if child in offsets][::-1]
    return rows


def _joint(
    character: Character, names: list[str], offsets: dict[int, Doubles], ends: dict[int, Doubles], node: int,
    hips: int, indent: str,
) -> Iterator[str]:  # fmt: skip
    """Yield the hierarchy from `node` down, in the order of the channels."""
    root = character.tree.parents[node] not in offsets
    yield f"{indent}{'ROOT' if root else 'JOINT'} {names[node]}\n{indent}{{\n"
    yield f"{indent}\tOFFSET {_numbers(offsets[node])}\n"
    moves = root or node == hips
    yield f"{indent}\tCHANNELS {f'6 {_PLACE} ' if moves else '3 '}{_TURN}\n"
    below = [child for child in character.tree.children(node) if child in offsets]
    for child in below:
        yield from _joint(character, names, offsets, ends, child, hips, indent + "\t")
    if not below or node in ends:
        end = ends.get(node, np.zeros(3))
        yield f"{indent}\tEnd Site\n{indent}\t{{\n{indent}\t\tOFFSET {_numbers(end)}\n{indent}\t}}\n"
    yield f"{indent}}}\n"


def _numbers(vector: Doubles) -> str:
    return " ".join(f"{value:.6f}" for value in vector)


def _unique(names: list[str]) -> list[str]:
    """Return names of which no two are equal."""
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return out
