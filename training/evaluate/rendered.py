"""Evaluate a lifter on rendered people: `python -m training.evaluate.rendered --people DIR`.

The people are those held out, in body and in motion (`training/synthesis/people`). Every person is lifted from what a
detector of the program saw, as the program lifts a track, in the clip's own camera, and compared with the exact joints.
Truth and prediction have the same stature (1.55 m of chain). A frame counts where the detector found the person; the
columns "half" count only frames in which more than half of the person is visible. Beside it stands the detector's own
3D (MediaPipe's world landmarks). The last line of output is JSON.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.arrays import Doubles, Floats, Halves
from pipeline.core.camera import Camera
from pipeline.core.errors import UserError
from pipeline.core.poses import PersonTrack
from pipeline.core.skeletons import chain_length
from pipeline.export.take_facts import plain
from pipeline.lift.base import WindowLifter
from pipeline.lift.windows import TrackLift
from training.data.motion_file import UNIT_STATURE_M, at_unit_stature
from training.evaluate.open_lifter import add_lifter_arguments, chosen_lifter
from training.evaluate.per_sample import Fov
from training.metrics import joint_errors, p_joint_errors
from training.synthesis.people import shards
from training.synthesis.people.shards import Shard

LIMBS = [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16]  # H36M-17
OWN_3D = "detector's own 3D"
_AGES = {"adult": "adults", "old": "adults", "child": "children", "infant": "children"}
_KINDS = {"seated": "seated", "desk": "at a desk", "lying": "lying", "moving": "moving"}
_FACING = 0.5  # cosine of the angle to the camera from which a person is seen from the front (or the back)
_SHORTEST_M = 0.05  # m, shorter chains of joints are no body
_FEWEST = 5  # frames; shorter appearances are not measured


@dataclass(frozen=True, slots=True)
class PersonErrors:
    """Hold the errors of one person in `T` frames, metres at unit stature, NaN where not found."""

    groups: tuple[str, ...]
    facing: NDArray[np.str_]  # (T,) "from the front", "from the side" or "from behind"
    half: NDArray[np.bool_]  # (T,) more than half of the joints are visible
    errors: Doubles  # (T, 3) MPJPE, P-MPJPE, P-MPJPE of the limbs


def lift_clip(lifter: WindowLifter, shard: Shard, detector: str, fov: Fov = "known") -> Doubles:
    """Lift every person of a clip as the program lifts a track.

    Joints (P, T, 17, 3), camera axes.
    """
    size, rate = shard.size_px, float(shard.meta["rate_hz"])
    camera = Camera.assumed(size, rate)
    if fov == "known":
        camera = Camera(size, float(shard.meta["fov_deg"]), rate_hz=rate)
    found, scores = shard.detected_h36m17(detector)
    points = shard.depth_h36m17(detector)
    out = []
    for person, (joints, sure) in enumerate(zip(found, scores, strict=True)):
        lift = TrackLift(lifter, camera)
        extras = {} if points is None else {"depth": _own_depth(points[person])}
        lift.push(PersonTrack.of_h36m17(1, shard.arrays["time_s"], joints, sure, extras))
        lift.finish()
        out.append(lift.result().astype(np.float64))
    return np.stack(out)


def _own_depth(points: Floats) -> Halves:
    """Convert a detector's own 3D joints (T, 17, 3) to its depth (T, 17), see `pipeline.core.poses.EXTRAS`."""
    length = np.maximum(chain_length(points), _SHORTEST_M)
    return np.asarray(points[..., 2] / length[:, None], np.float16)


def errors_of(shard: Shard, detector: str, predicted: Doubles) -> list[PersonErrors]:
    """Measure the predictions (P, T, 17, 3) of a clip."""
    true = shard.true_h36m17()[0].astype(np.float64)
    out = []
    for person, facts in enumerate(shard.meta["people"]):
        groups = (detector, _AGES[facts["age"]], _KINDS[facts["kind"]])
        half = (shard.arrays["seen"][person] >= shards.BY_ITSELF).mean(-1) > 0.5
        both = np.isfinite(predicted[person]).all((-1, -2))
        errors = np.full((len(both), 3), np.nan)
        if both.sum() >= _FEWEST:
            p, t = (at_unit_stature(values[person][None, both])[0][0] for values in (predicted, true))
            aligned = p_joint_errors(p, t)
            limbs = p_joint_errors(p[:, LIMBS], t[:, LIMBS])
            errors[both] = np.stack([joint_errors(p, t).mean(-1), aligned.mean(-1), limbs.mean(-1)], -1)
        out.append(PersonErrors(groups, facing_of(true[person]), half, errors))
    return out


def facing_of(true: Doubles) -> NDArray[np.str_]:
    """Tell from which side the camera sees a person (T, 17, 3), camera axes -> (T,)."""
    front = np.cross(true[:, 4] - true[:, 1], true[:, 8] - true[:, 0])
    to_camera = -true[:, 0]
    length = np.linalg.norm(front, axis=-1) * np.linalg.norm(to_camera, axis=-1)
    cosine = (front * to_camera).sum(-1) / np.maximum(length, 1e-9)
    sides = np.select([cosine > _FACING, cosine < -_FACING], ["from the front", "from behind"], "from the side")
    return np.asarray(sides)


def summary(people: Iterable[PersonErrors], detector: str) -> dict[str, dict[str, float]]:
    """Average the errors over frames for each group of a detector's people, millimetres."""
    rows: dict[str, list[Doubles]] = defaultdict(list)
    for person in people:
        if detector not in person.groups:
            continue
        values = np.concatenate([person.errors, person.half[:, None]], axis=1)
        for group in ("all", *person.groups[1:]):
            rows[group].append(values)
        for side in np.unique(person.facing):
            rows[str(side)].append(values[person.facing == side])
    return {group: _row(np.concatenate(parts), len(parts)) for group, parts in sorted(rows.items())}


def _row(values: Doubles, people: int) -> dict[str, float]:
    found = np.isfinite(values[:, 0])
    half = values[:, 3] > 0
    mean, in_half = values[found, :3], values[found & half, :3]
    return {
        **_means(mean, ""),
        **_means(in_half, "half_"),
        # Share of the frames with more than half of the person visible in which the detector did not find it.
        "lost_share": round(float((~found[half]).mean()), 4) if half.any() else np.nan,
        "frames": float(found.sum()),
        "people": float(people),
    }


def _means(values: Doubles, prefix: str) -> dict[str, float]:
    mean = 1000 * values.mean(axis=0) if len(values) else np.full(3, np.nan)
    names = ("mpjpe_mm", "p_mpjpe_mm", "p_mpjpe_limbs_mm")
    return {prefix + name: round(float(value), 2) for name, value in zip(names, mean, strict=True)}


def run(lifter: WindowLifter, clips: Iterable[Shard], fov: Fov = "known", own_3d: bool = True) -> dict[str, Any]:
    """Evaluate a lifter on clips: detector -> group -> errors, likewise the detector's own 3D."""
    people: list[PersonErrors] = []
    own: list[PersonErrors] = []
    detectors: dict[str, None] = {}
    count = 0
    for shard in clips:
        count += 1
        for detector in shard.meta["detectors"]:
            detectors[detector] = None
            people += errors_of(shard, detector, lift_clip(lifter, shard, detector, fov))
            depth = shard.depth_h36m17(detector) if own_3d else None
            if depth is not None:
                own += errors_of(shard, detector, depth.astype(np.float64))
    result: dict[str, Any] = {"model": lifter.name, "clips": count, "fov": fov, "stature_m": UNIT_STATURE_M}
    result["detectors"] = {name: summary(people, name) for name in detectors}
    if own:
        result["own_3d"] = {name: summary(own, name) for name in detectors}
    return result


def text(result: dict[str, Any]) -> str:
    """Format the tables that are printed before the JSON line."""
    head = ("MPJPE", "P-MPJPE", "P-, limbs", "MPJPE half", "P- half", "P-, limbs", "lost", "frames", "people")
    lines = [f"{result['clips']} clips, field of view {result['fov']}; mm at stature {UNIT_STATURE_M} m"]
    for key, name in (("detectors", result["model"]), ("own_3d", OWN_3D)):
        for detector, groups in result.get(key, {}).items():
            lines += ["", f"{detector}: {name}"[:27].ljust(28) + "".join(f"{title:>11}" for title in head)]
            for group, row in groups.items():
                values = [*(f"{value:11.1f}" for value in list(row.values())[:6]), f"{row['lost_share']:11.3f}"]
                lines.append(f"  {group:26}" + "".join(values) + f"{row['frames']:11.0f}{row['people']:11.0f}")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m training.evaluate.rendered", description="Evaluate a lifter on rendered people held out."
    )
    parser.add_argument("--people", type=Path, required=True, help="folder of clips of training.synthesis.people")
    parser.add_argument("--split", choices=("held_out", "train"), default="held_out")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th clip: a quick look")
    parser.add_argument(
        "--fov", choices=("known", "assumed"), default="known", help="field of view given to the lifter"
    )
    parser.add_argument("--no-own-3d", action="store_true", help="leave out the detector's own 3D")
    add_lifter_arguments(parser)
    args = parser.parse_args(arguments)
    try:
        lifter = chosen_lifter(parser, args)
        clips = [shard for n, shard in enumerate(shards.read_all(args.people, args.split)) if n % args.every == 0]
        if not clips:
            parser.error(f"{args.people} has no clips of the split {args.split}")
        result = run(lifter, clips, args.fov, not args.no_own_3d)
    except UserError as error:
        parser.exit(2, f"{error}\n")
    if not args.json:
        print(text(result))
    print(json.dumps(plain(result)))


if __name__ == "__main__":
    main()
