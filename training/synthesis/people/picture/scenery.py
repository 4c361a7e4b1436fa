"""Build the objects of a place: boxes, cylinders, bushes, rectangles, furniture and cars.

World coordinates are in metres, with z up and the floor at 0. Every function returns meshes that do not move.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.core.arrays import Doubles, Floats, Ints
from training.synthesis.people.picture.mesh import Mesh
from training.synthesis.people.picture.outfits import draw_colour, hsv
from training.synthesis.people.picture.textures import LAYER

Colour = tuple[int, int, int]  # RGB, 0 to 255


@dataclass(frozen=True, slots=True)
class Paint:
    """Hold the appearance of an object: its colours, pattern and shine."""

    colour: Colour
    other: Colour  # second colour of the pattern
    pattern: str = "plain"  # name of a texture layer
    tile_m: float = 1.0  # metres, size of one tile of the pattern
    folds: float = 0.0  # 0 to 1, where 1 means unlit
    shine: int = 0  # 0 to 255


def paint(rng: np.random.Generator, pattern: str = "plain", tile_m: float = 1.0, shine: int = 0) -> Paint:
    return Paint(draw_colour(rng), draw_colour(rng), pattern, tile_m, 0.0, shine)


def wood(rng: np.random.Generator, tile_m: float = 0.8) -> Paint:
    value = float(rng.uniform(0.25, 0.85))
    hue, saturation = float(rng.uniform(0.05, 0.1)), float(rng.uniform(0.2, 0.65))
    return Paint(hsv(hue, saturation, value), hsv(hue, saturation, value * 0.8), "planks", tile_m, 0.0, 25)


def built(at: Floats, normals: Floats, uv: Floats, faces: Ints, look: Paint) -> Mesh:
    n = len(at)
    first = np.tile(np.array([*look.colour, LAYER[look.pattern]], np.uint8), (n, 1))
    second = np.tile(np.array([*look.other, int(min(look.folds, 1) * 255)], np.uint8), (n, 1))
    finish = np.tile(np.array([LAYER["plaster"], look.shine], np.uint8), (n, 1))
    return Mesh(
        at.astype(np.float32), normals.astype(np.float32), first, second, finish, (uv / look.tile_m).astype(np.float32),
        faces.astype(np.int32),
    )  # fmt: skip


def flat(corner: Doubles, along: Doubles, up: Doubles, look: Paint, casts: bool = True) -> Mesh:
    """Build a rectangle from `corner` (3,) along two edges (3,).

    Its normal is the cross product of the edges.
    """
    corner, along, up = (np.asarray(v, np.float64) for v in (corner, along, up))
    at = np.stack([corner, corner + along, corner + along + up, corner + up])
    normal = np.cross(along, up)
    width, height = np.linalg.norm(along), np.linalg.norm(up)
    uv = np.array([[0, height], [width, height], [width, 0], [0, 0]])
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    mesh = built(at, np.tile(normal / np.linalg.norm(normal), (4, 1)), uv, faces, look)
    return mesh if casts else without_shadow(mesh)


def without_shadow(mesh: Mesh) -> Mesh:
    from dataclasses import replace

    return replace(mesh, shadow_faces=np.zeros((0, 3), np.int32))


def box(middle: Doubles, size: Doubles, yaw: float, look: Paint) -> Mesh:
    """Build an upright box of `size` (3,) around `middle` (3,), rotated by `yaw` radians."""
    middle, size = np.asarray(middle, np.float64), np.asarray(size, np.float64)
    c, s = np.cos(yaw), np.sin(yaw)
    axes = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
    sides = []
    for k in range(3):
        for sign in (1, -1):
            normal, a, b = axes[k] * sign, axes[(k + 1) % 3], axes[(k + 2) % 3] * sign
            if k < 2 and abs(a[2]) > 0.5:  # The pattern on the sides stays upright.
                a, b = -b, a
            half = size / 2
            width, height = _extent(axes, size, a), _extent(axes, size, b)
            corner = middle + normal * half[k] - a * width / 2 - b * height / 2
            sides.append(flat(corner, a * width, b * height, look))
    return Mesh.joined(sides)


def _extent(axes: Doubles, size: Doubles, way: Doubles) -> float:
    return float(np.abs(axes @ way) @ size)


def cylinder(foot: Doubles, radius: float, height: float, look: Paint, top_radius: float | None = None) -> Mesh:
    """Build an upright cylinder or cone frustum that is open below."""
    n = 12
    top = radius if top_radius is None else top_radius
    angle = np.linspace(0, 2 * np.pi, n + 1)
    ring = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=-1)
    low, high = foot + ring * radius, foot + ring * top + [0, 0, height]
    at = np.concatenate([low, high, high])
    normals = np.concatenate([ring, ring, np.tile([0.0, 0, 1], (n + 1, 1))])
    u = angle * radius
    uv = np.concatenate([np.stack([u, 0 * u + height], -1), np.stack([u, 0 * u], -1), ring[:, :2] * top])
    k = np.arange(n)
    sides = [np.stack([k, k + 1, k + n + 2], -1), np.stack([k, k + n + 2, k + n + 1], -1)]
    lid = np.stack([np.full(n - 1, 2 * n + 2), 2 * n + 3 + np.arange(n - 1), 2 * n + 4 + np.arange(n - 1)], -1)
    return built(at, normals, uv, np.concatenate([*sides, np.minimum(lid, 3 * n + 2)]), look)


def bush(middle: Doubles, size: Doubles, rng: np.random.Generator, look: Paint) -> Mesh:
    """Build a bush as an irregular ellipsoid of `size` (3,) around `middle` (3,)."""
    n, m = 10, 7
    theta, phi = np.meshgrid(np.linspace(0, 2 * np.pi, n + 1), np.linspace(0, np.pi, m), indexing="ij")
    lumps = 1 + 0.18 * rng.standard_normal((n + 1, m))
    lumps[-1] = lumps[0]
    ball = np.stack([np.cos(theta) * np.sin(phi), np.sin(theta) * np.sin(phi), np.cos(phi)], axis=-1)
    at = (np.asarray(middle) + ball * lumps[..., None] * np.asarray(size) / 2).reshape(-1, 3)
    uv = np.stack([theta * size[0] / 2, phi * size[2] / 2], axis=-1).reshape(-1, 2)
    i, j = (v.ravel() for v in np.meshgrid(np.arange(n), np.arange(m - 1), indexing="ij"))
    a = i * m + j
    faces = np.concatenate([np.stack([a, a + m, a + m + 1], -1), np.stack([a, a + m + 1, a + 1], -1)])
    return built(at, ball.reshape(-1, 3), uv, faces, look)


def greenery(rng: np.random.Generator) -> Paint:
    hue, value = float(rng.uniform(0.2, 0.36)), float(rng.uniform(0.3, 0.7))
    return Paint(hsv(hue, 0.6, value), hsv(hue + 0.04, 0.5, value * 0.45), "leaves", float(rng.uniform(0.5, 1.2)))


def tree(foot: Doubles, rng: np.random.Generator) -> list[Mesh]:
    height = float(rng.uniform(3, 9))
    trunk = cylinder(foot, 0.12 * height / 4, 0.5 * height, wood(rng, 0.4), 0.08 * height / 4)
    leaves = greenery(rng)
    crown = []
    for _ in range(int(rng.integers(2, 5))):
        middle = np.asarray(foot) + [*rng.normal(0, 0.12 * height, 2), height * rng.uniform(0.55, 0.85)]
        crown.append(bush(middle, height * rng.uniform(0.3, 0.55, 3), rng, leaves))
    return [trunk, *crown]


def table(place: Doubles, size: Doubles, yaw: float, look: Paint, panel: bool = False) -> list[Mesh]:
    """Build a table top on four legs, or on panels; `size` (3,) is width, depth and height."""
    width, depth, height = size
    place = np.asarray(place, np.float64)
    out = [box(place + [0, 0, height - 0.02], (width, depth, 0.04), yaw, look)]
    c, s = np.cos(yaw), np.sin(yaw)
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    for x in (-1, 1):
        if panel:
            out.append(box(place + turn @ [x * (width / 2 - 0.03), 0, height / 2], (0.04, depth, height), yaw, look))
            continue
        for y in (-1, 1):
            leg = turn @ [x * (width / 2 - 0.05), y * (depth / 2 - 0.05), height / 2]
            out.append(box(place + leg, (0.05, 0.05, height), yaw, look))
    if panel:
        out.append(box(place + turn @ [0, depth / 2 - 0.03, height * 0.6], (width, 0.03, height * 0.7), yaw, look))
    return out


def chair(place: Doubles, seat_m: float, yaw: float, look: Paint, back: bool = True) -> list[Mesh]:
    """Build a chair; with `yaw` 0 (radians) the person on it faces -y."""
    place = np.asarray(place, np.float64)
    c, s = np.cos(yaw), np.sin(yaw)
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    out = table(place, np.array([0.44, 0.44, seat_m]), yaw, look)
    if back:
        out.append(box(place + turn @ [0, 0.21, seat_m + 0.28], (0.42, 0.04, 0.44), yaw, look))
    return out


def sofa(place: Doubles, seat_m: float, yaw: float, rng: np.random.Generator, width: float = 1.8) -> list[Mesh]:
    look = paint(rng, str(rng.choice(["plain", "carpet", "plaid", "stripes", "flowers"])), 0.5)
    place = np.asarray(place, np.float64)
    c, s = np.cos(yaw), np.sin(yaw)
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    out = [box(place + [0, 0, seat_m / 2], (width, 0.75, seat_m), yaw, look)]
    out.append(box(place + turn @ [0, 0.42, seat_m * 0.5 + 0.24], (width, 0.18, seat_m + 0.48), yaw, look))
    for x in (-1, 1):
        arm = turn @ [x * width / 2, 0, seat_m / 2 + 0.1]
        out.append(box(place + arm, (0.16, 0.85, seat_m + 0.2), yaw, look))
    return out


def cupboard(place: Doubles, yaw: float, rng: np.random.Generator) -> list[Mesh]:
    width, height, depth = rng.uniform(0.6, 1.6), rng.uniform(0.7, 2.2), rng.uniform(0.3, 0.6)
    look = wood(rng, 1.5) if rng.random() < 0.6 else paint(rng, "plain")
    if rng.random() < 0.4:
        look = Paint(look.colour, draw_colour(rng), "shelf", 1.2)
    return [box(np.asarray(place) + [0, 0, height / 2], (width, depth, height), yaw, look)]


def plant(place: Doubles, rng: np.random.Generator) -> list[Mesh]:
    pot = cylinder(np.asarray(place), 0.16, 0.32, paint(rng), 0.2)
    height = float(rng.uniform(0.4, 1.3))
    size = np.array([*rng.uniform(0.4, 0.8, 2), height])
    return [pot, bush(np.asarray(place) + [0, 0, 0.3 + height / 2], size, rng, greenery(rng))]


def car(place: Doubles, yaw: float, rng: np.random.Generator) -> list[Mesh]:
    body, glass = paint(rng, "plain", 1.0, 140), Paint((25, 30, 38), (60, 70, 80), "painting", 2.0, 0.0, 200)
    place = np.asarray(place, np.float64)
    c, s = np.cos(yaw), np.sin(yaw)
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    out = [box(place + [0, 0, 0.6], (4.2, 1.75, 0.65), yaw, body),
           box(place + turn @ [-0.2, 0, 1.15], (2.3, 1.6, 0.5), yaw, glass),
           box(place + turn @ [-0.2, 0, 1.43], (2.1, 1.6, 0.08), yaw, body)]  # fmt: skip
    tyre = Paint((22, 22, 24), (50, 50, 50))
    for x in (-1.3, 1.3):
        for y in (-0.85, 0.85):
            out.append(box(place + turn @ [x, y, 0.32], (0.64, 0.12, 0.64), yaw, tyre))
    return out


def railing(place: Doubles, width: float, height: float, yaw: float, look: Paint) -> list[Mesh]:
    place = np.asarray(place, np.float64)
    c, s = np.cos(yaw), np.sin(yaw)
    way = np.array([c, s, 0])
    out = [box(place + [0, 0, height], (width, 0.05, 0.06), yaw, look)]
    count = max(2, int(width / 0.25))
    for x in np.linspace(-width / 2, width / 2, count):
        out.append(box(place + way * x + [0, 0, height / 2], (0.03, 0.03, height), yaw, look))
    return out
