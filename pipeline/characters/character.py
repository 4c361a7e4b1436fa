"""Open a user's own character: .vrm, .glb, .gltf, .fbx (through Blender) or .bvh."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..core.errors import SourceError
from ..system.safe_read import DamagedFile
from .blender.fbx_import import glb_from_fbx
from .bvh import read_bvh_skeleton
from .gltf import GltfFile, open_gltf
from .gltf_nodes import read_nodes, vrm_bones
from .mapping import BoneMapping, map_bones
from .mapping_file import mapping_path, read_mapping
from .rest_pose import RestPose, rest_pose
from .skeleton import NodeTree

SUFFIXES = (".vrm", ".glb", ".gltf", ".fbx", ".bvh")
Kind = Literal["gltf", "vrm0", "vrm1", "bvh", "fbx"]
_HINT = "Export the character again as .glb, .vrm or .bvh, with its skeleton, from the program that made it."


@dataclass(frozen=True, slots=True)
class Character:
    """Hold an open character that a motion can be put on."""

    path: Path
    kind: Kind
    tree: NodeTree
    mapping: BoneMapping
    rest: RestPose
    file: GltfFile | None  # None: a BVH; of an .fbx, what Blender made of it

    @property
    def name(self) -> str:
        return self.path.stem


def open_character(path: Path, bones: Mapping[str, str] | None = None) -> Character:
    """Open a character, recognise its bones, and find its T-pose.

    `bones` (humanoid bone -> name of a node, "" = none) go before the mapping in the file beside the character, which
    goes before what is recognised. Raises `SourceError` for a file that cannot be read or is no human, `ConfigError`
    for a mapping with names that the character lacks.
    """
    path = Path(path)
    kind, tree, file, from_file = _read(path)
    try:
        given = {**read_mapping(mapping_path(path)), **(bones or {})}
    except (OSError, DamagedFile) as error:
        raise SourceError(
            f"{mapping_path(path).name} cannot be used: {error}.", "Correct it, or remove it.", field="character"
        ) from error
    mapping = map_bones(tree, from_file, given)
    mapping.require(path.name, mapping_path(path).name)
    return Character(path, kind, tree, mapping, rest_pose(tree, mapping), file)


def _read(path: Path) -> tuple[Kind, NodeTree, GltfFile | None, dict[str, int]]:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise SourceError(
            f"{path.name} is not a character that can be opened.",
            f"Characters are files with the endings {', '.join(SUFFIXES)}.", field="character",
        )  # fmt: skip
    try:
        if suffix == ".bvh":
            return "bvh", read_bvh_skeleton(path), None, {}
        file = glb_from_fbx(path) if suffix == ".fbx" else open_gltf(path)
        tree = read_nodes(file)
        version, bones = vrm_bones(file)
    except DamagedFile as error:
        raise SourceError(f"{path.name} cannot be read: {error}.", _HINT, field="character") from error
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read ({error.strerror or error}).", "Check the path and its permissions.",
            field="character",
        ) from error  # fmt: skip
    kind: Kind = "vrm1" if version == "1" else "vrm0" if version == "0" else "fbx" if suffix == ".fbx" else "gltf"
    return kind, tree, file, bones
