"""Open a user's own character: .vrm, .glb, .gltf, .fbx (through Blender) or .bvh."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from ..core.arrays import Doubles
from ..core.errors import SourceError
from ..system.safe_read import DamagedFile
from .blender.fbx_import import glb_from_fbx
from .bvh import read_bvh_skeleton
from .gltf import GltfFile, open_gltf
from .gltf_nodes import read_nodes, vrm_bones
from .mapping import BoneMapping, map_bones
from .mapping_file import mapping_path, read_mapping
from .rest_pose import RestPose, facing_axes, rest_pose
from .skeleton import NodeTree

SUFFIXES = (".vrm", ".glb", ".gltf", ".fbx", ".bvh")
Kind = Literal["gltf", "vrm0", "vrm1", "bvh", "fbx"]
_TELL_THE_WAY = ("head", "leftUpperLeg", "rightUpperLeg", "leftUpperArm", "rightUpperArm")
_HINT = "Export the character again as .glb, .vrm or .bvh, with its skeleton, from the program that made it."


@dataclass(frozen=True, slots=True)
class CharacterSkeleton:
    """Hold a character's file and its humanoid bones, of which some may be missing."""

    path: Path
    kind: Kind
    tree: NodeTree
    mapping: BoneMapping
    file: GltfFile | None  # None: a BVH; of an .fbx, what Blender made of it
    from_file: Mapping[str, int]  # bones that the file itself names (VRM)

    def remapped(self, bones: Mapping[str, str]) -> CharacterSkeleton:
        """Return the skeleton with a user's bones; reads no file.

        `bones`: humanoid bone -> name of a node, "" = none. Raises `ConfigError` for a name that the character lacks.
        """
        return replace(self, mapping=map_bones(self.tree, self.from_file, bones))

    def facing_places(self) -> Doubles:
        """Return the nodes' rest places (N, 3) with y up, facing +z, as far as the bones found tell."""
        where = {bone: self.tree.positions[node] for bone, node in self.mapping.nodes.items()}
        known = all(bone in where for bone in _TELL_THE_WAY)
        return np.asarray(self.tree.positions @ facing_axes(where)) if known else self.tree.positions

    def complete(self) -> Character:
        """Return the character with its T-pose.

        Raises `MissingBonesError` unless all required bones are there.
        """
        self.mapping.require(self.path.name, mapping_path(self.path).name)
        return Character(
            self.path, self.kind, self.tree, self.mapping, rest_pose(self.tree, self.mapping), self.file, self.from_file
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Character:
    """Hold an open character that a motion can be put on."""

    path: Path
    kind: Kind
    tree: NodeTree
    mapping: BoneMapping
    rest: RestPose
    file: GltfFile | None  # as in `CharacterSkeleton`
    from_file: Mapping[str, int]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def skeleton(self) -> CharacterSkeleton:
        return CharacterSkeleton(self.path, self.kind, self.tree, self.mapping, self.file, self.from_file)


def open_character(path: Path, bones: Mapping[str, str] | None = None) -> Character:
    """Open a character, recognise its bones, and find its T-pose.

    `bones` (humanoid bone -> name of a node, "" = none) go before the mapping in the file beside the character, which
    goes before what is recognised. Raises `SourceError` for a file that cannot be read or is no human (then
    `MissingBonesError`), `ConfigError` for a mapping with names that the character lacks.
    """
    return read_skeleton(path, bones).complete()


def read_skeleton(path: Path, bones: Mapping[str, str] | None = None) -> CharacterSkeleton:
    """Read a character and recognise its bones, also where required ones are missing.

    Raises as `open_character`.
    """
    path = Path(path)
    kind, tree, file, from_file = _read(path)
    try:
        given = {**read_mapping(mapping_path(path)), **(bones or {})}
    except (OSError, DamagedFile) as error:
        raise SourceError(
            f"{mapping_path(path).name} cannot be used: {error}.", "Correct it, or remove it.", field="character"
        ) from error
    return CharacterSkeleton(path, kind, tree, map_bones(tree, from_file, given), file, from_file)


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
