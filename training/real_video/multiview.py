"""A lifter on real video against a truth made of several cameras: `python -m training.real_video.multiview --take DIR`.

Every view is lifted on its own, from what the detector says there, exchanged sides and all. The truth is what all views
agree on, turned into that camera's axes. Both are brought to one stature, as in `training.evaluate`. Beside it stand
the lifter fed with the truth's own picture (its error without the detector's) and MediaPipe's world landmarks.

The truth has the detector's joints, not the mocap's: a body's hips, shoulders and head lie a little elsewhere there.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from pipeline.core.arrays import Doubles
from pipeline.core.config import LiftConfig
from pipeline.core.poses import PersonTrack
from pipeline.core.skeletons import H36M17
from pipeline.lift.base import WindowLifter
from training.data.motion_file import UNIT_STATURE_M, at_unit_stature
from training.metrics import acceleration_error, mpjpe, p_mpjpe, peak_speed
from training.real_video.multiview_detector_noise import LIMBS
from training.real_video.multiview_take import Take, load_take
from training.real_video.single_view import lifted

MEASURES = ("mpjpe_mm", "p_mpjpe_mm", "mpjpe_limbs_mm", "p_mpjpe_limbs_mm", "accel_mm", "peak_speed_share")

_BONES = {
    "right_thigh": (1, 2), "left_thigh": (4, 5), "right_shank": (2, 3), "left_shank": (5, 6), "trunk": (0, 8),
    "right_upper_arm": (14, 15), "left_upper_arm": (11, 12), "right_forearm": (15, 16), "left_forearm": (12, 13),
    "hips": (1, 4), "shoulders": (11, 14),
}  # fmt: skip


def judge(predicted: Doubles, true: Doubles, rate_hz: float) -> dict[str, float]:
    """Both (T, 17, 3) in the same camera's axes, NaN = nothing there -> the measures, at unit stature."""
    both = np.isfinite(predicted).all((-1, -2)) & np.isfinite(true).all((-1, -2))
    p, t = (at_unit_stature(values[None, both])[0][0] for values in (predicted, true))
    rooted = [0, *LIMBS]
    return {
        "mpjpe_mm": 1000 * float(mpjpe(p, t).mean()),
        "p_mpjpe_mm": 1000 * float(p_mpjpe(p, t).mean()),
        # The root is among the joints that are averaged, with a distance of zero.
        "mpjpe_limbs_mm": 1000 * float(mpjpe(p[:, rooted], t[:, rooted]).mean()) * len(rooted) / len(LIMBS),
        "p_mpjpe_limbs_mm": 1000 * float(p_mpjpe(p[:, LIMBS], t[:, LIMBS]).mean()),
        "accel_mm": 1000 * float(acceleration_error(p, t, rate_hz).mean()),
        "peak_speed_share": peak_speed(p, rate_hz) / max(peak_speed(t, rate_hz), 1e-9),
        "frames": float(both.sum()),
    }


def results(take: Take, lifter: WindowLifter, view: int) -> dict[str, Doubles]:
    """Who says it -> (T, 17, 3) in the view's camera axes. `truth` is among them."""
    true = take.at_view(take.truth()[0], view)
    camera, video, time_s = take.cameras[view], take.views[view], take.time_s[view]
    video = replace(video, rate_hz=take.rate_hz)
    out = {"truth": camera.in_camera(true)}
    fed = {"": take.raw, "sides put right": take.sights} if take.flags[view].any() else {"": take.raw}
    for kind, sights in fed.items():
        joints, scores = sights.joints[view].astype(np.float32), sights.scores[view].astype(np.float32)
        out[f"{lifter.name} {kind}".strip()] = lifted(lifter, PersonTrack.of_h36m17(1, time_s, joints, scores), video)
    image = camera.project(true).astype(np.float32)
    seen = np.isfinite(image).all(-1).astype(np.float32)
    out[f"{lifter.name} true picture"] = lifted(lifter, PersonTrack.of_h36m17(1, time_s, image, seen), video)
    return out


def sanity(take: Take) -> dict[str, object]:
    """Whether the truth can be believed: bones, cameras, time."""
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


def judged(
    take: Take, lifter: WindowLifter, mediapipe: bool, pictures: Path | None
) -> dict[str, list[dict[str, float]]]:
    """Who says it -> the measures in each view that it says something of."""
    from training.real_video.draw_side_by_side import side_by_side
    from training.real_video.mediapipe_3d import landmarks

    table: dict[str, list[dict[str, float]]] = {}
    for view, video in enumerate(take.videos):
        said = results(take, lifter, view)
        if mediapipe:
            said["mediapipe world"] = landmarks(video, [take.raw.joints[view].astype(np.float32)])[0][0]
        if pictures:
            shown = {"2D": take.raw.joints[view], "truth": said["truth"], lifter.name: said[lifter.name]}
            if mediapipe:
                shown["MediaPipe"] = said["mediapipe world"]
            side_by_side(video, pictures / video.stem, shown)
        for name, body in said.items():
            if name != "truth":
                row = judge(body, said["truth"], take.rate_hz)
                table.setdefault(name, []).append({"view": float(view + 1)} | row)
    return table


def main() -> None:
    from pipeline.lift.host_lifter import create_lifter
    from training.evaluate.open_lifter import lifter_of_recipe

    parser = argparse.ArgumentParser(prog="python -m training.real_video.multiview")
    parser.add_argument("--take", type=Path, required=True, help="folder with videos/*.mp4 and calibration/*.qca.txt")
    parser.add_argument("--marks", type=Path, help="places that stand still (training/real_video/multiview_marks.json)")
    parser.add_argument("--model", default="", help="name in weights/manifest.json (default: its default)")
    parser.add_argument("--weights", type=Path, help="instead: a .safetensors file, with --recipe")
    parser.add_argument("--recipe", type=Path, help="the recipe that --weights were trained by")
    parser.add_argument("--no-mediapipe", action="store_true", help="leave MediaPipe's own 3D out, which takes a while")
    parser.add_argument("--pictures", type=Path, help="folder for pictures of truth, lifter and MediaPipe")
    parser.add_argument("--json", action="store_true", help="print only the JSON line")
    args = parser.parse_args()
    if args.weights and not args.recipe:
        parser.error("--weights needs --recipe")
    lifter: WindowLifter
    if args.weights:
        lifter = lifter_of_recipe(args.weights, args.recipe)
    else:
        lifter = create_lifter(LiftConfig(lifter=args.model, device="cpu", precision="float32"))
    take = load_take(args.take, args.marks)
    table = judged(take, lifter, not args.no_mediapipe, args.pictures)
    overall = {
        name: {key: float(np.mean([row[key] for row in rows])) for key in MEASURES}
        for name, rows in table.items()
        if len(rows) == len(take.videos)
    }
    if not args.json:
        print(f"mm at stature {UNIT_STATURE_M} m; limbs: {', '.join(H36M17.names[j] for j in LIMBS)}")
        print(f"{'':34}{'view':>5}" + "".join(f"{key.removesuffix('_mm'):>18}" for key in MEASURES))
        for name, rows in table.items():
            for row in rows:
                print(f"{name:34}{row['view']:5.0f}" + "".join(f"{row[key]:18.2f}" for key in MEASURES))
        for name, row in overall.items():
            print(f"{name:34}{'all':>5}" + "".join(f"{row[key]:18.2f}" for key in MEASURES))
    rounded = {name: {key: round(value, 3) for key, value in row.items()} for name, row in overall.items()}
    views = {name: [{key: round(v, 3) for key, v in row.items()} for row in rows] for name, rows in table.items()}
    print(
        json.dumps({"model": lifter.name, "take": args.take.name} | sanity(take) | {"overall": rounded, "views": views})
    )


if __name__ == "__main__":
    main()
