"""Read the file of the human body that `training.human.bake` makes.

One neutral person in the T-pose of the rig, dressed, with the shapes of ages, statures and builds, and 52 face shapes.
The data behind it is MakeHuman's, CC0 (`assets/human/LICENSE.md`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Doubles, Floats, Ints
from ..core.errors import INSTALLATION, ModelError


def _folder() -> Path:
    """Return the folder of the body's file: in the installed package, or the checkout."""
    packaged = Path(__file__).resolve().parents[1] / "figure"
    return packaged if packaged.is_dir() else packaged.parents[1] / "assets" / "human"


FILE = _folder() / "human.npz"


@dataclass(frozen=True, slots=True)
class HumanAsset:
    """Hold the body: `V` vertices, `B` bones, `K` shapes.

    Rig axes (y up, z forward, left = +x), metres, soles at 0.
    """

    bones: tuple[str, ...]  # names, Mixamo's without prefix, parents before children
    joints: tuple[str, ...]  # starts of `bones` and ends without a bone ("HeadTop", "LeftToeEnd", ...)
    parents: tuple[int, ...]  # of every joint: index into `bones`; the first is its own
    mean: Doubles  # (V, 3)
    joint_mean: Doubles  # (J, 3)
    shapes: Doubles  # (K, V, 3), standard deviations of the population
    joint_shapes: Doubles  # (K, J, 3)
    faces: NDArray[np.uint16]  # (N, 3), counter-clockwise seen from outside
    vertex_bones: NDArray[np.uint8]  # (V, 4)
    vertex_weights: Floats  # (V, 4), sum 1
    colours: Floats  # (V, 3) RGB, 0 to 1
    tint: Floats  # (V,) share of the suit, whose colour may be changed
    mirror: Ints  # (V,) counterpart of each vertex on the other side
    skin_vertices: int  # the first ones; the two eyes follow
    morphs: dict[str, tuple[Ints, Doubles]]  # ARKit's name -> vertices (M,), moves (M, 3) in heads (Head to HeadTop)

    def table(self) -> Doubles:
        """Return the weights as a table (V, B)."""
        out = np.zeros((len(self.mean), len(self.bones)))
        np.add.at(out, (np.arange(len(out))[:, None], self.vertex_bones), self.vertex_weights)
        return out


@lru_cache(maxsize=1)
def human_asset(path: Path = FILE) -> HumanAsset:
    """Load the body, once. Raises `ModelError` if the file is missing or damaged."""
    try:
        with np.load(path, allow_pickle=False) as data:
            return _from_arrays({name: data[name] for name in data.files})
    except (OSError, KeyError, ValueError) as error:
        raise ModelError(f"The file of the human body cannot be read ({error}).", INSTALLATION) from error


def _from_arrays(data: dict[str, NDArray]) -> HumanAsset:
    count = len(data["colours"])
    shapes = data["shapes"] * data["shape_scales"].astype(np.float64)[:, None, None]
    mean = data["mean"].astype(np.float64)
    ends = np.cumsum(data["morph_counts"].astype(np.int64))[:-1]
    moves = data["morph_moves"] * float(data["morph_step"])
    morphs = zip(
        data["morph_names"].tolist(),
        np.split(data["morph_vertices"].astype(np.int64), ends),
        np.split(moves, ends),
        strict=True,
    )
    colours = data["colours"].astype(np.float32) / 255
    return HumanAsset(
        bones=tuple(data["bones"].tolist()),
        joints=tuple(data["joints"].tolist()),
        parents=tuple(data["parents"].tolist()),
        mean=mean[:count],
        joint_mean=mean[count:],
        shapes=shapes[:, :count],
        joint_shapes=shapes[:, count:],
        faces=data["faces"],
        vertex_bones=data["vertex_bones"],
        vertex_weights=data["vertex_weights"].astype(np.float32) / 255,
        colours=colours[:, :3],
        tint=colours[:, 3],
        mirror=data["mirror"].astype(np.int64),
        skin_vertices=int(data["skin_vertices"]),
        morphs={name: (vertices, moved) for name, vertices, moved in morphs},
    )
