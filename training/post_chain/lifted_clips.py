"""Lift whole clips in the frozen cameras as the program lifts a video, and store them.

Lifting takes minutes and the post-processing chain seconds: `lifted_clips` stores its result, so that the chain can be
evaluated repeatedly on identical joints.

A steadily panning camera would lose the person within a long clip, so `pan_deg_s` is set to 0. Hand-held sway and
following cameras stay, but such clips are not `still` and are left out of the metrics in the world.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.core.arrays import Doubles, Floats
from pipeline.core.camera import Camera
from pipeline.core.errors import SourceError
from pipeline.core.poses import PersonTrack
from pipeline.lift.base import WindowLifter
from pipeline.lift.windows import TrackLift
from pipeline.system.files import atomic_write
from training.data.motion_file import RATE_HZ, Clips, at_unit_stature, cut_windows
from training.evaluate.frozen_views import FrozenCameras
from training.evaluate.per_sample import ESTIMATED_SOURCE
from training.synthesis.cameras import project_into_cameras
from training.synthesis.detector_errors import ErrorModel, simulate_detector

_PER_FRAME = ("image", "scores", "raw", "camera", "world")
# Arrays of the file that hold `LiftedClip.lens`: name -> value for a clip.
_LENS: dict[str, Callable[[Camera], float]] = {
    "width_px": lambda lens: lens.size_px[0],
    "height_px": lambda lens: lens.size_px[1],
    "fov_deg": lambda lens: lens.fov_deg,
    "rate_hz": lambda lens: lens.rate_hz,
}


@dataclass(frozen=True, slots=True)
class LiftedClip:
    """One whole clip of T frames: detected, lifted, and its truth.

    Metres at unit stature (chain 1.55 m). `world`: z up, floor z = 0. `camera`: the same joints in the coordinates of
    every frame's camera.
    """

    clip: int  # index in the motion file
    draw: int
    source: str
    name: str
    lens: Camera  # size, true field of view and rate of the clip's video
    still: bool  # the camera neither sways nor follows
    unit_stature_m: float  # of `raw`
    image: Floats  # (T, 17, 2) px, with the detector's errors, NaN = not seen
    scores: Floats  # (T, 17)
    raw: Floats  # (T, 17, 3) the lifter's output: camera axes, root-relative; NaN where the person was not detected
    camera: Floats  # (T, 17, 3) truth
    world: Floats  # (T, 17, 3) truth

    @property
    def rate_hz(self) -> float:
        return self.lens.rate_hz


def whole_clips(
    clips: Clips, cameras: FrozenCameras, draw: int, errors: ErrorModel | None, every: int
) -> Iterator[LiftedClip]:
    """Yield every `every`-th clip from its first to its last frame.

    They are not lifted yet: `raw` is NaN.
    """
    for clip in range(0, len(clips), every):
        if str(clips.source[clip]) == ESTIMATED_SOURCE:
            continue
        index = cameras.index_of(clip, draw)
        rate, camera = cameras.rate_hz[[index]], cameras.camera(index)
        step = RATE_HZ / rate
        frames = int((clips.length[clip] - 1) / step[0]) + 1
        joints, _ = cut_windows(clips, np.array([clip]), step, np.zeros(1), frames)
        world, _ = at_unit_stature(joints)
        true, image = project_into_cameras(world, replace(camera, pan_deg_s=np.zeros(1)), rate)
        size = np.stack([camera.width_px, camera.height_px], -1)
        if errors is None:
            detected, scores = image.astype(np.float32), np.isfinite(image).all(-1).astype(np.float32)
        else:
            detected, scores = simulate_detector(image, size, rate, errors, np.random.default_rng((draw, clip)))
        yield LiftedClip(
            clip, draw, str(clips.source[clip]), str(clips.name[clip]), camera.pinhole(0, float(rate[0])),
            bool(camera.sway_deg[0] == 0 and camera.follow[0] == 0), np.nan,
            detected[0], scores[0], np.full((frames, 17, 3), np.nan, np.float32), true[0].astype(np.float32),
            world[0].astype(np.float32),
        )  # fmt: skip


def lift(lifter: WindowLifter, clip: LiftedClip) -> LiftedClip:
    """Lift a clip window by window as the program does; fills `raw`.

    The lifter is given the true field of view.
    """
    track = TrackLift(lifter, clip.lens)
    track.push(PersonTrack.of_h36m17(1, times_s(clip), clip.image, clip.scores))
    track.finish()
    return replace(clip, raw=track.result(), unit_stature_m=lifter.unit_stature_m)


def times_s(clip: LiftedClip) -> Doubles:
    """Time stamps of the frames (T,), s."""
    return np.arange(len(clip.image)) / clip.rate_hz


def save_lifted(lifted: list[LiftedClip], path: Path, label: str) -> None:
    """Write lifted clips to an `.npz`. Raises `OutputError`.

    `label` names the lifter and its input.
    """
    values: dict[str, Any] = {"label": label, "bounds": np.cumsum([0, *(len(one.raw) for one in lifted)])}
    for name in _columns():
        parts = [getattr(one, name) for one in lifted]
        values[name] = np.concatenate(parts) if name in _PER_FRAME else np.array(parts)
    for name, of_clip in _LENS.items():
        values[name] = np.array([of_clip(one.lens) for one in lifted])
    with atomic_write(path) as file:
        np.savez(file, **values)


def _columns() -> list[str]:
    return [field.name for field in fields(LiftedClip) if field.name != "lens"]


def load_lifted(path: Path) -> tuple[list[LiftedClip], str]:
    """Read lifted clips and their label, the inverse of `save_lifted`. Raises `SourceError`."""
    try:
        with np.load(path, allow_pickle=False) as file:
            data = dict(file)
        clips = []
        for k, (a, b) in enumerate(itertools.pairwise(data["bounds"])):
            width_px, height_px, fov_deg, rate_hz = (data[name][k].item() for name in _LENS)
            lens = Camera((width_px, height_px), fov_deg, rate_hz=rate_hz)
            values = {name: data[name][a:b] if name in _PER_FRAME else data[name][k].item() for name in _columns()}
            clips.append(LiftedClip(lens=lens, **values))
        return clips, str(data["label"])
    except (OSError, KeyError, ValueError, EOFError) as error:
        raise SourceError(
            f"The lifted joints {path} cannot be read ({error}).", "Remove the file to make it again."
        ) from error


def lifted_clips(clips: Iterator[LiftedClip], lifter: WindowLifter, path: Path | None, label: str) -> list[LiftedClip]:
    """Lift all clips and store them in `path`, if given."""
    lifted = [lift(lifter, clip) for clip in clips]
    if path is not None:
        save_lifted(lifted, path, label)
    return lifted
