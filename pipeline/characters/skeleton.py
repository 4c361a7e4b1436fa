"""Hold the nodes of a character's file as one forest with rest transforms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Doubles, Ints
from ..system.safe_read import DamagedFile, quoted

MOST_NODES = 20_000
LARGEST_M = 1e6  # largest coordinate of a node, in the unit of the file
_DEEPEST = 500  # nodes above another one


@dataclass(frozen=True)  # without slots: world transforms are computed once
class NodeTree:
    """Hold N nodes of a file in its order; axes and unit are those of the file.

    `locals` are the transforms (N, 4, 4) relative to the parents in the rest pose; `is_bone` marks nodes that may be
    bones (those of skins and what lies between and above them); `ends` are ends of chains that are no nodes (BVH).
    Raises `DamagedFile` for nodes in a circle, absurd numbers, or mirrored nodes above a bone.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]  # -1: none
    locals: Doubles
    is_bone: NDArray[np.bool_]
    ends: dict[int, Doubles] = field(default_factory=dict)  # node -> (3,) from its origin, in its own axes

    def __post_init__(self) -> None:
        if len(self.names) > MOST_NODES:
            raise DamagedFile(f"it has {len(self.names)} nodes, more than {MOST_NODES}")
        if not np.isfinite(self.locals).all() or np.abs(self.locals).max(initial=0) > LARGEST_M:
            raise DamagedFile("a node lies too far away or is no number")
        for end in self.ends.values():
            if not np.isfinite(end).all() or np.abs(end).max() > LARGEST_M:
                raise DamagedFile("the end of a chain lies too far away or is no number")
        _ = self.order
        scales = self.scales
        for node in np.flatnonzero(self.is_bone):
            if not np.isfinite(scales[node]) or scales[node] < 1e-9:
                raise DamagedFile(f"the node {quoted(self.names[node])} is mirrored or has no size")

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Return the nodes with every parent before its children."""
        children: list[list[int]] = [[] for _ in self.names]
        rows, depth = [], [0] * len(self.names)
        for node, parent in enumerate(self.parents):
            if parent < 0:
                rows.append(node)
            else:
                children[parent].append(node)
        for node in rows:
            for child in children[node]:
                depth[child] = depth[node] + 1
                if depth[child] > _DEEPEST:
                    raise DamagedFile("its nodes are nested too deeply")
                rows.append(child)
        if len(rows) != len(self.names):
            raise DamagedFile("its nodes form a circle")
        return tuple(rows)

    @cached_property
    def world(self) -> Doubles:
        """Return the rest transforms (N, 4, 4) in the axes of the file."""
        out = np.array(self.locals)
        for node in self.order:
            if self.parents[node] >= 0:
                out[node] = out[self.parents[node]] @ self.locals[node]
        return out

    @cached_property
    def scales(self) -> Doubles:
        """Return the size (N,) of a unit of length at each node, negative where mirrored."""
        return np.asarray(np.cbrt(np.linalg.det(self.world[:, :3, :3])))

    @cached_property
    def rotations(self) -> Doubles:
        """Return the rest rotations (N, 3, 3) in the axes of the file, without scale."""
        return nearest_rotations(self.world[:, :3, :3])

    @property
    def positions(self) -> Doubles:
        """Return the rest positions (N, 3) in the axes of the file."""
        return self.world[:, :3, 3]

    def children(self, node: int) -> list[int]:
        return self._children[node]

    @cached_property
    def _children(self) -> list[list[int]]:
        out: list[list[int]] = [[] for _ in self.names]
        for node, parent in enumerate(self.parents):
            if parent >= 0:
                out[parent].append(node)
        return out

    def ancestors(self, node: int) -> list[int]:
        """Return the nodes above `node`, nearest first."""
        out = []
        while (node := self.parents[node]) >= 0:
            out.append(node)
        return out

    def below(self, node: int) -> list[int]:
        """Return the nodes under `node`, parents first."""
        out = list(self.children(node))
        for child in out:
            out += self.children(child)
        return out


def nearest_rotations(matrices: Doubles) -> Doubles:
    """Return the rotations nearest to matrices (N, 3, 3) by polar decomposition."""
    u, _, vt = np.linalg.svd(matrices)
    flip = np.linalg.det(u @ vt) < 0
    u[flip, :, 2] *= -1
    return np.asarray(u @ vt)


def parents_from_children(children: Sequence[Ints | list[int]]) -> tuple[int, ...]:
    """Return the parent of each node from the lists of children.

    Raises `DamagedFile` for a node with two parents, or a child that does not exist.
    """
    parents = [-1] * len(children)
    for node, below in enumerate(children):
        for child in below:
            if not 0 <= child < len(children):
                raise DamagedFile(f"a node has the child {child}, which does not exist")
            if parents[child] >= 0 or child == node:
                raise DamagedFile(f"the node {child} has two parents")
            parents[child] = node
    return tuple(parents)
