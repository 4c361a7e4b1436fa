"""A take of several cameras, made ready: videos and calibration in, one body with its 3D truth out.

In order: the detector runs over every view; the views' tracks of one body are found; exchanged sides are put right;
the cameras are put where they stand now and the views on one time; what they agree on is the truth.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.core.arrays import Doubles
from pipeline.core.camera import Camera as VideoCamera
from pipeline.core.errors import SourceError
from training.real_video.multiview_cameras import Camera, Marks, misses, read_qca, refined
from training.real_video.multiview_truth import (
    Sights,
    aligned,
    at_frames,
    one_body,
    smoothed,
    swaps,
    time_lags,
    view_files,
)
from training.real_video.single_view import tracks
from training.synthesis.detector_errors import Bools

_CONFIDENT = 0.5  # scores from which on a joint says where the cameras stand


@dataclass(frozen=True, slots=True)
class Take:
    """One body before several cameras. Truth and sights have the detector's sides put right; `raw` has not."""

    videos: list[Path]
    cameras: list[Camera]
    views: list[VideoCamera]  # as pinhole cameras, with the true field of view
    rate_hz: float
    time_s: list[Doubles]
    raw: Sights
    flags: Bools  # (V, T, 6) where sides were exchanged
    behind: Doubles  # (V,) frames
    calibrated_miss_px: float  # RMS of the marks before and after, 0 without any
    refined_miss_px: float

    @property
    def sights(self) -> Sights:
        return self.raw.swapped(self.flags)

    def truth(self, without: int | None = None) -> tuple[Doubles, Bools]:
        """(T, 17, 3) metres in the world at the common time, smoothed, NaN where the views never agree; and which
        views made it (V, T, 17)."""
        points, used = aligned(self.sights, self.behind).truth(self.cameras, without)
        known = used.any(axis=0)
        return smoothed(points), used & known

    def at_view(self, truth: Doubles, view: int) -> Doubles:
        """(T, 17, 3) the truth at the moments of a view's own frames, in the world."""
        return at_frames(truth, np.arange(len(truth)) - self.behind[view])


def load_marks(path: Path, cameras: list[Camera]) -> Marks:
    """Raises `SourceError`."""
    try:
        data = json.loads(path.read_text("utf-8"))
        rows = [[point or (np.nan, np.nan) for point in data["image"][camera.name]] for camera in cameras]
        return Marks(np.array(data["world"], np.float64), np.array(rows, np.float64))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(
            f"The marks {path} cannot be read ({error}).", "See training/real_video/multiview_marks.json."
        ) from error


def load_take(folder: Path, marks: Path | None = None) -> Take:
    """Pose2Sim's layout: `videos/*.mp4` and `calibration/*.qca.txt` in the same order. Raises `SourceError`."""
    videos = view_files(folder)
    calibrations = sorted((folder / "calibration").glob("*.qca.txt"))
    if not calibrations:
        raise SourceError(f"{folder} has no calibration/*.qca.txt.", "Give the folder of a take.")
    cameras = read_qca(calibrations[0])
    if len(cameras) != len(videos):
        raise SourceError(f"{len(videos)} videos, but {len(cameras)} cameras are calibrated.", "Give one video each.")
    seen = [tracks(video) for video in videos]
    raw, numbers = one_body(cameras, [[person.h36m17 for person in people] for people, _ in seen])
    known = load_marks(marks, cameras) if marks else None
    as_calibrated, behind = cameras, np.zeros(len(cameras))
    flags = swaps(raw, cameras)
    for _ in range(2):  # swaps and lags are told better by cameras that stand where they say
        sights = aligned(raw.swapped(flags), behind)
        flat = sights.joints.reshape(len(cameras), -1, 2)
        weight = (sights.scores > _CONFIDENT).astype(np.float64).reshape(len(cameras), -1)
        cameras = refined(as_calibrated, flat, weight, known)
        flags = swaps(raw, cameras)
        behind = time_lags(raw.swapped(flags), cameras)

    def rms(of: list[Camera]) -> float:
        return float(np.sqrt(np.nanmean((misses(of, known.image, known.world) ** 2).sum(-1)))) if known else 0.0

    return Take(
        videos=videos,
        cameras=cameras,
        views=[camera.as_pinhole(view) for camera, (_, view) in zip(cameras, seen, strict=True)],
        rate_hz=seen[0][1].rate_hz,
        time_s=[people[n].time_s for (people, _), n in zip(seen, numbers, strict=True)],
        raw=raw,
        flags=flags,
        behind=behind,
        calibrated_miss_px=rms(as_calibrated),
        refined_miss_px=rms(cameras),
    )
