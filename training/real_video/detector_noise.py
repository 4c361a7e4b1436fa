"""Estimate a 2D detector's errors on a video without truth.

The detector processes each frame three times: unchanged, mirrored, and at two thirds of its size. Where two detections
of a frame differ, at least one is wrong: with independent errors, the difference has twice the variance of one
detection. Errors common to all (a hip placed too far out on both sides) cancel, so the results are lower bounds, that
of bias the weakest.

The difference over time is decomposed by its autocovariance: the part that vanishes after one frame is jitter, the part
that decays exponentially is drift, the mean over the track is bias. Prints JSON in the units of `detector_errors.json`.
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

_SAME_PERSON = 0.2  # shares of the image size; detections of one person are nearer to each other than this
_SMALL_SCALE = 2 / 3
_LONGEST_LAG = 12  # frames, longest lag of the autocovariance
SEEN_FROM, GUESSED_BELOW = 0.7, 0.5  # scores from which a joint counts as seen, and below which as guessed
OUTLIER = 0.06  # shares of the image size; a seen joint further off is an outlier
_LIMBS = [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16]


def detect_augmented(video: Path) -> Iterator[tuple[Frame, tuple[int, int], list[Pose2D]]]:
    """Yield (frame, image size, detections of the unchanged, mirrored and smaller image).

    All joints are in the pixels of the unchanged frame.
    """
    import cv2

    from pipeline.core.config import DetectConfig
    from pipeline.detect.mediapipe.detector import MediaPipeDetector
    from pipeline.sources.open import open_source

    detectors = [MediaPipeDetector(DetectConfig()) for _ in range(3)]
    with contextlib.closing(open_source(video)) as source:
        width, height = source.info.width_px, source.info.height_px
        for frame in source.frames():
            mirrored = Frame(frame.index, frame.time_s, np.ascontiguousarray(frame.bgr[:, ::-1]))
            small = cv2.resize(frame.bgr, None, fx=_SMALL_SCALE, fy=_SMALL_SCALE, interpolation=cv2.INTER_AREA)
            unchanged, flipped = detectors[0].detect(frame), detectors[1].detect(mirrored)
            shrunk = detectors[2].detect(Frame(frame.index, frame.time_s, small))
            swap = SKELETONS[flipped.skeleton].mirror
            unmirrored = flipped.joints_image[:, swap].copy()
            unmirrored[..., 0] = width - 1 - unmirrored[..., 0]
            yield (
                frame,
                (width, height),
                [
                    unchanged,
                    Pose2D(flipped.boxes_image, unmirrored, flipped.scores[:, swap], flipped.skeleton),
                    Pose2D(
                        shrunk.boxes_image,
                        shrunk.joints_image / np.float32(_SMALL_SCALE),
                        shrunk.scores,
                        shrunk.skeleton,
                    ),
                ],
            )
    for detector in detectors:
        detector.close()


def detection_differences(video: Path) -> tuple[list[Doubles], list[Doubles]]:
    """Compute the differences of the second and third detection to the first, per person.

    Returns differences (T, 17, 2) in shares of the image size, NaN = not comparable, and the lower of both scores
    (T, 17).
    """
    tracker: Tracker | None = None
    variants: list[list[Pose2D]] = []
    for frame, size, (unchanged, *rest) in detect_augmented(video):
        tracker = tracker or Tracker(unchanged.skeleton, Camera.assumed(size))
        tracker.update(frame.index, frame.time_s, unchanged)
        variants.append(rest)
    found: list[Doubles] = []
    scores: list[Doubles] = []
    for identity in tracker.identities() if tracker else ():
        joints, score = tracker.rows(identity, 0, len(variants)).h36m17
        size_px = float(median_box_side(joints[None], np.isfinite(joints).all(-1)[None])[0])
        for variant in range(len(variants[0])):
            off, lower = np.full(joints.shape, np.nan), score.astype(np.float64)
            for t, poses in enumerate(variants):
                if len(poses[variant].joints_image) and np.isfinite(joints[t]).any():
                    candidates, candidate_scores = poses[variant].h36m17
                    distance = np.nanmedian(np.linalg.norm(candidates - joints[t], axis=-1), axis=-1) / size_px
                    same = int(distance.argmin())
                    if distance[same] < _SAME_PERSON:
                        off[t] = (candidates[same] - joints[t]) / size_px
                        lower[t] = np.minimum(lower[t], candidate_scores[same])
            found.append(off)
            scores.append(lower)
    return found, scores


def decompose_noise(found: list[Doubles]) -> dict[str, dict[str, float]]:
    """Decompose differences by joint into jitter, drift, drift_s (at 30 Hz) and bias.

    Both sides of a joint are pooled. The values are standard deviations of one detection.
    """
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
            pooled = np.concatenate(products)
            limit = np.nanpercentile(np.abs(pooled), 99)  # clips left-right swaps, which are not jitter
            lags[lag] = np.nanmean(np.clip(pooled, -limit, limit)) / 2
        decay = np.clip(lags[[2, _LONGEST_LAG // 2]] / max(lags[1], 1e-12), 0.02, 0.98)
        frames = float(np.mean(-np.array([1, _LONGEST_LAG // 2 - 1]) / np.log(decay)))
        drift = max(lags[1], 0) * np.exp(1 / frames)
        out[name] = {
            "jitter": float(np.sqrt(max(lags[0] - drift, 0))),
            "drift": float(np.sqrt(drift)),
            "drift_s": frames / 30,
            "bias": float(np.sqrt(np.mean(means**2) / 2)),
        }
    return out


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m training.real_video.detector_noise",
        description="Estimate a 2D detector's errors on a video without truth.",
    )
    parser.add_argument("--video", type=Path, required=True, help="video of one or more people")
    found, scores = detection_differences(parser.parse_args().video)
    seen_well = []
    for off, score in zip(found, scores, strict=True):
        near = np.linalg.norm(off, axis=-1) / 2 <= OUTLIER  # False for NaN
        seen_well.append(np.where((near & (score >= SEEN_FROM))[..., None], off, np.nan))
    every, score = np.concatenate(found)[:, _LIMBS], np.concatenate(scores)[:, _LIMBS]
    known = np.isfinite(every).all(-1)
    score = score[known]
    distance = np.linalg.norm(every[known], axis=-1) / 2  # of one detection and one axis
    seen, guessed = score >= SEEN_FROM, score < GUESSED_BELOW
    mean, spread = float(score[seen].mean()), max(float(score[seen].var()), 1e-9)
    concentration = mean * (1 - mean) / spread - 1
    print(
        json.dumps(
            {
                "joints": {
                    n: {k: round(v, 4) for k, v in row.items()} for n, row in decompose_noise(seen_well).items()
                },
                "guessed_share": round(float(guessed.mean()), 3),
                "guess_error_rms": round(float(np.sqrt((np.minimum(distance[guessed], 0.3) ** 2).mean())), 4),
                "guess_error_median": round(float(np.median(distance[guessed])), 4),
                "outlier_rate": round(float((distance[seen] > OUTLIER).mean()), 4),
                "outlier_size": round(float(np.median(distance[seen & (distance > OUTLIER)])), 4),
                "confidence_seen_beta": [round(mean * concentration, 2), round((1 - mean) * concentration, 2)],
                "confidence_guess_quantiles": [round(float(q), 3) for q in np.percentile(score[guessed], (10, 50, 90))],
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
