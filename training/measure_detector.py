"""How wrong a 2D detector is, measured without truth: `python -m training.measure_detector --video FILE`.

The detector sees each frame as it is, mirrored, and at two thirds of its size. Where two sights of one frame differ, at
least one is wrong: with independent errors the difference has twice the variance of one sight. What all sights have in
common (a hip placed too far out on both sides) cancels, so the numbers are lower bounds; measured bias least of all.

The difference over time is taken apart by its autocovariance: what is gone after one frame is jitter, what falls off
exponentially is drift, the mean over the track is bias. Prints JSON in the units of `detector_errors.json`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline.detect.track import Tracker
from pipeline.lift.inputs import body_size
from pipeline.skeleton import H36M17, SKELETONS, h36m17_from
from pipeline.types import Doubles, Floats, Frame, Pose2D

_SAME_PERSON = 0.2  # shares of the size: sights of one person lie nearer to each other than this
_SHRUNK = 2 / 3
_LONGEST_LAG = 12  # frames over which the drift is followed


def sights(video: Path) -> Iterator[tuple[Frame, tuple[int, int], list[Pose2D]]]:
    """(frame, picture size, [as it is, mirrored, smaller]) with all joints brought back to the frame's own pixels."""
    import cv2

    from pipeline.config import DetectConfig
    from pipeline.detect.mediapipe import MediaPipeDetector
    from pipeline.sources.open import open_source

    detectors = [MediaPipeDetector(DetectConfig()) for _ in range(3)]
    with open_source(video) as source:
        width, height = source.info.width_px, source.info.height_px
        for frame in source.frames():
            mirrored = Frame(frame.index, frame.time_s, np.ascontiguousarray(frame.bgr[:, ::-1]))
            small = cv2.resize(frame.bgr, None, fx=_SHRUNK, fy=_SHRUNK, interpolation=cv2.INTER_AREA)
            plain, flipped = detectors[0].detect(frame), detectors[1].detect(mirrored)
            shrunk = detectors[2].detect(Frame(frame.index, frame.time_s, small))
            swap = SKELETONS[flipped.skeleton].mirror
            back = flipped.joints_image[:, swap].copy()
            back[..., 0] = width - 1 - back[..., 0]
            yield (
                frame,
                (width, height),
                [
                    plain,
                    Pose2D(flipped.boxes_image, back, flipped.scores[:, swap], flipped.skeleton),
                    Pose2D(
                        shrunk.boxes_image, shrunk.joints_image / np.float32(_SHRUNK), shrunk.scores, shrunk.skeleton
                    ),
                ],
            )
    for detector in detectors:
        detector.close()


def differences(video: Path) -> tuple[list[Doubles], Doubles]:
    """Per person and second sight (T, 17, 2) differences in shares of the size (NaN: not comparable); scores (n, 17)."""
    tracker: Tracker | None = None
    others: list[list[Pose2D]] = []
    for frame, size, (plain, *rest) in sights(video):
        tracker = tracker or Tracker(plain.skeleton, 30.0, size)
        tracker.update(frame.index, frame.time_s, plain)
        others.append(rest)
    if tracker is None:
        return [], np.zeros((0, 17))
    found: list[Doubles] = []
    scores: list[Floats] = []
    for identity in tracker.identities():
        joints, score = h36m17_from(others[0][0].skeleton, *tracker.rows(identity, 0, len(others)))
        size_px = float(body_size(joints[None], np.isfinite(joints).all(-1)[None])[0])
        scores.append(score[np.isfinite(joints).all((-1, -2))])
        for sight in range(len(others[0])):
            off = np.full(joints.shape, np.nan)
            for t, poses in enumerate(others):
                if len(poses[sight].joints_image) and np.isfinite(joints[t]).any():
                    there, _ = h36m17_from(poses[sight].skeleton, poses[sight].joints_image, poses[sight].scores)
                    distance = np.nanmedian(np.linalg.norm(there - joints[t], axis=-1), axis=-1) / size_px
                    if distance.min() < _SAME_PERSON:
                        off[t] = (there[distance.argmin()] - joints[t]) / size_px
            found.append(off)
    return found, np.concatenate(scores)


def taken_apart(found: list[Doubles]) -> dict[str, dict[str, float]]:
    """Joint name (both sides together) -> jitter, drift, drift_s (at 30 Hz), bias: standard deviations of one sight."""
    out: dict[str, dict[str, float]] = {}
    for name in sorted({joint.removeprefix("left_").removeprefix("right_") for joint in H36M17.names}):
        members = [j for j, joint in enumerate(H36M17.names) if joint.endswith(name)]
        series = [off[:, j, axis] for off in found for j in members for axis in range(2)]
        series = [s for s in series if np.isfinite(s).sum() > 3 * _LONGEST_LAG]
        if not series:
            continue
        means = np.array([np.nanmedian(s) for s in series])
        lags = np.zeros(_LONGEST_LAG + 1)
        for lag in range(_LONGEST_LAG + 1):
            products = [((s - m)[: len(s) - lag] * (s - m)[lag:]) for s, m in zip(series, means, strict=True)]
            together = np.concatenate(products)
            limit = np.nanpercentile(np.abs(together), 99)  # a swapped side is not jitter
            lags[lag] = np.nanmean(np.clip(together, -limit, limit)) / 2
        fall = np.clip(lags[[2, _LONGEST_LAG // 2]] / max(lags[1], 1e-12), 0.02, 0.98)
        frames = float(np.mean(-np.array([1, _LONGEST_LAG // 2 - 1]) / np.log(fall)))
        drift = max(lags[1], 0) * np.exp(1 / frames)
        out[name] = {
            "jitter": float(np.sqrt(max(lags[0] - drift, 0))),
            "drift": float(np.sqrt(drift)),
            "drift_s": frames / 30,
            "bias": float(np.sqrt(np.mean(means**2) / 2)),
        }
    return out


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.measure_detector")
    parser.add_argument("--video", type=Path, required=True)
    found, scores = differences(parser.parse_args().video)
    mean, spread = float(scores.mean()), float(scores.var())
    both = mean * (1 - mean) / max(spread, 1e-9) - 1
    rounded = {name: {key: round(value, 4) for key, value in row.items()} for name, row in taken_apart(found).items()}
    quantiles = [round(float(q), 3) for q in np.percentile(scores, [1, 5, 25, 50, 75])]
    print(json.dumps({"joints": rounded, "score_quantiles_1_5_25_50_75": quantiles,
                      "confidence_beta": [round(mean * both, 2), round((1 - mean) * both, 2)]}, indent=1))  # fmt: skip


if __name__ == "__main__":
    main()
