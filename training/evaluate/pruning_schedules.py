"""Compare pruning schedules: `python -m training.evaluate.pruning_schedules`.

The clips, cameras and detector errors of `training.evaluate` are lifted unpruned and under a set of schedules. Each
schedule is reported with its GFLOPs (the papers' convention), the distance of its output from the unpruned model's, and
its error against the truth, for all frames and for the fastest tenth separately. Windows are lifted without mirror
averaging, which takes half the time and shows the output of the network itself.
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
from training.evaluate.frozen_views import View, frozen_errors, load_frozen_cameras, render_views
from training.evaluate.per_sample import ESTIMATED_SOURCE, lift_view
from training.metrics import mpjpe, p_mpjpe, peak_speed

KINDS = ("clean", "detector_errors")
FAST_SHARE = 0.1  # share of the frames of each source, by mean root-relative joint speed, that count as fast
_FULL = "unpruned"


@dataclass(frozen=True, slots=True)
class ScheduleResult:
    """Metrics of one schedule on one kind of input; mm and shares, macro means over the sources."""

    difference_mm: float  # mean distance of the joints from the unpruned output
    mpjpe_mm: float
    p_mpjpe_mm: float
    peak_speed_share: float
    fast_difference_mm: float
    fast_mpjpe_mm: float
    fast_against_even: tuple[float, float] | None = None  # mm, mean and standard error: see `paired_change`


def standard_schedules(frames: int, default: PruneConfig) -> dict[str, PruneConfig]:
    """List title -> schedule: the model's own with every pruner, and single stages.

    Each also comes in a motion-adaptive form.
    """
    own = default.schedule or ((1, frames // 2), (3, frames // 3))
    rows = {_FULL: PruneConfig()}
    rows |= {f"{name}, {_schedule_text(own)}": PruneConfig(name, own) for name in ("TPS", "TPC", "TPA", "TPMo")}
    rows |= {_motion_title(own, share): PruneConfig("TPS", own, motion_share=share) for share in (0.3, 0.6)}
    for keep, shares in ((121, ()), (81, ()), (61, (0.3,)), (27, (0.3, 0.6))):
        if keep < frames:
            stage = ((1, keep),)
            rows[f"TPS, {_schedule_text(stage)}"] = PruneConfig("TPS", stage)
            rows |= {_motion_title(stage, share): PruneConfig("TPS", stage, motion_share=share) for share in shares}
    return rows


def _schedule_text(schedule: Sequence[tuple[int, int]]) -> str:
    return " ".join(f"{keep}@{block}" for block, keep in schedule)


def _motion_title(schedule: Sequence[tuple[int, int]], share: float) -> str:
    return f"TPS by {round(100 * share)} % motion, {_schedule_text(schedule)}"


def sample_views(clips: Clips, frames: int, draws: int, windows: int) -> dict[str, list[tuple[str, View]]]:
    """Render kind of input -> (source, view) of `windows` clips per draw.

    They are spread evenly over the file (0: all).
    """
    clips = clips.select(clips.source != ESTIMATED_SOURCE)
    if windows and windows < len(clips):
        clips = clips.select(np.isin(np.arange(len(clips)), np.linspace(0, len(clips) - 1, windows).astype(int)))
    views, errors = load_frozen_cameras(), frozen_errors()
    return {
        kind: [
            (str(clips.source[view.clip]), view)
            for draw in range(draws)
            for view in render_views(clips, views, frames, draw, model)
        ]
        for kind, model in zip(KINDS, (None, errors), strict=True)
    }


def lift(lifter: WindowLifter, seen: Sequence[tuple[str, View]]) -> list[Floats]:
    """Lift every view: joints (F, 17, 3) each, root-relative."""
    return [lift_view(lifter, view, "known") for _, view in seen]


def speeds(view: View) -> Doubles:
    """Measure the true root-relative joint speed of the unpadded rows: (rows,), m/s.

    It is the mean over the joints.
    """
    true = view.true[view.own]
    moved = np.linalg.norm(np.diff(true - true[:, :1], axis=0), axis=-1).mean(-1) * view.rate_hz
    return np.concatenate([moved[:1], moved]) if len(moved) else np.zeros(len(true))


def fast_rows(seen: Sequence[tuple[str, View]]) -> list[np.ndarray]:
    """Mark, for each view, the unpadded rows that are among the fastest of their source."""
    speed = [speeds(view) for _, view in seen]
    limits = {
        source: np.quantile(np.concatenate([v for v, (s, _) in zip(speed, seen, strict=True) if s == source]),
                            1 - FAST_SHARE)
        for source in {s for s, _ in seen}
    }  # fmt: skip
    return [v > limits[source] for v, (source, _) in zip(speed, seen, strict=True)]


def schedule_metrics(
    seen: Sequence[tuple[str, View]], lifted: Sequence[Floats], full: Sequence[Floats], fast: Sequence[np.ndarray]
) -> tuple[ScheduleResult, Doubles]:
    """Compute the macro means of a schedule and the MPJPE of each view's fast rows.

    The latter is NaN for views without fast rows.
    """
    parts: dict[str, list[dict[str, Any]]] = {}
    of_fast = np.full(len(seen), np.nan)
    for n, ((source, view), out, unpruned) in enumerate(zip(seen, lifted, full, strict=True)):
        true = view.true[view.own]
        joints = at_unit_stature(out.astype(np.float64)[None])[0][0][view.own]
        difference = 1000 * np.linalg.norm(out - unpruned, axis=-1).mean(-1)[view.own]
        error = 1000 * mpjpe(joints, true)
        row = {"difference": difference, "error": error, "aligned": 1000 * p_mpjpe(joints, true), "fast": fast[n]}
        row["peak"], row["true_peak"] = (
            np.full(len(true), peak_speed(j, view.rate_hz) if len(true) > 1 else 0.0) for j in (joints, true)
        )
        if fast[n].any():
            of_fast[n] = error[fast[n]].mean()
        parts.setdefault(source, []).append(row)
    joined = [{key: np.concatenate([row[key] for row in rows]) for key in rows[0]} for rows in parts.values()]

    def macro(key: str, only_fast: bool = False) -> float:
        return float(np.mean([rows[key][rows["fast"]].mean() if only_fast else rows[key].mean() for rows in joined]))

    share = float(np.mean([rows["peak"].mean() / max(rows["true_peak"].mean(), 1e-3) for rows in joined]))
    result = ScheduleResult(
        macro("difference"), macro("error"), macro("aligned"), share, macro("difference", True), macro("error", True)
    )
    return result, of_fast


def paired_change(following: Doubles, even: Doubles) -> tuple[float, float]:
    """Compare the fast frames' MPJPE of motion-adaptive and even sampling, one value per clip.

    Returns the mean change (negative: motion-adaptive is better) and its standard error, mm. Clips without fast frames
    are NaN in both; the others have equal weight.
    """
    change = (following - even)[np.isfinite(following)]
    return float(change.mean()), float(change.std(ddof=1) / np.sqrt(len(change))) if len(change) > 1 else np.nan


def run(model: str, clips: Clips, draws: int, windows: int) -> dict[str, Any]:
    """Measure every schedule and return the tables' content as plain values.

    Raises `UserError`.
    """
    import torch

    from pipeline import weights
    from pipeline.lift.checkpoints.load import load_host
    from pipeline.lift.host_lifter import HostLifter

    entry = weights.find(model)
    seen = sample_views(clips, entry.frames, draws, windows)
    if not seen[KINDS[0]]:
        raise ConfigError(
            f"The motion file has no clips beside '{ESTIMATED_SOURCE}'.", "Give one with people who move."
        )
    fast = {kind: fast_rows(seen[kind]) for kind in KINDS}
    full: dict[str, list[Floats]] = {}
    of_fast: dict[tuple[str, PruneConfig], Doubles] = {}
    rows: list[dict[str, Any]] = []
    for title, prune in standard_schedules(entry.frames, PruneConfig.from_json(entry.prune)).items():
        lifter = HostLifter(entry, load_host(entry, prune), torch.device("cpu"), flip=False)
        row: dict[str, Any] = {"title": title, "prune": prune.to_json()}
        for kind in KINDS:
            lifted = lift(lifter, seen[kind])
            full.setdefault(kind, lifted)  # the unpruned schedule comes first
            result, of_fast[kind, prune] = schedule_metrics(seen[kind], lifted, full[kind], fast[kind])
            row[kind] = asdict(result)
            if prune.motion_share:
                even = of_fast[kind, PruneConfig(prune.strategy, prune.schedule, prune.recover)]
                row[kind]["fast_against_even"] = paired_change(of_fast[kind, prune], even)
        row["gflops"] = lifter.gflops
        row["saving"] = 1 - row["gflops"] / rows[0]["gflops"] if rows else 0.0
        rows.append(row)
    count = len(seen[KINDS[0]])
    return {"model": entry.name, "windows": count, "draws": draws, "rows": rows}


MARKER = "<!-- measured: python -m training.evaluate.pruning_schedules -->\n"
_ALL = (("difference_mm", ".1f"), ("mpjpe_mm", ".1f"), ("p_mpjpe_mm", ".1f"), ("peak_speed_share", ".2f"))
_FAST = (("fast_difference_mm", ".1f"), ("fast_mpjpe_mm", ".1f"))


def tables(result: dict[str, Any]) -> str:
    """Format two Markdown tables: all frames, and the fastest tenth."""
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
    """Format the two head lines of a Markdown table, with `columns` once for each kind of input."""
    both = [f"{kind}: {name}" if n == 0 else name for kind in ("perfect", "errors") for n, name in enumerate(columns)]
    return f"| {' | '.join((*first, *both))} |", "|---|" + "--:|" * (len(first) - 1 + len(both))


def update(document: Path, text: str | None) -> None:
    """Replace the text after the marker line of a Markdown document.

    With text None, only checks that the marker is there. Raises `ConfigError`, `OutputError`.
    """
    before, marker, _ = (document.read_text("utf-8") if document.is_file() else "").partition(MARKER)
    if not marker:
        raise ConfigError(f"{document} has no line '{MARKER.strip()}'.", "The tables go below such a line.")
    if text is not None:
        with atomic_write(document) as file:
            file.write(f"{before}{marker}\n{text}\n".encode())


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m training.evaluate.pruning_schedules",
        description="Compare the cost and error of pruning schedules.",
    )
    parser.add_argument("--data", type=Path, required=True, help="motion to evaluate on (.npz)")
    parser.add_argument("--model", default="", help="name in weights/manifest.json (default: its default)")
    parser.add_argument("--draws", type=int, default=1, help="cameras and errors drawn per clip")
    parser.add_argument("--windows", type=int, default=64, help="clips taken from the file per draw; 0: all")
    parser.add_argument("--threads", type=int, default=1, help="threads of torch")
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
