"""A lifter on real video, where no truth is known: `python -m training.real_video --video FILE [--model NAME]`.

What must hold for a real body is measured on the lifter's own output, before any smoothing or bone fitting: bones that
keep their length, left and right that are alike, and joints that rest when the picture of them rests. Lengths are
shares of, or at, unit stature. Prints JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import json
from pathlib import Path

import numpy as np

from pipeline.config import DetectConfig, LiftConfig
from pipeline.detect.cache import open_cache
from pipeline.detect.observe import ObserveStats, observe
from pipeline.detect.track import Tracker
from pipeline.flow import CancelToken
from pipeline.lift.base import WindowLifter
from pipeline.lift.windows import TrackLift
from pipeline.skeleton import H36M17, h36m17_from
from pipeline.types import Doubles, Floats

_LIMB_BONES = tuple((p, c) for p, c in H36M17.bones if c in (2, 3, 5, 6, 12, 13, 15, 16))
_PAIRS = ((2, 5), (3, 6), (12, 15), (13, 16))  # ends of left and right limbs
_REST = 0.15  # image speed in body sizes a second below which a joint rests
_SMOOTH = 9  # frames of the running mean that the trembling is measured against


def tracks(video: Path) -> tuple[list[tuple[Floats, Floats, Doubles]], float, tuple[int, int]]:
    """Everyone in it: H36M-17 joints (T, 17, 2) px, scores (T, 17), time_s (T,); the rate; the picture's size."""
    from pipeline.detect.mediapipe import MediaPipeDetector
    from pipeline.sources.open import open_source

    with contextlib.closing(open_source(video)) as source, contextlib.closing(MediaPipeDetector(DetectConfig())) as d:
        info = source.info
        size = (info.width_px, info.height_px)
        tracker = Tracker(d.skeleton, info.fps_hz, size)
        cache = open_cache(info.content_key, d.cache_key)
        for index, time_s, pose in observe(source, d, cache, CancelToken(), ObserveStats()):
            tracker.update(index, time_s, pose)
        people = []
        for identity in tracker.identities(1.0):
            joints, scores = h36m17_from(d.skeleton, *tracker.rows(identity, 0, len(tracker.time_s)))
            people.append((joints, scores, tracker.time_s))
    return people, info.fps_hz, size


def judge(
    lifter: WindowLifter, joints: Floats, scores: Floats, time_s: Doubles, rate_hz: float, size: tuple[int, int]
) -> dict[str, float]:
    """The measures of one person; see the module."""
    lift = TrackLift(lifter, rate_hz, size)
    lift.push(joints, scores, time_s)
    lift.finish()
    raw = lift.result().astype(np.float64)
    seen = np.isfinite(raw).all((-1, -2))
    raw = raw[seen]
    length = np.stack([np.linalg.norm(raw[:, c] - raw[:, p], axis=-1) for p, c in H36M17.bones], -1)
    ends = [c for _, c in H36M17.bones]
    limbs = [ends.index(c) for _, c in _LIMB_BONES]
    left = np.median(length, axis=0)[[ends.index(b) for _, b in _PAIRS]]
    right = np.median(length, axis=0)[[ends.index(a) for a, _ in _PAIRS]]
    # Trembling: what a running mean takes away, where the picture of the joint rests.
    kernel = np.ones(_SMOOTH) / _SMOOTH
    smooth = np.apply_along_axis(lambda v: np.convolve(v, kernel, "valid"), 0, raw)
    half = _SMOOTH // 2
    tremble = np.linalg.norm(raw[half:-half] - smooth, axis=-1)
    image = joints[seen]
    body = np.nanmedian(np.nanmax(image, axis=1) - np.nanmin(image, axis=1), axis=0).max()
    relative = image - image[:, :1]
    slow = np.apply_along_axis(lambda v: np.convolve(v, kernel, "valid"), 0, relative)
    speed = np.linalg.norm(np.gradient(slow, axis=0), axis=-1) * rate_hz / body
    rest = speed < _REST
    rest[:, 0] = False
    return {
        "frames": float(len(raw)),
        "limb_length_spread": float((length.std(0) / length.mean(0))[limbs].mean()),
        "left_right_difference": float((np.abs(left - right) / ((left + right) / 2)).mean()),
        "rest_jitter_mm": 1000 * float(np.sqrt((tremble[rest] ** 2).mean())),
        "rest_share": float(rest[:, 1:].mean()),
    }


def main() -> None:
    from pipeline.lift.lifter import create_lifter
    from training.evaluate import lifter_of_recipe

    parser = argparse.ArgumentParser(prog="python -m training.real_video")
    parser.add_argument("--video", type=Path, required=True)
    parser.add_argument("--model", default="")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--recipe", type=Path)
    args = parser.parse_args()
    if args.weights:
        lifter = lifter_of_recipe(args.weights, args.recipe)
    else:
        lifter = create_lifter(LiftConfig(lifter=args.model, device="cpu", precision="float32"))
    people, rate_hz, size = tracks(args.video)
    for number, (joints, scores, time_s) in enumerate(people, start=1):
        row = judge(lifter, joints, scores, time_s, rate_hz, size)
        print(json.dumps({"model": lifter.name, "person": number} | {key: round(v, 4) for key, v in row.items()}))


if __name__ == "__main__":
    main()
