"""Measure the angles of feet on rendered people: `python -m training.post_chain.judge_feet`.

The body is the exact one, or lifted from the detector's joints with `--lift`; the toes are those of the detector. The
truth is the line from the exact heel to the middle of the exact toes, measured against the exact body.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline import api
from pipeline.analysis.joint_angles import FOOT_ANGLES, joint_angles
from pipeline.body.bones import unit
from pipeline.core.arrays import Doubles
from pipeline.core.camera import Camera
from pipeline.core.poses import PersonTrack
from pipeline.core.skeletons import COCO23, SKELETONS, chain_length, h36m17_from
from pipeline.core.take import SceneEstimate
from pipeline.rig.foot_directions import sole_directions
from training.synthesis.people import shards

_WORLD_FROM_CAMERA = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])  # of a level camera
_SIDES = ("left", "right")
_SURE = 0.8  # score of a toe that is certain


def tracks(folder: Path, detector: str) -> Iterator[tuple[shards.Shard, Doubles, PersonTrack]]:
    """Yield clip, exact COCO-23 joints (T, 23, 3), z up, and the detector's track."""
    for shard in shards.read_all(folder):
        if detector not in shard.meta["detectors"]:
            continue
        skeleton = shard.meta["detectors"][detector]
        world = shard.arrays["joints_camera"].astype(np.float64) @ _WORLD_FROM_CAMERA.T
        for person, joints in enumerate(world):
            image, scores = (shard.arrays[f"{detector}_{name}"][person] for name in ("joints", "scores"))
            extras = {}
            if f"{detector}_metres" in shard.arrays:
                metres = shard.arrays[f"{detector}_metres"][person].astype(np.float32)
                body = h36m17_from(skeleton, metres, np.ones(metres.shape[:2], np.float32))[0]
                extras["depth"] = (metres[..., 2] / chain_length(body)[:, None]).astype(np.float16)
            index = np.arange(len(joints))
            times = shard.arrays["time_s"].astype(np.float64)
            yield (
                shard,
                joints,
                PersonTrack.of(1, index, times, image, scores.astype(np.float32), skeleton, extras),
            )


def exact_soles(joints: Doubles) -> Doubles:
    """Return the unit vectors from heels to toes (T, 2, 3), left and right, of COCO-23 joints."""
    at = {name: joints[:, COCO23.index(name)] for name in COCO23.names}
    return np.stack([unit((at[f"{s}_big_toe"] + at[f"{s}_small_toe"]) / 2 - at[f"{s}_heel"]) for s in _SIDES], axis=1)


def found_angles(
    shard: shards.Shard, body: Doubles, track: PersonTrack, models: api.Models | None
) -> dict[str, Doubles]:
    """Return the angles of the exact body (T, 17, 3), or the lifted one; empty without toes."""
    fov_deg, rate_hz = float(shard.meta["fov_deg"]), float(shard.meta["rate_hz"])
    if models is None:
        scene = SceneEstimate(fov_deg, 0.0, _WORLD_FROM_CAMERA, np.zeros(3))
        soles = sole_directions(body, track, scene, Camera(shard.size_px, fov_deg, rate_hz=rate_hz))
        return {} if soles is None else joint_angles(body, soles, rate_hz)
    try:
        take = api.lift_joints(
            track.joints_image, track.scores, depth=track.depth, fps=rate_hz, size=shard.size_px,
            skeleton=track.skeleton, fov_deg=fov_deg, models=models,
        )  # fmt: skip
    except api.NoPersonError:
        return {}
    return dict(take.people[0].angles())


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m training.post_chain.judge_feet", description=(__doc__ or "").split("\n", 1)[0]
    )
    parser.add_argument("--people", type=Path, required=True, help="folder of clips of training.synthesis.people")
    parser.add_argument("--detector", default="heavy", help="whose joints, default heavy")
    parser.add_argument("--lift", action="store_true", help="lift the body")
    args = parser.parse_args()
    off: dict[str, list[Doubles]] = {angle: [] for angle in FOOT_ANGLES[:2]}
    scores = []
    with api.Models() as models:
        for shard, joints, track in tracks(args.people, args.detector):
            body = h36m17_from("coco23", joints.astype(np.float32), np.ones(joints.shape[:2], np.float32))[0]
            exact = joint_angles(body.astype(np.float64), exact_soles(joints))
            found = found_angles(shard, body.astype(np.float64), track, models if args.lift else None)
            for side in _SIDES if "left_ankle_flexion" in found else ():
                names = SKELETONS[track.skeleton].names
                toe = next(names.index(f"{side}_{t}") for t in ("foot_index", "big_toe") if f"{side}_{t}" in names)
                scores.append(track.scores[:, toe])
                for angle, errors in off.items():
                    errors.append((found[f"{side}_{angle}"] - exact[f"{side}_{angle}"] + 180) % 360 - 180)
    sure = np.concatenate(scores) > _SURE
    for angle, errors in off.items():
        error = np.concatenate(errors)
        for name, chosen in (("all", np.isfinite(error)), ("sure", np.isfinite(error) & sure)):
            size = np.abs(error[chosen])
            print(
                f"{angle:16}{name:6}{len(size):6} feet: bias {np.median(error[chosen]):5.1f}, "
                f"median {np.median(size):5.1f}, 90th percentile {np.percentile(size, 90):5.1f} degrees"
            )


if __name__ == "__main__":
    main()
