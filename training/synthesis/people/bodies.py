"""Draw the bodies of the population, each from its number, and compute their posed joints.

The population has both sexes, all ages and builds. Body `n` of a seed is always the same. One body in `HELD_OUT_EVERY`
is never used in training. Statures range from 0.66 m (half a year old) to 2.10 m. Height, weight, muscle, proportions,
sex and descent vary independently of each other.

A posed joint is linear in the bones' rotations and positions, so its terms are summed once per body. The joints of a
whole clip then cost one small product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.core.arrays import Doubles, Floats
from pipeline.core.skeletons import COCO23
from training.synthesis.people.body_model import BodyModel, body_model

HELD_OUT_EVERY = 8
SMALLEST_M, LARGEST_M = 0.66, 2.10
_BODY_VERTICES = 13380  # vertices of the skin; the helper meshes' vertices follow
_NEAREST = 24  # vertices over which the body's thickness at a joint is averaged


@dataclass(frozen=True, slots=True)
class Body:
    """Hold one person at rest (A-pose).

    Metres, z up, facing -y, soles at 0. `B` bones as in `BodyModel`.
    """

    number: int
    held_out: bool
    phenotype: dict[str, float]
    age: str  # "infant", "child", "adult" or "old"
    stature_m: float
    vertices: Floats  # (V, 3) skin and helpers
    heads: Doubles  # (B, 3) start of each bone
    joint_places: Doubles  # (23, B, 3) weighted vertices of each joint, summed per bone
    joint_shares: Doubles  # (23, B) sum of those weights
    joint_radius_m: Doubles  # (23,) from the joint to the surface

    def joints(self, rotations: Doubles, translations: Doubles) -> Doubles:
        """Compute the COCO23 joints (T, 23, 3) from the bones' transforms.

        `rotations` (T, B, 3, 3) and `translations` (T, B, 3) go from the rest pose to the world.
        """
        moved = np.einsum("kbj,tbij->tki", self.joint_places, rotations, optimize=True)
        return np.asarray(moved + np.einsum("kb,tbi->tki", self.joint_shares, translations))


def is_held_out(number: int) -> bool:
    return number % HELD_OUT_EVERY == HELD_OUT_EVERY - 1


def draw_number(rng: np.random.Generator, held_out: bool, population: int) -> int:
    """Draw the number of a body on one side of the split, from `population` bodies in total."""
    groups = max(1, population // HELD_OUT_EVERY)
    last = HELD_OUT_EVERY - 1
    return int(rng.integers(groups) * HELD_OUT_EVERY + (last if held_out else rng.integers(last)))


def body(number: int, seed: int) -> Body:
    """Make body `number` of the population of this seed."""
    model = body_model()
    rng = np.random.default_rng((seed, 1, number))
    kind, phenotype, stature = _draw(rng)
    phenotype["height"] = _height_for(model, phenotype, stature)
    vertices, heads = model.shaped(phenotype)
    vertices = vertices.astype(np.float64)
    z = vertices[:_BODY_VERTICES, 2]
    # 1 to 2 %: the error in stature that remains with extreme proportions after the search for the height.
    scale = float(np.clip(stature / np.ptp(z), 0.9, 1.1))
    floor = np.array([0.0, 0.0, z.min()])
    vertices, heads = (vertices - floor) * scale, (heads.astype(np.float64) - floor) * scale
    places, shares = _joint_parts(model, vertices)
    joints = model.keypoints @ vertices
    apart = np.linalg.norm(vertices[None, :_BODY_VERTICES] - joints[:, None], axis=-1)
    radius = np.sort(apart, axis=1)[:, :_NEAREST].mean(axis=1)
    return Body(
        number, is_held_out(number), phenotype, kind, float(np.ptp(vertices[:_BODY_VERTICES, 2])),
        vertices.astype(np.float32), heads, places, shares, radius,
    )  # fmt: skip


def _draw(rng: np.random.Generator) -> tuple[str, dict[str, float], float]:
    """Draw the kind of person, the phenotype without the height, and the stature in metres."""
    gender = float(rng.beta(0.25, 0.25))  # 0 male, 1 female; mostly near one of the two
    kind = str(rng.choice(["infant", "child", "adult", "old"], p=[0.05, 0.2, 0.6, 0.15]))
    if kind == "infant":
        age = float(rng.uniform(-0.05, 0.13))
        stature = float(np.interp(age, [-0.05, 0.0, 0.13], [0.6, 0.7, 0.95]) * rng.normal(1, 0.05))
    elif kind == "child":
        age = float(rng.uniform(0.13, 0.5))
        ages, statures = [0.13, 0.2, 0.33, 0.5], [[0.95, 1.12, 1.42, 1.72], [0.94, 1.1, 1.39, 1.62]]
        stature = float(np.interp(age, ages, statures[int(gender > 0.5)]) * rng.normal(1, 0.05))
    else:
        age = float(rng.uniform(0.55, 0.8) if kind == "adult" else rng.uniform(0.8, 1.0))
        stature = float(rng.normal(*((1.77, 0.085) if gender < 0.5 else (1.64, 0.08))))
        if rng.random() < 0.15:  # the ends of the range, which a normal distribution rarely reaches
            stature = float(rng.uniform(1.4, LARGEST_M))
    phenotype = {
        "gender": gender,
        "age": age,
        "muscle": float(rng.beta(1.6, 1.6)),
        "weight": float(rng.beta(1.3, 1.3)),
        "proportions": float(rng.uniform()),
        "cupsize": float(rng.uniform()),
        "firmness": float(rng.uniform(0.2, 1)),
    }
    phenotype |= dict(zip(("african", "asian", "caucasian"), rng.dirichlet([0.5] * 3).tolist(), strict=True))
    return kind, phenotype, float(np.clip(stature, SMALLEST_M, LARGEST_M))


def _height_for(model: BodyModel, phenotype: dict[str, float], stature_m: float) -> float:
    """Interpolate the phenotype's height for this stature linearly between its ends."""
    ends = []
    for height in (0.0, 1.0):
        z = model.shaped(phenotype | {"height": height})[0][:_BODY_VERTICES, 2]
        ends.append(float(np.ptp(z)))
    return float(np.clip((stature_m - ends[0]) / (ends[1] - ends[0]), 0, 1))


def _joint_parts(model: BodyModel, vertices: Doubles) -> tuple[Doubles, Doubles]:
    """Sum the weighted positions of vertices, and their weights, for each joint and bone.

    The weights are those of skinning times those of the joint.
    """
    count, bones = len(COCO23.names), len(model.bone_names)
    places, shares = np.zeros((count, bones, 3)), np.zeros((count, bones))
    for k in range(count):
        used = np.flatnonzero(model.keypoints[k])
        for column in range(model.vertex_bones.shape[1]):
            weight = (model.keypoints[k, used] * model.vertex_weights[used, column]).astype(np.float64)
            np.add.at(shares[k], model.vertex_bones[used, column], weight)
            np.add.at(places[k], model.vertex_bones[used, column], weight[:, None] * vertices[used])
    return places, shares
