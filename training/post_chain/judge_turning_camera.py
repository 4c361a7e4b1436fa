"""Measure paths of rendered people before a camera that turns.

Run `python -m training.post_chain.judge_turning_camera --mocap train.npz`. The same walk is filmed by a camera that
stands still and by one that pans at the same place. The path of the hips is compared with the exact one in the axes of
the middle of the pan; only its mean is moved, and the height is given.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from pipeline import api
from pipeline.core.arrays import Doubles
from training.synthesis.cameras import camera_axes
from training.synthesis.people.cameras import View
from training.synthesis.people.clip import Clip
from training.synthesis.people.filming import filmed
from training.synthesis.people.generate import POPULATION, film
from training.synthesis.people.motion import Motions, load_motions
from training.synthesis.people.persons import Person, draw_person
from training.synthesis.people.picture import places
from training.synthesis.people.picture.sensor import draw_sensor

_RATE_HZ, _FRAMES = 30.0, 120
_SIZE_PX, _FOV_DEG = (960, 540), 70.0
_EYE_M, _PITCH_DEG, _DISTANCE_M = 1.5, 4.0, 5.0
_LEAST_M, _MOST_M = 1.0, 3.2  # of the path across the picture


def walkers(motions: Motions, count: int) -> Iterator[Person]:
    """Draw held-out people who move across the floor."""
    rng = np.random.default_rng(7)
    while count:
        person = draw_person(rng, 1, motions, True, POPULATION, "moving", _FRAMES, _RATE_HZ)
        reach = np.ptp(person.pelvis[:, :2], axis=0).max()
        if _LEAST_M < reach < _MOST_M and person.pelvis[:, 2].min() > 0.4 * person.body.stature_m:
            count -= 1
            yield person


def view_of(person: Person, pan_deg: Doubles, shake_deg: float) -> View:
    """Return a camera that pans by `pan_deg` (T,) around the direction to the middle of a path."""
    eye = np.array([*person.pelvis[:, :2].mean(axis=0), _EYE_M]) - [0, _DISTANCE_M, 0]
    shake = shake_deg * np.random.default_rng(1).standard_normal((_FRAMES, 2))
    axes = camera_axes(np.radians(pan_deg + shake[:, 0]), np.radians(_PITCH_DEG + shake[:, 1]), np.zeros(_FRAMES))
    focal = _SIZE_PX[0] / 2 / np.tan(np.radians(_FOV_DEG) / 2)
    return View(np.tile(eye, (_FRAMES, 1)), axes, focal, _FOV_DEG, _SIZE_PX, "whole")


def clip_of(person: Person, view: View, number: int) -> Clip:
    """Return a clip of one person in a room, filmed with a good camera."""
    rng = np.random.default_rng(number)
    floor = person.joints[..., :2].reshape(-1, 2)
    place = places.build(
        ("room", "street", "hall")[number % 3], floor.min(0) - 0.3, floor.max(0) + 0.3, view.eye[:1], rng
    )
    sensor = replace(draw_sensor(rng, False), blur_px=0.4, noise=3.0, codec="h264", quality=23, exposure=0.3)
    return Clip(number, True, _RATE_HZ, [person], view, place, sensor, "", number)


def path_error_m(person: Person, view: View, take: api.Take) -> float:
    """Return the mean distance of the hips' paths after moving one onto the other."""
    found = take.people[0]
    path = found.joints_world[:, 0].astype(np.float64)
    truth = (person.pelvis - view.eye)[found.frame_index]
    seen = np.isfinite(path).all(axis=1)
    off = (path - path[seen].mean(0))[seen] - (truth - truth[seen].mean(0))[seen]
    return float(np.linalg.norm(off, axis=1).mean())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.post_chain.judge_turning_camera", description=__doc__)
    parser.add_argument("--mocap", type=Path, required=True, help="motion file (training/README.md)")
    parser.add_argument("--clips", type=int, default=6)
    parser.add_argument("--pan", type=float, default=40.0, help="degrees in 4 seconds (40)")
    parser.add_argument("--detector", default="mediapipe")
    parser.add_argument("--keep", type=Path, help="folder for the videos")
    args = parser.parse_args()
    _, held_out = load_motions(args.mocap)
    even = np.linspace(-0.5, 0.5, _FRAMES) * args.pan
    turns = {"still": (0 * even, 0.0), "shakes": (0 * even, 0.3), "pans": (even, 0.0), "pans back": (-even, 0.0)}
    print(f"{'':24}" + "".join(f"{name:>12}" for name in turns) + "   ignored: " + "  ".join(list(turns)[1:]))
    rows = []
    for number, person in enumerate(walkers(held_out, args.clips)):
        errors, ignored, kinds = [], [], []
        for name, (pan, shake) in turns.items():
            view = view_of(person, pan, shake)
            with tempfile.TemporaryDirectory() as folder:
                path = (args.keep or Path(folder)) / f"{number}_{name.replace(' ', '_')}.mp4"
                film(path, filmed(clip_of(person, view, number)), _RATE_HZ)
                settings = {"fov_deg": _FOV_DEG, "height_cm": 100 * person.body.stature_m, "detector": args.detector}
                take = api.lift(path, **settings)  # type: ignore[arg-type]
                scene = take.scene
                kinds.append("" if scene is None or scene.turn is None else scene.notes["turn"])
                errors.append(path_error_m(person, view, take))
                as_if_still = take.refinish(camera_motion="ignore")
                ignored.append(path_error_m(person, view, as_if_still))
        rows.append(errors + ignored[1:])
        label = f"{person.motion.name[:22]}"
        print(
            f"{label:24}"
            + "".join(f"{1000 * e:10.0f}mm" for e in errors)
            + "   "
            + str([round(1000 * e) for e in ignored])
        )
        print("    ", kinds)
    mean = np.mean(rows, axis=0)
    print(f"{'mean':24}" + "".join(f"{1000 * e:10.0f}mm" for e in mean))


if __name__ == "__main__":
    main()
