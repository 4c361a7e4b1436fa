"""How wrong a 2D detector is, measured without truth: `python -m training.real_video.detector_noise --video FILE`.

The detector sees each frame as it is, mirrored, and at two thirds of its size. Where two sights of one frame differ, at
least one is wrong: with independent errors the difference has twice the variance of one sight. What all sights have in
common (a hip placed too far out on both sides) cancels, so the numbers are lower bounds; measured bias least of all.

The difference over time is taken apart by its autocovariance: what is gone after one frame is jitter, what falls off
exponentially is drift, the mean over the track is bias. Prints JSON in the units of `detector_errors.json`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline.core.arrays import Doubles
from pipeline.core.camera import Camera, Frame
from pipeline.core.poses import Pose2D
from pipeline.core.skeletons import H36M17, SKELETONS
from pipeline.detect.tracker import Tracker
from pipeline.lift.inputs.gaps_and_size import median_box_side

_SAME_PERSON = 0.2  # shares of the size: sights of one person lie nearer to each other than this
_SHRUNK = 2 / 3
_LONGEST_LAG = 12  # frames over which the drift is followed
_PLAIN, _GUESS = 0.7, 0.5  # scores from which on a joint is taken as seen, and below which as guessed
_OUTLIER = 0.06  # a seen joint further off than this, in shares of the size, is no jitter
_LIMBS = [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16]


def sights(video: Path) -> Iterator[tuple[Frame, tuple[int, int], list[Pose2D]]]:
    """(frame, picture size, [as it is, mirrored, smaller]) with all joints brought back to the frame's own pixels."""
    import cv2

    from pipeline.core.config import DetectConfig
    from pipeline.detect.mediapipe.detector import MediaPipeDetector
    from pipeline.sources.open import open_source

    detectors = [MediaPipeDetector(DetectConfig()) for _ in range(3)]
    with contextlib.closing(open_source(video)) as source:
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


def differences(video: Path) -> tuple[list[Doubles], list[Doubles]]:
    """Per person and second sight: differences (T, 17, 2) in shares of the size, NaN = not comparable; scores (T, 17),
    the lower of the two."""
    tracker: Tracker | None = None
    others: list[list[Pose2D]] = []
    for frame, size, (plain, *rest) in sights(video):
        tracker = tracker or Tracker(plain.skeleton, Camera.assumed(size))
        tracker.update(frame.index, frame.time_s, plain)
        others.append(rest)
    found: list[Doubles] = []
    scores: list[Doubles] = []
    for identity in tracker.identities() if tracker else ():
        joints, score = tracker.rows(identity, 0, len(others)).h36m17
        size_px = float(median_box_side(joints[None], np.isfinite(joints).all(-1)[None])[0])
        for sight in range(len(others[0])):
            off, lower = np.full(joints.shape, np.nan), score.astype(np.float64)
            for t, poses in enumerate(others):
                if len(poses[sight].joints_image) and np.isfinite(joints[t]).any():
                    there, sure = poses[sight].h36m17
                    distance = np.nanmedian(np.linalg.norm(there - joints[t], axis=-1), axis=-1) / size_px
                    same = int(distance.argmin())
                    if distance[same] < _SAME_PERSON:
                        off[t] = (there[same] - joints[t]) / size_px
                        lower[t] = np.minimum(lower[t], sure[same])
            found.append(off)
            scores.append(lower)
    return found, scores


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
    parser = argparse.ArgumentParser(prog="python -m training.real_video.detector_noise")
    parser.add_argument("--video", type=Path, required=True)
    found, scores = differences(parser.parse_args().video)
    plain = []
    for off, score in zip(found, scores, strict=True):
        near = np.linalg.norm(off, axis=-1) / 2 <= _OUTLIER  # False for NaN
        plain.append(np.where((near & (score >= _PLAIN))[..., None], off, np.nan))
    every, score = np.concatenate(found)[:, _LIMBS], np.concatenate(scores)[:, _LIMBS]
    known = np.isfinite(every).all(-1)
    score = score[known]
    distance = np.linalg.norm(every[known], axis=-1) / 2  # of one sight and one axis
    seen, guessed = score >= _PLAIN, score < _GUESS
    mean, spread = float(score[seen].mean()), max(float(score[seen].var()), 1e-9)
    both = mean * (1 - mean) / spread - 1
    print(
        json.dumps(
            {
                "joints": {n: {k: round(v, 4) for k, v in row.items()} for n, row in taken_apart(plain).items()},
                "guessed_share": round(float(guessed.mean()), 3),
                "guess_error_rms": round(float(np.sqrt((np.minimum(distance[guessed], 0.3) ** 2).mean())), 4),
                "guess_error_median": round(float(np.median(distance[guessed])), 4),
                "outlier_rate": round(float((distance[seen] > _OUTLIER).mean()), 4),
                "outlier_size": round(float(np.median(distance[seen & (distance > _OUTLIER)])), 4),
                "confidence_seen_beta": [round(mean * both, 2), round((1 - mean) * both, 2)],
                "confidence_guess_quantiles": [round(float(q), 3) for q in np.percentile(score[guessed], (10, 50, 90))],
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
