"""Load a multi-camera take and triangulate the 3D truth of one person.

The detector runs on every view; the tracks of one person are matched across views; left-right swaps are corrected;
camera poses are refined and the views aligned in time; joints are triangulated where the views agree.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pipeline.core.arrays import Doubles
from pipeline.core.camera import Camera
from pipeline.core.errors import SourceError
from training.real_video.multiview_cameras import (
    CalibratedCamera,
    Marks,
    read_qca,
    refine_cameras,
    reprojection_residuals,
)
from training.real_video.multiview_truth import (
    MultiviewJoints,
    align_in_time,
    estimate_lags,
    find_swaps,
    interpolate_frames,
    list_videos,
    match_person,
    smooth,
)
from training.real_video.single_view import detect_people
from training.synthesis.detector_errors import Bools

_MIN_SCORE = 0.5  # detector score from which a joint is used to refine the camera poses


@dataclass(frozen=True, slots=True)
class MultiviewTake:
    """One person in several cameras: raw detections, left-right swaps and geometry."""

    videos: list[Path]
    cameras: list[CalibratedCamera]
    views: list[Camera]  # as pinhole cameras, with the true field of view
    rate_hz: float
    time_s: list[Doubles]
    raw: MultiviewJoints
    flags: Bools  # (V, T, 6) left-right swaps of the pairs of `multiview_truth.PAIRS`
    behind: Doubles  # (V,) frames by which a view runs behind the common time
    calibrated_miss_px: float  # RMS reprojection error of the marks as calibrated; 0 without marks
    refined_miss_px: float  # the same after refinement

    @property
    def corrected(self) -> MultiviewJoints:
        """The detections with left-right swaps corrected."""
        return self.raw.swap_sides(self.flags)

    def truth(self, without: int | None = None) -> tuple[Doubles, Bools]:
        """Triangulate the smoothed world joints (T, 17, 3) m at the common time.

        Also returns the views used (V, T, 17). `without` leaves one view out. Joints on which the views never agree are
        NaN.
        """
        points, used = align_in_time(self.corrected, self.behind).triangulate_joints(self.cameras, without)
        known = used.any(axis=0)
        return smooth(points), used & known

    def at_view(self, truth: Doubles, view: int) -> Doubles:
        """Interpolate the truth (T, 17, 3) in the world to the times of a view's frames."""
        return interpolate_frames(truth, np.arange(len(truth)) - self.behind[view])


def load_marks(path: Path, cameras: list[CalibratedCamera]) -> Marks:
    """Read the marks of a take for these cameras. Raises `SourceError`."""
    try:
        data = json.loads(path.read_text("utf-8"))
        rows = [[point or (np.nan, np.nan) for point in data["image"][camera.name]] for camera in cameras]
        return Marks(np.array(data["world"], np.float64), np.array(rows, np.float64))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(
            f"The marks {path} cannot be read ({error}).", "See training/real_video/multiview_marks.json."
        ) from error


def load_take(folder: Path, marks: Path | None = None, detector: str = "mediapipe") -> MultiviewTake:
    """Load a take in Pose2Sim's layout, seen by a detector of the program. Raises `SourceError`.

    The folder holds `videos/*.mp4`, one per camera of `calibration/*.qca.txt`, in the same order.
    """
    videos = list_videos(folder)
    calibrations = sorted((folder / "calibration").glob("*.qca.txt"))
    if not calibrations:
        raise SourceError(f"{folder} has no calibration/*.qca.txt.", "Give the folder of a take.")
    cameras = read_qca(calibrations[0])
    if len(cameras) != len(videos):
        raise SourceError(f"{len(videos)} videos, but {len(cameras)} cameras are calibrated.", "Give one video each.")
    seen = [detect_people(video, detector) for video in videos]
    raw, numbers = match_person(cameras, [[person.h36m17 for person in people] for people, _ in seen])
    chosen = [people[n] for (people, _), n in zip(seen, numbers, strict=True)]
    if any(track.depth is not None for track in chosen):
        raw = replace(raw, depth=np.stack([track.depth_h36m17.astype(np.float64) for track in chosen]))
    reference = load_marks(marks, cameras) if marks else None
    as_calibrated, behind = cameras, np.zeros(len(cameras))
    flags = find_swaps(raw, cameras)
    for _ in range(2):  # swaps and lags are estimated better with refined camera poses
        corrected = align_in_time(raw.swap_sides(flags), behind)
        flat = corrected.joints.reshape(len(cameras), -1, 2)
        weight = (corrected.scores > _MIN_SCORE).astype(np.float64).reshape(len(cameras), -1)
        cameras = refine_cameras(as_calibrated, flat, weight, reference)
        flags = find_swaps(raw, cameras)
        behind = estimate_lags(raw.swap_sides(flags), cameras)

    def rms_px(of: list[CalibratedCamera]) -> float:
        if reference is None:
            return 0.0
        off = reprojection_residuals(of, reference.image, reference.world)
        return float(np.sqrt(np.nanmean((off**2).sum(-1))))

    return MultiviewTake(
        videos=videos,
        cameras=cameras,
        views=[camera.as_pinhole(view) for camera, (_, view) in zip(cameras, seen, strict=True)],
        rate_hz=seen[0][1].rate_hz,
        time_s=[track.time_s for track in chosen],
        raw=raw,
        flags=flags,
        behind=behind,
        calibrated_miss_px=rms_px(as_calibrated),
        refined_miss_px=rms_px(cameras),
    )
