"""Build streets and gardens around the people and the camera, and the light of every place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.core.arrays import Doubles
from training.synthesis.people.picture import scenery
from training.synthesis.people.picture.mesh import Light, Mesh
from training.synthesis.people.picture.outfits import draw_colour, hsv
from training.synthesis.people.picture.scenery import Paint


@dataclass(frozen=True, slots=True)
class Place:
    """Hold the place of a clip: its kind, its meshes and its light."""

    kind: str
    parts: list[Mesh]
    light: Light
    indoors: bool


def light(rng: np.random.Generator, indoors: bool) -> Light:
    """Draw the light of a place at random: its direction, strengths and tints.

    Indoors it stands for lamps and windows, outdoors for sun, clouds or dusk.
    """
    warm = rng.normal(0, 0.08)
    tint = np.array([1 + warm, 1.0, 1 - warm])
    if indoors:
        way = rng.normal([0, 0, 1.1], [0.6, 0.6, 0.2])
        sun, sky = rng.uniform(0.2, 0.9), rng.uniform(0.35, 0.8)
        softness = float(rng.uniform(0.006, 0.02))
    else:
        way = np.array([*rng.normal(0, 1, 2), rng.uniform(0.3, 2.0)])
        cloudy = rng.random() < 0.45
        sun, sky = (
            (rng.uniform(0.1, 0.4), rng.uniform(0.6, 0.95))
            if cloudy
            else (rng.uniform(0.7, 1.3), rng.uniform(0.3, 0.55))
        )
        softness = 0.012 if cloudy else 0.003
    way[2] = max(way[2], 0.25)
    way = way / np.linalg.norm(way)
    dim = rng.uniform(0.3, 0.6) if rng.random() < 0.08 else 1.0  # dusk outdoors, or a dark room
    cold = np.array([0.95, 1.0, 1.08]) if not indoors else tint
    below = sky * rng.uniform(0.4, 0.75)
    return Light(
        tuple(way), tuple(dim * sun * tint), tuple(dim * sky * cold), tuple(dim * below * np.array([1.0, 0.96, 0.9])),
        (0.8, 0.85, 0.9, 0.0 if indoors else float(rng.uniform(0, 0.012))), softness,
    )  # fmt: skip


def _sky(rng: np.random.Generator, radius: float = 60.0) -> list[Mesh]:
    """Build the sky as a dome of cloudy bands, paler towards the horizon; `radius` in metres."""
    top = np.array(
        hsv(float(rng.uniform(0.55, 0.63)), float(rng.uniform(0.05, 0.6)), float(rng.uniform(0.55, 0.95))), float
    )
    pale = np.clip(top + rng.uniform(0.3, 0.8) * (np.array([235, 238, 240]) - top), 0, 255)
    heights = np.linspace(-6, 55, 14)
    angle = np.linspace(0, 2 * np.pi, 25)
    parts = []
    for k in range(13):
        share = k / 12
        colour = tuple(int(v) for v in pale + share * (top - pale))
        cloud = tuple(int(min(255, v * 1.06 + 8)) for v in colour)
        ring = radius * np.cos(np.arcsin(np.clip(heights[k : k + 2] / radius, -0.97, 0.97)))
        circle = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=-1)
        at = np.concatenate([circle * ring[e] + [0, 0, heights[k + e]] for e in (0, 1)])
        i = np.arange(24)
        faces = np.concatenate([np.stack([i, i + 1, i + 26], -1), np.stack([i, i + 26, i + 25], -1)])
        uv = np.concatenate([np.stack([angle * radius, 0 * angle - heights[k + e]], -1) for e in (0, 1)])
        look = Paint(colour, cloud, "skin", 40.0, 1.0)  # type: ignore[arg-type]
        parts.append(scenery.without_shadow(scenery.built(at, np.tile([0.0, 0, -1], (50, 1)), uv, faces, look)))
    return parts


def ground(look: Paint, size: float = 120.0) -> Mesh:
    return scenery.flat([-size / 2, -size / 2, 0], [size, 0, 0], [0, size, 0], look, casts=False)


def street(low: Doubles, high: Doubles, eyes: Doubles, rng: np.random.Generator) -> Place:
    middle = (low + high) / 2
    yaw = float(rng.uniform(0, 2 * np.pi))
    way, side = np.array([np.cos(yaw), np.sin(yaw), 0]), np.array([-np.sin(yaw), np.cos(yaw), 0])
    centre = np.array([*middle, 0.0])
    reach = float(np.linalg.norm(np.concatenate([[low, high], eyes[:, :2]]) - middle, axis=1).max())
    grey = int(rng.integers(60, 170))
    parts = _sky(rng) + [ground(Paint((grey, grey, grey + 4), (grey - 30, grey - 30, grey - 28), "asphalt", 2.0))]
    pavement = Paint(*(2 * ((grey + 30, grey + 28, grey + 24),)), str(rng.choice(["tiles", "bricks", "plain"])), 1.6)
    parts.append(
        scenery.flat(centre - 40 * way - 2.5 * side + [0, 0, 0.003], 80 * way, 5.0 * side, pavement, casts=False)
    )
    for sign in (-1, 1):
        distance = reach + float(rng.uniform(1.0, 9.0))
        at = -32.0
        while at < 32:
            width, height, depth = rng.uniform(6, 14), rng.uniform(4, 16), 8.0
            look = Paint(
                draw_colour(rng),
                (40, 50, 62),
                str(rng.choice(["facade", "facade", "bricks", "plaster"])),
                rng.uniform(8, 12),
            )
            if rng.random() < 0.85:
                place = centre + way * (at + width / 2) + side * sign * (distance + depth / 2) + [0, 0, height / 2]
                parts.append(scenery.without_shadow(scenery.box(place, (width, depth, height), yaw, look)))
            at += width + float(rng.choice([0, 0, rng.uniform(1, 4)]))
        for _ in range(int(rng.integers(0, 4))):
            spot = centre + way * rng.uniform(-14, 14) + side * sign * (distance - rng.uniform(0.2, 1.2))
            if np.linalg.norm(eyes[:, :2] - spot[:2], axis=1).min() > 3.5 and np.linalg.norm(spot[:2] - middle) > 3.2:
                parts += scenery.car(spot, yaw, rng) if rng.random() < 0.6 else scenery.tree(spot, rng)
    return Place("street", parts, light(rng, False), False)


def garden(low: Doubles, high: Doubles, eyes: Doubles, rng: np.random.Generator) -> Place:
    middle = (low + high) / 2
    reach = float(np.linalg.norm(np.concatenate([[low, high], eyes[:, :2]]) - middle, axis=1).max())
    hue = float(rng.uniform(0.13, 0.32))
    grass = Paint(hsv(hue, 0.5, float(rng.uniform(0.3, 0.6))), hsv(hue, 0.45, 0.3), "grass", 2.5)
    if rng.random() < 0.2:  # The ground is sand or a sports court.
        grass = Paint(hsv(0.1, 0.35, 0.75), hsv(0.1, 0.4, 0.6), "carpet", 2.0)
    parts = [*_sky(rng), ground(grass)]
    for _ in range(int(rng.integers(5, 18))):
        angle, far = rng.uniform(0, 2 * np.pi), reach + rng.uniform(1.5, 22)
        spot = np.array([*(middle + far * np.array([np.cos(angle), np.sin(angle)])), 0.0])
        if rng.random() < 0.5:
            parts += scenery.tree(spot, rng)
        else:
            size = rng.uniform(0.8, 3.0, 3)
            parts.append(scenery.bush(spot + [0, 0, size[2] / 3], size, rng, scenery.greenery(rng)))
    if rng.random() < 0.6:  # A hedge, a fence or a house stands behind the people.
        angle = float(rng.uniform(0, 2 * np.pi))
        out = np.array([np.cos(angle), np.sin(angle), 0])
        spot = np.array([*middle, 0.0]) + out * (reach + rng.uniform(2, 8))
        look = [scenery.greenery(rng), scenery.wood(rng, 2.0), Paint(draw_colour(rng), (40, 48, 60), "facade", 10.0)][
            int(rng.integers(3))
        ]
        tall = float(rng.uniform(1.2, 5))
        parts.append(scenery.box(spot + [0, 0, tall / 2], (0.6, 24, tall), angle, look))
    return Place("garden", parts, light(rng, False), False)
