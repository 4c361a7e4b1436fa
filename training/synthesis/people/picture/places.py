"""Build rooms, halls and studios around the people and the camera.

Streets and gardens are in `outdoors`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pipeline.core.arrays import Doubles
from training.synthesis.people.picture import outdoors, scenery
from training.synthesis.people.picture.mesh import Mesh
from training.synthesis.people.picture.outdoors import Place, light
from training.synthesis.people.picture.outfits import draw_colour, hsv
from training.synthesis.people.picture.scenery import Paint

# Kinds of place and the share of the clips that each gets; rooms are most common, as in videos of people.
_KINDS = ("room", "hall", "street", "garden", "studio", "photograph")
_SHARES = (0.44, 0.1, 0.2, 0.14, 0.07, 0.05)


def draw_kind(rng: np.random.Generator, seated: bool) -> str:
    if seated:
        return "room" if rng.random() < 0.85 else str(rng.choice(["hall", "garden", "street"]))
    return str(rng.choice(_KINDS, p=_SHARES))


def build(kind: str, low: Doubles, high: Doubles, eyes: Doubles, rng: np.random.Generator) -> Place:
    """Build a place of the given kind around the people and the camera.

    `low` and `high` (2,) are the corners, in metres, of the floor that the people use; `eyes` (n, 3) are the positions
    of the camera.
    """
    make: dict[str, Callable[..., Place]] = {
        "room": _room, "hall": _hall, "street": outdoors.street, "garden": outdoors.garden, "studio": _studio,
        "photograph": _photograph,
    }  # fmt: skip
    return make[kind](low, high, eyes, rng)


def _wall_paint(rng: np.random.Generator) -> Paint:
    pattern = str(rng.choice(["plaster", "plaster", "stripes", "flowers", "bricks", "planks", "tiles", "plain"]))
    base = rng.uniform(0.45, 0.95)
    colour = hsv(float(rng.uniform(0, 1)), float(rng.beta(1.2, 5)), float(base))
    near = tuple(int(np.clip(v * rng.uniform(0.85, 1.1), 0, 255)) for v in colour)
    return Paint(colour, near, pattern, float(rng.uniform(0.8, 2.0)))  # type: ignore[arg-type]


def _floor_paint(rng: np.random.Generator) -> Paint:
    kind = rng.choice(["wood", "carpet", "tiles", "plain"], p=[0.45, 0.3, 0.2, 0.05])
    if kind == "wood":
        return scenery.wood(rng, float(rng.uniform(0.9, 1.8)))
    return Paint(draw_colour(rng), draw_colour(rng), str(kind), float(rng.uniform(0.8, 1.6)))


def _shell(low: Doubles, high: Doubles, height: float, rng: np.random.Generator) -> list[Mesh]:
    """Build the floor, four walls and a ceiling, visible from inside and without a shadow."""
    x0, y0, x1, y1 = *low, *high
    wide, deep = x1 - x0, y1 - y0
    walls = _wall_paint(rng)
    other = walls if rng.random() < 0.7 else _wall_paint(rng)
    ceiling = Paint(*(2 * (hsv(0.1, 0.03, float(rng.uniform(0.7, 0.97))),)), "plaster", 2.0)
    up = [0, 0, height]
    parts = [
        scenery.flat([x0, y0, 0], [wide, 0, 0], [0, deep, 0], _floor_paint(rng), casts=False),
        scenery.flat([x0, y1, height], [wide, 0, 0], [0, -deep, 0], ceiling, casts=False),
        scenery.flat([x0, y1, 0], [wide, 0, 0], up, walls, casts=False),
        scenery.flat([x1, y0, 0], [-wide, 0, 0], up, other, casts=False),
        scenery.flat([x1, y1, 0], [0, -deep, 0], up, walls, casts=False),
        scenery.flat([x0, y0, 0], [0, deep, 0], up, other, casts=False),
    ]
    skirting = Paint(*(2 * (hsv(0.1, 0.05, float(rng.uniform(0.3, 0.95))),)))
    for corner, along in (((x0, y1 - 0.015), (wide, 0)), ((x1, y0 + 0.015), (-wide, 0)), ((x1 - 0.015, y1), (0, -deep)),
                          ((x0 + 0.015, y0), (0, deep))):  # fmt: skip
        parts.append(scenery.flat([*corner, 0], [*along, 0], [0, 0, 0.09], skirting, casts=False))
    return parts


def _around(low: Doubles, high: Doubles, eyes: Doubles, near: tuple[float, float],
            rng: np.random.Generator) -> tuple[Doubles, Doubles]:  # fmt: skip
    """Return the two corners (2,) of a floor that holds the people and the camera.

    The space beyond each side is drawn from the range `near`, in metres.
    """
    every = np.concatenate([[low, high], eyes[:, :2]])
    return every.min(axis=0) - rng.uniform(*near, 2), every.max(axis=0) + rng.uniform(*near, 2)


def _on_walls(low: Doubles, high: Doubles, height: float, rng: np.random.Generator, count: int) -> list[Mesh]:
    """Build windows, doors, paintings, curtains and screens 3 cm in front of the walls."""
    parts = []
    for _ in range(count):
        wall = int(rng.integers(4))
        kind = str(rng.choice(["window", "picture", "door", "curtain", "screen"], p=[0.25, 0.35, 0.15, 0.15, 0.1]))
        wide, tall = {"window": (1.2, 1.2), "picture": (0.6, 0.5), "door": (0.9, 2.05), "curtain": (1.0, 2.2),
                      "screen": (1.1, 0.65)}[kind]  # fmt: skip
        wide, tall = wide * rng.uniform(0.7, 1.5), min(tall * rng.uniform(0.85, 1.2), height - 0.1)
        bottom = 0.0 if kind in ("door", "curtain") else min(float(rng.uniform(0.8, 1.3)), height - tall)
        look = {
            "window": Paint((225, 235, 250), (160, 190, 220), "painting", 1.5, 1.0),
            "picture": Paint(draw_colour(rng), draw_colour(rng), "painting", 0.6),
            "door": scenery.wood(rng, 2.0),
            "curtain": Paint(
                draw_colour(rng), draw_colour(rng), str(rng.choice(["pinstripes", "flowers", "plain"])), 0.6, 0.8
            ),
            "screen": Paint((18, 18, 22), (40, 50, 70), "painting", 1.0, 0.0, 120),
        }[kind]
        span = (high - low)[wall % 2]
        start = float(rng.uniform(0, max(span - wide, 0.01)))
        x0, y0, x1, y1 = *low, *high
        corner, along = [
            ([x0 + start, y1 - 0.03, bottom], [wide, 0, 0]), ([x1 - 0.03, y1 - start, bottom], [0, -wide, 0]),
            ([x1 - start, y0 + 0.03, bottom], [-wide, 0, 0]), ([x0 + 0.03, y0 + start, bottom], [0, wide, 0]),
        ][wall]  # fmt: skip
        parts.append(scenery.flat(corner, along, [0, 0, tall], look, casts=False))
        if kind in ("window", "picture") and rng.random() < 0.8:
            frame = Paint(draw_colour(rng), draw_colour(rng))
            way, edge = np.array(along) / wide, 0.05
            behind = np.array(corner) - way * edge - [0, 0, edge] + 0.01 * np.cross(way, [0, 0, -1.0])
            parts.append(scenery.flat(behind, way * (wide + 2 * edge), [0, 0, tall + 2 * edge], frame, casts=False))
    return parts


def _beside_walls(low: Doubles, high: Doubles, free: tuple[Doubles, Doubles], eyes: Doubles, rng: np.random.Generator,
                  count: int) -> list[Mesh]:  # fmt: skip
    """Build furniture along the walls, away from the people's floor and from the camera."""
    parts: list[Mesh] = []
    for _ in range(count):
        wall = int(rng.integers(4))
        span = (high - low)[wall % 2]
        start = float(rng.uniform(0.5, max(span - 0.5, 0.51)))
        x0, y0, x1, y1 = *low, *high
        x, y, yaw = [(x0 + start, y1 - 0.4, 0.0), (x1 - 0.4, y0 + start, -np.pi / 2), (x0 + start, y0 + 0.4, np.pi),
                     (x0 + 0.4, y0 + start, np.pi / 2)][wall]  # fmt: skip
        place = np.array([x, y, 0.0])
        inside = ((place[:2] > free[0] - 0.5) & (place[:2] < free[1] + 0.5)).all()
        if inside or np.linalg.norm(eyes[:, :2] - place[:2], axis=1).min() < 1.3:
            continue
        kind = str(rng.choice(["cupboard", "sofa", "table", "chair", "plant"], p=[0.35, 0.17, 0.2, 0.14, 0.14]))
        if kind == "cupboard":
            parts += scenery.cupboard(place, yaw, rng)
        elif kind == "sofa":
            parts += scenery.sofa(place, 0.42, yaw, rng)
        elif kind == "table":
            parts += scenery.table(place, np.array([rng.uniform(0.8, 1.6), 0.65, 0.74]), yaw, scenery.wood(rng))
            parts.append(
                scenery.box(
                    place + [rng.uniform(-0.3, 0.3), 0, 0.9], rng.uniform(0.15, 0.4, 3), yaw, scenery.paint(rng)
                )
            )
        elif kind == "chair":
            parts += scenery.chair(place, 0.45, yaw, scenery.wood(rng))
        else:
            parts += scenery.plant(place, rng)
    return parts


def _room(low: Doubles, high: Doubles, eyes: Doubles, rng: np.random.Generator) -> Place:
    outer = _around(low, high, eyes, (0.5, 2.2), rng)
    height = max(float(rng.uniform(2.3, 3.1)), float(eyes[:, 2].max()) + 0.15)
    parts = _shell(*outer, height, rng) + _on_walls(*outer, height, rng, int(rng.integers(3, 10)))
    parts += _beside_walls(*outer, (low, high), eyes, rng, int(rng.integers(2, 10)))
    if rng.random() < 0.4:
        middle, size = (low + high) / 2, rng.uniform(1.2, 2.6, 2)
        rug = Paint(draw_colour(rng), draw_colour(rng), str(rng.choice(["plaid", "flowers", "carpet", "bands"])), 1.0)
        parts.append(scenery.flat([*(middle - size / 2), 0.004], [size[0], 0, 0], [0, size[1], 0], rug, casts=False))
    return Place("room", parts, light(rng, True), True)


def _hall(low: Doubles, high: Doubles, eyes: Doubles, rng: np.random.Generator) -> Place:
    """Build a large hall, such as a gym or a stage, with furniture and lines on the floor."""
    outer = _around(low, high, eyes, (2.0, 6.0), rng)
    height = max(float(rng.uniform(3.5, 7)), float(eyes[:, 2].max()) + 0.3)
    parts = _shell(*outer, height, rng) + _on_walls(*outer, height, rng, int(rng.integers(2, 8)))
    parts += _beside_walls(*outer, (low, high), eyes, rng, int(rng.integers(1, 6)))
    line = Paint(draw_colour(rng), draw_colour(rng), "plain")
    for _ in range(int(rng.integers(0, 6))):
        x, y = rng.uniform(*outer)
        turned = rng.random() < 0.5
        size = np.array([0.06, 6.0] if turned else [6.0, 0.06])
        parts.append(
            scenery.flat([x - size[0] / 2, y - size[1] / 2, 0.004], [size[0], 0, 0], [0, size[1], 0], line, casts=False)
        )
    return Place("hall", parts, light(rng, True), True)


def _studio(low: Doubles, high: Doubles, eyes: Doubles, rng: np.random.Generator) -> Place:
    """Build a studio whose floor and walls all have one colour."""
    colour = draw_colour(rng)
    look = Paint(colour, colour, "plain", 3.0)
    outer = _around(low, high, eyes, (1.0, 4.0), rng)
    x0, y0, x1, y1 = *outer[0], *outer[1]
    height = max(4.0, float(eyes[:, 2].max()) + 0.3)
    up = [0, 0, height]
    parts = [
        outdoors.ground(look), scenery.flat([x0, y1, 0], [x1 - x0, 0, 0], up, look, casts=False),
        scenery.flat([x1, y0, 0], [x0 - x1, 0, 0], up, look, casts=False),
        scenery.flat([x1, y1, 0], [0, y0 - y1, 0], up, look, casts=False),
        scenery.flat([x0, y0, 0], [0, y1 - y0, 0], up, look, casts=False),
    ]  # fmt: skip
    return Place("studio", parts, light(rng, True), True)


def _photograph(low: Doubles, high: Doubles, eyes: Doubles, rng: np.random.Generator) -> Place:
    """Build an empty place, because a photograph is shown behind the people."""
    tiny = scenery.flat([0, 0, -50], [0.01, 0, 0], [0, 0.01, 0], Paint((0, 0, 0), (0, 0, 0)), casts=False)
    return Place("photograph", [tiny], light(rng, bool(rng.random() < 0.5)), True)
