"""Build the furniture that people use, and the objects between them and the camera."""

from __future__ import annotations

import numpy as np

from training.synthesis.people.cameras import View
from training.synthesis.people.persons import Person
from training.synthesis.people.picture import scenery
from training.synthesis.people.picture.mesh import Mesh


def seat(person: Person, view: View, rng: np.random.Generator) -> tuple[list[Mesh], str]:
    """Build the seat of a person, and the desk in front of a person who works at one.

    The second value is "desk" with a desk, else "".
    """
    size = person.body.stature_m / 1.72
    hips = person.joints[:, 11:13].mean(axis=(0, 1))
    way = person.facing_rad
    yaw = way + np.pi / 2  # radians; furniture with yaw 0 faces -y
    seat_m = max(0.08, float(hips[2]) - 0.13 * size)
    place = np.array([hips[0], hips[1], 0.0])
    front = np.array([np.cos(way), np.sin(way), 0.0])
    behind = place - front * 0.06 * size
    choice = rng.random()
    from_behind = float((view.eye[0] - hips) @ front) < 0
    if choice < 0.6 or (from_behind and choice < 0.85):
        parts = scenery.chair(
            behind,
            seat_m,
            yaw,
            scenery.wood(rng) if rng.random() < 0.5 else scenery.paint(rng),
            rng.random() < (0.5 if from_behind else 0.8),
        )
    elif choice < 0.85:
        parts = scenery.sofa(behind, seat_m, yaw, rng, float(rng.uniform(0.8, 1.9)))
    else:
        look = scenery.paint(rng)
        parts = [scenery.box(behind + [0, 0, seat_m / 2], (0.5, 0.45, seat_m), yaw, look)]
    if person.motion.kind != "desk":
        return parts, ""
    top = seat_m + float(rng.uniform(0.22, 0.32)) * size
    depth = float(rng.uniform(0.5, 0.8)) * size
    spot = place + front * (float(rng.uniform(0.16, 0.3)) * size + depth / 2)
    desk = scenery.table(
        spot, np.array([rng.uniform(1.0, 1.8) * size, depth, top]), yaw, scenery.wood(rng), rng.random() < 0.4
    )
    parts = parts + desk
    left = np.array([-front[1], front[0], 0.0])
    if rng.random() < 0.35:  # A screen stands on the desk, to one side if the camera is in front of the person.
        before = float((view.eye[0] - hips)[:2] @ front[:2]) > 0.5 * float(np.linalg.norm((view.eye[0] - hips)[:2]))
        aside = float(rng.choice([-0.5, 0.5]) if before or rng.random() < 0.5 else rng.normal(0, 0.1)) * size
        screen = spot + front * 0.05 + left * aside + [0, 0, top + 0.13 * size]
        parts.append(
            scenery.box(screen, np.array([0.36, 0.02, 0.24]) * size, yaw, scenery.Paint((40, 42, 46), (40, 42, 46)))
        )
    for _ in range(int(rng.integers(0, 4))):
        at = spot + left * rng.uniform(-0.6, 0.6) * size + front * rng.uniform(-0.1, 0.2) + [0, 0, top + 0.05]
        parts.append(scenery.box(at, rng.uniform(0.05, 0.22, 3), float(rng.uniform(0, 3)), scenery.paint(rng)))
    return parts, "desk"


def bed(person: Person, rng: np.random.Generator) -> list[Mesh]:
    """Build the bed or mat that a person lies on; on the floor there may be none."""
    lowest = float(np.percentile(person.posed.heads[:, :50, 2].min(axis=1), 20)) - 0.075 * person.body.stature_m
    middle = person.joints[:, [5, 6, 11, 12, 13, 14]].mean(axis=(0, 1))
    along = person.joints[:, 5:7].mean(axis=(0, 1)) - person.joints[:, 13:15].mean(axis=(0, 1))
    yaw = float(np.arctan2(along[1], along[0])) - np.pi / 2
    cover = scenery.paint(rng, str(rng.choice(["plain", "stripes", "flowers", "checks", "carpet"])), 0.8)
    if lowest < 0.15:
        if rng.random() < 0.4:
            return []
        return [scenery.box([middle[0], middle[1], max(lowest, 0.01) / 2], (0.7, 1.8, max(lowest, 0.01)), yaw, cover)]
    return [scenery.box([middle[0], middle[1], lowest / 2], (rng.uniform(0.9, 1.8), 2.1, lowest), yaw, cover)]


def in_front(person: Person, view: View, rng: np.random.Generator, indoors: bool) -> tuple[list[Mesh], str]:
    """Build an object between the camera and the person that hides a part of the person.

    The second value is its kind, or "" if the camera is nearer than 1.2 m and nothing is built.
    """
    target = person.joints.mean(axis=(0, 1))
    line = target[:2] - view.eye[0, :2]
    far = float(np.linalg.norm(line))
    if far < 1.2:
        return [], ""
    side = np.array([-line[1], line[0]]) / far
    back = float(rng.uniform(0.35, 0.5) * person.body.stature_m)  # metres from the person
    spot = target[:2] - line / far * min(back + rng.uniform(0, 0.5), 0.6 * far) + side * rng.normal(0, 0.35)
    place = np.array([*spot, 0.0])
    size = person.body.stature_m / 1.72
    yaw = float(np.arctan2(line[1], line[0])) - np.pi / 2 + float(rng.normal(0, 0.4))
    kind = str(
        rng.choice(
            ["table", "sofa", "chair", "plant", "wall", "post"] if indoors else ["wall", "railing", "bush", "post"]
        )
    )
    if kind == "table":
        extent = np.array([rng.uniform(0.8, 1.8), 0.7, rng.uniform(0.5, 0.95) * size])
        parts = scenery.table(place, extent, yaw, scenery.wood(rng), rng.random() < 0.5)
    elif kind == "sofa":
        parts = scenery.sofa(place, 0.4 * size, yaw + np.pi, rng)
    elif kind == "chair":
        parts = scenery.chair(place, 0.45 * size, yaw + float(rng.choice([0, np.pi])), scenery.wood(rng))
    elif kind == "plant":
        parts = scenery.plant(place, rng)
    elif kind == "wall":
        tall = float(rng.uniform(0.3, 1.0)) * size
        parts = [
            scenery.box(place + [0, 0, tall / 2], (rng.uniform(0.8, 3), 0.2, tall), yaw, scenery.paint(rng, "bricks"))
        ]
    elif kind == "railing":
        parts = scenery.railing(
            place, float(rng.uniform(1.5, 4)), float(rng.uniform(0.6, 1.1)) * size, yaw, scenery.paint(rng)
        )
    elif kind == "bush":
        tall = float(rng.uniform(0.4, 1.1)) * size
        parts = [
            scenery.bush(
                place + [0, 0, tall / 2], np.array([rng.uniform(0.6, 2), 0.6, tall]), rng, scenery.greenery(rng)
            )
        ]
    else:
        parts = [scenery.cylinder(place, float(rng.uniform(0.03, 0.1)), 3.0, scenery.paint(rng))]
    return parts, kind
