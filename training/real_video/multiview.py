"""Evaluate a lifter on multi-view video: `python -m training.real_video.multiview`.

Every view is lifted separately from its detections, including their left-right swaps. The truth is the triangulation of
all views in the axes of that camera. Both are scaled to the same stature, as in `training.evaluate`. For comparison,
the lifter is also run on the projected truth (its error without the detector's) and, if it takes the detector's own
depth, on the detections without that; and MediaPipe's world landmarks are measured.

The truth has the detector's joints, not those of motion capture: hips, shoulders and head lie at slightly different
positions.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from pipeline.core.arrays import Doubles
from pipeline.core.config import LiftConfig
from pipeline.core.poses import EXTRAS, PersonTrack
from pipeline.core.skeletons import H36M17
from pipeline.lift.base import WindowLifter
from training.data.motion_file import UNIT_STATURE_M, at_unit_stature
from training.metrics import acceleration_error, mpjpe, p_mpjpe, peak_speed
from training.real_video.multiview_detector_noise import LIMBS
from training.real_video.multiview_take import MultiviewTake, load_take
from training.real_video.single_view import lift_track

METRICS = ("mpjpe_mm", "p_mpjpe_mm", "mpjpe_limbs_mm", "p_mpjpe_limbs_mm", "accel_mm", "peak_speed_share")

_BONES = {
    "right_thigh": (1, 2), "left_thigh": (4, 5), "right_shank": (2, 3), "left_shank": (5, 6), "trunk": (0, 8),
    "right_upper_arm": (14, 15), "left_upper_arm": (11, 12), "right_forearm": (15, 16), "left_forearm": (12, 13),
    "hips": (1, 4), "shoulders": (11, 14),
}  # fmt: skip


def compare_poses(predicted: Doubles, true: Doubles, rate_hz: float) -> dict[str, float]:
    """Compute the metrics of joints (T, 17, 3) in the same camera axes, at unit stature.

    NaN: missing.
    """
    both = np.isfinite(predicted).all((-1, -2)) & np.isfinite(true).all((-1, -2))
    p, t = (at_unit_stature(values[None, both])[0][0] for values in (predicted, true))
    rooted = [0, *LIMBS]
    return {
        "mpjpe_mm": 1000 * float(mpjpe(p, t).mean()),
        "p_mpjpe_mm": 1000 * float(p_mpjpe(p, t).mean()),
        # The root is one of the averaged joints, with distance 0: rescale to the mean over the limb joints.
        "mpjpe_limbs_mm": 1000 * float(mpjpe(p[:, rooted], t[:, rooted]).mean()) * len(rooted) / len(LIMBS),
        "p_mpjpe_limbs_mm": 1000 * float(p_mpjpe(p[:, LIMBS], t[:, LIMBS]).mean()),
        "accel_mm": 1000 * float(acceleration_error(p, t, rate_hz).mean()),
        "peak_speed_share": peak_speed(p, rate_hz) / max(peak_speed(t, rate_hz), 1e-9),
        "frames": float(both.sum()),
    }


def predictions(
    take: MultiviewTake, lifter: WindowLifter, view: int, reference: MultiviewTake | None = None
) -> dict[str, Doubles]:
    """Predict the joints (T, 17, 3) of one view in camera axes, by name; with the "truth".

    The truth is that of `reference`, the same take as another detector saw it; None: of `take` itself.
    """
    reference = reference or take
    true = reference.at_view(reference.truth()[0], view)
    camera, video, time_s = reference.cameras[view], take.views[view], take.time_s[view]
    video = replace(video, rate_hz=take.rate_hz)
    out = {"truth": camera.in_camera(true)}
    inputs = {"": take.raw, "swaps corrected": take.corrected} if take.flags[view].any() else {"": take.raw}
    for kind, detected in inputs.items():
        joints, scores = detected.joints[view].astype(np.float32), detected.scores[view].astype(np.float32)
        track = PersonTrack.of_h36m17(1, time_s, joints, scores)
        name = f"{lifter.name} {kind}".strip()
        if lifter.takes_depth and detected.depth is not None:
            out[f"{name}, no depth"] = lift_track(lifter, track, video)
            track = replace(track, extras={"depth": detected.depth[view].astype(EXTRAS["depth"].dtype)})
        out[name] = lift_track(lifter, track, video)
    image = camera.project(true).astype(np.float32)
    seen = np.isfinite(image).all(-1).astype(np.float32)
    out[f"{lifter.name} true image"] = lift_track(lifter, PersonTrack.of_h36m17(1, time_s, image, seen), video)
    return out


def truth_statistics(take: MultiviewTake) -> dict[str, object]:
    """Summarise the quality of the truth: bone lengths, camera poses, lags, swaps and agreement."""
    true, used = take.truth()
    bones = {}
    for bone, (a, b) in _BONES.items():
        length = np.linalg.norm(true[:, a] - true[:, b], axis=-1)
        bones[bone] = [round(float(np.nanmedian(length)), 3), round(float(np.nanstd(length) / np.nanmean(length)), 3)]
    return {
        "bones_m_and_spread": bones,
        "marks_px_as_calibrated_and_now": [round(take.calibrated_miss_px, 1), round(take.refined_miss_px, 1)],
        "views_behind_frames": take.behind.round(2).tolist(),
        "sides_exchanged_by_view": take.flags.mean((1, 2)).round(3).tolist(),
        "views_that_agree": round(float(used.sum(0).mean()), 2),
    }


def evaluate_views(
    take: MultiviewTake,
    lifter: WindowLifter,
    mediapipe: bool,
    pictures: Path | None,
    reference: MultiviewTake | None = None,
) -> dict[str, list[dict[str, float]]]:
    """Compute name of prediction -> metrics in each view that it has joints for.

    `reference` as in `predictions`.
    """
    from training.real_video.draw_side_by_side import side_by_side
    from training.real_video.mediapipe_3d import world_landmarks

    table: dict[str, list[dict[str, float]]] = {}
    for view, video in enumerate(take.videos):
        bodies = predictions(take, lifter, view, reference)
        if mediapipe:
            bodies["mediapipe world"] = world_landmarks(video, [take.raw.joints[view].astype(np.float32)])[0][0]
        if pictures:
            shown = {"2D": take.raw.joints[view], "truth": bodies["truth"], lifter.name: bodies[lifter.name]}
            if mediapipe:
                shown["MediaPipe"] = bodies["mediapipe world"]
            side_by_side(video, pictures / video.stem, shown)
        for name, body in bodies.items():
            if name != "truth":
                row = compare_poses(body, bodies["truth"], take.rate_hz)
                table.setdefault(name, []).append({"view": float(view + 1)} | row)
    return table


def main() -> None:
    from pipeline.lift.host_lifter import create_lifter
    from training.evaluate.open_lifter import lifter_of_recipe

    parser = argparse.ArgumentParser(
        prog="python -m training.real_video.multiview",
        description="Evaluate a lifter on multi-view video against triangulated truth.",
    )
    parser.add_argument("--take", type=Path, required=True, help="folder with videos/*.mp4 and calibration/*.qca.txt")
    parser.add_argument("--marks", type=Path, help="static points (training/real_video/multiview_marks.json)")
    parser.add_argument("--model", default="", help="name in weights/manifest.json (default: its default)")
    parser.add_argument("--weights", type=Path, help="instead of --model: a .safetensors file, with --recipe")
    parser.add_argument("--recipe", type=Path, help="recipe that --weights were trained with")
    parser.add_argument("--detector", default="mediapipe", help="2D detector (see `models`; default: mediapipe)")
    parser.add_argument("--truth", default="", metavar="NAME", help="detector to triangulate (default: --detector)")
    parser.add_argument("--no-mediapipe", action="store_true", help="leave out MediaPipe's 3D, which takes a while")
    parser.add_argument("--pictures", type=Path, help="folder for images of truth, lifter and MediaPipe")
    parser.add_argument("--json", action="store_true", help="print only the JSON line")
    args = parser.parse_args()
    if args.weights and not args.recipe:
        parser.error("--weights needs --recipe")
    lifter: WindowLifter
    if args.weights:
        lifter = lifter_of_recipe(args.weights, args.recipe)
    else:
        lifter = create_lifter(LiftConfig(lifter=args.model, device="cpu", precision="float32"))
    take = load_take(args.take, args.marks, args.detector)
    reference = load_take(args.take, args.marks, args.truth) if args.truth else take
    table = evaluate_views(take, lifter, not args.no_mediapipe, args.pictures, reference)
    overall = {
        name: {key: float(np.mean([row[key] for row in rows])) for key in METRICS}
        for name, rows in table.items()
        if len(rows) == len(take.videos)
    }
    if not args.json:
        print(f"mm at stature {UNIT_STATURE_M} m; limbs: {', '.join(H36M17.names[j] for j in LIMBS)}")
        print(f"{'':34}{'view':>5}" + "".join(f"{key.removesuffix('_mm'):>18}" for key in METRICS))
        for name, rows in table.items():
            for row in rows:
                print(f"{name:34}{row['view']:5.0f}" + "".join(f"{row[key]:18.2f}" for key in METRICS))
        for name, row in overall.items():
            print(f"{name:34}{'all':>5}" + "".join(f"{row[key]:18.2f}" for key in METRICS))
    rounded = {name: {key: round(value, 3) for key, value in row.items()} for name, row in overall.items()}
    views = {name: [{key: round(v, 3) for key, v in row.items()} for row in rows] for name, rows in table.items()}
    print(
        json.dumps(
            {
                "model": lifter.name,
                "take": args.take.name,
                "detector": args.detector,
                "truth": args.truth or args.detector,
            }
            | truth_statistics(take)
            | {"overall": rounded, "views": views}
        )
    )


if __name__ == "__main__":
    main()
