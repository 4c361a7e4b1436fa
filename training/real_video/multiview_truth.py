"""Build the 3D truth of one person from 2D detections in several cameras.

Matches the person across views, corrects left-right swaps, aligns the views in time and triangulates joints on which
the views agree. The truth for one view can be triangulated from the other views only, so that its own errors are not in
it.

Shapes: `V` views, `T` frames, H36M-17 joints by the `hourglass` rule, left and right as detected.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.core.arrays import Doubles, Floats
from pipeline.core.errors import SourceError
from pipeline.lift.inputs.gaps_and_size import median_box_side
from training.real_video.multiview_cameras import CalibratedCamera, triangulate, triangulate_consensus
from training.synthesis.detector_errors import Bools

PAIRS = ((1, 4), (2, 5), (3, 6), (11, 14), (12, 15), (13, 16))  # right and left: hips to ankles, shoulders to wrists
_MIDDLE = [0, 7, 8, 9, 10]  # H36M-17 indices of joints without a side
_MAX_MEDIAN_MISS = 0.15  # shares of the image size; tracks with a larger median residual are not one person
_CONSENSUS = 0.04  # shares of the image size; views with a smaller residual agree on a point
_MIN_WEIGHT = 0.05  # triangulation weight of a joint with score 0, which is better than none
_SWAP_RATIO, _SWAP_GAIN = 0.5, 0.02  # a swap must at least halve the residual, and reduce it by this share of the size
_MAX_DISTANCE, _SWAP_CLIP = 0.3, 0.1  # shares of the image size at which distances are clipped
_LAG_ITERATIONS, _LAG_STEP = 5, 0.75  # one view's lag also moves the point common to all: iterate in damped steps
_FIT_FRAMES, _FIT_DEGREE = 7, 3  # Savitzky-Golay over 0.12 s at 60 Hz: halves noise and passes 8 Hz


@dataclass(frozen=True, slots=True)
class MultiviewJoints:
    """2D joints of one person in all views."""

    joints: Doubles  # (V, T, 17, 2) px, NaN = not seen
    scores: Doubles  # (V, T, 17)
    size_px: Doubles  # (V,) image size of the person
    depth: Doubles | None = None  # (V, T, 17) the detector's own, see `pipeline.core.poses.depth_h36m17_from`

    @staticmethod
    def of(joints: Sequence[Floats], scores: Sequence[Floats]) -> MultiviewJoints:
        image = np.stack(joints).astype(np.float64)
        size = np.array([float(median_box_side(j[None], np.isfinite(j).all(-1)[None])[0]) for j in image])
        return MultiviewJoints(image, np.stack(scores).astype(np.float64), size)

    def swap_sides(self, flags: Bools) -> MultiviewJoints:
        """Swap left and right joints of the pairs that are marked in `flags` (V, T, 6)."""
        joints, scores = self.joints.copy(), self.scores.copy()
        depth = None if self.depth is None else self.depth.copy()
        for k, (a, b) in enumerate(PAIRS):
            where = np.nonzero(flags[..., k])
            for values in (joints, scores, depth):
                if values is not None:
                    values[(*where, a)], values[(*where, b)] = values[(*where, b)], values[(*where, a)].copy()
        return MultiviewJoints(joints, scores, self.size_px, depth)

    def triangulate_joints(
        self, cameras: Sequence[CalibratedCamera], without: int | None = None
    ) -> tuple[Doubles, Bools]:
        """Triangulate world joints (T, 17, 3), NaN without agreement, and the views used (V, T, 17)."""
        V, T = self.joints.shape[:2]
        views = [v for v in range(V) if v != without]
        image = self.joints[views].reshape(len(views), -1, 2)
        weight = np.maximum(self.scores[views].reshape(len(views), -1), _MIN_WEIGHT)
        points, inside = triangulate_consensus(
            [cameras[v] for v in views], image, weight, _CONSENSUS * self.size_px[views]
        )
        used = np.zeros((V, T, 17), bool)
        used[views] = inside.reshape(len(views), T, 17)
        return points.reshape(T, 17, 3), used


def match_person(
    cameras: Sequence[CalibratedCamera], tracks: Sequence[Sequence[tuple[Floats, Floats]]]
) -> tuple[MultiviewJoints, tuple[int, ...]]:
    """Match one person across views by best agreement.

    Tracks are (joints, scores). Also returns the index of the chosen track in each view. Only joints without a side are
    compared. Raises `SourceError` if no combination of tracks can be one person.
    """
    best: tuple[float, MultiviewJoints, tuple[int, ...]] | None = None
    for choice in itertools.product(*[range(len(of_view)) for of_view in tracks]):
        chosen = [of_view[n] for of_view, n in zip(tracks, choice, strict=True)]
        detected = MultiviewJoints.of([joints for joints, _ in chosen], [scores for _, scores in chosen])
        image = detected.joints[:, :, _MIDDLE].reshape(len(cameras), -1, 2)
        points = triangulate(cameras, image, np.ones(image.shape[:2]))
        off = [
            np.linalg.norm(image[v] - camera.project(points), axis=-1) / detected.size_px[v]
            for v, camera in enumerate(cameras)
        ]
        miss = float(np.nanmedian(off)) if np.isfinite(off).any() else np.inf
        if best is None or miss < best[0]:
            best = miss, detected, choice
    if best is None or best[0] > _MAX_MEDIAN_MISS:
        raise SourceError("No body is seen by all cameras.", "Do videos and calibration belong together?")
    return best[1], best[2]


def find_swaps(detected: MultiviewJoints, cameras: Sequence[CalibratedCamera]) -> Bools:
    """Find left-right swaps (V, T, 6) of the pairs in each view, by best agreement.

    Every combination of swapped views is tried; of two opposite combinations the one with fewer views counts. Testing
    one view at a time would fail: level cameras see left and right at the same height, so that a swapped view
    intersects any single other view consistently in a false point.
    """
    V, T = detected.joints.shape[:2]
    ways = [np.array((False, *rest)) for rest in itertools.product((False, True), repeat=V - 1)]
    ways = [~way if 2 * way.sum() > V else way for way in ways]
    cost = np.empty((len(ways), T, len(PAIRS)))
    for n, way in enumerate(ways):
        tried = detected.swap_sides(np.broadcast_to(way[:, None, None], (V, T, len(PAIRS))))
        points, _ = tried.triangulate_joints(cameras)
        off = _pair_distances(tried, cameras, points)  # (V, T, 6)
        cost[n] = np.minimum(off, _SWAP_CLIP).mean(axis=0)
    best = cost.argmin(axis=0)  # (T, 6); the first way is none
    least = np.take_along_axis(cost, best[None], axis=0)[0]
    won = (least < _SWAP_RATIO * cost[0]) & (cost[0] - least > _SWAP_GAIN / V)
    flags = np.moveaxis(np.stack(ways)[best] & won[..., None], -1, 0)
    # Check each view once more against the truth of the others, since their errors blurred its share in the cost.
    corrected = detected.swap_sides(flags)
    return np.stack(
        [
            find_swaps_against(detected, cameras, corrected.triangulate_joints(cameras, without=v)[0])[v]
            for v in range(V)
        ]
    )


def find_swaps_against(detected: MultiviewJoints, cameras: Sequence[CalibratedCamera], truth: Doubles) -> Bools:
    """Find the left-right swaps (V, T, 6) of each view against known world joints (T, 17, 3)."""
    all_pairs = np.ones((*detected.joints.shape[:2], len(PAIRS)), bool)
    plain, other = (
        _pair_distances(detected, cameras, truth),
        _pair_distances(detected.swap_sides(all_pairs), cameras, truth),
    )
    return np.asarray((other < _SWAP_RATIO * plain) & (plain - other > _SWAP_GAIN))


def _pair_distances(detected: MultiviewJoints, cameras: Sequence[CalibratedCamera], points: Doubles) -> Doubles:
    """Measure the mean distance of each pair's joints from projected points (V, T, 6).

    It is in shares of the image size. Distances are clipped at `_MAX_DISTANCE`, which is also the distance of missing
    joints.
    """
    expected = np.stack([camera.project(points) for camera in cameras])
    off = np.linalg.norm(detected.joints - expected, axis=-1) / detected.size_px[:, None, None]
    off = np.minimum(np.where(np.isfinite(off), off, _MAX_DISTANCE), _MAX_DISTANCE)
    return np.stack([off[:, :, list(pair)].mean(axis=-1) for pair in PAIRS], axis=-1)


def interpolate_frames(values: Doubles, place: Doubles) -> Doubles:
    """Interpolate (T, ...) linearly at fractional frames (n,) -> (n, ...).

    NaN beyond the ends and next to missing frames.
    """
    low = np.clip(np.floor(place).astype(int), 0, len(values) - 2)
    share = (place - low).reshape(-1, *[1] * (values.ndim - 1))
    mixed = np.where(share == 0, values[low], (1 - share) * values[low] + share * values[low + 1])
    inside = (place >= 0) & (place <= len(values) - 1)
    return np.where(inside.reshape(share.shape), mixed, np.nan)


def align_in_time(detected: MultiviewJoints, behind: Doubles) -> MultiviewJoints:
    """Resample the views to the common time; view v runs `behind[v]` frames behind it."""
    frame = np.arange(detected.joints.shape[1])
    joints = np.stack([interpolate_frames(j, frame + b) for j, b in zip(detected.joints, behind, strict=True)])
    scores = np.stack([interpolate_frames(s, frame + b) for s, b in zip(detected.scores, behind, strict=True)])
    return MultiviewJoints(joints, np.nan_to_num(scores), detected.size_px)


def lags_to_others(detected: MultiviewJoints, cameras: Sequence[CalibratedCamera], most: int = 6) -> Doubles:
    """Estimate by how many frames each view lags behind the others (V,), by best agreement.

    A parabola through the cost refines the lag between frames.
    """
    V, T = detected.joints.shape[:2]
    tries = np.arange(-most, most + 1)
    out = np.zeros(V)
    for v in range(V):
        cost = []
        for lag in tries:
            image = detected.joints[:, most : T - most].copy()
            image[v] = detected.joints[v, most + lag : T - most + lag]
            flat = image.reshape(V, -1, 2)
            points = triangulate(cameras, flat, np.ones(flat.shape[:2]))
            off = np.stack([np.linalg.norm(flat[k] - c.project(points), axis=-1) for k, c in enumerate(cameras)])
            cost.append(np.nanmean(np.minimum(off / detected.size_px[:, None], _CONSENSUS) ** 2))
        at = int(np.clip(np.argmin(cost), 1, len(tries) - 2))
        before, here, after = cost[at - 1 : at + 2]
        bend = before - 2 * here + after
        out[v] = tries[at] + (0.5 * (before - after) / bend if bend > 0 else 0.0)
    return out


def estimate_lags(detected: MultiviewJoints, cameras: Sequence[CalibratedCamera]) -> Doubles:
    """Estimate by how many frames each view runs behind the mean of all (V,).

    Shutters need not be synchronised.
    """
    behind = np.zeros(len(cameras))
    for _ in range(_LAG_ITERATIONS):
        behind += _LAG_STEP * lags_to_others(align_in_time(detected, behind), cameras)
        behind -= behind.mean()
    return behind


def smooth(points: Doubles) -> Doubles:
    """Smooth (T, J, D) with a sliding cubic fit.

    Gaps are first bridged linearly; a joint that was never seen stays NaN.
    """
    from scipy.signal import savgol_filter

    out = points.copy()
    frame = np.arange(len(points))
    for j, d in itertools.product(range(points.shape[1]), range(points.shape[2])):
        known = np.isfinite(points[:, j, d])
        if known.any():
            out[:, j, d] = np.interp(frame, frame[known], points[known, j, d])
    return np.asarray(savgol_filter(out, _FIT_FRAMES, _FIT_DEGREE, axis=0)) if len(out) >= _FIT_FRAMES else out


def list_videos(folder: Path) -> list[Path]:
    """List the videos of a take, one per camera, in the order of the calibration.

    Raises `SourceError`.
    """
    files = sorted((folder / "videos").glob("*.mp4"))
    if len(files) < 3:
        raise SourceError(f"{folder} has no videos/*.mp4 of three cameras or more.", "Give the folder of a take.")
    return files
