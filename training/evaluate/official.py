"""Reproduce the papers' tables: `python -m training.evaluate.official --data-3d FILE --data-2d FILE`.

Human3.6M: protocol 1 (MPJPE), protocol 2 (P-MPJPE), and the velocity error (MPJVE) of S9 and S11 per action and their
mean, as in VideoPose3D. MPI-INF-3DHP (`--3dhp FILE`): PCK at 150 mm and AUC over 14 joints, MPJPE over 17, of the valid
frames of each sequence and of all. Pixels go through the library's own path: the lifter's normalisation, overlapping
windows joined into one track, mirror averaging. Frames are taken as they are, whatever their rate, as the papers do.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.core.arrays import Doubles
from pipeline.core.errors import SourceError, UserError
from pipeline.core.skeletons import chain_length, h36m17_from
from pipeline.export.take_facts import plain
from pipeline.lift.base import WindowLifter
from pipeline.lift.windows import TrackLift
from training.data.official_test_sets import H36M_SUBJECTS, OfficialTake, h36m_takes, load_cameras, mpi_takes
from training.evaluate.open_lifter import open_lifter
from training.metrics import joint_errors, mpjpe, n_mpjpe, p_mpjpe, velocity_error

_RATE_HZ = 50.0
_PCK_MM, _AUC_MM = 150.0, np.arange(0, 151, 5)
# Without pelvis, spine and head, as in the test set's own `mpii_test_predictions`.
_PCK_JOINTS = (1, 2, 3, 4, 5, 6, 8, 10, 11, 12, 13, 14, 15, 16)
ACTIONS = (
    "Directions", "Discussion", "Eating", "Greeting", "Phoning", "Photo", "Posing", "Purchases", "Sitting",
    "SittingDown", "Smoking", "Waiting", "WalkDog", "WalkTogether", "Walking",
)  # fmt: skip
H36M_MEASURES = {
    "mpjpe_mm": "MPJPE", "p_mpjpe_mm": "P-MPJPE", "mpjve_mm": "MPJVE", "n_mpjpe_mm": "N-MPJPE",
    "sized_mpjpe_mm": "sized",
}  # fmt: skip
MPI_MEASURES = {"pck": "PCK", "auc": "AUC", "mpjpe_mm": "MPJPE", "p_mpjpe_mm": "P-MPJPE", "sized_mpjpe_mm": "sized"}
_SIZED = (
    "'sized': MPJPE after each take was brought to the true body's size, which a lifter of unit stature cannot know"
)


def lift_take(lifter: WindowLifter, take: OfficialTake, joint_rule: str) -> Doubles:
    """(T, 17, 3) m of the whole take. No lifter asks for the field of view yet. Raises `SourceError`."""
    image, scores = take.image, np.ones(take.image.shape[:2], np.float32)
    if joint_rule == "hourglass":  # its pelvis, spine and thorax are the middles that its training knew
        image, scores = h36m17_from("h36m17", image, scores)
    low, high = lifter.rate_hz
    rate = min(max(_RATE_HZ, low), high)  # one that the lifter takes: nothing is resampled
    track = TrackLift(lifter, rate, take.size_px, fov_deg=take.fov_deg)
    track.push(image, scores, np.arange(len(image)) / rate)
    track.finish()
    lifted = track.result().astype(np.float64)
    if not np.isfinite(lifted).all():
        raise SourceError(f"Some frames of '{take.group}' have no 2D joints.", "The protocols want every frame.")
    return lifted


def sized(predicted: Doubles, true: Doubles) -> Doubles:
    """`predicted` with the median stature of `true`."""
    return predicted * float(np.median(chain_length(true)) / max(float(np.median(chain_length(predicted))), 1e-6))


def h36m_table(lifter: WindowLifter, takes: Iterable[OfficialTake], joint_rule: str) -> dict[str, dict[str, float]]:
    """Action -> measures in mm, every frame of an action the same; "average": the mean of the actions."""
    sums: dict[str, list[Doubles]] = {}
    for take in takes:
        predicted, true = lift_take(lifter, take, joint_rule), take.true
        T = len(true)
        means = [
            mpjpe(predicted, true).mean(),
            p_mpjpe(predicted, true).mean(),
            velocity_error(predicted, true).mean() if T > 1 else 0.0,
            n_mpjpe(predicted, true).mean(),
            mpjpe(sized(predicted, true), true).mean(),
        ]
        sums.setdefault(take.group, []).append(np.array([*(1000 * np.array(means) * T), T]))
    rows = {group: np.sum(parts, axis=0) for group, parts in sums.items()}
    table = {
        group: dict(zip(H36M_MEASURES, (row[:-1] / row[-1]).tolist(), strict=True))
        for group, row in sorted(rows.items(), key=lambda item: _place(item[0]))
    }
    return table | {"average": {key: float(np.mean([row[key] for row in table.values()])) for key in H36M_MEASURES}}


def mpi_table(lifter: WindowLifter, takes: Iterable[OfficialTake], joint_rule: str) -> dict[str, dict[str, float]]:
    """Sequence -> measures, PCK and AUC in %; "all": every valid frame of all sequences the same."""
    frames: dict[str, dict[str, Doubles]] = {}
    for take in takes:
        predicted, true = lift_take(lifter, take, joint_rule)[take.valid], take.true[take.valid]
        errors = 1000 * joint_errors(predicted, true)  # (T, 17)
        judged = errors[:, list(_PCK_JOINTS)]
        frames[take.group] = {
            "pck": 100 * (judged < _PCK_MM).mean(-1),
            "auc": 100 * (judged[..., None] < _AUC_MM).mean((-1, -2)),
            "mpjpe_mm": errors.mean(-1),
            "p_mpjpe_mm": 1000 * p_mpjpe(predicted, true),
            "sized_mpjpe_mm": 1000 * mpjpe(sized(predicted, true), true),
        }
    rows = dict(frames)
    if frames:
        rows["all"] = {key: np.concatenate([row[key] for row in frames.values()]) for key in MPI_MEASURES}
    return {name: {key: float(row[key].mean()) for key in MPI_MEASURES} for name, row in rows.items()}


def _place(action: str) -> tuple[int, str]:
    """In the papers' order; Human3.6M's own files call three actions by other names, which come last."""
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
    import torch

    if args.threads:
        torch.set_num_threads(args.threads)
    try:
        lifter = open_lifter(args.weights or args.model, args.recipe)
        rule = lifter.entry.joint_rule
        result: dict[str, Any] = {"model": lifter.name, "prune": lifter.prune.label, "joint_rule": rule}
        parts = [f"{lifter.name}, {lifter.prune.label}; {_SIZED}"]
        if all(h36m):
            takes = h36m_takes(args.data_3d, args.data_2d, load_cameras(args.cameras), tuple(args.subjects.split(",")))
            result["h36m"] = h36m_table(lifter, takes, rule)
            parts.append(table_text(f"Human3.6M, {args.subjects}; mm", result["h36m"], H36M_MEASURES))
        if args.mpi:
            result["3dhp"] = mpi_table(lifter, mpi_takes(args.mpi), rule)
            parts.append(table_text("MPI-INF-3DHP, valid frames; % and mm", result["3dhp"], MPI_MEASURES))
    except UserError as error:
        parser.exit(2, f"{error}\n")
    if not args.json:
        print("\n\n".join(parts))
    print(json.dumps(plain(result)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.evaluate.official")
    parser.add_argument("--data-3d", type=Path, help="Human3.6M: data_3d_h36m.npz")
    parser.add_argument("--data-2d", type=Path, help="Human3.6M: data_2d_h36m_cpn_ft_h36m_dbb.npz, or _gt")
    parser.add_argument("--cameras", type=Path, help="Human3.6M: the cameras as JSON, see training/README.md")
    parser.add_argument("--subjects", default=",".join(H36M_SUBJECTS), help="Human3.6M: by whom (S9,S11)")
    parser.add_argument("--3dhp", type=Path, dest="mpi", help="MPI-INF-3DHP: data_test_3dhp.npz")
    parser.add_argument("--model", default="", help="name in the manifest (default: its default)")
    parser.add_argument("--weights", help="instead: a .safetensors file, with --recipe")
    parser.add_argument("--recipe", type=Path, help="the recipe that --weights were trained by")
    parser.add_argument("--threads", type=int, default=0, help="of torch (default: its own choice)")
    parser.add_argument("--json", action="store_true", help="print only the JSON line")
    return parser


if __name__ == "__main__":
    main()
