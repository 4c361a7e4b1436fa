"""Read frames of a written BVH back as a rig, local rotations and translations."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...core.arrays import Doubles, Ints
from ...rig.skeleton import Rig, forward_kinematics

# A joint with its offset, or the end of one.
_PART = re.compile(r"(ROOT|JOINT|End) (\S+)\s*\{\s*OFFSET (\S+) (\S+) (\S+)(?:\s+CHANNELS (\d))?|(\})")


@dataclass(frozen=True, slots=True)
class BvhFrames:
    """Hold frames of a BVH in its axes and unit."""

    rig: Rig
    moves: dict[int, Doubles]  # bone -> (T, 3) local translations in place of its offset
    rotations: Doubles  # (T, B, 4) local quaternions x y z w
    frame_time_s: float

    def places(self) -> dict[str, Doubles]:
        """Return the starts (T, 3) of all bones by name."""
        positions, _ = forward_kinematics(self.rig, self.moves[0], self.rotations, self.moves)
        return {name: positions[:, bone] for bone, name in enumerate(self.rig.names)}


def read_bvh(path: Path, rows: Ints) -> BvhFrames:
    """Read the frames `rows` (T,), rising from 0, of a BVH that this program wrote."""
    from scipy.spatial.transform import Rotation

    head = _head(path, "Frame Time")
    names: list[str] = []
    parents: list[int] = []
    offsets: list[Doubles] = []
    ends: dict[int, Doubles] = {}
    above: list[int] = []
    starts: list[int] = []  # first channel of each bone
    counts: list[int] = []
    for kind, name, x, y, z, channels, brace in _PART.findall(head):
        if brace:
            above.pop()
            continue
        vector = np.array([x, y, z], float)
        if kind == "End":
            ends[above[-1]] = vector
            above.append(-1)
            continue
        names.append(name)
        starts.append(sum(counts))
        counts.append(int(channels))
        parents.append(above[-1] if above else -1)
        offsets.append(vector)
        above.append(len(names) - 1)
    values = np.array([line.split() for line in lines_of(path, head.count("\n") + rows)], float)
    moves = {bone: values[:, start : start + 3] for bone, start in enumerate(starts) if counts[bone] == 6}
    turns = np.stack(
        [values[:, start + count - 3 : start + count] for start, count in zip(starts, counts, strict=True)], 1
    )
    quaternions = Rotation.from_euler("ZXY", turns.reshape(-1, 3), degrees=True).as_quat()
    rig = Rig(np.array(offsets), ends, 0.0, tuple(names), tuple(parents))
    return BvhFrames(rig, moves, quaternions.reshape(len(rows), len(names), 4), float(head.split()[-1]))


def _head(path: Path, until: str) -> str:
    """Return the lines of a text file up to the first that begins with `until`."""
    lines: list[str] = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            lines.append(line)
            if line.startswith(until):
                break
    return "".join(lines)


def lines_of(path: Path, wanted: Iterable[int]) -> list[str]:
    """Return lines of a text file by number, from 0; `wanted` rises."""
    found, numbers = [], list(wanted)
    with path.open(encoding="utf-8") as file:
        rest = iter(numbers)
        number = next(rest, None)
        for at, line in enumerate(itertools.islice(file, numbers[-1] + 1)):
            if at == number:
                found.append(line.rstrip("\n"))
                number = next(rest, None)
    return found
