"""Measure corrections of 2D joints: time to the new 3D, distance to everything done again.

    python benchmarks/corrections.py [--minutes 10] [--people 2] [--corrections 8] [--check] [--keep TAKE.pose3d]

The sample's detections are played forward and backward with a slow drift, for as many minutes and people as asked.
Corrections of an elbow and a wrist (three keys in 20 frames) are made at random places, each moved a second time, as
when a joint is dragged on: then the windows next to the changed ones are remembered. `--check` finishes everything
again with the same tilt, floor and usual values, and prints the largest distance. `--keep` saves the take, and takes it
from there.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from pipeline import api
from pipeline.core.camera import Camera
from pipeline.core.corrections.layer import Correction
from pipeline.core.poses import PersonTrack
from pipeline.core.skeletons import SKELETONS
from pipeline.core.take import Take
from pipeline.post.finish import camera_space
from pipeline.post.stretches.state import lock_whole, person_state, steps_of
from pipeline.run.models import Engine
from pipeline.run.relift_stretch import StretchLifter
from pipeline.take.corrections.layer import move, with_corrections
from pipeline.take.file import load_take, save_take
from pipeline.take.provenance import take_config

_WRIST, _ELBOW = "left_wrist", "left_elbow"


def long_take(minutes: float, people: int, engine: Engine) -> Take:
    """Lift a take of that length, made of the sample's detections."""
    sample = api.lift(api.sample_video(), models=engine)
    base = max(sample.tracks2d, key=lambda track: int(track.seen.sum()))
    first, last = np.flatnonzero(base.seen)[[0, -1]]
    length, frames = last - first + 1, round(60 * minutes * sample.info.fps_hz)
    tracks = []
    for person in range(1, people + 1):
        at = (np.arange(frames) + person * length // people) % (2 * length - 2)
        rows = base.rows(np.where(at < length, at, 2 * length - 2 - at) + first)
        drift = np.cumsum(np.random.default_rng(person).normal(0, 0.15, (frames, 1, 2)), axis=0)
        drift -= np.linspace(0, 1, frames)[:, None, None] * drift[-1]
        joints = (rows.joints_image + drift).astype(np.float32)
        index, extras = np.arange(frames), {name: rows.extras[name] for name in rows.extras if name == "depth"}
        time_s = index / sample.info.fps_hz
        tracks.append(PersonTrack.of(person, index, time_s, joints, rows.scores, rows.skeleton, extras))
    info = replace(sample.info, frame_count=frames, duration_s=60 * minutes)
    bare = replace(sample, info=info, tracks2d=tuple(tracks), tracks3d=(), lifted=(), token_stages=(), scene=None)
    return api.Take.of(bare).relift("all", models=engine)


def arm_moved(take: Take, row: int, by_px: float) -> Correction:
    """Return the correction that moves the arm of person 1 in three frames from `row` on."""
    track, keys = take.detected_track2d(1), {}
    names = SKELETONS[track.skeleton].names
    for frame in (row, row + 10, row + 20):
        if track.seen[frame]:
            wrist, elbow = (track.joints_image[frame, names.index(name)] for name in (_WRIST, _ELBOW))
            moved = {_WRIST: (wrist[0] + by_px, wrist[1] - by_px / 2), _ELBOW: (elbow[0] + by_px / 2, elbow[1])}
            keys[int(track.frame_index[frame])] = {name: (float(x), float(y)) for name, (x, y) in moved.items()}
    return move(take, 1, keys)


def farthest_mm(take: Take, before: Take) -> float:
    """Finish person 1 of `take` whole with the constants of `before`; compare with its joints."""
    config, scene = take_config(take), before.scene
    assert config is not None
    assert scene is not None
    camera = Camera.of(take.info, config.scene.in_turned(take.info.turned_deg), take.time_s)
    steps = steps_of(camera, replace(config, scene=config.scene.in_turned(take.info.turned_deg)), scene, 1)
    constants = person_state(before.tracks2d[0], before.lifted[0], steps).constants
    in_camera, _ = camera_space(take.tracks2d[0], take.lifted[0], camera, steps.config, constants.stretch(0))
    locked = lock_whole(steps.on_floor(in_camera), steps)[2]
    world = steps.twisted(locked, constants.of("twist").stretch(0)) + scene.translation * [1, 1, 0]
    return 1000 * float(np.nanmax(np.linalg.norm(world - take.tracks3d[0].joints, axis=-1)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--people", type=int, default=2)
    parser.add_argument("--corrections", type=int, default=8)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with Engine() as engine:
        if options.keep is not None and options.keep.is_file():
            take = load_take(options.keep)
        else:
            take = long_take(options.minutes, options.people, engine)
            if options.keep is not None:
                save_take(take, options.keep)
        config = take_config(take)
        assert config is not None
        lifter = StretchLifter(config, engine)
        begun = time.perf_counter()
        lifter.prepare(take, 1)
        print(
            f"{take.frame_count} frames, {len(take.tracks3d)} people; prepared in {time.perf_counter() - begun:.1f} s"
        )
        rng = np.random.default_rng(0)
        rows = rng.integers(100, take.frame_count - 100, options.corrections)
        times: dict[str, list[tuple[float, float]]] = {"first": [], "again": []}
        current = take
        for row in rows:
            done = list(current.corrections)
            for kind, by_px in (("first", float(rng.uniform(20, 60))), ("again", float(rng.uniform(20, 60)))):
                begun, used = time.perf_counter(), time.process_time()
                layered = with_corrections(current, [*done, arm_moved(current, int(row), by_px)])
                result = lifter.apply(current, layered)
                times[kind].append((time.perf_counter() - begun, time.process_time() - used))
                print(f"row {row}: {times[kind][-1][0]:.2f} s, {result.windows} windows, whole: {result.whole}")
                current = result.take
        for kind, measured in times.items():
            wall, processor = (statistics.median(values) for values in zip(*measured, strict=True))
            slowest = max(wall_s for wall_s, _ in measured)
            print(f"{kind}: median {wall:.2f} s, slowest {slowest:.2f} s, processor time {processor:.2f} s")
        if options.check:
            print(f"farthest from everything done again: {farthest_mm(current, take):.3f} mm")


if __name__ == "__main__":
    main()
