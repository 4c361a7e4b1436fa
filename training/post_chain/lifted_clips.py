"""Whole clips before the evaluation's frozen cameras, lifted as the program lifts a video, and kept in a file.

Lifting takes minutes and the chain behind it seconds: `lifted_clips` writes what it has lifted, so that the chain can
be tried again and again on the very same joints.

A camera that turns steadily would lose the person within a long clip, so `pan_deg_s` is left out; a hand's sway and a
camera that follows stay, but such clips are not `still` and do not count where the world is measured.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.core.arrays import Doubles, Floats
from pipeline.core.errors import SourceError
from pipeline.lift.base import WindowLifter
from pipeline.lift.windows import TrackLift
from pipeline.system.files import atomic_write
from training.data.motion_file import RATE_HZ, Clips, at_unit_stature, cut_windows
from training.evaluate.frozen_views import Views
from training.evaluate.per_sample import DOUBTFUL
from training.synthesis.cameras import project_into_cameras
from training.synthesis.detector_errors import ErrorModel, simulate_detector

_PER_FRAME = ("image", "scores", "raw", "camera", "world")


@dataclass(frozen=True, slots=True)
class LiftedClip:
    """One whole clip of T frames at `rate_hz`, seen, lifted, and as it was. Metres at unit stature (chain 1.55 m).

    `world`: z up, floor 0. `camera`: the same joints in the axes and at the place of the camera of every frame.
    """

    clip: int
    draw: int
    source: str
    name: str
    rate_hz: float
    width_px: int
    height_px: int
    fov_deg: float
    still: bool  # the camera neither sways nor follows
    unit_stature_m: float  # of `raw`
    image: Floats  # (T, 17, 2) px, with the detector's errors, NaN = not seen
    scores: Floats  # (T, 17)
    raw: Floats  # (T, 17, 3) the lifter's answer: camera axes, root-relative; NaN where nobody was seen
    camera: Floats  # (T, 17, 3) truth
    world: Floats  # (T, 17, 3) truth


def whole_sights(clips: Clips, views: Views, draw: int, errors: ErrorModel | None, every: int) -> Iterator[LiftedClip]:
    """Every `every`-th clip from its first to its last frame, not lifted yet (`raw` is NaN)."""
    for clip in range(0, len(clips), every):
        if str(clips.source[clip]) == DOUBTFUL:
            continue
        view = (clip + draw * 83) % len(views.rate_hz)  # the camera that `frozen_views.sights` gives it
        rate, camera = views.rate_hz[[view]], views.one(view)
        step = RATE_HZ / rate
        frames = int((clips.length[clip] - 1) / step[0]) + 1
        joints, _ = cut_windows(clips, np.array([clip]), step, np.zeros(1), frames)
        world, _ = at_unit_stature(joints)
        true, image = project_into_cameras(world, replace(camera, pan_deg_s=np.zeros(1)), rate)
        size = np.stack([camera.width_px, camera.height_px], -1)
        if errors is None:
            found, scores = image.astype(np.float32), np.isfinite(image).all(-1).astype(np.float32)
        else:
            found, scores = simulate_detector(image, size, rate, errors, np.random.default_rng((draw, clip)))
        yield LiftedClip(
            clip, draw, str(clips.source[clip]), str(clips.name[clip]), float(rate[0]), int(size[0, 0]),
            int(size[0, 1]), float(camera.fov_deg[0]), bool(camera.sway_deg[0] == 0 and camera.follow[0] == 0), np.nan,
            found[0], scores[0], np.full((frames, 17, 3), np.nan, np.float32), true[0].astype(np.float32),
            world[0].astype(np.float32),
        )  # fmt: skip


def lift(lifter: WindowLifter, sight: LiftedClip) -> LiftedClip:
    """The same with `raw`: as the program does it, window by window, with the true field of view."""
    track = TrackLift(lifter, sight.rate_hz, (sight.width_px, sight.height_px), fov_deg=sight.fov_deg)
    track.push(sight.image, sight.scores, times_s(sight))
    track.finish()
    return replace(sight, raw=track.result(), unit_stature_m=lifter.unit_stature_m)


def times_s(sight: LiftedClip) -> Doubles:
    """(T,) time of the frames."""
    return np.arange(len(sight.image)) / sight.rate_hz


def save(lifted: list[LiftedClip], path: Path, label: str) -> None:
    """Write them to an `.npz`; `label` says what they were lifted with. Raises `OutputError`."""
    values: dict[str, Any] = {"label": label, "bounds": np.cumsum([0, *(len(one.raw) for one in lifted)])}
    for field in fields(LiftedClip):
        parts = [getattr(one, field.name) for one in lifted]
        values[field.name] = np.concatenate(parts) if field.name in _PER_FRAME else np.array(parts)
    with atomic_write(path) as file:
        np.savez(file, **values)


def load(path: Path) -> tuple[list[LiftedClip], str]:
    """Inverse of `save`. Raises `SourceError`."""
    try:
        with np.load(path, allow_pickle=False) as file:
            data = dict(file)
        bounds = data["bounds"]
        names = [field.name for field in fields(LiftedClip)]
        return [
            LiftedClip(**{name: data[name][a:b] if name in _PER_FRAME else data[name][k].item() for name in names})
            for k, (a, b) in enumerate(itertools.pairwise(bounds))
        ], str(data["label"])
    except (OSError, KeyError, ValueError, EOFError) as error:
        raise SourceError(
            f"The lifted joints {path} cannot be read ({error}).", "Remove the file, and it is made again."
        ) from error


def lifted_clips(make: Iterator[LiftedClip], lifter: WindowLifter, path: Path | None, label: str) -> list[LiftedClip]:
    """All of them lifted, and kept in `path`."""
    lifted = [lift(lifter, sight) for sight in make]
    if path is not None:
        save(lifted, path, label)
    return lifted
