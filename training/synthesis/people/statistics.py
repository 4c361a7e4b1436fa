"""Measure detector errors on rendered people, and compare them with those on real people.

Run `python -m training.synthesis.people.statistics DIR`.

For each joint, the errors of visible joints are split into jitter, drift and bias, with the shift along and across the
trunk. Then follow outliers, guesses, exchanged sides, lost people, errors by confidence, and the detector's own 3D.
Lengths are shares of the person's size in the image, RMS per axis, as in `detector_errors.json`. The column of real
people is from there and from training/README.md (one man, four cameras).
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.arrays import Doubles
from pipeline.core.skeletons import H36M17, h36m17_from
from pipeline.lift.inputs.gaps_and_size import median_box_side
from training.metrics import p_joint_errors
from training.synthesis.people import shards
from training.synthesis.people.shards import Shard

JOINTS = ("hip", "knee", "ankle", "shoulder", "elbow", "wrist", "nose", "head_top")
LIMBS = [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16]
_PAIRS = ((1, 4), (2, 5), (3, 6), (11, 14), (12, 15), (13, 16))
_PLAIN, _GUESS, _OUTLIER = 0.7, 0.5, 0.06  # as in training.real_video.detector_noise
_SWAP_WINS, _SWAP_GAIN, _FAR = 0.5, 0.02, 0.3
_STEP_S, _LAGS, _SLOWEST_HZ = 1 / 30, 22, 23.0
_EDGES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.01)

# Shares of the person's size: RMS over nine runs of BlazePose on real video, one man, four cameras
# (`detector_errors.json`, "found").
REAL: dict[str, dict[str, float]] = {
    "jitter": {"hip": 0.0040, "knee": 0.0055, "ankle": 0.0081, "nose": 0.0017, "head_top": 0.0038, "shoulder": 0.0052,
               "elbow": 0.0076, "wrist": 0.0089},
    "drift": {"hip": 0.0101, "knee": 0.0121, "ankle": 0.0120, "nose": 0.0153, "head_top": 0.0128, "shoulder": 0.0083,
              "elbow": 0.0124, "wrist": 0.0114},
    "bias": {"hip": 0.0054, "knee": 0.0007, "ankle": 0.0004, "nose": 0.0097, "head_top": 0.0043, "shoulder": 0.0040,
             "elbow": 0.0022, "wrist": 0.0006},
}  # fmt: skip
REAL_WHOLE: dict[str, dict[str, Any]] = {
    "full": {"seen_rms": 0.011, "outlier_rate": 0.002, "outlier_size": "0.07-0.13", "guessed_share": "0.03-0.13",
             "guess_rms": 0.033, "swapped_body": "0.09 (0.35 of one view)", "drift_s": 0.19},
    "heavy": {"seen_rms": 0.008, "outlier_rate": 0.0005, "guess_rms": 0.020, "swapped_body": 0.0},
}  # fmt: skip


class Tally:
    """Sum the errors of one detector over people; `add` takes one person of one clip."""

    def __init__(self) -> None:
        self.off: dict[str, list[Doubles]] = defaultdict(list)  # joint -> errors of visible joints (n, 2)
        self.shift: dict[str, list[Doubles]] = defaultdict(list)  # joint -> (n, 2) down the trunk, outward
        self.lags: dict[str, Doubles] = defaultdict(lambda: np.zeros((2, _LAGS)))  # joint -> sums of products, counts
        self.limb: list[Doubles] = []  # (n, 3) distance (per axis), score, seen
        self.flags: list[Doubles] = []  # (n, 3) sides exchanged: body, legs alone, arms alone
        self.bursts = [0.0, 0.0]  # number of exchanges of the body, seconds observed
        self.facing: dict[str, list[float]] = defaultdict(list)  # front, side, back -> body exchanged
        self.found: dict[str, list[float]] = defaultdict(list)  # kind of person -> found, where half is visible
        self.depth: dict[str, list[float]] = defaultdict(list)  # kind -> P-MPJPE of the limbs, mm at 1.55 m of chain
        self.z: list[float] = []  # correlation of depth in a frame
        self.others = [0.0, 0.0]  # false detections, frames

    def add(self, shard: Shard, person: int, detector: str) -> None:
        facts = shard.meta["people"][person]
        true3d, true = (values[person].astype(np.float64) for values in shard.true_h36m17())
        found, score = (values[person].astype(np.float64) for values in shard.detected_h36m17(detector))
        seen = _seen17(shard.arrays["seen"][person])
        known = np.isfinite(true).all(-1)
        if not known.any():
            return
        size = float(median_box_side(np.nan_to_num(true)[None], known[None])[0])
        half = (shard.arrays["seen"][person] >= shards.BY_ITSELF).mean(-1) > 0.5
        there = np.isfinite(found).any((-1, -2))
        kinds = (facts["kind"], facts["age"], shard.meta["framing"], "all")
        for kind in kinds:
            self.found[kind] += there[half].tolist()
        off = (found - true) / size
        flags = swapped_frames(found, true, size)
        self._add_sides(flags, true3d, there, shard.meta["rate_hz"])
        right = off.copy()  # with its sides corrected
        for k, (a, b) in enumerate(_PAIRS):
            where = flags[:, k]
            right[where, a] = (found[where, b] - true[where, a]) / size
            right[where, b] = (found[where, a] - true[where, b]) / size
        distance = np.linalg.norm(right, axis=-1) / np.sqrt(2)
        plain = (score >= _PLAIN) & (seen == shards.PLAIN) & (distance <= _OUTLIER)
        self._add_plain(np.where(plain[..., None], right, np.nan), true, shard.meta["rate_hz"])
        limb = np.stack([distance[:, LIMBS], score[:, LIMBS], seen[:, LIMBS]], axis=-1).reshape(-1, 3)
        self.limb.append(limb[np.isfinite(limb).all(axis=1)])
        own = shard.depth_h36m17(detector)
        if own is not None:
            self._add_depth(own[person].astype(np.float64), true3d, half & there, kinds, facts["stature_m"])

    def _add_plain(self, off: Doubles, true: Doubles, rate_hz: float) -> None:
        down = true[:, 0] - true[:, 8]
        length = np.linalg.norm(down, axis=-1, keepdims=True)
        down = down / np.maximum(length, 1e-6)
        for j, name in enumerate(H36M17.names):
            plain = name.removeprefix("left_").removeprefix("right_")
            if plain not in JOINTS or not np.isfinite(off[:, j]).any():
                continue
            good = np.isfinite(off[:, j]).all(-1) & np.isfinite(down).all(-1)
            self.off[plain].append(off[good, j])
            away = true[:, j] - true[:, 8]
            across = away - (away * down).sum(-1, keepdims=True) * down
            across /= np.maximum(np.linalg.norm(across, axis=-1, keepdims=True), 1e-6)
            both = np.stack([(off[:, j] * down).sum(-1), (off[:, j] * across).sum(-1)], axis=-1)
            self.shift[plain].append(both[good])
            if rate_hz >= _SLOWEST_HZ:
                for lag in range(_LAGS):
                    frames = round(lag * _STEP_S * rate_hz)
                    if frames < len(off):
                        product = off[: len(off) - frames, j] * off[frames:, j]
                        self.lags[plain][:, lag] += np.nansum(product), np.isfinite(product).sum()

    def _add_sides(self, flags: NDArray[np.bool_], true3d: Doubles, there: NDArray[np.bool_], rate_hz: float) -> None:
        body = flags.mean(-1) > 0.5
        legs, arms = flags[:, :3].all(-1) & ~flags[:, 3:].any(-1), flags[:, 3:].all(-1) & ~flags[:, :3].any(-1)
        self.flags.append(np.stack([body, legs, arms], axis=-1)[there].astype(np.float64))
        self.bursts[0] += int((np.diff(np.concatenate([[0], body.astype(int)])) > 0).sum())
        self.bursts[1] += len(body) / rate_hz
        hips = true3d[:, 4] - true3d[:, 1]
        way = hips[:, 0] / np.maximum(np.linalg.norm(hips[:, [0, 2]], axis=-1), 1e-6)  # 1: faces the camera
        for name, of in (("front", way > 0.6), ("side", np.abs(way) <= 0.6), ("back", way < -0.6)):
            self.facing[name] += body[of & there].tolist()

    def _add_depth(
        self, own: Doubles, true3d: Doubles, use: NDArray[np.bool_], kinds: Iterable[str], stature: float
    ) -> None:
        frames = np.flatnonzero(use & np.isfinite(own).all((-1, -2)))[::4]
        if not len(frames):
            return
        mine, truth = own[frames], true3d[frames]
        size = 1.72 / stature  # scales every person to one stature, 1.72 m
        errors = p_joint_errors(mine, truth)[:, LIMBS].mean(axis=1) * 1000 * size
        for kind in kinds:
            self.depth[kind] += errors.tolist()
        a, b = (
            mine[..., 2] - mine[..., 2].mean(-1, keepdims=True),
            truth[..., 2] - truth[..., 2].mean(-1, keepdims=True),
        )
        norm = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
        self.z += ((a * b).sum(-1) / np.maximum(norm, 1e-9)).tolist()

    def table(self) -> dict[str, Any]:
        limb = np.concatenate(self.limb) if self.limb else np.zeros((0, 3))
        sure, plain = limb[:, 1] >= _PLAIN, limb[:, 2] == shards.PLAIN
        near, guess = limb[:, 0] <= _OUTLIER, limb[:, 1] < _GUESS
        parts, drift_s = _taken_apart(self.lags)
        joints = {}
        for name in JOINTS:
            off = np.concatenate(self.off[name]) if self.off[name] else np.zeros((0, 2))
            shift = np.concatenate(self.shift[name]) if self.shift[name] else np.zeros((0, 2))
            joints[name] = {
                "count": len(off),
                "rms": _rms(off),
                **parts.get(name, {}),
                "down": float(np.median(shift[:, 0])) if len(shift) else np.nan,
                "outward": float(np.median(shift[:, 1])) if len(shift) else np.nan,
            }
        flags = np.concatenate(self.flags) if self.flags else np.zeros((0, 3))
        return {
            "joints": joints,
            "drift_s": drift_s,
            "seen_rms": _rms(limb[sure & near & plain, 0]),
            "outlier_rate": _share(~near[sure & plain]),
            "outlier_size": float(np.median(limb[sure & plain & ~near, 0])),
            "guessed_share": float(guess.mean()),
            "guess_rms": _rms(np.minimum(limb[guess, 0], _FAR)),
            "sure_of_hidden": _share(limb[limb[:, 2] == shards.HIDDEN, 1] >= _PLAIN),
            "doubts_plain": _share(limb[plain, 1] < _GUESS),
            "by_seen": _by_seen(limb),
            "by_confidence": _by_confidence(limb),
            "swapped_body": float(flags[:, 0].mean()),
            "swapped_legs_alone": float(flags[:, 1].mean()),
            "swapped_arms_alone": float(flags[:, 2].mean()),
            "swapped_body_per_s": self.bursts[0] / max(self.bursts[1], 1e-9),
            "swapped_by_facing": {name: float(np.mean(values)) for name, values in self.facing.items() if values},
            "lost": {kind: 1 - float(np.mean(values)) for kind, values in sorted(self.found.items()) if values},
            "others_a_frame": self.others[0] / max(self.others[1], 1.0),
            "own_3d_p_mpjpe_mm": {kind: float(np.mean(v)) for kind, v in sorted(self.depth.items()) if v},
            "own_depth_correlation": float(np.median(self.z)) if self.z else None,
        }  # fmt: skip


def _seen17(seen: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Convert visibility (T, 23) of COCO23 to the lifter's joints (T, 17).

    A middle has the value of its worst parent, the top of the head that of the better visible ear.
    """
    marks = np.zeros((*seen.shape, 2), np.float32)
    out = np.rint(h36m17_from("coco23", marks, seen.astype(np.float32))[1]).astype(np.uint8)
    out[:, 10] = np.maximum(seen[:, 3], seen[:, 4])
    return out


def swapped_frames(found: Doubles, true: Doubles, size: float) -> NDArray[np.bool_]:
    """Find the frames and pairs (T, 6) where exchanged sides fit the truth clearly better."""
    out = []
    for a, b in _PAIRS:

        def miss(p: int, q: int, a: int = a, b: int = b) -> Doubles:
            both = np.stack([found[:, p] - true[:, a], found[:, q] - true[:, b]], axis=1)
            off = np.linalg.norm(both, axis=-1) / size
            return np.asarray(np.minimum(np.where(np.isfinite(off), off, _FAR), _FAR).mean(axis=1))

        as_is, other = miss(a, b), miss(b, a)
        out.append((other < _SWAP_WINS * as_is) & (as_is - other > _SWAP_GAIN))
    return np.stack(out, axis=-1)


def _taken_apart(lags: dict[str, Doubles]) -> tuple[dict[str, dict[str, float]], float]:
    """Fit jitter, drift and bias of each joint to its autocovariances, with one common drift_s."""
    from scipy.optimize import nnls

    lag_s = np.arange(_LAGS) * _STEP_S
    values = {name: sums[0] / np.maximum(sums[1], 1) for name, sums in lags.items() if sums[1, 0] > 0}
    best: tuple[float, float, dict[str, Doubles]] = (np.inf, np.nan, {})
    for drift_s in np.geomspace(0.04, 0.6, 28):
        model = np.stack([np.eye(_LAGS)[0], np.exp(-lag_s / drift_s), np.ones(_LAGS)], axis=-1)
        solved = {name: nnls(model, value) for name, value in values.items()}
        cost = sum((rest / max(values[name][0], 1e-12)) ** 2 for name, (_, rest) in solved.items())
        if cost < best[0]:
            best = cost, float(drift_s), {name: found for name, (found, _) in solved.items()}
    parts = ("jitter", "drift", "bias")
    return {n: dict(zip(parts, np.sqrt(v).tolist(), strict=True)) for n, v in best[2].items()}, best[1]


def _by_seen(limb: Doubles) -> dict[str, dict[str, float]]:
    """Compute the error and confidence for each kind of visibility."""
    out = {}
    for k, name in enumerate(("outside", "hidden", "by_itself", "plain")):
        of = limb[limb[:, 2] == k]
        if len(of):
            out[name] = {
                "share": len(of) / len(limb),
                "median": float(np.median(of[:, 0])),
                "score": float(of[:, 1].mean()),
            }
    return out


def _by_confidence(limb: Doubles) -> list[dict[str, float]]:
    rows = []
    for low, high in pairwise(_EDGES):
        of = (limb[:, 1] >= low) & (limb[:, 1] < high)
        if of.any():
            rows.append({"from": low, "share": float(of.mean()), "rms": _rms(np.minimum(limb[of, 0], _FAR)),
                         "q90": float(np.quantile(limb[of, 0], 0.9)),
                         "plain": float((limb[of, 2] == shards.PLAIN).mean())})  # fmt: skip
    return rows


def _share(flags: NDArray[np.bool_]) -> float:
    return float(flags.mean()) if flags.size else np.nan


def _rms(values: Doubles) -> float:
    return float(np.sqrt(np.mean(values**2))) if values.size else np.nan


def measured(folder: Path, split: str = "", most: int = 0) -> dict[str, dict[str, Any]]:
    """Compute each detector's table over a folder's clips, at most `most` of them (0: all)."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for number, shard in enumerate(shards.read_all(folder, split)):
        if most and number >= most:
            break
        for detector in shard.meta["detectors"]:
            tally = tallies[detector]
            for person in range(len(shard.meta["people"])):
                tally.add(shard, person, detector)
            tally.others[0] += float(shard.arrays[f"{detector}_others"].sum())
            tally.others[1] += len(shard.arrays["time_s"])
    return {detector: tally.table() for detector, tally in tallies.items()}


def text(tables: dict[str, dict[str, Any]]) -> str:
    """Format the tables, with a column of real people."""
    names = list(tables)
    lines = [
        "thousandths of the size | "
        + " | ".join(f"{n}: jitter drift bias, down outward" for n in names)
        + " | real: jitter drift bias"
    ]
    for joint in JOINTS:
        cells = []
        for name in names:
            row = tables[name]["joints"][joint]
            cells.append(
                " ".join(
                    f"{1000 * row.get(key, np.nan):6.1f}" for key in ("jitter", "drift", "bias", "down", "outward")
                )
            )
        real = " ".join(f"{1000 * REAL[key][joint]:6.1f}" for key in ("jitter", "drift", "bias"))
        lines.append(f"{joint:9} | " + " | ".join(cells) + f" | {real}")
    for key in ("drift_s", "seen_rms", "outlier_rate", "outlier_size", "guessed_share", "guess_rms", "sure_of_hidden",
                "doubts_plain", "swapped_body", "swapped_legs_alone", "swapped_arms_alone", "swapped_body_per_s",
                "others_a_frame", "own_depth_correlation"):  # fmt: skip
        cells = [f"{tables[name][key]:.4f}" if tables[name][key] is not None else "-" for name in names]
        real = [str(REAL_WHOLE[name].get(key, "-")) for name in names if name in REAL_WHOLE]
        lines.append(f"{key:22} | " + " | ".join(cells) + " | real: " + ", ".join(real))
    for key in ("swapped_by_facing", "lost", "own_3d_p_mpjpe_mm"):
        for name in names:
            lines.append(
                f"{key} {name}: "
                + ", ".join(f"{k} {v:.3f}" if v < 2 else f"{k} {v:.0f}" for k, v in tables[name][key].items())
            )
    for name in names:
        lines.append(f"confidence {name}: from, share, rms, q90, plain")
        lines += [" ".join(f"{v:8.3f}" for v in row.values()) for row in tables[name]["by_confidence"]]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.synthesis.people.statistics", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", default="", choices=["", "train", "held_out"])
    parser.add_argument("--most", type=int, default=0, help="so many clips (all)")
    parser.add_argument("--json", action="store_true", help="everything, as JSON")
    args = parser.parse_args()
    tables = measured(args.folder, args.split, args.most)
    print(json.dumps(tables, indent=1) if args.json else text(tables))


if __name__ == "__main__":
    main()
