"""Draw one clip from its seed: people, motion, place, camera and occluding objects.

A clip depends only on (seed, index, the motion file, this code), so it can be made again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.synthesis.people import motion as motions
from training.synthesis.people.cameras import View, draw_view
from training.synthesis.people.motion import Motions
from training.synthesis.people.persons import Person, beside, draw_person
from training.synthesis.people.picture import places, props
from training.synthesis.people.picture.sensor import Sensor, draw_sensor

_KIND_SHARES = (0.68, 0.1, 0.14, 0.08)  # probability of each of `motion.KINDS`
_RATES_HZ = (24.0, 25.0, 30.0, 50.0, 60.0)
_TRIES = 6  # cameras drawn at most, until one has `_LEAST_INSIDE` (share of joints) of the first person in its image
_LEAST_INSIDE = {"moving": 0.4, "seated": 0.4, "desk": 0.25, "lying": 0.4}


@dataclass(frozen=True, slots=True)
class Clip:
    """Hold the plan of a clip, before its frames are rendered."""

    index: int
    held_out: bool
    rate_hz: float
    people: list[Person]
    view: View
    place: places.Place
    sensor: Sensor
    hidden_by: str  # name of the object in front of the people, "" without one
    look: int

    @property
    def frames(self) -> int:
        return len(self.view.eye)


def plan(
    seed: int, index: int, training: Motions | None, held_out: Motions, held_out_share: float, population: int
) -> Clip:
    """Draw clip `index` of the seed; with `training` None, every clip is held out."""
    rng = np.random.default_rng((seed, 2, index))
    reserved = training is None or bool(rng.random() < held_out_share)
    source = held_out if reserved or training is None else training
    kind = str(rng.choice(motions.KINDS, p=_KIND_SHARES))
    rate_hz, frames = _timing(rng)
    first = draw_person(rng, seed, source, reserved, population, kind, frames, rate_hz)
    people = [first]
    more = int(rng.choice([0, 1, 2], p=[0.62, 0.26, 0.12] if kind == "moving" else [0.8, 0.15, 0.05]))
    for _ in range(more):
        other_kind = kind if kind == "seated" and rng.random() < 0.4 else "moving"
        other = draw_person(rng, seed, source, reserved, population, other_kind, frames, rate_hz)
        people.append(beside(other, first, rng))
    pelvis = first.pelvis
    if more and rng.random() < 0.4 and kind == "moving":  # the camera aims at all of them
        pelvis = np.mean([person.pelvis for person in people], axis=0)
    for _ in range(_TRIES):
        view = draw_view(pelvis, first.facing_rad, first.body.stature_m, kind, rate_hz, rng)
        if _inside(view, first) > _LEAST_INSIDE[kind]:
            break
    place, hidden_by = _place(people, view, rng, kind)
    return Clip(
        index, reserved, rate_hz, people, view, place, draw_sensor(rng, view.framing == "far"), hidden_by,
        int(rng.integers(2**31)),
    )  # fmt: skip


def _inside(view: View, person: Person) -> float:
    """Compute the share of the joints that lie in the image, mean over the frames."""
    flat = view.image_from_camera(view.camera_from_world(person.joints))
    with np.errstate(invalid="ignore"):
        return float(((flat >= 0) & (flat < view.size_px)).all(axis=-1).mean())


def _timing(rng: np.random.Generator) -> tuple[float, int]:
    """Draw the rate (Hz) and number of frames; some rates are low as of webcams in the dark."""
    chance = rng.random()
    if chance < 0.62:
        rate = float(rng.choice(_RATES_HZ, p=[0.12, 0.18, 0.46, 0.08, 0.16]))
    else:
        rate = float(rng.uniform(15, 60) if chance < 0.8 else rng.uniform(6, 15))
    seconds = float(rng.uniform(2.0, 4.5)) * (1.6 if rate < 15 else 1.0)
    return rate, int(np.clip(seconds * rate, 40, 160))


def _place(people: list[Person], view: View, rng: np.random.Generator, kind: str) -> tuple[places.Place, str]:
    """Draw the place, the furniture for the motion, and sometimes an occluding object."""
    floor = np.concatenate([p.joints[..., :2].reshape(-1, 2) for p in people])
    low, high = floor.min(axis=0) - 0.3, floor.max(axis=0) + 0.3
    place = places.build(places.draw_kind(rng, kind != "moving"), low, high, view.eye[:1], rng)
    parts, hidden_by = place.parts, ""
    for person in people:
        if person.motion.kind in ("seated", "desk"):
            more, name = props.seat(person, view, rng)
            parts, hidden_by = parts + more, hidden_by or name
        elif person.motion.kind == "lying":
            parts = parts + props.bed(person, rng)
    if kind != "desk" and rng.random() < (0.24 if place.kind != "photograph" else 0.0):
        more, name = props.in_front(people[0], view, rng, place.indoors)
        parts, hidden_by = parts + more, name or hidden_by
    return places.Place(place.kind, parts, place.light, place.indoors), hidden_by
