"""Write the character's own file with the motion in it, and VRM animations (.vrma)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..body.bones import unit
from ..characters.character import Character
from ..characters.gltf import Addition, GltfFile
from ..core.arrays import Doubles, Floats
from ..core.errors import OutputError
from ..core.face.weights import VISEMES
from ..system.files import atomic_write
from ..system.safe_read import DamagedFile
from .faces.bindings import face_bindings, target_weights
from .solve import CharacterMotion
from .t_pose import t_pose_places

_CM = 0.01  # m
Face = Mapping[str, Floats]
# VRM's expressions -> the take's; both together in "blink" would close eyes twice.
_VRMA_EXPRESSIONS = {**{name: name for name in VISEMES}, "blinkLeft": "eyeBlinkLeft", "blinkRight": "eyeBlinkRight"}
_LARGEST_HIPS_M = 20.0  # m, hips higher than this are given in centimetres


def write_character(
    motion: CharacterMotion, character: Character, path: Path, name: str, face: Face | None = None
) -> None:
    """Write the character's glTF or VRM file with an animation called `name` added.

    A .gltf takes the files that it refers to along. `face`: weights (T,) of expressions by name, which move the morph
    targets that the character has for them. Raises `OutputError`.
    """
    if character.file is None:
        raise OutputError(f"{character.path.name} is a BVH, and has no body to write.", "Choose the format bvh.")
    addition = Addition(character.file)
    for node in motion.nodes:
        about = character.file.list_of("nodes")[node]
        if "matrix" in about:  # glTF does not animate matrices
            addition.replaced_nodes[node] = _without_matrix(about, character.tree.locals[node])
    animation = _animation(motion, motion.nodes, motion.rotations, motion.hips, addition, name)
    if face is not None:
        for node, weights in target_weights(face_bindings(character.file), character.file, face).items():
            _add_channel(animation, addition, node, "weights", weights.reshape(-1))
    data = addition.written(animation)
    beside = [] if character.file.is_binary else _companions(character.file)
    for source, target in ((file, path.parent / file.relative_to(character.path.parent)) for file in beside):
        if target.resolve() != source.resolve():
            target.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(target) as copy, source.open("rb") as original:
                shutil.copyfileobj(original, copy)
    with atomic_write(path) as file:
        file.write(data)


def write_vrma(motion: CharacterMotion, character: Character, path: Path, name: str, face: Face | None = None) -> None:
    """Write a VRM animation for any VRM avatar: the T-pose of this character and its motion.

    With a `face` also VRM's vowels and blinks, as the x of a node each. Layout: VRMC_vrm_animation-1.0. Eyes are not
    allowed as bones there.
    """
    size = unit_m(character)
    bones = [bone for bone in motion.bones if not bone.endswith("Eye")]
    places = t_pose_places(character)
    index = {bone: number for number, bone in enumerate(bones)}
    nodes: list[dict[str, Any]] = []
    parents: dict[str, str | None] = {}
    for bone in bones:
        parent = character.mapping.parent_of(bone)
        while parent is not None and parent not in index:
            parent = character.mapping.parent_of(parent)
        parents[bone] = parent
        start = places[parent] if parent is not None else np.zeros(3)
        nodes.append({"name": bone, "translation": ((places[bone] - start) * size).tolist()})
        if parent is not None:
            nodes[index[parent]].setdefault("children", []).append(index[bone])
    shapes = {name: len(nodes) + k for k, name in enumerate(_VRMA_EXPRESSIONS)} if face is not None else {}
    nodes += [{"name": shape, "translation": [0.0, 0.0, 0.0]} for shape in shapes]
    about: dict[str, Any] = {
        "specVersion": "1.0",
        "humanoid": {"humanBones": {bone: {"node": index[bone]} for bone in bones}},
    }
    if shapes:
        about["expressions"] = {"preset": {shape: {"node": node} for shape, node in shapes.items()}}
    empty = {
        "asset": {"version": "2.0", "generator": "Hourglass"},
        "extensionsUsed": ["VRMC_vrm_animation"],
        "extensions": {"VRMC_vrm_animation": about},
        "scene": 0,
        "scenes": [{"name": name, "nodes": [index["hips"], *shapes.values()]}],
        "nodes": nodes,
    }  # fmt: skip
    addition = Addition(GltfFile.new(path, json.dumps(empty, ensure_ascii=False)))
    hips = motion.hips_canonical.copy()
    hips[:, 1] -= character.rest.floor
    rotations = _relative(motion, bones, parents)
    animation = _animation(motion, tuple(index[bone] for bone in bones), rotations, hips * size, addition, name)
    for shape, node in shapes.items():
        assert face is not None
        moves = np.zeros((len(motion.times_s), 3))
        moves[:, 0] = face[_VRMA_EXPRESSIONS[shape]]
        _add_channel(animation, addition, node, "translation", moves)
    data = addition.written(animation)
    with atomic_write(path) as file:
        file.write(data)


def unit_m(character: Character) -> float:
    """Return the metres of the character's unit: 1 in glTF, 0.01 in a large BVH."""
    return _CM if character.kind == "bvh" and character.rest.hips_height > _LARGEST_HIPS_M else 1.0


def _animation(
    motion: CharacterMotion, nodes: tuple[int, ...], rotations: Doubles, hips: Doubles, addition: Addition, name: str
) -> dict[str, Any]:
    """Add the keys and return the animation; the hips come first in `nodes`."""
    times = addition.add(motion.times_s - min(0.0, float(motion.times_s[0])), bounds=True)
    samplers = [{"input": times, "output": addition.add(hips), "interpolation": "LINEAR"}]
    channels: list[dict[str, Any]] = [{"sampler": 0, "target": {"node": nodes[0], "path": "translation"}}]
    for column, node in enumerate(nodes):
        output = addition.add(unit(rotations[:, column]))
        samplers.append({"input": times, "output": output, "interpolation": "LINEAR"})
        channels.append({"sampler": len(samplers) - 1, "target": {"node": node, "path": "rotation"}})
    return {"name": name, "samplers": samplers, "channels": channels}


def _add_channel(animation: dict[str, Any], addition: Addition, node: int, path: str, values: Doubles | Floats) -> None:
    """Add keys of a node at the times of the animation's first channel."""
    samplers = animation["samplers"]
    animation["channels"].append({"sampler": len(samplers), "target": {"node": node, "path": path}})
    samplers.append({"input": samplers[0]["input"], "output": addition.add(values), "interpolation": "LINEAR"})


def _relative(motion: CharacterMotion, bones: list[str], parents: dict[str, str | None]) -> Doubles:
    """Return quaternions (T, K, 4) of bones relative to their parents, both from the T-pose."""
    from scipy.spatial.transform import Rotation

    from ..rig.rotations import same_sign

    out = np.empty((len(motion.times_s), len(bones), 4))
    for column, bone in enumerate(bones):
        parent, turn = parents[bone], motion.turns[bone]
        local = turn if parent is None else np.swapaxes(motion.turns[parent], 1, 2) @ turn
        out[:, column] = same_sign(Rotation.from_matrix(local).as_quat())
    return out


def _without_matrix(node: dict[str, Any], local: Doubles) -> dict[str, Any]:
    from scipy.spatial.transform import Rotation

    from ..characters.skeleton import nearest_rotations

    out = {name: value for name, value in node.items() if name != "matrix"}
    turn = nearest_rotations(local[None, :3, :3])[0]
    out["translation"] = local[:3, 3].tolist()
    out["rotation"] = Rotation.from_matrix(turn).as_quat().tolist()
    out["scale"] = np.diag(turn.T @ local[:3, :3]).tolist()
    return out


def _companions(file: GltfFile) -> list[Path]:
    """Return the files that a .gltf refers to."""
    found = []
    for kind in ("buffers", "images"):
        for about in file.fields.objects(kind, ()):
            uri = about.text("uri", None, 1 << 30)
            if uri is None or uri.startswith("data:"):
                continue
            try:
                path = file.beside(uri)
            except DamagedFile as error:
                raise OutputError(f"{file.path.name} cannot be written elsewhere: {error}.", "Use a .glb.") from error
            if path.is_file():
                found.append(path)
    return found
