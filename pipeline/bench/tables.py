"""Results as Markdown and as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .measure import Result
from .modules import Shares

ABOUT = (
    "GFLOPs: 2 x multiply-adds of linear and convolutional layers, as the papers count; beside it with the matrix "
    "products of attention and graph layers.",
    "Seconds: median over the rounds (fastest to slowest); models take turns. x full: median of the ratios within each "
    "round. Memory: weights and the tensors that live at once, not the process.",
    "seq2frame models give one pose a pass: their poses a second are passes.",
)
RANDOM = (
    "Difference: distance of the joints from the unpruned model's, mean and largest. Models without a file have seeded "
    "random weights and made-up motion: there it shows only that pruning changes the output, not how well a trained "
    "model bears it."
)


def full_of(result: Result, results: Sequence[Result]) -> Result | None:
    """The unpruned model that `result` is compared with: same weights, float32; None if it was not measured."""
    model = (result.recipe.model, result.recipe.lifter)
    same = (r for r in results if (r.recipe.model, r.recipe.lifter) == model and r.recipe.full)
    return min(same, key=lambda r: r.recipe.precision != result.recipe.precision, default=None)


def values(result: Result, results: Sequence[Result]) -> dict[str, Any]:
    """For JSON: everything that the table shows, unrounded."""
    full, recipe = full_of(result, results), result.recipe
    return {
        "name": recipe.title,
        "model": recipe.model,
        "prune": recipe.prune.to_json(),
        "as_published": recipe.as_published,
        "precision": recipe.precision,
        "weights": "file" if recipe.lifter else "random",
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
    """Lines of Markdown."""
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
                result.recipe.title + (" (seq2frame)" if result.poses == 1 else ""),
                result.recipe.prune.label if result.recipe.prune.schedule else "all",
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


def modules_table(shares: Sequence[Shares]) -> list[str]:
    rows = [("modules", "pruning ms", "recovering ms", "model ms", "share")]
    for own in shares:
        prune, recover, whole = f"{own.prune_ms:.2f}", f"{own.recover_ms:.2f}", f"{own.whole_ms:.0f}"
        rows.append((own.recipe.title, prune, recover, whole, f"{100 * own.share:.2f} %"))
    return markdown(rows, left=1)


def headline_lines(results: Sequence[Result]) -> list[str]:
    """Sentences on `recipes.headline`: as published, full, pruned, and the last two in bfloat16 if they are there."""
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
    """Rows, the first of them the header; the first `left` columns are aligned to the left, the others to the right."""
    rule = ["---" if column < left else "---:" for column in range(len(rows[0]))]
    return ["| " + " | ".join(row) + " |" for row in (rows[0], rule, *rows[1:])]
