"""Reproduce the papers' tables: `python -m training.evaluate.official`.

Human3.6M: protocol 1 (MPJPE), protocol 2 (P-MPJPE), and the velocity error (MPJVE) of S9 and S11 per action and their
mean, as in VideoPose3D. MPI-INF-3DHP (`--3dhp FILE`): PCK at 150 mm and AUC over 14 joints, MPJPE over 17, of the valid
frames of each sequence and of all. Pixels take the library's own path: the lifter's normalisation, overlapping windows
merged into one track, mirror averaging. As in the papers, frames are not resampled, whatever their rate.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.core.arrays import Doubles
from pipeline.core.errors import SourceError, UserError
from pipeline.core.poses import PersonTrack
from pipeline.core.skeletons import chain_length
from pipeline.export.take_facts import plain
from pipeline.lift.base import WindowLifter
from pipeline.lift.windows import TrackLift
from training.data.official_test_sets import H36M_SUBJECTS, OfficialTake, h36m_takes, load_cameras, mpi_takes
from training.evaluate.open_lifter import add_lifter_arguments, chosen_lifter
from training.metrics import joint_errors, mpjpe, n_mpjpe, p_mpjpe, velocity_error

_RATE_HZ = 50.0  # Hz, of Human3.6M; the frame rate only decides whether a lifter resamples
_PCK_MM, _AUC_MM = 150.0, np.arange(0, 151, 5)  # mm, thresholds of PCK and AUC
# H36M-17 indices without pelvis, spine and head, as in the test set's own `mpii_test_predictions`.
_PCK_JOINTS = (1, 2, 3, 4, 5, 6, 8, 10, 11, 12, 13, 14, 15, 16)
ACTIONS = (
    "Directions", "Discussion", "Eating", "Greeting", "Phoning", "Photo", "Posing", "Purchases", "Sitting",
    "SittingDown", "Smoking", "Waiting", "WalkDog", "WalkTogether", "Walking",
)  # fmt: skip
H36M_METRICS = {
    "mpjpe_mm": "MPJPE", "p_mpjpe_mm": "P-MPJPE", "mpjve_mm": "MPJVE", "n_mpjpe_mm": "N-MPJPE",
    "sized_mpjpe_mm": "sized",
}  # fmt: skip
MPI_METRICS = {"pck": "PCK", "auc": "AUC", "mpjpe_mm": "MPJPE", "p_mpjpe_mm": "P-MPJPE", "sized_mpjpe_mm": "sized"}
_SIZED = "'sized': MPJPE after each take was scaled to the true stature, which a lifter of unit stature cannot know"


def lift_take(lifter: WindowLifter, take: OfficialTake, joint_rule: str) -> Doubles:
    """Lift a whole take: joints (T, 17, 3) m. Raises `SourceError`."""
    low, high = lifter.rate_hz
    rate = min(max(_RATE_HZ, low), high)  # within the lifter's range, so that nothing is resampled
    scores, time_s = np.ones(take.image.shape[:2], np.float32), np.arange(len(take.image)) / rate
    person = PersonTrack.of_h36m17(1, time_s, take.image, scores)
    if joint_rule == "hourglass":  # recompute pelvis, spine and thorax as the midpoints that it was trained with
        person = PersonTrack.of(1, person.frame_index, time_s, take.image, scores, "h36m17")
    track = TrackLift(lifter, replace(take.camera, rate_hz=rate))
    track.push(person)
    track.finish()
    lifted = track.result().astype(np.float64)
    if not np.isfinite(lifted).all():
        raise SourceError(f"Some frames of '{take.group}' have no 2D joints.", "The protocols want every frame.")
    return lifted


def scale_to_truth(predicted: Doubles, true: Doubles) -> Doubles:
    """Scale `predicted` to the median stature of `true`."""
    return predicted * float(np.median(chain_length(true)) / max(float(np.median(chain_length(predicted))), 1e-6))


def h36m_table(lifter: WindowLifter, takes: Iterable[OfficialTake], joint_rule: str) -> dict[str, dict[str, float]]:
    """Compute action -> metrics in mm, averaged over the frames of the action.

    "average" is the mean of the actions.
    """
    sums: dict[str, list[Doubles]] = {}
    for take in takes:
        predicted, true = lift_take(lifter, take, joint_rule), take.true
        T = len(true)
        means = [
            mpjpe(predicted, true).mean(),
            p_mpjpe(predicted, true).mean(),
            velocity_error(predicted, true).mean() if T > 1 else 0.0,
            n_mpjpe(predicted, true).mean(),
            mpjpe(scale_to_truth(predicted, true), true).mean(),
        ]
        sums.setdefault(take.group, []).append(np.array([*(1000 * np.array(means) * T), T]))
    rows = {group: np.sum(parts, axis=0) for group, parts in sums.items()}
    table = {
        group: dict(zip(H36M_METRICS, (row[:-1] / row[-1]).tolist(), strict=True))
        for group, row in sorted(rows.items(), key=lambda item: _paper_order(item[0]))
    }
    return table | {"average": {key: float(np.mean([row[key] for row in table.values()])) for key in H36M_METRICS}}


def mpi_table(lifter: WindowLifter, takes: Iterable[OfficialTake], joint_rule: str) -> dict[str, dict[str, float]]:
    """Compute sequence -> metrics, PCK and AUC in %.

    "all" averages over the valid frames of all sequences.
    """
    frames: dict[str, dict[str, Doubles]] = {}
    for take in takes:
        predicted, true = lift_take(lifter, take, joint_rule)[take.valid], take.true[take.valid]
        errors = 1000 * joint_errors(predicted, true)  # (T, 17)
        pck_errors = errors[:, list(_PCK_JOINTS)]
        frames[take.group] = {
            "pck": 100 * (pck_errors < _PCK_MM).mean(-1),
            "auc": 100 * (pck_errors[..., None] < _AUC_MM).mean((-1, -2)),
            "mpjpe_mm": errors.mean(-1),
            "p_mpjpe_mm": 1000 * p_mpjpe(predicted, true),
            "sized_mpjpe_mm": 1000 * mpjpe(scale_to_truth(predicted, true), true),
        }
    rows = dict(frames)
    if frames:
        rows["all"] = {key: np.concatenate([row[key] for row in frames.values()]) for key in MPI_METRICS}
    return {name: {key: float(row[key].mean()) for key in MPI_METRICS} for name, row in rows.items()}


def _paper_order(action: str) -> tuple[int, str]:
    """Sort key for the papers' order of actions.

    Three actions that Human3.6M's own files name differently come last.
    """
    return (ACTIONS.index(action) if action in ACTIONS else len(ACTIONS)), action


def table_text(title: str, table: Mapping[str, Mapping[str, float]], measures: Mapping[str, str]) -> str:
    lines = [title, f"{'':16}" + "".join(f"{name:>10}" for name in measures.values())]
    lines += [f"{name:16}" + "".join(f"{row[key]:10.1f}" for key in measures) for name, row in table.items()]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    parser = _parser()
    args = parser.parse_args(arguments)
    h36m = (args.data_3d, args.data_2d, args.cameras)
    if any(h36m) and not all(h36m):
        parser.error("Human3.6M needs --data-3d, --data-2d and --cameras")
    if not any(h36m) and not args.mpi:
        parser.error("give the files of Human3.6M (--data-3d, --data-2d, --cameras) or of MPI-INF-3DHP (--3dhp)")
    try:
        lifter = chosen_lifter(parser, args)
        rule = lifter.entry.joint_rule
        result: dict[str, Any] = {"model": lifter.name, "prune": lifter.prune.label, "joint_rule": rule}
        parts = [f"{lifter.name}, {lifter.prune.label}; {_SIZED}"]
        if all(h36m):
            takes = h36m_takes(args.data_3d, args.data_2d, load_cameras(args.cameras), tuple(args.subjects.split(",")))
            result["h36m"] = h36m_table(lifter, takes, rule)
            parts.append(table_text(f"Human3.6M, {args.subjects}; mm", result["h36m"], H36M_METRICS))
        if args.mpi:
            result["3dhp"] = mpi_table(lifter, mpi_takes(args.mpi), rule)
            parts.append(table_text("MPI-INF-3DHP, valid frames; % and mm", result["3dhp"], MPI_METRICS))
    except UserError as error:
        parser.exit(2, f"{error}\n")
    if not args.json:
        print("\n\n".join(parts))
    print(json.dumps(plain(result)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.evaluate.official",
        description="Reproduce the papers' tables of Human3.6M and MPI-INF-3DHP.",
    )
    parser.add_argument("--data-3d", type=Path, help="Human3.6M: data_3d_h36m.npz")
    parser.add_argument("--data-2d", type=Path, help="Human3.6M: data_2d_h36m_cpn_ft_h36m_dbb.npz, or _gt")
    parser.add_argument("--cameras", type=Path, help="Human3.6M: the cameras as JSON, see training/README.md")
    parser.add_argument("--subjects", default=",".join(H36M_SUBJECTS), help="Human3.6M: test subjects (default S9,S11)")
    parser.add_argument("--3dhp", type=Path, dest="mpi", help="MPI-INF-3DHP: data_test_3dhp.npz")
    add_lifter_arguments(parser)
    return parser


if __name__ == "__main__":
    main()
