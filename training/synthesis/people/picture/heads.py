"""Build the skin, face and hair of a person, which tell a front view from a back view.

Colours are stored at the vertices of the body's mesh.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.core.arrays import Doubles, Floats, Ints
from training.synthesis.people.bodies import Body
from training.synthesis.people.body_model import body_model
from training.synthesis.people.picture.mesh import NO_FACES, Mesh
from training.synthesis.people.picture.outfits import (
    Cloth,
    Cut,
    draw_cloth,
    draw_colour,
    dressed,
    hsv,
    skin_faces,
    surface,
)
from training.synthesis.people.picture.textures import LAYER

# RGB, 0 to 255: skin colours from the lightest to the darkest, between which a person's colour is interpolated.
_SKINS = np.array([[247, 215, 190], [236, 188, 155], [214, 160, 122], [176, 120, 84], [128, 82, 56], [82, 52, 38]])
# Relative weight of each pattern in `outfits._PATTERNS` for hats and scarves, most of which are plain.
_HAT_SHARE = (0.6, 0.08, 0.04, 0, 0.04, 0, 0.02, 0, 0.03, 0, 0.19, 0.0)


def person_mesh(body: Body, rng: np.random.Generator) -> Mesh:
    """Build the mesh of a whole person with random clothes and hair."""
    skin = _skin_colour(body, rng)
    garments, covers = dressed(body, rng, skin)
    parts = [_skin(body, skin, covers, rng), *_eyes(body, rng), *garments, *_hair(body, rng)]
    # A coarse outline of the body casts the shadow, together with the parts that stand off from the body.
    outline = surface(body, body_model().faces["outline"], Cloth(skin, skin, "plain", 1.0, 0.0, 0.004))
    return Mesh.joined([*parts, replace(outline, faces=NO_FACES, shadow_faces=outline.faces)])


def _skin_colour(body: Body, rng: np.random.Generator) -> tuple[int, int, int]:
    dark = body.phenotype["african"] * 3.6 + body.phenotype["asian"] * 1.5 + body.phenotype["caucasian"] * 0.6
    place = float(np.clip(dark + rng.normal(0, 0.6), 0, 5))
    low = min(int(place), 4)
    colour = _SKINS[low] + (place - low) * (_SKINS[low + 1] - _SKINS[low]) + rng.normal(0, 5, 3)
    return tuple(int(v) for v in np.clip(colour, 20, 255))  # type: ignore[return-value]


def _landmarks(body: Body) -> tuple[Doubles, float]:
    """Return the midpoint (3,) between the eyes and the head's height above it, both in metres."""
    model = body_model()
    eyes = (body.heads[model.bone("eye.L")] + body.heads[model.bone("eye.R")]) / 2
    return eyes, float(body.stature_m - eyes[2])


def _skin(body: Body, skin: tuple[int, int, int], covers: list[Cut], rng: np.random.Generator) -> Mesh:
    """Build the mesh of all visible skin, with lips, brows, beard and glasses in their colours."""
    red = tuple(int(np.clip(v * f, 0, 255)) for v, f in zip(skin, (1.0, 0.86, 0.82), strict=True))
    look = Cloth(skin, red, "skin", 0.25, 0.03, 0.0, 45)  # type: ignore[arg-type]
    mesh = surface(body, skin_faces(body, covers), look)
    eyes, up = _landmarks(body)
    at = (mesh.at - eyes) / up  # unit: the height of the head above the eyes, about 0.11 m
    x, y, z = np.abs(at[:, 0]), at[:, 1], at[:, 2]
    front = (mesh.normals[:, 1] < 0.1) & (y < 0.45)
    apart = abs(float(body.heads[body_model().bone("eye.L"), 0])) / up
    hair = np.array(_hair_colour(body, np.random.default_rng(rng.bit_generator.random_raw())))
    brows = front & (np.abs(x - apart) < 0.19) & (z > 0.13) & (z < 0.24 + 0.03 * rng.normal())
    mesh.first[brows, :3] = (0.65 * hair + 0.35 * np.array(skin)).astype(np.uint8)
    rims = front & (np.hypot(x - apart, (z - 0.02) * 1.6) < 0.15)
    mesh.first[rims, :3] = (np.array(skin) * 0.72).astype(np.uint8)
    lips = front & (x < 0.24) & (np.abs(z + 0.66) < 0.085)
    tint = np.array([0.86, 0.55, 0.55]) if body.phenotype["gender"] < 0.5 else np.array([0.85, 0.42, 0.45])
    mesh.first[lips, :3] = (np.array(skin) * tint).astype(np.uint8)
    grown = body.age in ("adult", "old") and body.phenotype["gender"] < 0.4
    if grown and rng.random() < 0.4:
        beard = (z < -0.45) & (z > -1.35) & (y < 0.75) & ~lips & (body_part(mesh) == "head")
        mesh.first[beard, :3] = (0.75 * hair + 0.25 * np.array(skin)).astype(np.uint8)
    if rng.random() < 0.12:  # The person wears glasses or sunglasses.
        dark = rng.random() < 0.4
        radius = np.hypot(x - apart, (z - 0.03) * 1.3)
        frame = front & (radius < 0.3) & (dark | (radius > 0.2)) & (y < 0.3)
        mesh.first[frame, :3] = int(rng.integers(10, 70))
    mesh.second[brows | lips, :3] = mesh.first[brows | lips, :3]
    return mesh


def body_part(mesh: Mesh) -> np.ndarray:
    """Name the body part of each vertex (N,): "head", or "" for every other part."""
    assert mesh.bones is not None
    assert mesh.weights is not None
    model = body_model()
    head = np.array([name.startswith(("head", "neck", "eye")) for name in model.bone_names])
    return np.where(head[mesh.bones[np.arange(len(mesh.at)), mesh.weights.argmax(axis=1)]], "head", "")


def _eyes(body: Body, rng: np.random.Generator) -> list[Mesh]:
    iris = hsv(float(rng.choice([0.07, 0.08, 0.55, 0.3])), 0.5, float(rng.uniform(0.15, 0.5)))
    out = []
    for part in ("eye_left", "eye_right"):
        mesh = surface(
            body, body_model().faces[part], Cloth((236, 232, 228), (236, 232, 228), "plain", 1.0, 0, 0.0, 120)
        )
        ahead = mesh.at[:, 1] - mesh.at[:, 1].min()
        mesh.first[ahead < 0.12 * np.ptp(mesh.at[:, 1]), :3] = iris
        out.append(mesh)
    return out


def _hair_colour(body: Body, rng: np.random.Generator) -> tuple[int, int, int]:
    if body.age == "old" and rng.random() < 0.75:
        return hsv(0.1, 0.08, float(rng.uniform(0.5, 0.9)))
    fair = body.phenotype["caucasian"]
    if rng.random() < 0.05:
        return draw_colour(rng)
    if rng.random() < 0.5 * fair:
        return hsv(float(rng.uniform(0.05, 0.12)), float(rng.uniform(0.4, 0.75)), float(rng.uniform(0.35, 0.85)))
    return hsv(float(rng.uniform(0.03, 0.09)), float(rng.uniform(0.2, 0.6)), float(rng.uniform(0.06, 0.28)))


def _hair(body: Body, rng: np.random.Generator) -> list[Mesh]:
    """Build the hair (none, short, full, long or a tail) and the cap, beanie or scarf over it."""
    female = body.phenotype["gender"] > 0.5
    colour = _hair_colour(body, rng)
    lighter = tuple(min(255, int(v * 1.35) + 8) for v in colour)
    style = str(
        rng.choice(["none", "short", "full", "long"], p=[0.02, 0.18, 0.3, 0.5] if female else [0.14, 0.5, 0.31, 0.05])
    )
    if body.age == "infant":
        style = str(rng.choice(["none", "short"]))
    cover = str(rng.choice(["", "cap", "beanie", "scarf"], p=[0.83, 0.09, 0.05, 0.03]))
    eyes, up = _landmarks(body)
    out: list[Mesh] = []

    def on_scalp(mesh_at: Floats, line: float) -> Doubles:
        at = (mesh_at - eyes) / up
        return np.asarray(at[:, 2] - line + 0.95 * np.clip(at[:, 1] - 0.1, 0, 1.4))

    def cap(line: float, cloth: Cloth) -> Mesh:
        """Build the part of the scalp above a line that falls towards the neck."""
        faces = _head_faces(body)
        kept = faces[(on_scalp(body.vertices, line)[faces] > 0).all(axis=1)]
        return surface(
            body, kept, cloth, push=lambda at, _: np.clip(on_scalp(at, line) * 4, 0.15, 1), folds_layer="strands"
        )

    thickness = {"none": 0.0, "short": 0.05, "full": 0.16, "long": 0.14}[style] * up * float(rng.uniform(0.7, 1.4))
    strands = Cloth(colour, lighter, "strands", 0.12, 0.3, thickness, 60)  # type: ignore[arg-type]
    hairline = float(rng.uniform(0.5, 0.68) + (0.25 if body.age == "old" and not female and rng.random() < 0.5 else 0))
    if style != "none":
        out.append(cap(hairline, strands))
    if style == "long" and cover != "scarf":
        out.append(_long_hair(body, rng, strands, eyes))
    if cover == "scarf":
        cloth = draw_cloth(rng, _HAT_SHARE, 0.16 * up, 0.4)
        faces = body_model().faces["hair"]
        out.append(cap(0.45, cloth))
        low = eyes[2] - float(rng.uniform(1.3, 2.2)) * up
        out.append(surface(body, faces[(body.vertices[faces, 2] > low).all(axis=1)], cloth, casts=True))
    elif cover:
        cloth = draw_cloth(rng, _HAT_SHARE, (0.22 if cover == "cap" else 0.2) * up, 0.2)
        out.append(cap(0.42 if cover == "cap" else 0.3, cloth))
        if cover == "cap":
            out.append(_peak(body, eyes, up, cloth, backwards=rng.random() < 0.15))
    return [mesh for mesh in out if len(mesh.faces)]


def _head_faces(body: Body) -> Ints:
    model = body_model()
    head = model.bone("head")
    faces = model.faces["body"]
    mine = ((model.vertex_bones == head) & (model.vertex_weights > 0.3)).any(axis=1)
    neck = body.vertices[:, 2] > body.heads[model.bone("neck02"), 2]
    return faces[(mine & neck)[faces].all(axis=1)]


def _long_hair(body: Body, rng: np.random.Generator, strands: Cloth, eyes: Doubles) -> Mesh:
    """Build MakeHuman's long hair, cut at a random height, or only its rear part as a tail."""
    model = body_model()
    faces = model.faces["hair"]
    floor = float(body.vertices[np.unique(faces), 2].min())
    low = floor + float(rng.uniform(0, 0.75)) * (float(eyes[2]) - floor)
    kept = faces[(body.vertices[faces, 2] > low).all(axis=1)]
    if rng.random() < 0.5:  # Tied hair has no strands in front of the ears.
        kept = kept[(body.vertices[kept, 1] > body.heads[model.bone("head"), 1] - 0.01).all(axis=1)]
    return surface(body, kept, strands, folds_layer="strands", casts=True)


def _peak(body: Body, eyes: Doubles, up: float, cloth: Cloth, backwards: bool) -> Mesh:
    """Build the peak of a cap, a bent plate that moves with the head."""
    angles = np.linspace(-1.15, 1.15, 9)
    way = -1.0 if not backwards else 1.0
    depth = body.heads[body_model().bone("head"), 1]
    rows = []
    for out, drop in ((0.0, 0.0), (0.55, -0.12)):
        reach = 0.78 * up + out * up * np.cos(angles * 0.9)
        x, y = 0.72 * up * np.sin(angles) / np.sin(1.15) * 0.95, depth + way * (reach * np.cos(angles) + 0.25 * up)
        rows.append(np.stack([x, y, np.full(9, eyes[2] + (0.48 + drop) * up)], axis=-1))
    at = np.concatenate(rows).astype(np.float32)
    k = np.arange(8)
    faces = np.concatenate([np.stack([k, k + 1, k + 9], -1), np.stack([k + 1, k + 10, k + 9], -1)]).astype(np.int32)
    n = len(at)
    bones = np.zeros((n, 4), np.uint8)
    bones[:, 0] = body_model().bone("head")
    weights = np.tile(np.float32([1, 0, 0, 0]), (n, 1))
    return Mesh(
        at, np.tile(np.float32([0, 0, 1]), (n, 1)), np.tile(np.uint8([*cloth.colour, LAYER["plain"]]), (n, 1)),
        np.tile(np.uint8([*cloth.colour, 10]), (n, 1)), np.tile(np.uint8([0, 10]), (n, 1)), at[:, :2], faces, bones,
        weights,
    )  # fmt: skip
