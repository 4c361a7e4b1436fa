"""Lift people whose joints are known: `python -m training.uncertainty.lifted_tracks`.

The network of standard errors learns from finished lifters' answers: on rendered people as the program's detectors saw
them (`training.synthesis.people`), and on motion capture and posed bodies with simulated detector errors. Half of the
tracks are lifted with the true field of view and half with the one that the program assumes.

A lifter that was trained on rendered people knows those by heart; only its answers on the held-out ones are typical.

One `.npz` without pickle. Shapes: `T` rows of all tracks behind one another, `N` tracks.
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.core.arrays import Floats
from pipeline.core.camera import Camera
from pipeline.core.errors import SourceError
from pipeline.core.poses import EXTRAS, PersonTrack
from pipeline.lift.base import WindowLifter
from pipeline.lift.windows import TrackLift
from pipeline.system.files import atomic_write
from training.data.motion_file import UNIT_STATURE_M, Clips, at_unit_stature, draw_windows, load_clips, selection_split
from training.evaluate.open_lifter import add_lifter_arguments, chosen_lifter
from training.synthesis.cameras import draw_cameras, project_into_cameras
from training.synthesis.detector_errors import (
    ErrorModel,
    for_detector_joints,
    like_rendered_people,
    load_model,
    simulate_detector,
)
from training.synthesis.people import shards
from training.synthesis.rendered_tracks import depth_channel

_FRAMES = 121  # frames of a track of simulated detections
_CLEAN_SHARE = 0.2  # share of those tracks without detector errors
_HIDDEN_SHARE = 0.25  # share of those tracks in which a limb is missing for a while: a detector without guesses
_LIMBS = ((1, 2, 3), (4, 5, 6), (2, 3), (5, 6), (11, 12, 13), (14, 15, 16), (13,), (16,), (9, 10))
_ROW_ARRAYS = ("found", "scores", "depth", "lifted", "true", "times")
_TRACK_ARRAYS = ("length", "size_px", "fov_deg", "rate_hz", "source", "clip", "held_out")


@dataclass(frozen=True, slots=True)
class LiftedSample:
    """Hold one person's detections, a lifter's answer and the truth, in `T` frames."""

    found: Floats  # (T, 17, 2) px, NaN where not found
    scores: Floats  # (T, 17)
    depth: Floats  # (T, 17) the detector's own depth behind the pelvis, m at unit stature; 0: unknown
    lifted: Floats  # (T, 17, 3) m at unit stature, camera axes, NaN where not lifted
    true: Floats  # (T, 17, 3) likewise, of the exact joints; pelvis at zero
    times: Floats  # (T,) s
    camera: Camera  # as the lifter was given it
    source: str  # "full", "heavy": detections on rendered people; "mocap", "posed": simulated ones
    clip: str
    held_out: bool


def lift(lifter: WindowLifter, camera: Camera, time_s: Floats, found: Floats, scores: Floats, depth: Floats) -> Floats:
    """Lift a track (T, 17, 2) px, (T, 17) as the program does: (T, 17, 3), camera axes.

    `depth` (T, 17) as in `LiftedSample`, for lifters that take it.
    """
    extras = {}
    if lifter.takes_depth and depth.any():
        extras["depth"] = np.where(depth == 0, np.nan, depth / UNIT_STATURE_M).astype(EXTRAS["depth"].dtype)
    track = TrackLift(lifter, camera)
    track.push(PersonTrack.of_h36m17(1, time_s.astype(np.float64), found, scores, extras))
    track.finish()
    return track.result()


def rendered_samples(lifter: WindowLifter, clips: Iterable[shards.Shard]) -> Iterator[LiftedSample]:
    """Lift every person of rendered clips from what every detector saw."""
    for shard in clips:
        true = shard.true_h36m17()[0]
        rate = float(shard.meta["rate_hz"])
        camera = Camera.assumed(shard.size_px, rate)
        if shard.meta["index"] % 2:
            camera = Camera(shard.size_px, float(shard.meta["fov_deg"]), rate_hz=rate)
        times = shard.arrays["time_s"].astype(np.float32)
        for detector in shard.meta["detectors"]:
            found, scores = shard.detected_h36m17(detector)
            points = shard.depth_h36m17(detector)
            for person in range(len(true)):
                depth = np.zeros(scores.shape[1:], np.float32) if points is None else depth_channel(points[person])
                lifted = lift(lifter, camera, times, found[person], scores[person], depth)
                sample = compared(
                    found[person], scores[person], depth, lifted, true[person], times, camera, detector,
                    shard.path.stem, shard.held_out,
                )  # fmt: skip
                if sample is not None:
                    yield sample


def simulated_samples(
    lifter: WindowLifter, clips: Clips, errors: list[ErrorModel], source: str, count: int, seed: int, held_out: bool
) -> Iterator[LiftedSample]:
    """Lift motion seen by drawn cameras with a simulated detector.

    `source` is "mocap" or "posed".
    """
    for number in range(count):
        rng = np.random.default_rng((seed, number, source == "posed", held_out))
        drawn, rate = draw_windows(clips, rng, 1, _FRAMES, vary_bodies=source == "mocap")
        cameras = draw_cameras(rng, 1)
        in_camera, image = project_into_cameras(at_unit_stature(drawn)[0], cameras, rate)
        size = np.stack([cameras.width_px, cameras.height_px], -1)
        if rng.random() < _CLEAN_SHARE:
            found, scores = image.astype(np.float32), np.isfinite(image).all(-1).astype(np.float32)
        else:
            model = errors[int(rng.integers(len(errors)))]
            if source == "posed":
                model = for_detector_joints(model)
                model = like_rendered_people(model) if rng.random() < 0.5 else model
            found, scores = simulate_detector(image, size, rate, model, rng)
        if rng.random() < _HIDDEN_SHARE:
            _hide_limb(found[0], scores[0], rng)
        camera = cameras.pinhole(0, float(rate[0]))
        if rng.random() < 0.5:
            camera = Camera.assumed(camera.size_px, camera.rate_hz)
        times = (np.arange(_FRAMES) / rate[0]).astype(np.float32)
        lifted = lift(lifter, camera, times, found[0], scores[0], np.zeros_like(scores[0]))
        sample = compared(
            found[0], scores[0], np.zeros_like(scores[0]), lifted, in_camera[0].astype(np.float32), times, camera,
            source, f"{source}{number}", held_out,
        )  # fmt: skip
        if sample is not None:
            yield sample


def _hide_limb(found: Floats, scores: Floats, rng: np.random.Generator) -> None:
    """Hide a limb of a track (T, 17, 2), (T, 17) from a random frame on, or throughout. In place."""
    first, count = (0, len(found)) if rng.random() < 0.5 else rng.integers(0, len(found), 2)
    limb = list(_LIMBS[int(rng.integers(len(_LIMBS)))])
    found[first : first + count, limb], scores[first : first + count, limb] = np.nan, 0


def compared(
    found: Floats,
    scores: Floats,
    depth: Floats,
    lifted: Floats,
    true: Floats,
    times: Floats,
    camera: Camera,
    source: str,
    clip: str,
    held_out: bool,
) -> LiftedSample | None:
    """Bring answer and truth to one stature, and their pelvises together.

    None if hardly anything was lifted. This is the convention of all evaluations: the median stature of a track is that
    of the truth, and only the pose around the pelvis counts, in camera axes.
    """
    both = np.isfinite(lifted).all((-1, -2))
    if both.sum() < 5:
        return None
    answer, exact = np.full_like(lifted, np.nan), (true - true[:, :1]).astype(np.float32)
    answer[both] = at_unit_stature((lifted - lifted[:, :1])[None, both])[0][0]
    exact *= at_unit_stature(exact[None, both].astype(np.float64))[1].astype(np.float32)
    return LiftedSample(found, scores, depth, answer, exact, times, camera, source, clip, held_out)


def store(path: Path, samples: list[LiftedSample]) -> None:
    """Write samples to a file. Raises `OutputError`."""
    rows = {name: np.concatenate([getattr(sample, name) for sample in samples]) for name in _ROW_ARRAYS}
    cameras = [sample.camera for sample in samples]
    per_track = {
        "length": np.array([len(sample.found) for sample in samples]),
        "size_px": np.array([camera.size_px for camera in cameras]),
        "fov_deg": np.array([camera.fov_deg for camera in cameras]),
        "rate_hz": np.array([camera.rate_hz for camera in cameras]),
        "source": np.array([sample.source for sample in samples]),
        "clip": np.array([sample.clip for sample in samples]),
        "held_out": np.array([sample.held_out for sample in samples]),
    }
    with atomic_write(path) as file:
        np.savez(file, **rows, **per_track)


def load(path: Path) -> list[LiftedSample]:
    """Read the samples of a file. Raises `SourceError`."""
    try:
        with np.load(path, allow_pickle=False) as data:
            rows = {name: data[name] for name in _ROW_ARRAYS}
            per_track = {name: data[name] for name in _TRACK_ARRAYS}
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise SourceError(f"{path} holds no lifted tracks ({error}).", "Make it again.") from error
    out = []
    stop = np.cumsum(per_track["length"])
    for n, last in enumerate(stop):
        part = slice(int(last - per_track["length"][n]), int(last))
        width, height = per_track["size_px"][n]
        camera = Camera(
            (int(width), int(height)), float(per_track["fov_deg"][n]), rate_hz=float(per_track["rate_hz"][n])
        )
        arrays = [rows[name][part] for name in _ROW_ARRAYS]
        out.append(
            LiftedSample(*arrays, camera, str(per_track["source"][n]), str(per_track["clip"][n]),
                         bool(per_track["held_out"][n]))
        )  # fmt: skip
    return out


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m training.uncertainty.lifted_tracks", description=(__doc__ or "").split("\n", maxsplit=1)[0]
    )
    parser.add_argument("--people", type=Path, required=True, help="folder of clips of training.synthesis.people")
    parser.add_argument("--split", choices=("", "train", "held_out"), default="", help="only these clips (both)")
    parser.add_argument("--data", type=Path, help="training motion (.npz)")
    parser.add_argument("--posed", type=Path, help="motion file of training.synthesis.posed_bodies (.npz)")
    parser.add_argument("--simulated", type=int, default=300, help="tracks of each of the two (300)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True, help="file to write (.npz)")
    add_lifter_arguments(parser)
    args = parser.parse_args()
    lifter = chosen_lifter(parser, args)
    folder = Path(__file__).parents[1]
    errors = [
        load_model(folder / "synthesis/detector_errors.json"),
        load_model(folder / "evaluate/frozen/detector_errors.json"),
    ]
    samples = list(rendered_samples(lifter, shards.read_all(args.people, args.split)))
    for source, path in (("mocap", args.data), ("posed", args.posed)):
        if path is not None:
            training, held_out = selection_split(load_clips(path))
            samples += simulated_samples(lifter, training, errors, source, args.simulated, args.seed, False)
            samples += simulated_samples(lifter, held_out, errors, source, args.simulated // 4, args.seed, True)
    store(args.out, samples)
    print(f"{len(samples)} tracks, {sum(len(sample.found) for sample in samples)} frames", file=sys.stderr)


if __name__ == "__main__":
    main()
