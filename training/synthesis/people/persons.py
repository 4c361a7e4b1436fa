"""Draw the people of a clip: bodies in motion that stand, sit or lie in the world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.core.arrays import Doubles
from training.synthesis.people.bodies import Body, body, draw_number
from training.synthesis.people.motion import Motion, Motions, draw_motion, heading, wander
from training.synthesis.people.retarget import Manner, Posed, anatomical, retargeted


@dataclass(frozen=True, slots=True)
class Person:
    """Hold one person of the clip."""

    body: Body
    motion: Motion
    posed: Posed  # in the world
    joints: Doubles  # (T, 23, 3) COCO23, world
    look: int  # seed of the clothes

    @property
    def facing_rad(self) -> float:
        """Return the heading of the pelvis in the first frame, from world +x."""
        return float(heading(anatomical(self.body, self.posed))[0])

    @property
    def pelvis(self) -> Doubles:
        """Return the middle of the hips (T, 3), metres in the world."""
        return np.asarray((self.joints[:, 11] + self.joints[:, 12]) / 2)


def draw_person(rng: np.random.Generator, seed: int, source: Motions, reserved: bool, population: int, kind: str,
                frames: int, rate_hz: float) -> Person:  # fmt: skip
    """Draw a body and a motion from one side of the split, placed at the world's origin."""
    who = body(draw_number(rng, reserved, population), seed)
    motion = draw_motion(source, rng, kind, frames, rate_hz)
    posed = retargeted(who, motion.joints, rate_hz, _manner(rng, frames, rate_hz))
    joints = who.joints(posed.rotations, posed.translations)
    up = _lift(who, posed, joints, kind, rng)
    posed = posed.moved(np.eye(3), np.array([0, 0, up]))
    return Person(who, motion, posed, joints + [0, 0, up], int(rng.integers(2**31)))


def _manner(rng: np.random.Generator, frames: int, rate_hz: float) -> Manner:
    forearm = rng.normal(0, 0.35, 2) + 0.25 * wander(rng, frames, rate_hz, 0.4, 2)
    wrist = rng.normal(0, 0.15, (1, 2, 2)) + 0.15 * wander(rng, frames, rate_hz, 0.3, 4).reshape(frames, 2, 2)
    curl = np.where(rng.random(2) < 0.15, 0.95, rng.uniform(0.05, 0.55, 2)) + 0.08 * wander(
        rng, frames, rate_hz, 0.5, 2
    )
    return Manner(np.clip(forearm, -1.3, 1.3), np.clip(wrist, -0.6, 0.6), np.clip(curl, 0, 1), rng.normal(0.15, 0.1, 2))


def _lift(who: Body, posed: Posed, joints: Doubles, kind: str, rng: np.random.Generator) -> float:
    """Compute how far (metres) the body is moved up to stand, sit or lie on its support."""
    if kind == "lying":
        bed = float(rng.choice([0.0, rng.uniform(0.3, 0.6)], p=[0.6, 0.4]))
        return bed + 0.075 * who.stature_m - float(np.percentile(posed.heads[:, :50, 2].min(axis=1), 20))
    rest = who.joints(
        np.broadcast_to(np.eye(3), (1, *posed.rotations.shape[1:])), np.zeros((1, *posed.heads.shape[1:]))
    )
    soles = (joints[:, 17:, 2] - rest[0, 17:, 2]).min(axis=1)
    return -float(np.percentile(soles, 3))


def beside(person: Person, first: Person, rng: np.random.Generator) -> Person:
    """Move the person to a place near the first person, without overlap."""
    angle, far = rng.uniform(0, 2 * np.pi), float(np.exp(rng.uniform(np.log(0.7), np.log(4.0))))
    mine, theirs = person.joints[:, :, :2].mean(axis=1), first.joints[:, :, :2].mean(axis=1)
    way = np.array([np.cos(angle), np.sin(angle)])
    for _ in range(6):
        if np.linalg.norm(mine - mine.mean(axis=0) + theirs.mean(axis=0) + way * far - theirs, axis=1).min() > 0.55:
            break
        far += 0.5
    by = np.array([*(theirs.mean(axis=0) + way * far - mine.mean(axis=0)), 0.0])
    return Person(person.body, person.motion, person.posed.moved(np.eye(3), by), person.joints + by, person.look)
