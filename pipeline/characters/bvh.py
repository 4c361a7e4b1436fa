"""Read the skeleton of a BVH file: its hierarchy; the motion is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..core.arrays import Doubles
from ..system.safe_read import DamagedFile, quoted, read_bytes
from .skeleton import MOST_NODES, NodeTree

_LARGEST = 1 << 30  # bytes of a file
_LARGEST_HIERARCHY = 4 << 20  # bytes of the part before the motion
_END_SITE = -1
_MOST_CHANNELS = 6


@dataclass(slots=True)
class _Hierarchy:
    """Collect joints while the words of a hierarchy are read."""

    names: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    offsets: list[list[float]] = field(default_factory=list)
    ends: dict[int, Doubles] = field(default_factory=dict)
    open: list[int] = field(default_factory=list)  # joints whose braces are open; _END_SITE for an end site
    waiting: int = _END_SITE  # the joint whose brace comes next

    def read(self, word: str, words: Iterator[str]) -> None:
        """Read one statement that begins with `word`.

        Raises StopIteration, IndexError and ValueError.
        """
        match word.upper():
            case "ROOT" | "JOINT":
                self._add(next(words))
            case "END":
                next(words)  # "Site"
                self.waiting = _END_SITE
            case "{":
                self.open.append(self.waiting)
            case "}":
                self.open.pop()
            case "OFFSET":
                self._place([float(next(words)) for _ in range(3)])
            case "CHANNELS":
                count = int(next(words))
                for _ in range(min(count, _MOST_CHANNELS)):
                    next(words)
            case _:
                raise DamagedFile(f"{quoted(word)} is not expected in its hierarchy")

    def _add(self, name: str) -> None:
        if len(self.names) >= MOST_NODES:
            raise DamagedFile(f"it has more than {MOST_NODES} joints")
        self.names.append(name[:1000])
        self.parents.append(self.open[-1] if self.open else -1)
        self.offsets.append([0.0, 0.0, 0.0])
        self.waiting = len(self.names) - 1

    def _place(self, offset: list[float]) -> None:
        if self.open[-1] == _END_SITE:
            self.ends[self.open[-2]] = np.array(offset)
        else:
            self.offsets[self.open[-1]] = offset


def read_bvh_skeleton(path: Path) -> NodeTree:
    """Return the joints of a BVH file, unit and axes as in the file.

    Raises `DamagedFile` and OSError.
    """
    head = read_bytes(path, _LARGEST).partition(b"MOTION")[0]
    if len(head) > _LARGEST_HIERARCHY:
        raise DamagedFile("its hierarchy is far too large")
    words = iter(head.decode("utf-8", "replace").split())
    joints = _Hierarchy()
    if next(words, "").upper() != "HIERARCHY":
        raise DamagedFile("it does not begin as a BVH file")
    try:
        for word in words:
            joints.read(word, words)
    except (StopIteration, IndexError) as error:
        raise DamagedFile("its hierarchy ends too early") from error
    except DamagedFile:
        raise
    except ValueError as error:
        raise DamagedFile(f"its hierarchy is damaged: {error}") from error
    if not joints.names:
        raise DamagedFile("it has no joints")
    local = np.tile(np.eye(4), (len(joints.names), 1, 1))
    local[:, :3, 3] = joints.offsets
    is_bone = np.ones(len(joints.names), np.bool_)
    return NodeTree(tuple(joints.names), tuple(joints.parents), local, is_bone, joints.ends)
