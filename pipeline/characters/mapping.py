"""Recognise which node of a character is which humanoid bone.

Rules, from sure to unsure: the file says it (VRM); a saved file of the user; a table of names; words in the names with
a side; the shape of the skeleton. A later rule only fills what earlier ones left open, and a bone counts only where
the nodes are in the order of a humanoid: no upper arm below a hand.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from typing import Literal

from ..core.errors import ConfigError, SourceError
from ..system.safe_read import quoted
from .humanoid import BONES, PARENT_OF, REQUIRED
from .name_rules import from_tables, from_words
from .skeleton import NodeTree
from .topology import from_shape

SURE = {"file": 1.0, "user": 1.0, "table": 0.95, "words": 0.7, "shape": 0.5}
_HINT = 'Say which bones they are in {file} beside the character: {{"bones": {{"{bone}": "NAME IN THE FILE"}}}}.'


class MissingBonesError(SourceError):
    """Report a character without bones that every human has; a user can say which they are."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Describe what is wrong with a mapping, of which bone, and with which other."""

    kind: Literal["missing", "twice", "order"]
    bone: str
    other: str = ""  # "twice": the bone with the same node; "order": the bone that should lie above


@dataclass(frozen=True, slots=True)
class BoneMapping:
    """Hold the node of each humanoid bone that was found, and by which rule."""

    nodes: dict[str, int]  # humanoid bone -> node
    rules: dict[str, str]  # humanoid bone -> "file", "user", "table Mixamo", "words", "shape"
    table: str = ""  # name of the table that fits, "" = none

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the required bones that were not found."""
        return tuple(bone for bone in REQUIRED if bone not in self.nodes)

    def certainty(self, bone: str) -> float:
        """Return how sure the node of a bone is, 0 to 1."""
        return SURE[self.rules[bone].split()[0]]

    def parent_of(self, bone: str) -> str | None:
        """Return the nearest bone above that the character has."""
        parent = PARENT_OF[bone]
        while parent is not None and parent not in self.nodes:
            parent = PARENT_OF[parent]
        return parent

    def require(self, file: str, mapping_file: str) -> None:
        """Raise `MissingBonesError`, which names them, unless all required bones are there."""
        if self.missing:
            names = ", ".join(self.missing)
            raise MissingBonesError(
                f"{file}: these bones of a human were not found: {names}.",
                _HINT.format(file=mapping_file, bone=self.missing[0]),
                field="character",
            )


@dataclass(slots=True)
class _Found:
    """Collect bones in the order of the rules."""

    tree: NodeTree
    nodes: dict[str, int] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)

    def add(self, found: MappingType[str, int], rule: str) -> None:
        """Add the bones that are still open and fit to the others."""
        for bone in BONES:
            node = found.get(bone)
            if bone in self.nodes or node is None or node in self.nodes.values():
                continue
            if self._fits(bone, node):
                self.nodes[bone], self.rules[bone] = node, rule

    def _fits(self, bone: str, node: int) -> bool:
        """Return whether `node` lies below the bones above it, and above those below it."""
        above = set(self.tree.ancestors(node))
        parent = PARENT_OF[bone]
        while parent is not None:
            if parent in self.nodes and self.nodes[parent] not in above:
                return False
            parent = PARENT_OF[parent]
        for other, place in self.nodes.items():
            up = PARENT_OF[other]
            while up is not None and up != bone:
                up = PARENT_OF[up]
            if up == bone and node not in self.tree.ancestors(place):
                return False
        return True


def map_bones(
    tree: NodeTree, from_file: MappingType[str, int] | None = None, from_user: MappingType[str, str] | None = None
) -> BoneMapping:
    """Map the nodes of a character to humanoid bones.

    `from_file`: bones that the file itself names (VRM). `from_user`: humanoid bone -> name of a node, "" = the
    character has no such bone. Raises `ConfigError` for a name that the character lacks.
    """
    found = _Found(tree)
    closed = set()
    if from_user:
        given = {}
        for bone, name in from_user.items():
            if not name:
                closed.add(bone)
            elif name not in tree.names:
                raise ConfigError(
                    f"The mapping names the bone {quoted(name)}, which the character does not have.",
                    "Correct the name in the mapping beside the character, or remove the file.",
                    field="character",
                )
            else:
                given[bone] = tree.names.index(name)
        found.nodes, found.rules = dict(given), dict.fromkeys(given, "user")
    table = ""
    if from_file:
        found.add({bone: node for bone, node in from_file.items() if bone not in closed}, "file")
    else:
        table, bones = from_tables(tree)
        found.add({bone: node for bone, node in bones.items() if bone not in closed}, f"table {table}")
        if any(bone not in found.nodes for bone in REQUIRED):
            found.add({bone: node for bone, node in from_words(tree).items() if bone not in closed}, "words")
        if any(bone not in found.nodes for bone in REQUIRED):
            found.add({bone: node for bone, node in from_shape(tree).items() if bone not in closed}, "shape")
        _move_neck(found)
    order = [bone for bone in BONES if bone in found.nodes]
    return BoneMapping({bone: found.nodes[bone] for bone in order}, {bone: found.rules[bone] for bone in order}, table)


def problems(tree: NodeTree, nodes: MappingType[str, int]) -> tuple[Problem, ...]:
    """Return what keeps a mapping from being a human's.

    A human has all required bones, each at another node, and below its parent.
    """
    out = [Problem("missing", bone) for bone in REQUIRED if bone not in nodes]
    bone_at: dict[int, str] = {}
    for bone, node in ((bone, nodes[bone]) for bone in BONES if bone in nodes):
        if node in bone_at:
            out.append(Problem("twice", bone, bone_at[node]))
        bone_at.setdefault(node, bone)
        parent = PARENT_OF[bone]
        while parent is not None and parent not in nodes:
            parent = PARENT_OF[parent]
        if parent is not None and nodes[parent] != node and nodes[parent] not in tree.ancestors(node):
            out.append(Problem("order", bone, parent))
    return tuple(out)


def changes(
    tree: NodeTree, from_file: MappingType[str, int], wanted: MappingType[str, int]
) -> dict[str, str]:  # fmt: skip
    """Return the least that a user has to say so that the bones are `wanted`.

    Bone -> name, "" = the character has none. A node whose name an earlier node has, too, cannot be named, and is left
    out.
    """
    said: dict[str, str] = {}
    while True:
        found = map_bones(tree, from_file, said).nodes
        wrong = [bone for bone in BONES if found.get(bone) != wanted.get(bone) and bone not in said]
        if not wrong:
            return said
        said |= {bone: tree.names[wanted[bone]] if bone in wanted else "" for bone in wrong}


def _move_neck(found: _Found) -> None:
    """Correct a neck that carries the arms: it is the top of the chest, and the neck lies between it and the head."""
    neck, head, arm = (found.nodes.get(bone) for bone in ("neck", "head", "leftUpperArm"))
    if neck is None or head is None or arm is None or found.rules["neck"] == "user":
        return
    if neck not in found.tree.ancestors(arm):
        return
    between = [node for node in found.tree.ancestors(head) if neck in found.tree.ancestors(node)]
    found.nodes["upperChest"], found.rules["upperChest"] = neck, found.rules.pop("neck")
    del found.nodes["neck"]
    if between:
        found.nodes["neck"], found.rules["neck"] = between[-1], found.rules["upperChest"]
    if "chest" not in found.nodes:
        found.nodes["chest"], found.rules["chest"] = found.nodes.pop("upperChest"), found.rules.pop("upperChest")
