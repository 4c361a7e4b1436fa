"""Measure a 2D detector against other cameras: `python -m training.real_video.multiview_detector_noise --take DIR`.

For each view the truth is what the other views agree on, thrown into its picture. It is wrong itself: how much of one
view's error comes back through it is found by triangulating noise, and every length is divided by that factor.

The autocovariance C(lag) of the misses, over all views, both sides and both axes, is taken apart as jitter^2 (lag 0
only) + drift^2 exp(-lag / drift_s) + bias^2 (does not fall). Lengths are shares of the person's size in the picture,
lags steps of 1/30 s: the units of `detector_errors.json`. What a detector says wrongly in every view alike, such as
hips below the anatomist's, does not show. Prints JSON.
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
from training.real_video.detector_noise import _GUESS, _OUTLIER, _PLAIN
from training.real_video.multiview_cameras import Marks, refined
from training.real_video.multiview_take import Take, load_take
from training.real_video.multiview_truth import Sights, swaps_against, view_files
from training.real_video.single_view import tracks
from training.synthesis.detector_errors import Bools

STEP_HZ = 30.0
_LONGEST_S = 0.7  # lags beyond this have too few pairs in a take of two seconds
_DRIFTS_S = np.geomspace(0.04, 0.6, 28)
LIMBS = [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16]
_NOISE = 0.005  # shares of the size
_LEGS, _ARMS = [0, 1, 2], [3, 4, 5]  # columns of `multiview_people.PAIRS`


def misses(take: Take) -> Doubles:
    """(V, T, 17, 2) shares of the size: what each view says, sides put right, minus what the others say."""
    out = []
    for v, camera in enumerate(take.cameras):
        expected = camera.project(take.at_view(take.truth(without=v)[0], v))
        out.append((take.sights.joints[v] - expected) / take.raw.size_px[v])
    return np.stack(out)


def others_misses(take: Take, folder: Path) -> tuple[Doubles, Sights, Bools]:
    """The same moments in other videos (the body half hidden by another one, smaller or worse pictures) against the
    take's truth: misses (V, T, 17, 2), what was seen with its sides put right, and where they were exchanged.

    Joints come back in the take's pixels; where the cameras point is fitted anew, pictures may be cut differently.
    """
    joints, scores = [], []
    points = take.truth()[0]
    for v, (camera, video) in enumerate(zip(take.cameras, view_files(folder), strict=True)):
        people, view = tracks(video)
        expected = camera.project(take.at_view(points, v))
        near = np.full(len(people), np.inf)
        for n, person in enumerate(people):
            found, _ = person.h36m17
            off = np.linalg.norm(found * take.views[v].size_px[1] / view.size_px[1] - expected, axis=-1)
            near[n] = np.nanmedian(off) if np.isfinite(off).any() else np.inf
        if not np.isfinite(near).any():
            raise SourceError(f"Nobody is found in {video}.", "Leave it out.")
        found, sure = people[int(near.argmin())].h36m17
        joints.append(found * np.float32(take.views[v].size_px[1] / view.size_px[1]))
        scores.append(sure)
    raw = Sights.of(joints, scores)
    flags = swaps_against(raw, take.cameras, points)
    right = raw.swapped(flags)
    known = Marks(points.reshape(-1, 3), right.joints.reshape(len(joints), -1, 2))
    cameras = refined(take.cameras, known.image, np.ones(known.image.shape[:2]), known)
    flags = swaps_against(raw, cameras, points)
    right = raw.swapped(flags)
    off = np.stack(
        [
            (right.joints[v] - cameras[v].project(take.at_view(take.truth(without=v)[0], v))) / take.raw.size_px[v]
            for v in range(len(cameras))
        ]
    )
    return off, right, flags


def truth_factor(take: Take, slow: bool) -> float:
    """RMS miss of a view where every view has errors of unit size that know nothing of each other: over 1, since the
    truth has errors too. `slow`: they stay, so that smoothing the truth takes nothing away."""
    from dataclasses import replace

    rng = np.random.default_rng(0)
    points = np.nan_to_num(take.truth()[0])
    image = np.stack([camera.project(take.at_view(points, v)) for v, camera in enumerate(take.cameras)])
    shape = (len(image), 1 if slow else image.shape[1], 17, 2)
    noise = _NOISE * take.raw.size_px[:, None, None, None] * rng.standard_normal(shape)
    raw = Sights(image + noise, take.raw.scores, take.raw.size_px)
    off = misses(replace(take, raw=raw, flags=np.zeros_like(take.flags)))
    return float(np.sqrt(np.nanmean(off**2))) / _NOISE


def covariances(series: Doubles, step: int, count: int) -> tuple[Doubles, Doubles]:
    """(N, T) misses, NaN = none -> autocovariance about zero at 0, step, 2 step, ..., and how many pairs made each."""
    value, pairs = np.zeros(count), np.zeros(count)
    for k in range(count):
        lag = k * step
        both = series[:, : series.shape[1] - lag] * series[:, lag:]
        pairs[k] = np.isfinite(both).sum()
        value[k] = np.nanmean(both) if pairs[k] else np.nan
    return value, pairs


def taken_apart(joints: dict[str, Doubles], rate_hz: float) -> tuple[dict[str, dict[str, float]], float]:
    """Misses (N, T) by joint -> jitter, drift and bias of each, and the one drift_s that fits all of them best."""
    from scipy.optimize import nnls

    step = max(1, round(rate_hz / STEP_HZ))
    count = int(_LONGEST_S * rate_hz / step) + 1
    lag_s = np.arange(count) * step / rate_hz
    found = {name: covariances(series, step, count) for name, series in joints.items() if np.isfinite(series).any()}
    best: tuple[float, float, dict[str, Doubles]] | None = None
    for drift_s in _DRIFTS_S:
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


def beta(scores: Doubles) -> tuple[float, float]:
    """Beta distribution with the scores' mean and variance."""
    mean, spread = float(scores.mean()), max(float(scores.var()), 1e-9)
    both = mean * (1 - mean) / spread - 1
    return mean * both, (1 - mean) * both


def bursts(flags: Bools, rate_hz: float) -> tuple[float, float]:
    """(N, T) flags -> how often a second one begins, and how long they stay on average (s; cut off by the ends)."""
    edges = np.diff(np.pad(flags.astype(int), ((0, 0), (1, 1))), axis=1)
    count = int((edges == 1).sum())
    return count / (flags.size / rate_hz), float(flags.sum()) / max(count, 1) / rate_hz


def sideless(off: Doubles) -> dict[str, Doubles]:
    """(V, T, 17, 2) -> joint name without its side -> (N, T), one row a view, side and axis."""
    names = [name.removeprefix("left_").removeprefix("right_") for name in H36M17.names]
    return {
        name: np.moveaxis(off[:, :, [j for j, n in enumerate(names) if n == name]], 1, -1).reshape(-1, off.shape[1])
        for name in dict.fromkeys(names)
    }


def by_confidence(off: Doubles, scores: Doubles, edges: Sequence[float] = (0, 0.2, 0.5, 0.7, 0.9, 0.98, 1.001)) -> Any:
    """How far limb joints are off (per axis, RMS and 90 %), by their confidence."""
    distance = np.linalg.norm(off, axis=-1)[:, :, LIMBS] / np.sqrt(2)
    sure, known = scores[:, :, LIMBS], np.isfinite(distance)
    rows = []
    for low, high in pairwise(edges):
        of = known & (sure >= low) & (sure < high)
        if of.any():
            d = distance[of]
            rows.append({"from": low, "share": round(float(of.sum() / known.sum()), 3),
                         "rms": round(float(np.sqrt((d**2).mean())), 4),
                         "q90": round(float(np.quantile(d, 0.9)), 4)})  # fmt: skip
    return rows


def measured(off: Doubles, scores: Doubles, rate_hz: float, slow: float, fast: float) -> dict[str, Any]:
    """Everything about misses (V, T, 17, 2) that a score (V, T, 17) goes with; `slow`, `fast`: the truth's factors."""
    distance = np.linalg.norm(off, axis=-1) / np.sqrt(2) / slow
    plain = (distance <= _OUTLIER) & (scores >= _PLAIN)
    table, drift_s = taken_apart(sideless(np.where(plain[..., None], off, np.nan)), rate_hz)
    for row in table.values():
        for key, factor in (("jitter", fast), ("drift", slow), ("bias", slow)):
            row[key] = round(row[key] / factor, 4)
    limb, sure = distance[:, :, LIMBS], scores[:, :, LIMBS]
    known = np.isfinite(limb)
    seen, guessed = known & (sure >= _PLAIN), known & (sure < _GUESS)
    far = seen & (limb > _OUTLIER)
    per_view = np.sqrt([np.nanmean(np.where(plain[v], distance[v] ** 2, np.nan)) for v in range(len(off))])
    outliers = np.moveaxis(far, 1, 2).reshape(-1, off.shape[1])
    hidden = np.moveaxis(scores[:, :, LIMBS] < _GUESS, 1, 2).reshape(-1, off.shape[1])
    out: dict[str, Any] = {
        "seen_rms": round(float(np.sqrt(np.nanmean(np.where(seen & ~far, limb**2, np.nan)))), 4),
        "joints": table,
        "drift_s": round(drift_s, 3),
        "outlier_rate": round(float(far.sum() / max(seen.sum(), 1)), 4),
        "outlier_size": round(float(np.median(limb[far])), 4) if far.any() else None,
        "outliers_per_joint_s": [round(v, 3) for v in bursts(outliers, rate_hz)],
        "outlier_scores": [round(float(q), 2) for q in np.quantile(sure[far], (0.1, 0.5, 0.9))] if far.any() else None,
        "guessed_share": round(float((scores[:, :, LIMBS] < _GUESS).mean()), 4),
        "guess_error_rms": round(float(np.sqrt((limb[guessed] ** 2).mean())), 4) if guessed.any() else None,
        "guesses_per_joint_s": [round(v, 3) for v in bursts(hidden, rate_hz)],
        "quality_spread": round(float(np.std(np.log(per_view))), 3),
        "confidence_seen_beta": [round(v, 3) for v in beta(sure[seen])],
        "by_confidence": by_confidence(off / slow, scores),
    }
    if guessed.any():
        out["confidence_guess_beta"] = [round(v, 3) for v in beta(sure[guessed])]
    return out


def swapped(flags: Bools, rate_hz: float) -> dict[str, Any]:
    """(V, T, 6) -> shares of frames, and how often and how long; `body`: most of the six pairs at once."""
    out: dict[str, Any] = {"share_by_view": flags.mean((1, 2)).round(3).tolist()}
    for name, of in {"body": flags.mean(-1) > 0.5, "legs_alone": flags[..., _LEGS].all(-1) & ~flags[..., _ARMS].any(-1),
                     "arms_alone": flags[..., _ARMS].all(-1) & ~flags[..., _LEGS].any(-1)}.items():  # fmt: skip
        per_s, stays_s = bursts(of, rate_hz)
        out[name] = {"share": round(float(of.mean()), 4), "per_s": round(per_s, 3), "s": round(stays_s, 3)}
    return out


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.real_video.multiview_detector_noise")
    parser.add_argument("--take", type=Path, required=True, help="folder with videos/*.mp4 and calibration/*.qca.txt")
    parser.add_argument("--marks", type=Path, help="places that stand still (training/real_video/multiview_marks.json)")
    parser.add_argument("--other", type=Path, help="measure these videos of the same moments instead, against the take")
    args = parser.parse_args()
    take = load_take(args.take, args.marks)
    slow, fast = truth_factor(take, slow=True), truth_factor(take, slow=False)
    off, sights, flags = others_misses(take, args.other) if args.other else (misses(take), take.sights, take.flags)
    about = {"views": len(take.videos), "frames": off.shape[1], "rate_hz": take.rate_hz,
             "behind_frames": take.behind.round(2).tolist(), "truth_factor": [round(slow, 3), round(fast, 3)],
             "marks_px": [round(take.calibrated_miss_px, 1), round(take.refined_miss_px, 1)]}  # fmt: skip
    found = measured(off, sights.scores, take.rate_hz, slow, fast)
    gone = ~np.isfinite(sights.joints).all(-1).any(-1)
    found["lost"] = {
        "share": round(float(gone.mean()), 4),
        "per_s_and_s": [round(v, 3) for v in bursts(gone, take.rate_hz)],
    }
    print(json.dumps(about | found | {"swaps": swapped(flags, take.rate_hz)}, indent=1))


if __name__ == "__main__":
    main()
