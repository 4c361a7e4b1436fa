"""Compare pruning schedules: `python -m training.evaluate.pruning_schedules --data val.npz [--markdown]`.

The same clips, cameras and detector errors as in `training.evaluate` are lifted unpruned and under a set of schedules.
For each: GFLOPs (the papers' convention), how far the output is from the unpruned model's, and the error of both
against the truth; all frames, and the fastest tenth of them by themselves. Windows are lifted without mirror averaging,
which takes half the time and shows what the network itself gives.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.core.arrays import Doubles, Floats
from pipeline.core.errors import ConfigError
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.lift.base import WindowLifter
from pipeline.system.files import atomic_write
from training.data.motion_file import Clips, at_unit_stature, load_clips
from training.evaluate.frozen_views import Sight, frozen_errors, load_views, sights
from training.evaluate.per_sample import DOUBTFUL, lift_sight
from training.metrics import mpjpe, p_mpjpe, peak_speed

KINDS = ("clean", "detector_errors")
FAST_SHARE = 0.1  # of the frames of each source, by the mean speed of the joints against the pelvis
_FULL = "unpruned"


@dataclass(frozen=True, slots=True)
class Result:
    """One schedule under one kind of input. mm and shares, macro over the sources."""

    difference_mm: float  # mean distance of the joints from the unpruned output
    mpjpe_mm: float
    p_mpjpe_mm: float
    peak_speed_share: float
    fast_difference_mm: float
    fast_mpjpe_mm: float
    fast_against_even: tuple[float, float] | None = None  # mm, mean over clips and its standard error: see `compare`


def standard_set(frames: int, default: PruneConfig) -> dict[str, PruneConfig]:
    """Title -> schedule: the model's own with every pruner, and single stages; each also following the motion."""
    own = default.schedule or ((1, frames // 2), (3, frames // 3))
    rows = {_FULL: PruneConfig()}
    rows |= {f"{name}, {_stages(own)}": PruneConfig(name, own) for name in ("TPS", "TPC", "TPA", "TPMo")}
    rows |= {_following(own, share): PruneConfig("TPS", own, motion_share=share) for share in (0.3, 0.6)}
    for keep, shares in ((121, ()), (81, ()), (61, (0.3,)), (27, (0.3, 0.6))):
        if keep < frames:
            stage = ((1, keep),)
            rows[f"TPS, {_stages(stage)}"] = PruneConfig("TPS", stage)
            rows |= {_following(stage, share): PruneConfig("TPS", stage, motion_share=share) for share in shares}
    return rows


def _stages(schedule: Sequence[tuple[int, int]]) -> str:
    return " ".join(f"{keep}@{block}" for block, keep in schedule)


def _following(schedule: Sequence[tuple[int, int]], share: float) -> str:
    return f"TPS by {round(100 * share)} % motion, {_stages(schedule)}"


def watched(clips: Clips, frames: int, draws: int, windows: int) -> dict[str, list[tuple[str, Sight]]]:
    """Kind -> (source, sight) of `windows` clips a draw, evenly from the file (0: all); the same for every schedule."""
    clips = clips.select(clips.source != DOUBTFUL)
    if windows and windows < len(clips):
        clips = clips.select(np.isin(np.arange(len(clips)), np.linspace(0, len(clips) - 1, windows).astype(int)))
    views, errors = load_views(), frozen_errors()
    return {
        kind: [
            (str(clips.source[sight.clip]), sight)
            for draw in range(draws)
            for sight in sights(clips, views, frames, draw, model)
        ]
        for kind, model in zip(KINDS, (None, errors), strict=True)
    }


def lift(lifter: WindowLifter, seen: Sequence[tuple[str, Sight]]) -> list[Floats]:
    """Each window by itself: (F, 17, 3), pelvis at zero."""
    return [lift_sight(lifter, sight, "known") for _, sight in seen]


def speeds(sight: Sight) -> Doubles:
    """(rows,) m/s of the joints against the pelvis, mean over the joints, true; of the clip's own rows."""
    true = sight.true[sight.own]
    moved = np.linalg.norm(np.diff(true - true[:, :1], axis=0), axis=-1).mean(-1) * sight.rate_hz
    return np.concatenate([moved[:1], moved]) if len(moved) else np.zeros(len(true))


def fast_rows(seen: Sequence[tuple[str, Sight]]) -> list[np.ndarray]:
    """For each sight (rows,): whether a row is among the fastest of its source."""
    speed = [speeds(sight) for _, sight in seen]
    limits = {
        source: np.quantile(np.concatenate([v for v, (s, _) in zip(speed, seen, strict=True) if s == source]),
                            1 - FAST_SHARE)
        for source in {s for s, _ in seen}
    }  # fmt: skip
    return [v > limits[source] for v, (source, _) in zip(speed, seen, strict=True)]


def measure(
    seen: Sequence[tuple[str, Sight]], lifted: Sequence[Floats], full: Sequence[Floats], fast: Sequence[np.ndarray]
) -> tuple[Result, Doubles]:
    """Macro means, and for each sight the MPJPE of its fast rows (NaN: it has none)."""
    parts: dict[str, list[dict[str, Any]]] = {}
    of_fast = np.full(len(seen), np.nan)
    for n, ((source, sight), out, unpruned) in enumerate(zip(seen, lifted, full, strict=True)):
        true = sight.true[sight.own]
        joints = at_unit_stature(out.astype(np.float64)[None])[0][0][sight.own]
        difference = 1000 * np.linalg.norm(out - unpruned, axis=-1).mean(-1)[sight.own]
        error = 1000 * mpjpe(joints, true)
        row = {"difference": difference, "error": error, "aligned": 1000 * p_mpjpe(joints, true), "fast": fast[n]}
        row["peak"], row["true_peak"] = (
            np.full(len(true), peak_speed(j, sight.rate_hz) if len(true) > 1 else 0.0) for j in (joints, true)
        )
        if fast[n].any():
            of_fast[n] = error[fast[n]].mean()
        parts.setdefault(source, []).append(row)
    joined = [{key: np.concatenate([row[key] for row in rows]) for key in rows[0]} for rows in parts.values()]

    def macro(key: str, only_fast: bool = False) -> float:
        return float(np.mean([rows[key][rows["fast"]].mean() if only_fast else rows[key].mean() for rows in joined]))

    share = float(np.mean([rows["peak"].mean() / max(rows["true_peak"].mean(), 1e-3) for rows in joined]))
    result = Result(
        macro("difference"), macro("error"), macro("aligned"), share, macro("difference", True), macro("error", True)
    )
    return result, of_fast


def compare(following: Doubles, even: Doubles) -> tuple[float, float]:
    """MPJPE of the fast frames of each clip, following the motion and evenly sampled -> mean gain (negative: better)
    and its standard error, mm; every clip that has fast frames counts the same."""
    change = (following - even)[np.isfinite(following)]
    return float(change.mean()), float(change.std(ddof=1) / np.sqrt(len(change))) if len(change) > 1 else np.nan


def run(model: str, clips: Clips, draws: int, windows: int) -> dict[str, Any]:
    """Everything that the tables show, as plain values. Raises `UserError`."""
    import torch

    from pipeline import weights
    from pipeline.lift.checkpoints.load import load_host
    from pipeline.lift.host_lifter import HostLifter

    entry = weights.find(model)
    seen = watched(clips, entry.frames, draws, windows)
    if not seen[KINDS[0]]:
        raise ConfigError(f"The motion file has no clips beside '{DOUBTFUL}'.", "Give one with people who move.")
    fast = {kind: fast_rows(seen[kind]) for kind in KINDS}
    full: dict[str, list[Floats]] = {}
    of_fast: dict[tuple[str, PruneConfig], Doubles] = {}
    rows: list[dict[str, Any]] = []
    for title, prune in standard_set(entry.frames, PruneConfig.from_json(entry.prune)).items():
        lifter = HostLifter(entry, load_host(entry, prune), torch.device("cpu"), flip=False)
        row: dict[str, Any] = {"title": title, "prune": prune.to_json()}
        for kind in KINDS:
            lifted = lift(lifter, seen[kind])
            full.setdefault(kind, lifted)  # the unpruned one comes first
            result, of_fast[kind, prune] = measure(seen[kind], lifted, full[kind], fast[kind])
            row[kind] = asdict(result)
            if prune.motion_share:
                even = of_fast[kind, PruneConfig(prune.strategy, prune.schedule, prune.recover)]
                row[kind]["fast_against_even"] = compare(of_fast[kind, prune], even)
        row["gflops"] = lifter.gflops
        row["saving"] = 1 - row["gflops"] / rows[0]["gflops"] if rows else 0.0
        rows.append(row)
    count = len(seen[KINDS[0]])
    return {"model": entry.name, "windows": count, "draws": draws, "rows": rows}


MARKER = "<!-- measured: python -m training.evaluate.pruning_schedules -->\n"
_ALL = (("difference_mm", ".1f"), ("mpjpe_mm", ".1f"), ("p_mpjpe_mm", ".1f"), ("peak_speed_share", ".2f"))
_FAST = (("fast_difference_mm", ".1f"), ("fast_mpjpe_mm", ".1f"))


def tables(result: dict[str, Any]) -> str:
    """Two Markdown tables: all frames, and the fastest tenth."""
    lines = [
        f"### `{result['model']}`: {result['windows']} windows, once with perfect joints and once with detector errors",
        "",
        "Millimetres at unit stature, mean over the sources. Peak: share of the true peak speed of wrists and ankles.",
        "",
        *_head("schedule", "GFLOPs", "saved", columns=("from unpruned", "MPJPE", "P-MPJPE", "peak")),
    ]
    for row in result["rows"]:
        numbers = [format(row[kind][key], form) for kind in KINDS for key, form in _ALL]
        saved = f"{100 * row['saving']:.1f} %"
        lines.append(f"| {row['title']} | {row['gflops']:.3f} | {saved} | {' | '.join(numbers)} |")
    lines += [
        "",
        f"### The fastest {100 * FAST_SHARE:.0f} % of the frames of each source",
        "",
        "'Against even': change of their MPJPE when TPS follows the motion at the same GFLOPs (negative: better), mean "
        "over the clips ± its standard error.",
        "",
        *_head("schedule", columns=("from unpruned", "MPJPE", "against even")),
    ]
    for row in result["rows"]:
        numbers = []
        for kind in KINDS:
            numbers += [format(row[kind][key], form) for key, form in _FAST]
            against = row[kind]["fast_against_even"]
            numbers.append("" if against is None else f"{against[0]:+.1f} ± {against[1]:.1f}")
        lines.append(f"| {row['title']} | {' | '.join(numbers)} |")
    return "\n".join(lines)


def _head(*first: str, columns: Sequence[str]) -> tuple[str, str]:
    """Two lines of Markdown: `columns` once for each kind of input."""
    both = [f"{kind}: {name}" if n == 0 else name for kind in ("perfect", "errors") for n, name in enumerate(columns)]
    return f"| {' | '.join((*first, *both))} |", "|---|" + "--:|" * (len(first) - 1 + len(both))


def update(document: Path, text: str | None) -> None:
    """Replace what follows the marker line in a Markdown document; without a text, see if that can be done.

    Raises `ConfigError`, `OutputError`.
    """
    known, marker, _ = (document.read_text("utf-8") if document.is_file() else "").partition(MARKER)
    if not marker:
        raise ConfigError(f"{document} has no line '{MARKER.strip()}'.", "The tables go below such a line.")
    if text is not None:
        with atomic_write(document) as file:
            file.write(f"{known}{marker}\n{text}\n".encode())


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.evaluate.pruning_schedules")
    parser.add_argument("--data", type=Path, required=True, help="motion to judge on (.npz)")
    parser.add_argument("--model", default="", help="name in weights/manifest.json (default: its default)")
    parser.add_argument("--draws", type=int, default=1, help="cameras and errors drawn for each clip")
    parser.add_argument("--windows", type=int, default=64, help="clips taken from the file a draw; 0: all")
    parser.add_argument("--threads", type=int, default=1, help="of torch")
    parser.add_argument("--markdown", action="store_true", help="print tables instead of JSON")
    parser.add_argument("--update", type=Path, metavar="FILE", help="put the tables into docs/schedules.md")
    args = parser.parse_args(arguments)
    import torch

    if args.update:  # before the minutes of work
        update(args.update, None)
    torch.set_num_threads(args.threads)
    result = run(args.model, load_clips(args.data), args.draws, args.windows)
    if args.update:
        update(args.update, tables(result))
    print(tables(result) if args.markdown else json.dumps(result))


if __name__ == "__main__":
    main()
