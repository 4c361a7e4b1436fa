"""Measure a 2D detector's errors against the other cameras of a multi-view take.

    python -m training.real_video.multiview_detector_noise --take DIR

For each view, the truth is the triangulation of the other views, projected into its image. The truth has errors itself:
how much they raise the residuals is measured by triangulating noise, and every length is divided by that factor.

The autocovariance C(lag) of the residuals, over all views, both sides and both axes, is decomposed into jitter^2 (lag 0
only) + drift^2 exp(-lag / drift_s) + bias^2 (constant). Lengths are shares of the person's image size, lags multiples
of 1/30 s: the units of `detector_errors.json`. Errors common to all views, such as hips placed too low, do not show.
Prints JSON.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.core.arrays import Doubles
from pipeline.core.errors import SourceError
from pipeline.core.skeletons import H36M17
from training.real_video.detector_noise import GUESSED_BELOW, OUTLIER, SEEN_FROM
from training.real_video.multiview_cameras import Marks, refine_cameras
from training.real_video.multiview_take import MultiviewTake, load_take
from training.real_video.multiview_truth import MultiviewJoints, find_swaps_against, list_videos
from training.real_video.single_view import detect_people
from training.synthesis.detector_errors import Bools

STEP_HZ = 30.0  # Hz, lags are multiples of its period
_LONGEST_S = 0.7  # s, longest lag; longer ones have too few pairs in a take of two seconds
_DRIFT_CANDIDATES_S = np.geomspace(0.04, 0.6, 28)  # s, correlation times that are tried
LIMBS = [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16]  # H36M-17 indices
_TEST_NOISE = 0.005  # shares of the image size, noise that measures the error of the truth
_LEGS, _ARMS = [0, 1, 2], [3, 4, 5]  # columns of `multiview_truth.PAIRS`


def residuals(take: MultiviewTake) -> Doubles:
    """Compute each view's detections minus the truth of the other views: (V, T, 17, 2).

    Left-right swaps are corrected before. In shares of the person's image size.
    """
    out = []
    for v, camera in enumerate(take.cameras):
        expected = camera.project(take.at_view(take.truth(without=v)[0], v))
        out.append((take.corrected.joints[v] - expected) / take.raw.size_px[v])
    return np.stack(out)


def residuals_of_videos(take: MultiviewTake, folder: Path) -> tuple[Doubles, MultiviewJoints, Bools]:
    """Compute the residuals of other videos of the same moments against the take's truth.

    Such videos show the person partly occluded, smaller or in degraded images. Returns the residuals (V, T, 17, 2), the
    detections with swaps corrected, in the take's pixels, and the swaps. Camera poses are refined again, since images
    may be cropped differently.
    """
    joints, scores = [], []
    points = take.truth()[0]
    for v, (camera, video) in enumerate(zip(take.cameras, list_videos(folder), strict=True)):
        people, view = detect_people(video)
        expected = camera.project(take.at_view(points, v))
        near = np.full(len(people), np.inf)
        for n, person in enumerate(people):
            found, _ = person.h36m17
            off = np.linalg.norm(found * take.views[v].size_px[1] / view.size_px[1] - expected, axis=-1)
            near[n] = np.nanmedian(off) if np.isfinite(off).any() else np.inf
        if not np.isfinite(near).any():
            raise SourceError(f"No person is found in {video}.", "Leave it out.")
        found, score = people[int(near.argmin())].h36m17
        joints.append(found * np.float32(take.views[v].size_px[1] / view.size_px[1]))
        scores.append(score)
    raw = MultiviewJoints.of(joints, scores)
    flags = find_swaps_against(raw, take.cameras, points)
    corrected = raw.swap_sides(flags)
    known = Marks(points.reshape(-1, 3), corrected.joints.reshape(len(joints), -1, 2))
    cameras = refine_cameras(take.cameras, known.image, np.ones(known.image.shape[:2]), known)
    flags = find_swaps_against(raw, cameras, points)
    corrected = raw.swap_sides(flags)
    off = np.stack(
        [
            (corrected.joints[v] - cameras[v].project(take.at_view(take.truth(without=v)[0], v))) / take.raw.size_px[v]
            for v in range(len(cameras))
        ]
    )
    return off, corrected, flags


def truth_noise_factor(take: MultiviewTake, slow: bool) -> float:
    """Measure the RMS residual of views with independent unit errors.

    It is over 1, since the truth has errors, too. `slow`: the errors are constant in time, so that smoothing of the
    truth does not reduce them.
    """
    from dataclasses import replace

    rng = np.random.default_rng(0)
    points = np.nan_to_num(take.truth()[0])
    image = np.stack([camera.project(take.at_view(points, v)) for v, camera in enumerate(take.cameras)])
    shape = (len(image), 1 if slow else image.shape[1], 17, 2)
    noise = _TEST_NOISE * take.raw.size_px[:, None, None, None] * rng.standard_normal(shape)
    raw = MultiviewJoints(image + noise, take.raw.scores, take.raw.size_px)
    off = residuals(replace(take, raw=raw, flags=np.zeros_like(take.flags)))
    return float(np.sqrt(np.nanmean(off**2))) / _TEST_NOISE


def autocovariances(series: Doubles, step: int, count: int) -> tuple[Doubles, Doubles]:
    """Compute the autocovariance about zero of residuals (N, T) at lags 0, step, 2 step, ...

    Also returns the number of pairs of each lag; NaN residuals are left out.
    """
    value, pairs = np.zeros(count), np.zeros(count)
    for k in range(count):
        lag = k * step
        products = series[:, : series.shape[1] - lag] * series[:, lag:]
        pairs[k] = np.isfinite(products).sum()
        value[k] = np.nanmean(products) if pairs[k] else np.nan
    return value, pairs


def decompose_noise(joints: dict[str, Doubles], rate_hz: float) -> tuple[dict[str, dict[str, float]], float]:
    """Decompose residuals (N, T) by joint into jitter, drift and bias.

    One drift_s fits all joints best.
    """
    from scipy.optimize import nnls

    step = max(1, round(rate_hz / STEP_HZ))
    count = int(_LONGEST_S * rate_hz / step) + 1
    lag_s = np.arange(count) * step / rate_hz
    found = {name: autocovariances(series, step, count) for name, series in joints.items() if np.isfinite(series).any()}
    best: tuple[float, float, dict[str, Doubles]] | None = None
    for drift_s in _DRIFT_CANDIDATES_S:
        model = np.stack([np.eye(count)[0], np.exp(-lag_s / drift_s), np.ones(count)], -1)
        cost, parts = 0.0, {}
        for name, (value, pairs) in found.items():
            weight = np.sqrt(pairs / pairs.max()) * np.isfinite(value)
            solved, rest = nnls(model * weight[:, None], np.nan_to_num(value) * weight)
            cost += (rest / max(float(value[0]), 1e-12)) ** 2
            parts[name] = solved
        if best is None or cost < best[0]:
            best = cost, float(drift_s), parts
    assert best is not None
    table = {
        name: dict(zip(("jitter", "drift", "bias"), np.sqrt(solved).tolist(), strict=True))
        for name, solved in best[2].items()
    }
    return table, best[1]


def fit_beta(scores: Doubles) -> tuple[float, float]:
    """Fit a Beta distribution to the mean and variance of scores."""
    mean, spread = float(scores.mean()), max(float(scores.var()), 1e-9)
    concentration = mean * (1 - mean) / spread - 1
    return mean * concentration, (1 - mean) * concentration


def burst_statistics(flags: Bools, rate_hz: float) -> tuple[float, float]:
    """Measure how many bursts of flags (N, T) begin per second, and their mean duration, s.

    Durations are truncated by the ends of the take.
    """
    edges = np.diff(np.pad(flags.astype(int), ((0, 0), (1, 1))), axis=1)
    count = int((edges == 1).sum())
    return count / (flags.size / rate_hz), float(flags.sum()) / max(count, 1) / rate_hz


def by_joint_type(off: Doubles) -> dict[str, Doubles]:
    """Group residuals (V, T, 17, 2) by joint name without side: (N, T).

    There is one row per view, side and axis.
    """
    names = [name.removeprefix("left_").removeprefix("right_") for name in H36M17.names]
    return {
        name: np.moveaxis(off[:, :, [j for j, n in enumerate(names) if n == name]], 1, -1).reshape(-1, off.shape[1])
        for name in dict.fromkeys(names)
    }


def by_confidence(off: Doubles, scores: Doubles, edges: Sequence[float] = (0, 0.2, 0.5, 0.7, 0.9, 0.98, 1.001)) -> Any:
    """Measure the residuals of limb joints (per axis, RMS and 90th percentile) by confidence."""
    distance = np.linalg.norm(off, axis=-1)[:, :, LIMBS] / np.sqrt(2)
    score, known = scores[:, :, LIMBS], np.isfinite(distance)
    rows = []
    for low, high in pairwise(edges):
        of = known & (score >= low) & (score < high)
        if of.any():
            d = distance[of]
            rows.append({"from": low, "share": round(float(of.sum() / known.sum()), 3),
                         "rms": round(float(np.sqrt((d**2).mean())), 4),
                         "q90": round(float(np.quantile(d, 0.9)), 4)})  # fmt: skip
    return rows


def noise_statistics(off: Doubles, scores: Doubles, rate_hz: float, slow: float, fast: float) -> dict[str, Any]:
    """Summarise residuals (V, T, 17, 2) and scores (V, T, 17) as error model parameters.

    `slow` and `fast` are the factors of `truth_noise_factor` for constant and changing errors.
    """
    distance = np.linalg.norm(off, axis=-1) / np.sqrt(2) / slow
    seen_well = (distance <= OUTLIER) & (scores >= SEEN_FROM)
    table, drift_s = decompose_noise(by_joint_type(np.where(seen_well[..., None], off, np.nan)), rate_hz)
    for row in table.values():
        for key, factor in (("jitter", fast), ("drift", slow), ("bias", slow)):
            row[key] = round(row[key] / factor, 4)
    limb, score = distance[:, :, LIMBS], scores[:, :, LIMBS]
    known = np.isfinite(limb)
    seen, guessed = known & (score >= SEEN_FROM), known & (score < GUESSED_BELOW)
    far = seen & (limb > OUTLIER)
    per_view = np.sqrt([np.nanmean(np.where(seen_well[v], distance[v] ** 2, np.nan)) for v in range(len(off))])
    outliers = np.moveaxis(far, 1, 2).reshape(-1, off.shape[1])
    hidden = np.moveaxis(scores[:, :, LIMBS] < GUESSED_BELOW, 1, 2).reshape(-1, off.shape[1])
    out: dict[str, Any] = {
        "seen_rms": round(float(np.sqrt(np.nanmean(np.where(seen & ~far, limb**2, np.nan)))), 4),
        "joints": table,
        "drift_s": round(drift_s, 3),
        "outlier_rate": round(float(far.sum() / max(seen.sum(), 1)), 4),
        "outlier_size": round(float(np.median(limb[far])), 4) if far.any() else None,
        "outliers_per_joint_s": [round(v, 3) for v in burst_statistics(outliers, rate_hz)],
        "outlier_scores": [round(float(q), 2) for q in np.quantile(score[far], (0.1, 0.5, 0.9))] if far.any() else None,
        "guessed_share": round(float((scores[:, :, LIMBS] < GUESSED_BELOW).mean()), 4),
        "guess_error_rms": round(float(np.sqrt((limb[guessed] ** 2).mean())), 4) if guessed.any() else None,
        "guesses_per_joint_s": [round(v, 3) for v in burst_statistics(hidden, rate_hz)],
        "quality_spread": round(float(np.std(np.log(per_view))), 3),
        "confidence_seen_beta": [round(v, 3) for v in fit_beta(score[seen])],
        "by_confidence": by_confidence(off / slow, scores),
    }
    if guessed.any():
        out["confidence_guess_beta"] = [round(v, 3) for v in fit_beta(score[guessed])]
    return out


def swap_statistics(flags: Bools, rate_hz: float) -> dict[str, Any]:
    """Summarise left-right swaps (V, T, 6): shares of frames, rates and durations.

    `body` counts frames in which most of the six pairs are swapped at once.
    """
    out: dict[str, Any] = {"share_by_view": flags.mean((1, 2)).round(3).tolist()}
    for name, of in {"body": flags.mean(-1) > 0.5, "legs_alone": flags[..., _LEGS].all(-1) & ~flags[..., _ARMS].any(-1),
                     "arms_alone": flags[..., _ARMS].all(-1) & ~flags[..., _LEGS].any(-1)}.items():  # fmt: skip
        per_s, stays_s = burst_statistics(of, rate_hz)
        out[name] = {"share": round(float(of.mean()), 4), "per_s": round(per_s, 3), "s": round(stays_s, 3)}
    return out


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m training.real_video.multiview_detector_noise",
        description="Measure a 2D detector's errors against the other cameras of a multi-view take.",
    )
    parser.add_argument("--take", type=Path, required=True, help="folder with videos/*.mp4 and calibration/*.qca.txt")
    parser.add_argument("--marks", type=Path, help="static points (training/real_video/multiview_marks.json)")
    parser.add_argument("--other", type=Path, help="measure these videos of the same moments against the take instead")
    args = parser.parse_args()
    take = load_take(args.take, args.marks)
    slow, fast = truth_noise_factor(take, slow=True), truth_noise_factor(take, slow=False)
    off, corrected, flags = (
        residuals_of_videos(take, args.other) if args.other else (residuals(take), take.corrected, take.flags)
    )
    about = {"views": len(take.videos), "frames": off.shape[1], "rate_hz": take.rate_hz,
             "behind_frames": take.behind.round(2).tolist(), "truth_factor": [round(slow, 3), round(fast, 3)],
             "marks_px": [round(take.calibrated_miss_px, 1), round(take.refined_miss_px, 1)]}  # fmt: skip
    found = noise_statistics(off, corrected.scores, take.rate_hz, slow, fast)
    gone = ~np.isfinite(corrected.joints).all(-1).any(-1)
    found["lost"] = {
        "share": round(float(gone.mean()), 4),
        "per_s_and_s": [round(v, 3) for v in burst_statistics(gone, take.rate_hz)],
    }
    print(json.dumps(about | found | {"swaps": swap_statistics(flags, take.rate_hz)}, indent=1))


if __name__ == "__main__":
    main()
