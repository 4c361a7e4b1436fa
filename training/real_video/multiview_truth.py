"""One body seen by several cameras: who is who across the views, swapped sides put right, and the truth in 3D.

What a detector says in each view comes in; where the views agree is the truth. The truth for one view is made of the
others only (`left_out`), so that its own errors are not in it.

Shapes: `V` views, `T` frames, H36M-17 joints by the `hourglass` rule, the detector's own left and right.
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
from training.real_video.multiview_cameras import Camera, agreed, triangulated
from training.synthesis.detector_errors import Bools

PAIRS = ((1, 4), (2, 5), (3, 6), (11, 14), (12, 15), (13, 16))  # right and left: hips to ankles, shoulders to wrists
_MIDDLE = [0, 7, 8, 9, 10]  # joints without a side
_SAME_BODY = 0.15  # median miss, in shares of the size, within which tracks are one body
_AGREE = 0.04  # shares of the size: views this near to a common point agree about it
_LEAST_WEIGHT = 0.05  # of a joint with a score of zero: better than none
_SWAP_WINS, _SWAP_GAIN = 0.5, 0.02  # swapped sides miss by half of the plain ones at most, and by so much less
_FAR, _SWAP_CLIP = 0.3, 0.1
_LAG_ROUNDS, _LAG_STEP = 5, 0.75  # a lag shows only in part: the other views' common point gives way
_FIT_FRAMES, _FIT_DEGREE = 7, 3  # Savitzky-Golay over 0.12 s at 60 Hz: noise halves, 8 Hz passes whole


@dataclass(frozen=True, slots=True)
class Sights:
    """One body in all views: joints (V, T, 17, 2) px, NaN = not seen; scores (V, T, 17); size (V,) px in each view."""

    joints: Doubles
    scores: Doubles
    size_px: Doubles

    @staticmethod
    def of(joints: Sequence[Floats], scores: Sequence[Floats]) -> Sights:
        places = np.stack(joints).astype(np.float64)
        size = np.array([float(median_box_side(j[None], np.isfinite(j).all(-1)[None])[0]) for j in places])
        return Sights(places, np.stack(scores).astype(np.float64), size)

    def swapped(self, flags: Bools) -> Sights:
        """With left and right of the pairs exchanged where flags (V, T, 6) say so."""
        joints, scores = self.joints.copy(), self.scores.copy()
        for k, (a, b) in enumerate(PAIRS):
            where = np.nonzero(flags[..., k])
            for values in (joints, scores):
                values[(*where, a)], values[(*where, b)] = values[(*where, b)], values[(*where, a)].copy()
        return Sights(joints, scores, self.size_px)

    def truth(self, cameras: Sequence[Camera], without: int | None = None) -> tuple[Doubles, Bools]:
        """World (T, 17, 3), NaN where the views do not agree, and which views made it (V, T, 17)."""
        V, T = self.joints.shape[:2]
        views = [v for v in range(V) if v != without]
        image = self.joints[views].reshape(len(views), -1, 2)
        weight = np.maximum(self.scores[views].reshape(len(views), -1), _LEAST_WEIGHT)
        points, inside = agreed([cameras[v] for v in views], image, weight, _AGREE * self.size_px[views])
        used = np.zeros((V, T, 17), bool)
        used[views] = inside.reshape(len(views), T, 17)
        return points.reshape(T, 17, 3), used


def one_body(
    cameras: Sequence[Camera], tracks: Sequence[Sequence[tuple[Floats, Floats]]]
) -> tuple[Sights, tuple[int, ...]]:
    """Tracks of each view (joints, scores) -> the body on which the views agree best, and its track's number in each.

    Only joints without a side are compared. Raises `SourceError` if no track of every view can be one body.
    """
    best: tuple[float, Sights, tuple[int, ...]] | None = None
    for choice in itertools.product(*[range(len(of_view)) for of_view in tracks]):
        chosen = [of_view[n] for of_view, n in zip(tracks, choice, strict=True)]
        sights = Sights.of([joints for joints, _ in chosen], [scores for _, scores in chosen])
        image = sights.joints[:, :, _MIDDLE].reshape(len(cameras), -1, 2)
        points = triangulated(cameras, image, np.ones(image.shape[:2]))
        off = [
            np.linalg.norm(image[v] - camera.project(points), axis=-1) / sights.size_px[v]
            for v, camera in enumerate(cameras)
        ]
        miss = float(np.nanmedian(off)) if np.isfinite(off).any() else np.inf
        if best is None or miss < best[0]:
            best = miss, sights, choice
    if best is None or best[0] > _SAME_BODY:
        raise SourceError("No body is seen by all cameras.", "Do videos and calibration belong together?")
    return best[1], best[2]


def swaps(sights: Sights, cameras: Sequence[Camera]) -> Bools:
    """(V, T, 6) where a view has the sides of a pair exchanged, by what the views agree on best.

    Every way to exchange them is tried, up to exchanging all; of two opposite ways the one with fewer views counts.
    One view after the other would not do: level cameras see left and right at one height, so that a view with
    exchanged sides meets any single other one in a point that is nowhere.
    """
    V, T = sights.joints.shape[:2]
    ways = [np.array((False, *rest)) for rest in itertools.product((False, True), repeat=V - 1)]
    ways = [~way if 2 * way.sum() > V else way for way in ways]
    cost = np.empty((len(ways), T, len(PAIRS)))
    for n, way in enumerate(ways):
        tried = sights.swapped(np.broadcast_to(way[:, None, None], (V, T, len(PAIRS))))
        points, _ = tried.truth(cameras)
        off = _off(tried, cameras, points)  # (V, T, 6)
        cost[n] = np.minimum(off, _SWAP_CLIP).mean(axis=0)
    best = cost.argmin(axis=0)  # (T, 6); the first way is none
    least = np.take_along_axis(cost, best[None], axis=0)[0]
    won = (least < _SWAP_WINS * cost[0]) & (cost[0] - least > _SWAP_GAIN / V)
    flags = np.moveaxis(np.stack(ways)[best] & won[..., None], -1, 0)
    # Nearly right now; each view once more against the others, whose errors blur its own share in the sum.
    right = sights.swapped(flags)
    return np.stack([swaps_against(sights, cameras, right.truth(cameras, without=v)[0])[v] for v in range(V)])


def swaps_against(sights: Sights, cameras: Sequence[Camera], truth: Doubles) -> Bools:
    """(V, T, 6) where a view has the sides of a pair exchanged, judged against world joints (T, 17, 3)."""
    every = np.ones((*sights.joints.shape[:2], len(PAIRS)), bool)
    plain, other = _off(sights, cameras, truth), _off(sights.swapped(every), cameras, truth)
    return np.asarray((other < _SWAP_WINS * plain) & (plain - other > _SWAP_GAIN))


def _off(sights: Sights, cameras: Sequence[Camera], points: Doubles) -> Doubles:
    """(V, T, 6) how far the two joints of a pair lie from the points, in shares of the size; far ones do not count more
    than at arm's length, unknown ones as much."""
    expected = np.stack([camera.project(points) for camera in cameras])
    off = np.linalg.norm(sights.joints - expected, axis=-1) / sights.size_px[:, None, None]
    off = np.minimum(np.where(np.isfinite(off), off, _FAR), _FAR)
    return np.stack([off[:, :, list(pair)].mean(axis=-1) for pair in PAIRS], axis=-1)


def at_frames(values: Doubles, place: Doubles) -> Doubles:
    """(T, ...) -> (n, ...) between the frames, in a straight line; NaN beyond the ends and beside what is not known."""
    low = np.clip(np.floor(place).astype(int), 0, len(values) - 2)
    share = (place - low).reshape(-1, *[1] * (values.ndim - 1))
    mixed = np.where(share == 0, values[low], (1 - share) * values[low] + share * values[low + 1])
    inside = (place >= 0) & (place <= len(values) - 1)
    return np.where(inside.reshape(share.shape), mixed, np.nan)


def aligned(sights: Sights, behind: Doubles) -> Sights:
    """The sights at the same moments: view v runs `behind[v]` frames behind the common time."""
    frame = np.arange(sights.joints.shape[1])
    joints = np.stack([at_frames(j, frame + b) for j, b in zip(sights.joints, behind, strict=True)])
    scores = np.stack([at_frames(s, frame + b) for s, b in zip(sights.scores, behind, strict=True)])
    return Sights(joints, np.nan_to_num(scores), sights.size_px)


def lags(sights: Sights, cameras: Sequence[Camera], most: int = 6) -> Doubles:
    """(V,) frames by which each view lies behind the others: where they agree best, between frames by a parabola."""
    V, T = sights.joints.shape[:2]
    tries = np.arange(-most, most + 1)
    out = np.zeros(V)
    for v in range(V):
        cost = []
        for lag in tries:
            image = sights.joints[:, most : T - most].copy()
            image[v] = sights.joints[v, most + lag : T - most + lag]
            flat = image.reshape(V, -1, 2)
            points = triangulated(cameras, flat, np.ones(flat.shape[:2]))
            off = np.stack([np.linalg.norm(flat[k] - c.project(points), axis=-1) for k, c in enumerate(cameras)])
            cost.append(np.nanmean(np.minimum(off / sights.size_px[:, None], _AGREE) ** 2))
        at = int(np.clip(np.argmin(cost), 1, len(tries) - 2))
        before, here, after = cost[at - 1 : at + 2]
        bend = before - 2 * here + after
        out[v] = tries[at] + (0.5 * (before - after) / bend if bend > 0 else 0.0)
    return out


def time_lags(sights: Sights, cameras: Sequence[Camera]) -> Doubles:
    """(V,) frames by which each view runs behind the mean of all; shutters need not open together."""
    behind = np.zeros(len(cameras))
    for _ in range(_LAG_ROUNDS):
        behind += _LAG_STEP * lags(aligned(sights, behind), cameras)
        behind -= behind.mean()
    return behind


def smoothed(points: Doubles) -> Doubles:
    """(T, J, D) after a sliding cubic fit; gaps are bridged in a straight line first, a joint never seen stays NaN."""
    from scipy.signal import savgol_filter

    out = points.copy()
    frame = np.arange(len(points))
    for j, d in itertools.product(range(points.shape[1]), range(points.shape[2])):
        known = np.isfinite(points[:, j, d])
        if known.any():
            out[:, j, d] = np.interp(frame, frame[known], points[known, j, d])
    return np.asarray(savgol_filter(out, _FIT_FRAMES, _FIT_DEGREE, axis=0)) if len(out) >= _FIT_FRAMES else out


def view_files(folder: Path) -> list[Path]:
    """The videos of a take, one a camera, in the order of the calibration. Raises `SourceError`."""
    files = sorted((folder / "videos").glob("*.mp4"))
    if len(files) < 3:
        raise SourceError(f"{folder} has no videos/*.mp4 of three cameras or more.", "Give the folder of a take.")
    return files
