"""Judge a lifter on real video without truth: `python -m training.real_video.single_view --video FILE [--model NAME]`.

What must hold for a real body is measured on the lifter's own output, before any smoothing or bone fitting: bones that
keep their length, left and right that are alike, joints that rest when the picture of them rests, a body that lies on
the picture's joints when it is thrown back, and as fast as they are. Lengths are shares of, or at, unit stature.
MediaPipe's world landmarks are measured beside it, and the program's result after its whole chain (`pipeline.post`),
which is what somebody would have instead of them. Prints JSON. `--pictures` draws both from the front and the side.
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
from pipeline.core.take import Take
from pipeline.detect.cache import open_cache
from pipeline.detect.detect_video import ObserveStats, observe
from pipeline.detect.tracker import Tracker
from pipeline.lift.base import WindowLifter
from pipeline.lift.windows import TrackLift
from training.data.motion_file import at_unit_stature
from training.synthesis.detector_errors import Bools

_LIMB_BONES = tuple((p, c) for p, c in H36M17.bones if c in (2, 3, 5, 6, 12, 13, 15, 16))
_PAIRS = ((2, 5), (3, 6), (12, 15), (13, 16))  # ends of left and right limbs
_REST = 0.15  # image speed in body sizes a second below which a joint rests
_SMOOTH = 9  # frames of the running mean that the trembling is measured against
_HALF = _SMOOTH // 2
_STEADY = 31  # frames of the mean of a person's scale in the picture
_PLAIN = 0.7  # scores from which on a joint is taken as seen
_ENDS = [3, 6, 13, 16]  # ankles and wrists


def tracks(video: Path) -> tuple[list[PersonTrack], Camera]:
    """Detect and track everyone in the video; and its camera, of assumed field of view."""
    from pipeline.detect.mediapipe.detector import MediaPipeDetector
    from pipeline.sources.open import open_source

    with contextlib.closing(open_source(video)) as source, contextlib.closing(MediaPipeDetector(DetectConfig())) as d:
        info = source.info
        camera = Camera.assumed((info.width_px, info.height_px), info.fps_hz)
        tracker = Tracker(d.skeleton, camera)
        cache = open_cache(info.content_key, d.cache_key)
        for index, time_s, pose in observe(source, d, cache, CancelToken(), ObserveStats()):
            tracker.update(index, time_s, pose)
        people = [tracker.track(identity, n) for n, identity in enumerate(tracker.identities(1.0), start=1)]
    return people, camera


def lifted(lifter: WindowLifter, track: PersonTrack, camera: Camera) -> Doubles:
    """(T, 17, 3) raw, camera axes, root-relative; NaN where nobody was seen."""
    lift = TrackLift(lifter, camera)
    lift.push(track)
    lift.finish()
    return lift.result().astype(np.float64)


def finished(video: Path, config: LiftConfig) -> list[tuple[Doubles, Bools]]:
    """What the program makes of everyone in it, person by person: (T, 17, 3) camera axes, root-relative, metres; and
    the frames (T,) in which it found left and right exchanged in the picture's joints."""
    from pipeline.run.lift_video import Engine, analyse
    from pipeline.sources.open import open_source

    with contextlib.closing(open_source(video)) as source, Engine() as engine:
        *_, take = analyse(source, RunConfig(lift=config, persons="all"), CancelToken(), engine)
    assert isinstance(take, Take)
    assert take.scene is not None
    out = []
    for track in take.tracks3d:
        exchanged = np.zeros(len(track.joints), np.bool_)
        for finding in take.scene.findings:
            if finding.person == track.person and finding.kind == "sides":
                exchanged[finding.first : finding.last + 1] = True
        world = (track.joints - track.joints[:, :1]).astype(np.float64)
        out.append((world @ take.scene.rotation, exchanged))  # world to camera
    return out


def judge(
    raw: Doubles, joints: Floats, scores: Floats, camera: Camera, among: Bools | None = None
) -> dict[str, float]:
    """The measures of one person's 3D (T, 17, 3), NaN = nobody, beside the joints (T, 17, 2) px and scores (T, 17).

    `among` (T,): only these frames count, so that two results are judged on the same ones. A joint rests where its
    picture does throughout the running mean: where it only turns round, as a foot does at the end of its swing, what
    the mean takes away is movement.
    """
    seen = np.isfinite(raw).all((-1, -2)) & np.isfinite(joints).all((-1, -2))
    if among is not None:
        seen &= among
    row = np.nonzero(seen)[0]
    whole = row[2 * _HALF :] - row[: -2 * _HALF] == 2 * _HALF  # no gap in the running mean
    raw, image, scores = at_unit_stature(raw[None, seen])[0][0], joints[seen].astype(np.float64), scores[seen]
    length = np.stack([np.linalg.norm(raw[:, c] - raw[:, p], axis=-1) for p, c in H36M17.bones], -1)
    ends = [c for _, c in H36M17.bones]
    limbs = [ends.index(c) for _, c in _LIMB_BONES]
    left = np.median(length, axis=0)[[ends.index(b) for _, b in _PAIRS]]
    right = np.median(length, axis=0)[[ends.index(a) for a, _ in _PAIRS]]
    # Trembling: what a running mean takes away, where the picture of the joint rests.
    tremble = np.linalg.norm(raw[_HALF:-_HALF] - _slow(raw), axis=-1)
    body = np.nanmedian(np.nanmax(image, axis=1) - np.nanmin(image, axis=1), axis=0).max()
    speed = np.linalg.norm(np.gradient(_slow(image - image[:, :1]), axis=0), axis=-1) * camera.rate_hz / body
    rest = sliding_window_view(np.pad(speed, ((_HALF, _HALF), (0, 0)), "edge"), _SMOOTH, 0).max(-1) < _REST
    rest[:, 0] = False
    rest &= whole[:, None]
    off, fast = thrown_back(raw, image, scores, whole, camera)
    return {
        "frames": float(len(raw)),
        "limb_length_spread": float((length.std(0) / length.mean(0))[limbs].mean()),
        "left_right_difference": float((np.abs(left - right) / ((left + right) / 2)).mean()),
        "rest_jitter_mm": 1000 * float(np.sqrt((tremble[rest] ** 2).mean())),
        "rest_share": float(rest[:, 1:].mean()),
        "reprojection": off,
        "peak_speed_share": fast,
    }


def _slow(values: Doubles) -> Doubles:
    """(T, ...) -> (T - 2 half, ...) running mean."""
    return np.asarray(np.apply_along_axis(lambda v: np.convolve(v, np.ones(_SMOOTH) / _SMOOTH, "valid"), 0, values))


def thrown_back(
    raw: Doubles, image: Doubles, scores: Floats, whole: Bools, camera: Camera
) -> tuple[float, float]:
    """3D (T, 17, 3) and the picture's joints (T, 17, 2) -> how far it lies from them when it is thrown into the picture
    with the scale and place that fit each frame best, RMS in shares of the body's size; and the share of the peak
    speed (95 %) of the picture's wrists and ankles that it has there.

    The first by parallel projection: whoever knows perspective better is not rewarded, nor punished where the body is
    small in the picture. The second through a camera of the usual field of view, at the distance of that scale: a
    hand's way in the picture is longer the nearer it comes. Only joints that are plain to see count.
    """
    weight = (scores >= _PLAIN).astype(np.float64)[..., None]
    total = np.maximum(weight.sum(1, keepdims=True), 1e-9)
    flat, there = raw[..., :2], image
    middle, other = (flat * weight).sum(1, keepdims=True) / total, (there * weight).sum(1, keepdims=True) / total
    flat, there = flat - middle, there - other
    scale = (flat * there * weight).sum((1, 2)) / np.maximum((flat**2 * weight).sum((1, 2)), 1e-12)
    body = float((image.max(1) - image.min(1)).max(-1).mean())
    plain = weight[..., 0] > 0
    off = np.linalg.norm(scale[:, None, None] * flat - there, axis=-1)[plain] / body
    theirs = _slow(image - image[:, :1])
    both = (plain[1:] & plain[:-1])[_HALF:-_HALF][:, _ENDS] & (whole[1:] & whole[:-1])[:, None]

    def peak(path: Doubles) -> float:
        speed = np.linalg.norm(np.diff(path, axis=0), axis=-1)[:, _ENDS] * camera.rate_hz
        return float(np.percentile(speed[both], 95)) if both.any() else np.nan

    ours = _slow(_seen_again(raw, image, scale, camera))
    return float(np.sqrt((off**2).mean())), peak(ours) / max(peak(theirs), 1e-9)


def _seen_again(raw: Doubles, image: Doubles, scale: Doubles, camera: Camera) -> Doubles:
    """3D (T, 17, 3) at the picture's pelvis and at the distance of its scale (T,), px a metre -> (T, 17, 2) px from the
    pelvis. The scale is a slow mean: one that breathes with the pose would be speed of its own."""
    steady = np.convolve(np.pad(scale, _STEADY // 2, "edge"), np.ones(_STEADY) / _STEADY, "valid")
    depth = camera.focal_px / np.maximum(steady, 1e-6)[:, None, None]
    root = np.concatenate([camera.rays(image[:, :1]) * depth, depth], -1)
    again = camera.project(root + raw - raw[:, :1])
    return np.asarray(again - again[:, :1])


def main() -> None:
    from pipeline.lift.host_lifter import create_lifter
    from training.evaluate.open_lifter import lifter_of_recipe
    from training.real_video.draw_side_by_side import side_by_side
    from training.real_video.mediapipe_3d import landmarks

    parser = argparse.ArgumentParser(prog="python -m training.real_video.single_view")
    parser.add_argument("--video", type=Path, required=True)
    parser.add_argument("--model", default="")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--recipe", type=Path)
    parser.add_argument("--pictures", type=Path, help="folder for pictures of both")
    args = parser.parse_args()
    if args.weights:
        lifter = lifter_of_recipe(args.weights, args.recipe)
    else:
        lifter = create_lifter(LiftConfig(lifter=args.model, device="cpu", precision="float32"))
    people, camera = tracks(args.video)
    # Weights that are not in the manifest yet are judged alone: the program does not know them.
    program = [] if args.weights else finished(args.video, LiftConfig(lifter=args.model, device="cpu"))
    theirs = landmarks(args.video, [track.h36m17[0] for track in people])
    for number, (track, (world, image, sure)) in enumerate(zip(people, theirs, strict=True), start=1):
        joints, scores = track.h36m17
        ours = lifted(lifter, track, camera)
        among = np.isfinite(ours).all((-1, -2)) & np.isfinite(world).all((-1, -2))
        if number <= len(program):
            # There a wrist of the picture leaps to the other one: no speed to be reached by anybody.
            among &= ~program[number - 1][1]
        # MediaPipe's 3D is judged beside the 2D that it found itself.
        rows = {
            lifter.name: judge(ours, joints, scores, camera, among),
            "mediapipe_world": judge(world, image.astype(np.float32), sure.astype(np.float32), camera, among),
        }
        if number <= len(program):
            rows[f"{lifter.name}, the program's result"] = judge(
                program[number - 1][0], joints, scores, camera, among
            )
        for name, row in rows.items():
            print(json.dumps({"model": name, "person": number} | {key: round(v, 4) for key, v in row.items()}))
        if args.pictures:
            shown: dict[str, Floats | Doubles] = {"2D": joints, lifter.name: ours, "MediaPipe": world}
            side_by_side(args.video, args.pictures / f"{args.video.stem}_{number}", shown)


if __name__ == "__main__":
    main()
