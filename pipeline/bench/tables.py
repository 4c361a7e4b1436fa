"""Format benchmark results as Markdown tables and as JSON values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .measure import Result
from .modules import ModuleTimes

ABOUT = (
    "GFLOPs: 2 x multiply-adds of linear and convolutional layers, as the papers count; the next column adds the "
    "matrix products of attention and graph layers.",
    "Seconds: median over the rounds (fastest to slowest); models take turns. x full: median of the ratios within each "
    "round. Memory: weights and the tensors that live at once, not the process.",
    "seq2frame models give one pose a pass: their poses a second are passes.",
)
RANDOM = (
    "Difference: distance of the joints from the unpruned model's, mean and largest. Models without a file have seeded "
    "random weights and synthetic motion: there it shows only that pruning changes the output, not the error of a "
    "trained model."
)


def full_of(result: Result, results: Sequence[Result]) -> Result | None:
    """Return the result of the unpruned model with the same weights, None if not measured.

    The same precision is preferred.
    """
    model = (result.case.model, result.case.lifter)
    same = (r for r in results if (r.case.model, r.case.lifter) == model and r.case.full)
    return min(same, key=lambda r: r.case.precision != result.case.precision, default=None)


def values(result: Result, results: Sequence[Result]) -> dict[str, Any]:
    """Convert a result to JSON values: everything that the table shows, unrounded."""
    full, case = full_of(result, results), result.case
    return {
        "name": case.title,
        "model": case.model,
        "prune": case.prune.to_json(),
        "as_published": case.as_published,
        "precision": case.precision,
        "weights": "file" if case.lifter else "random",
        "parameters": result.cost.parameters,
        "gflops": result.cost.gflops,
        "gflops_with_products": result.cost.gflops_with_products,
        "seconds_per_window": result.median_s,
        "seconds": list(result.seconds),
        "poses_per_window": result.poses,
        "frames_per_second": result.frames_s,
        "times_full": result.times_faster(full) if full else None,
        "gflops_saved": result.saved(full) if full else None,
        "memory_mb": result.memory_mb,
        "difference_mean_mm": result.difference_mm[0] if result.difference_mm else None,
        "difference_max_mm": result.difference_mm[1] if result.difference_mm else None,
    }


def results_table(results: Sequence[Result]) -> list[str]:
    """Format results as the lines of a Markdown table."""
    rows = [
        ("model", "frames kept", "params M", "GFLOPs", "with products", "saved", "s a window", "poses/s", "x full",
         "MB", "difference mm"),
    ]  # fmt: skip
    for result in results:
        full, cost = full_of(result, results), result.cost
        low, high = min(result.seconds), max(result.seconds)
        difference = "-" if result.difference_mm is None else "{:.1f} / {:.1f}".format(*result.difference_mm)
        rows.append(
            (
                result.case.title + (" (seq2frame)" if result.poses == 1 else ""),
                result.case.prune.label if result.case.prune.schedule else "all",
                f"{cost.parameters / 1e6:.2f}",
                f"{cost.gflops:.2f}",
                f"{cost.gflops_with_products:.2f}",
                f"{100 * result.saved(full):.1f} %" if full else "-",
                f"{result.median_s:.3f} ({low:.3f} to {high:.3f})",
                f"{result.frames_s:.1f}",
                f"{result.times_faster(full):.2f}" if full else "-",
                f"{result.memory_mb:.0f}",
                difference,
            )
        )
    return markdown(rows, left=2)


def modules_table(times: Sequence[ModuleTimes]) -> list[str]:
    """Format the times of pruning and recovery modules as the lines of a Markdown table."""
    rows = [("modules", "pruning ms", "recovering ms", "model ms", "share")]
    for own in times:
        prune, recover, whole = f"{own.prune_ms:.2f}", f"{own.recover_ms:.2f}", f"{own.whole_ms:.0f}"
        rows.append((own.case.title, prune, recover, whole, f"{100 * own.share:.2f} %"))
    return markdown(rows, left=1)


def headline_lines(results: Sequence[Result]) -> list[str]:
    """Summarise the results of `cases.headline` in sentences.

    Results: as published, full, pruned, then optionally full and pruned in bfloat16.
    """
    published, full, pruned, *half = results
    lines = [
        f"Default schedule against the full model, both float32: {100 * pruned.saved(full):.1f} % fewer GFLOPs, "
        f"{pruned.times_faster(full):.2f} x the frames a second.",
        f"Against 'as published' (float32, attention not fused, one window after the other): "
        f"{pruned.times_faster(published):.2f} x in float32.",
    ]
    if half:
        full_half, pruned_half = half
        lines.append(
            f"In bfloat16: {pruned_half.times_faster(full_half):.2f} x the full model in bfloat16, "
            f"{pruned_half.times_faster(published):.2f} x 'as published'."
        )
    return lines


def markdown(rows: Sequence[Sequence[str]], left: int) -> list[str]:
    """Format rows (the first is the header) as Markdown; the first `left` columns align left."""
    rule = ["---" if column < left else "---:" for column in range(len(rows[0]))]
    return ["| " + " | ".join(row) + " |" for row in (rows[0], rule, *rows[1:])]
