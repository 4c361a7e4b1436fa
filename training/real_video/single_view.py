"""Evaluate a lifter on a video without truth: `python -m training.real_video.single_view`.

Properties of a real body are measured on the lifter's raw output, before smoothing and bone fitting: constant bone
lengths, left-right symmetry, joints at rest where their image is at rest, reprojection onto the detected joints, and
their speed. Lengths are shares of, or at, unit stature. MediaPipe's world landmarks are measured likewise, and so is
the program's result after the whole post-processing chain (`pipeline.post`), which is what a user gets instead of them.
Prints JSON. `--pictures` draws both from the front and the side.
"""

from __future__ import annotations

import argparse
import contextlib
import json
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from pipeline.core.arrays import Doubles, Floats
from pipeline.core.camera import Camera
from pipeline.core.concurrency import CancelToken
from pipeline.core.config import DetectConfig, LiftConfig, RunConfig
from pipeline.core.poses import PersonTrack
from pipeline.core.skeletons import H36M17
from pipeline.detect.cache import open_cache
from pipeline.detect.detect_video import ObserveStats, observe
from pipeline.detect.tracker import Tracker
from pipeline.lift.base import WindowLifter
from pipeline.lift.windows import TrackLift
from training.data.motion_file import at_unit_stature
from training.real_video.detector_noise import SEEN_FROM
from training.synthesis.detector_errors import Bools

_LIMB_BONES = tuple((p, c) for p, c in H36M17.bones if c in (2, 3, 5, 6, 12, 13, 15, 16))
_LIMB_PAIRS = ((2, 5), (3, 6), (12, 15), (13, 16))  # H36M-17 indices: distal ends of limb bones on either side
_REST_SPEED = 0.15  # body sizes per second in the image; a slower joint is at rest
_MEAN_FRAMES = 9  # frames of the running mean that jitter is measured against
_HALF_FRAMES = _MEAN_FRAMES // 2
_SCALE_FRAMES = 31  # frames of the running mean of a person's scale in the image

_EXTREMITIES = [3, 6, 13, 16]  # H36M-17 indices of ankles and wrists


def detect_people(video: Path, detector: str = "mediapipe") -> tuple[list[PersonTrack], Camera]:
    """Detect and track everyone in the video; and its camera, of assumed field of view."""
    from pipeline.detect.create import create_detector
    from pipeline.sources.open import open_source

    config = DetectConfig(detector=detector)
    with contextlib.closing(open_source(video)) as source, contextlib.closing(create_detector(config)) as d:
        info = source.info
        camera = Camera.assumed((info.width_px, info.height_px), info.fps_hz)
        tracker = Tracker(d.skeleton, camera)
        cache = open_cache(info.content_key, d.cache_key)
        for index, time_s, pose in observe(source, d, cache, CancelToken(), ObserveStats()):
            tracker.update(index, time_s, pose)
        people = [tracker.track(identity, n) for n, identity in enumerate(tracker.identities(1.0), start=1)]
    return people, camera


def lift_track(lifter: WindowLifter, track: PersonTrack, camera: Camera) -> Doubles:
    """Lift a track: raw joints (T, 17, 3), camera axes, root-relative.

    NaN where the person was not seen.
    """
    lift = TrackLift(lifter, camera)
    lift.push(track)
    lift.finish()
    return lift.result().astype(np.float64)


def run_program(video: Path, config: LiftConfig) -> list[tuple[Doubles, Bools]]:
    """Run the whole program on a video, for all people.

    Returns, per person, joints (T, 17, 3) in camera axes, root-relative, metres; and the frames (T,) in which it
    corrected a left-right swap of the detector.
    """
    from pipeline import api

    take = api.lift(video, config=RunConfig(lift=config, persons="all"))
    assert take.scene is not None
    out = []
    for track in take.tracks3d:
        swapped = np.zeros(len(track.joints), np.bool_)
        for finding in take.scene.findings:
            if finding.person == track.person and finding.kind == "sides":
                swapped[finding.first : finding.last + 1] = True
        world = (track.joints - track.joints[:, :1]).astype(np.float64)
        out.append((world @ take.scene.rotation, swapped))  # world to camera
    return out


def track_metrics(
    raw: Doubles, joints: Floats, scores: Floats, camera: Camera, counted: Bools | None = None
) -> dict[str, float]:
    """Measure one person's joints (T, 17, 3) against detected image joints (T, 17, 2).

    NaN: missing. `counted` (T,) restricts the frames, so that two results are measured on the same ones. A joint is at
    rest where its image is throughout the running mean: where it only reverses, as a foot does at the end of its swing,
    the deviation from the mean is movement, not jitter.
    """
    seen = np.isfinite(raw).all((-1, -2)) & np.isfinite(joints).all((-1, -2))
    if counted is not None:
        seen &= counted
    row = np.nonzero(seen)[0]
    gapless = row[2 * _HALF_FRAMES :] - row[: -2 * _HALF_FRAMES] == 2 * _HALF_FRAMES  # no gap in the running mean
    raw, image, scores = at_unit_stature(raw[None, seen])[0][0], joints[seen].astype(np.float64), scores[seen]
    length = np.stack([np.linalg.norm(raw[:, c] - raw[:, p], axis=-1) for p, c in H36M17.bones], -1)
    ends = [c for _, c in H36M17.bones]
    limbs = [ends.index(c) for _, c in _LIMB_BONES]
    left = np.median(length, axis=0)[[ends.index(b) for _, b in _LIMB_PAIRS]]
    right = np.median(length, axis=0)[[ends.index(a) for a, _ in _LIMB_PAIRS]]
    # Jitter: deviation from a running mean where the image of the joint is at rest.
    jitter = np.linalg.norm(raw[_HALF_FRAMES:-_HALF_FRAMES] - _running_mean(raw), axis=-1)
    body = np.nanmedian(np.nanmax(image, axis=1) - np.nanmin(image, axis=1), axis=0).max()
    speed = np.linalg.norm(np.gradient(_running_mean(image - image[:, :1]), axis=0), axis=-1) * camera.rate_hz / body
    padded = np.pad(speed, ((_HALF_FRAMES, _HALF_FRAMES), (0, 0)), "edge")
    resting = sliding_window_view(padded, _MEAN_FRAMES, 0).max(-1) < _REST_SPEED
    resting[:, 0] = False
    resting &= gapless[:, None]
    residual, fast = reprojection_metrics(raw, image, scores, gapless, camera)
    return {
        "frames": float(len(raw)),
        "limb_length_spread": float((length.std(0) / length.mean(0))[limbs].mean()),
        "left_right_difference": float((np.abs(left - right) / ((left + right) / 2)).mean()),
        "rest_jitter_mm": 1000 * float(np.sqrt((jitter[resting] ** 2).mean())),
        "rest_share": float(resting[:, 1:].mean()),
        "reprojection": residual,
        "peak_speed_share": fast,
    }


def _running_mean(values: Doubles) -> Doubles:
    """Compute the running mean over `_MEAN_FRAMES`: (T, ...) -> (T - 2 * _HALF_FRAMES, ...)."""
    kernel = np.ones(_MEAN_FRAMES) / _MEAN_FRAMES
    return np.asarray(np.apply_along_axis(lambda v: np.convolve(v, kernel, "valid"), 0, values))


def reprojection_metrics(
    raw: Doubles, image: Doubles, scores: Floats, gapless: Bools, camera: Camera
) -> tuple[float, float]:
    """Reproject joints (T, 17, 3) and compare them with detected image joints (T, 17, 2).

    Returns the RMS distance in shares of the body's image size, at the scale and position that fit each frame best; and
    the ratio of the 95th percentiles of wrist and ankle speed in the image, reprojected to detected. The distance uses
    parallel projection, which neither rewards a better model of perspective nor penalises small images. The speed uses
    a camera of assumed field of view at the distance of that scale, since the image motion of a hand grows as it comes
    nearer. Only clearly visible joints count.
    """
    weight = (scores >= SEEN_FROM).astype(np.float64)[..., None]
    total = np.maximum(weight.sum(1, keepdims=True), 1e-9)
    flat, target = raw[..., :2], image
    middle, other = (flat * weight).sum(1, keepdims=True) / total, (target * weight).sum(1, keepdims=True) / total
    flat, target = flat - middle, target - other
    scale = (flat * target * weight).sum((1, 2)) / np.maximum((flat**2 * weight).sum((1, 2)), 1e-12)
    body = float((image.max(1) - image.min(1)).max(-1).mean())
    seen_well = weight[..., 0] > 0
    residual = np.linalg.norm(scale[:, None, None] * flat - target, axis=-1)[seen_well] / body
    detected = _running_mean(image - image[:, :1])
    both = (seen_well[1:] & seen_well[:-1])[_HALF_FRAMES:-_HALF_FRAMES][:, _EXTREMITIES]
    both = both & (gapless[1:] & gapless[:-1])[:, None]

    def peak(path: Doubles) -> float:
        speed = np.linalg.norm(np.diff(path, axis=0), axis=-1)[:, _EXTREMITIES] * camera.rate_hz
        return float(np.percentile(speed[both], 95)) if both.any() else np.nan

    reprojected = _running_mean(_perspective_image(raw, image, scale, camera))
    return float(np.sqrt((residual**2).mean())), peak(reprojected) / max(peak(detected), 1e-9)


def _perspective_image(raw: Doubles, image: Doubles, scale: Doubles, camera: Camera) -> Doubles:
    """Project joints (T, 17, 3) in perspective from the detected pelvis and scale (T,), px/m.

    Image joints are relative to the pelvis. The scale is averaged over time: one that varied with the pose would add
    speed.
    """
    steady = np.convolve(np.pad(scale, _SCALE_FRAMES // 2, "edge"), np.ones(_SCALE_FRAMES) / _SCALE_FRAMES, "valid")
    depth = camera.focal_px / np.maximum(steady, 1e-6)[:, None, None]
    root = np.concatenate([camera.rays(image[:, :1]) * depth, depth], -1)
    again = camera.project(root + raw - raw[:, :1])
    return np.asarray(again - again[:, :1])


def main() -> None:
    from pipeline.lift.host_lifter import create_lifter
    from training.evaluate.open_lifter import lifter_of_recipe
    from training.real_video.draw_side_by_side import side_by_side
    from training.real_video.mediapipe_3d import world_landmarks

    parser = argparse.ArgumentParser(
        prog="python -m training.real_video.single_view",
        description="Evaluate a lifter on a video without truth.",
    )
    parser.add_argument("--video", type=Path, required=True, help="video of one or more people")
    parser.add_argument("--model", default="", help="name in weights/manifest.json (default: its default)")
    parser.add_argument("--weights", type=Path, help="instead of --model: a .safetensors file, with --recipe")
    parser.add_argument("--recipe", type=Path, help="recipe that --weights were trained with")
    parser.add_argument("--pictures", type=Path, help="folder for images of lifter and MediaPipe")
    args = parser.parse_args()
    if args.weights:
        lifter = lifter_of_recipe(args.weights, args.recipe)
    else:
        lifter = create_lifter(LiftConfig(lifter=args.model, device="cpu", precision="float32"))
    people, camera = detect_people(args.video)
    # The program cannot run weights that are not in the manifest yet.
    program = [] if args.weights else run_program(args.video, LiftConfig(lifter=args.model, device="cpu"))
    mediapipe = world_landmarks(args.video, [track.h36m17[0] for track in people])
    for number, (track, (world, image, sure)) in enumerate(zip(people, mediapipe, strict=True), start=1):
        joints, scores = track.h36m17
        lifter_joints = lift_track(lifter, track, camera)
        counted = np.isfinite(lifter_joints).all((-1, -2)) & np.isfinite(world).all((-1, -2))
        if number <= len(program):
            # In a left-right swap the detected wrist jumps to the other one, a speed that no body can reach.
            counted &= ~program[number - 1][1]
        # MediaPipe's 3D is compared with MediaPipe's own 2D landmarks.
        rows = {
            lifter.name: track_metrics(lifter_joints, joints, scores, camera, counted),
            "mediapipe_world": track_metrics(world, image.astype(np.float32), sure.astype(np.float32), camera, counted),
        }
        if number <= len(program):
            rows[f"{lifter.name}, the program's result"] = track_metrics(
                program[number - 1][0], joints, scores, camera, counted
            )
        for name, row in rows.items():
            print(json.dumps({"model": name, "person": number} | {key: round(v, 4) for key, v in row.items()}))
        if args.pictures:
            shown: dict[str, Floats | Doubles] = {"2D": joints, lifter.name: lifter_joints, "MediaPipe": world}
            side_by_side(args.video, args.pictures / f"{args.video.stem}_{number}", shown)


if __name__ == "__main__":
    main()
