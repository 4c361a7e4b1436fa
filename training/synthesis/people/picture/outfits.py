"""Dress a body with shoes and with garments cut out of MakeHuman's helper suit and skirt.

Everything is made in the rest pose and moves with the body's bones. The skin that a garment covers is left out of the
skin's mesh.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.core.arrays import Doubles, Floats, Ints
from training.synthesis.people.bodies import Body
from training.synthesis.people.body_model import body_model
from training.synthesis.people.picture.mesh import NO_FACES, Mesh
from training.synthesis.people.picture.textures import LAYER

Bools = NDArray[np.bool_]

# Numbers of the body regions; each bone belongs to one of them.
TORSO, ARM, LEG, HEAD, HAND, FOOT = range(6)
# Names of the texture layers that cloth may have.
_PATTERNS = ("plain", "stripes", "bands", "pinstripes", "plaid", "checks", "dots", "flowers", "camouflage", "print",
             "knit", "denim")  # fmt: skip
# Relative weight of each pattern in `_PATTERNS`, for tops and for trousers and skirts; plain cloth is most common.
_TOP_SHARE = (0.44, 0.08, 0.06, 0.02, 0.06, 0.01, 0.03, 0.06, 0.02, 0.13, 0.09, 0.0)
_BOTTOM_SHARE = (0.56, 0.0, 0.0, 0.02, 0.02, 0.01, 0.01, 0.04, 0.03, 0.0, 0.01, 0.3)


@dataclass(frozen=True, slots=True)
class Cloth:
    """Hold the appearance of a garment: its colours, pattern, folds, thickness and shine."""

    colour: tuple[int, int, int]  # RGB, 0 to 255
    other: tuple[int, int, int]  # RGB, 0 to 255, second colour of the pattern
    pattern: str  # name of a texture layer
    tile_m: float  # metres, size of one tile of the pattern
    folds: float  # 0 to 0.9, strength of the folds
    thickness_m: float  # metres, distance of the cloth from the skin
    shine: int = 10  # 0 to 255


def draw_colour(rng: np.random.Generator) -> tuple[int, int, int]:
    """Draw a random RGB colour (0 to 255) of clothes: often grey or blue, rarely neon."""
    if rng.random() < 0.35:
        level = int(rng.choice([25, 45, 80, 130, 190, 235]) + rng.integers(-12, 13))
        return (level, level, min(255, level + int(rng.integers(0, 12))))
    hue = rng.choice([rng.uniform(0, 1), rng.normal(0.61, 0.04), rng.normal(0.02, 0.03)], p=[0.5, 0.32, 0.18]) % 1
    saturation, value = rng.beta(2, 1.8), rng.beta(2.2, 1.6) * 0.85 + 0.12
    return hsv(hue, float(saturation), float(value))


def hsv(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    """Convert hue, saturation and value, each in [0, 1], to RGB from 0 to 255."""
    import colorsys

    red, green, blue = colorsys.hsv_to_rgb(hue % 1, min(max(saturation, 0), 1), min(max(value, 0), 1))
    return (int(255 * red), int(255 * green), int(255 * blue))


def draw_cloth(rng: np.random.Generator, share: tuple[float, ...], thickness_m: float, folds: float) -> Cloth:
    pattern = str(rng.choice(_PATTERNS, p=np.array(share) / sum(share)))
    colour, other = draw_colour(rng), draw_colour(rng)
    if pattern == "denim":
        value = rng.uniform(0.2, 0.75)
        colour, other = hsv(0.6, 0.55, float(value)), hsv(0.6, 0.4, float(value) * 1.15)
    tile = {"plaid": 0.35, "stripes": 0.5, "bands": 0.5, "print": 0.5, "flowers": 0.5}.get(pattern, 0.3)
    return Cloth(colour, other, pattern, float(tile * rng.uniform(0.6, 1.5)), folds * float(rng.uniform(0.6, 1.4)),
                 thickness_m)  # fmt: skip


@dataclass(frozen=True)
class Region:
    """Hold the region of each model vertex (V,) and its position along the limb or torso.

    `along` runs on a limb from 0 at its root to 1 at the wrist or ankle, and on the torso and head from 0 at the hips
    to 1 at the neck. `neck` is the distance from the base of the neck in torso lengths.
    """

    kind: NDArray[np.int64]
    along: Doubles
    neck: Doubles


def regions(body: Body) -> Region:
    model = body_model()
    kind = _kinds()[model.vertex_bones[np.arange(len(body.vertices)), model.vertex_weights.argmax(axis=1)]]
    along = np.zeros(len(kind))
    vertices = body.vertices.astype(np.float64)
    for side in "LR":
        mine = (vertices[:, 0] > 0) == (side == "L")
        for which, names in ((ARM, ("upperarm01", "lowerarm01", "wrist")), (LEG, ("upperleg01", "lowerleg01", "foot"))):
            root, middle, end = (body.heads[model.bone(f"{name}.{side}")] for name in names)
            here = mine & ((kind == which) | (kind == (HAND if which == ARM else FOOT)))
            first, second = middle - root, end - middle
            share = np.linalg.norm(first) / (np.linalg.norm(first) + np.linalg.norm(second))
            one = (vertices[here] - root) @ first / (first @ first)
            two = (vertices[here] - middle) @ second / (second @ second)
            along[here] = np.where((one < 1) & (two < 0.05), np.clip(one, -0.3, 1) * share, share + two * (1 - share))
    hips, neck = body.heads[model.bone("upperleg01.L"), 2], body.heads[model.bone("neck01"), 2]
    torso = (kind == TORSO) | (kind == HEAD)
    along[torso] = (vertices[torso, 2] - hips) / (neck - hips)
    base = (body.heads[model.bone("neck01")] + body.heads[model.bone("clavicle.L")] * [0, 1, 1]) / [2, 2, 2]
    away = np.linalg.norm((vertices - base) * [1, 0.8, 1], axis=1) / (neck - hips)
    return Region(kind, along, away)


@functools.lru_cache(maxsize=1)
def _kinds() -> NDArray[np.int64]:
    """Return the body region (B,) of each bone: TORSO, ARM, LEG, HEAD, HAND or FOOT."""
    starts = {"upperarm": ARM, "lowerarm": ARM, "upperleg": LEG, "lowerleg": LEG, "wrist": HAND, "finger": HAND,
              "metacarpal": HAND, "foot": FOOT, "toe": FOOT, "neck": HEAD, "head": HEAD, "eye": HEAD}  # fmt: skip
    out = []
    for name in body_model().bone_names:
        out.append(next((kind for start, kind in starts.items() if name.startswith(start)), TORSO))
    return np.array(out)


@dataclass(frozen=True, slots=True)
class Cut:
    """Hold the parts of the body that a garment covers, as limits of `Region.along`.

    It covers the arms up to `arm` (0: none), the legs from `leg_from` to `leg` (0: none), and the torso from `low` to
    `high`.
    """

    arm: float = 0.0
    leg: float = 0.0
    low: float = 9.0
    high: float = 9.0
    leg_from: float = -9.0
    neckline: float = 0.0  # torso lengths from the base of the neck; 0: the neck is covered too

    def covers(self, region: Region, margin: float = 0.0) -> Bools:
        """Mark the vertices (V,) that are covered, at least `margin` limb lengths inside the edge."""
        kind, along = region.kind, region.along
        torso = (kind == TORSO) & (along > self.low + margin) & (along < self.high - margin)
        torso &= region.neck > self.neckline + margin * (self.neckline > 0)
        head = (kind == HEAD) & (along > self.low) & (along < 1.06 - margin) & (self.high > 1) & (self.neckline == 0)
        arm = (kind == ARM) & (along < self.arm - margin)
        leg = (kind == LEG) & (along < self.leg - margin) & (along > self.leg_from + margin)
        foot = (kind == FOOT) & (self.leg > 1.2)
        return np.asarray(torso | head | arm | leg | foot)


def dressed(body: Body, rng: np.random.Generator, skin: tuple[int, int, int]) -> tuple[list[Mesh], list[Cut]]:
    """Build random garments and shoes, and return them with the cuts that hide skin."""
    region = regions(body)
    size = body.stature_m / 1.72
    female = body.phenotype["gender"] > 0.5
    style = rng.random()
    garments: list[tuple[str, Cut, Cloth]] = []
    coat = rng.random() < 0.2
    sleeve = float(rng.choice([0.0, rng.uniform(0.22, 0.42), rng.uniform(0.5, 0.8), 0.97], p=[0.08, 0.45, 0.07, 0.4]))
    top = draw_cloth(rng, _TOP_SHARE, size * float(rng.uniform(0.004, 0.02)), 0.3)
    if coat:
        sleeve = 1.0
        top = draw_cloth(rng, _TOP_SHARE, size * float(rng.uniform(0.018, 0.04)), 0.35)
    neckline = float(rng.choice([rng.uniform(0.12, 0.19), rng.uniform(0.19, 0.32), 0.0], p=[0.6, 0.3, 0.1]))
    neckline *= not coat
    hem = float(rng.uniform(-0.12, 0.12))
    legs = float(rng.choice([rng.uniform(0.12, 0.45), rng.uniform(0.5, 0.8), 0.96], p=[0.22, 0.06, 0.72]))
    bottom = draw_cloth(rng, _BOTTOM_SHARE, size * float(rng.uniform(0.002, 0.02)), 0.3)
    if (female and style < 0.24) or style < 0.01:
        dress = style < 0.12
        skirt = top if dress else draw_cloth(rng, _BOTTOM_SHARE, size * 0.005, 0.4)
        garments.append(("skirt", Cut(leg=float(rng.uniform(0.25, 1.0))), skirt))
        tights = rng.random() < 0.5
        if tights:
            garments.append(
                ("suit", Cut(leg=1.3, low=-2, high=0.1), Cloth(draw_colour(rng), skin, "plain", 0.3, 0.02, 0.002))
            )
    else:
        if female and rng.random() < 0.35:
            bottom = Cloth(bottom.colour, bottom.other, bottom.pattern, bottom.tile_m, 0.05, size * 0.002)
        garments.append(("suit", Cut(leg=legs, low=-2.0, high=0.22), bottom))
    long_coat = coat and rng.random() < 0.3
    garments.append(("suit", Cut(arm=sleeve, leg=0.03 if hem < 0 else 0.0, low=hem, neckline=neckline), top))
    if long_coat:
        garments.append(("skirt", Cut(leg=float(rng.uniform(0.2, 0.6))), top))
    meshes = [_garment(body, region, part, cut, cloth) for part, cut, cloth in garments]
    shoes = rng.random() < 0.85
    if shoes:
        meshes.append(_shoes(body, region, rng, size))
    covers = [cut for part, cut, _ in garments if part == "suit"]
    covers += [Cut(leg=0.12, low=-2, high=0.1)] if garments[0][0] == "skirt" else []
    return [mesh for mesh in meshes if len(mesh.faces)], covers


def skin_faces(body: Body, covers: list[Cut]) -> Ints:
    """Return the faces (F, 3) of the body that are not under a garment."""
    region = regions(body)
    hidden = np.zeros(len(region.kind), bool)
    for cut in covers:
        hidden |= cut.covers(region, margin=0.035)
    faces = body_model().faces["body"]
    return faces[~hidden[faces].all(axis=1)]


def surface(body: Body, faces: Ints, cloth: Cloth, uv: Floats | None = None,
            push: Callable[[Floats, Doubles], Doubles] | None = None, folds_layer: str = "wrinkles",
            casts: bool = False) -> Mesh:  # fmt: skip
    """Build a separate mesh of some faces (F, 3) of a body, `cloth.thickness_m` off its surface.

    `push(at, normals)` gives a factor (N,) on this distance for each vertex. With `casts` the mesh casts a shadow in
    addition to that of the body.
    """
    model = body_model()
    used, index = np.unique(faces, return_inverse=True)
    local = index.reshape(faces.shape).astype(np.int32)
    at = body.vertices[used]
    normals = vertex_normals(at, local)
    factor = np.ones(len(at)) if push is None else push(at, normals.astype(np.float64))
    at = at + normals * (cloth.thickness_m * factor[:, None]).astype(np.float32)
    n = len(at)
    first = np.tile(np.array([*cloth.colour, LAYER[cloth.pattern]], np.uint8), (n, 1))
    second = np.tile(np.array([*cloth.other, int(cloth.folds * 250)], np.uint8), (n, 1))
    finish = np.tile(np.array([LAYER[folds_layer], cloth.shine], np.uint8), (n, 1))
    where = cloth_uv(body, used, cloth) if uv is None else uv[used]
    bones, weights = model.vertex_bones[used], model.vertex_weights[used]
    return Mesh(at, normals, first, second, finish, where, local, bones, weights, local if casts else NO_FACES)


def cloth_uv(body: Body, used: Ints, cloth: Cloth) -> Floats:
    """Return texture coordinates (N, 2), in tiles, that follow the cut of a garment.

    They run across and down the torso and legs, and along the sleeves.
    """
    model = body_model()
    at = body.vertices[used].astype(np.float64)
    uv = np.stack([at[:, 0] + 0.6 * np.abs(at[:, 1]) * np.sign(at[:, 0]), -at[:, 2]], axis=-1)
    kind = _kinds()[model.vertex_bones[used, model.vertex_weights[used].argmax(axis=1)]]
    for side in "LR":
        arm = (kind == ARM) & ((at[:, 0] > 0) == (side == "L"))
        root, end = body.heads[model.bone(f"upperarm01.{side}")], body.heads[model.bone(f"wrist.{side}")]
        axis = (end - root) / np.linalg.norm(end - root)
        away = at[arm] - root
        uv[arm] = np.stack([away[:, 1] + away @ np.cross(axis, [0, 1, 0]), away @ axis], axis=-1)
    uv = uv / cloth.tile_m
    if cloth.pattern == "print":  # A print shows one motif, on the chest.
        chest = body.heads[model.bone("spine01")]
        front = (kind == TORSO) & (at[:, 1] < chest[1])
        centred = np.stack([at[:, 0], chest[2] - at[:, 2]], axis=-1) / cloth.tile_m + 0.5
        uv = np.where((front & (np.abs(centred - 0.5) < 0.6).all(axis=1))[:, None], centred, 0.02)
    return uv.astype(np.float32)


def vertex_normals(at: Floats, faces: Ints) -> Floats:
    """Return the unit normals (N, 3) of the vertices, each the mean over the faces around it."""
    across = np.cross(at[faces[:, 1]] - at[faces[:, 0]], at[faces[:, 2]] - at[faces[:, 0]])
    out = np.stack([sum(np.bincount(faces[:, k], across[:, c], len(at)) for k in range(3)) for c in range(3)], -1)
    return (out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)).astype(np.float32)


def _garment(body: Body, region: Region, part: str, cut: Cut, cloth: Cloth) -> Mesh:
    faces = body_model().faces[part]
    if part == "skirt":
        ankle = body.heads[body_model().bone("foot.L"), 2]
        waist = body.vertices[np.unique(faces), 2].max()
        hem = waist - cut.leg * (waist - ankle)
        kept = faces[(body.vertices[faces, 2] > hem).all(axis=1)]
        return surface(body, kept, cloth, casts=True)
    kept = faces[cut.covers(region)[faces].all(axis=1)]

    def looser(at: Floats, _: Doubles) -> Doubles:
        """Return the distance factor (N,) of cloth: 1.25 at and below the hips, 0.5 at the neck."""
        hips = body.heads[body_model().bone("upperleg01.L"), 2]
        neck = body.heads[body_model().bone("neck01"), 2]
        return np.asarray(1.25 - 0.75 * np.clip((at[:, 2] - hips) / (neck - hips), 0, 1))

    return surface(body, kept, cloth, push=looser)


def _shoes(body: Body, region: Region, rng: np.random.Generator, size: float) -> Mesh:
    boots = rng.random() < 0.2
    faces = body_model().faces["body"]
    worn = (region.kind == FOOT) & (region.along > 0.98) | (region.kind == LEG) & (
        region.along > (0.82 if boots else 0.97)
    )
    kept = faces[worn[faces].all(axis=1)]
    cloth = Cloth(draw_colour(rng), draw_colour(rng), "plain", 0.3, 0.1, size * 0.007, int(rng.integers(0, 90)))
    mesh = surface(body, kept, cloth)
    sole = mesh.at[:, 2] < 0.018 * size
    mesh.first[sole, :3] = rng.choice([30, 235])
    return mesh
