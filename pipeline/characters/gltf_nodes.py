"""Read the skeleton of a glTF file: nodes, bones, and the humanoid mapping of a VRM."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.arrays import Doubles
from ..system.json_fields import JsonFields
from ..system.safe_read import DamagedFile
from .gltf import GltfFile
from .humanoid import BONES, SIDES, finger_bones
from .skeleton import MOST_NODES, NodeTree, parents_from_children

_LARGEST = 1e6


def read_nodes(file: GltfFile) -> NodeTree:
    """Return all nodes of a file. Raises `DamagedFile`."""
    nodes = list(file.fields.objects("nodes", ()))
    if not nodes:
        raise DamagedFile("it has no nodes")
    if len(nodes) > MOST_NODES:
        raise DamagedFile(f"it has {len(nodes)} nodes, more than {MOST_NODES}")
    children = [list(node.wholes("children", 0, MOST_NODES)) if "children" in node else [] for node in nodes]
    parents = parents_from_children(children)
    names = tuple(node.text("name", "", 1000) or f"node {index}" for index, node in enumerate(nodes))
    local = np.stack([_transform(node) for node in nodes])
    joints: set[int] = set()
    for skin in file.fields.objects("skins", ()):
        joints |= set(skin.wholes("joints", 0, len(nodes) - 1))
    # Without a skin any node without a mesh may be a bone: a file of motion alone.
    chosen = joints or {index for index, node in enumerate(nodes) if "mesh" not in node and "camera" not in node}
    is_bone = np.zeros(len(nodes), np.bool_)
    is_bone[list(chosen)] = True
    for node in chosen:  # what lies between two bones moves with them
        between: list[int] = []
        while (node := parents[node]) >= 0 and len(between) <= MOST_NODES:
            between.append(node)
            if is_bone[node]:
                is_bone[between] = True
                break
    return NodeTree(names, parents, local, is_bone)


def _transform(node: JsonFields) -> Doubles:
    if "matrix" in node:
        return np.array(_numbers(node, "matrix", 16)).reshape(4, 4).T
    out = np.eye(4)
    x, y, z, w = _numbers(node, "rotation", 4, (0.0, 0.0, 0.0, 1.0))
    size = np.sqrt(x * x + y * y + z * z + w * w)
    if size < 1e-6:
        node.refuse("rotation", "a quaternion")
    x, y, z, w = x / size, y / size, z / size, w / size
    out[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    out[:3, :3] *= np.array(_numbers(node, "scale", 3, (1.0, 1.0, 1.0)))
    out[:3, 3] = _numbers(node, "translation", 3, (0.0, 0.0, 0.0))
    return out


def _numbers(node: JsonFields, name: str, count: int, default: tuple[float, ...] = ()) -> list[float]:
    values = node.listed(name, default)
    if len(values) != count or not all(
        isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST for value in values
    ):
        node.refuse(name, f"{count} numbers")
    return [float(value) for value in values]


def vrm_bones(file: GltfFile) -> tuple[str, dict[str, int]]:
    """Return VRM's version and the node of each humanoid bone in VRM 1.0's names.

    The version is "1", "0", or "" if the file is no VRM. Raises `DamagedFile` if the mapping names nodes that do not
    exist.
    """
    extensions = file.fields.object("extensions", {})
    nodes = len(file.list_of("nodes"))
    if "VRMC_vrm" in extensions:
        bones = extensions.object("VRMC_vrm").object("humanoid", {}).object("humanBones", {})
        found: dict[str, int] = {}
        for bone in bones.values:
            if bone in BONES:
                found[bone] = bones.object(bone).whole("node", 0, nodes - 1)
        return "1", found
    if "VRM" in extensions:
        listed: Any = extensions.object("VRM").object("humanoid", {}).objects("humanBones", ())
        found = {}
        renamed = _thumbs()
        for entry in listed:
            bone = entry.text("bone", "", 100)
            bone = renamed.get(bone, bone)
            node = entry.whole("node", -1, nodes - 1, -1)
            if bone in BONES and node >= 0:
                found[bone] = node
        return "0", found
    return "", {}


def _thumbs() -> dict[str, str]:
    """Return VRM 0's names of the thumb, whose bones are one step further out, in VRM 1.0's."""
    return {
        f"{side}Thumb{part}": bone
        for side in SIDES
        for part, bone in zip(("Proximal", "Intermediate", "Distal"), finger_bones(side, 0), strict=True)
    }
