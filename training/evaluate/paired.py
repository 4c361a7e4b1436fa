"""Two lifters on the very same sights: what the one costs against the other, and how sure that is.

H2OT against an unpruned twin (trained with the same budget), or against the same weights with pruning off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pipeline.core.errors import ConfigError
from pipeline.lift.base import WindowLifter
from training.evaluate.per_sample import MEANS, MEASURES, Verdict, macro, spread, trusted


def check_twin(lifter: WindowLifter, twin: WindowLifter) -> None:
    """Raises `ConfigError` unless both look at windows of the same length: otherwise they see other sights."""
    if lifter.frames != twin.frames:
        raise ConfigError(
            f"{lifter.name} sees {lifter.frames} frames and {twin.name} {twin.frames}: nothing could be paired.",
            "Choose a twin with windows of the same length.",
        )


def side_by_side(
    lifter: WindowLifter, twin: WindowLifter, of: Mapping[str, tuple[list[Verdict], list[Verdict]]]
) -> dict[str, Any]:
    """What the JSON says of a twin; `of`: kind of sight -> verdicts of the lifter and of the twin."""
    out: dict[str, Any] = {
        "model": twin.name,
        "prune": twin.prune.label,
        "gflops": {"judged": lifter.gflops, "twin": twin.gflops},
    }
    for kind, (first, second) in of.items():
        sources = trusted(first)
        out[kind] = {
            "judged": macro(first, sources) | {"spread": spread(first, sources)},
            "twin": macro(second, sources) | {"spread": spread(second, sources)},
            "difference": differences(first, second),
        }
    return out


def differences(first: Sequence[Verdict], second: Sequence[Verdict]) -> dict[str, dict[str, float | None]]:
    """Measure -> `mean` (first minus second, of the macro figures), `draw_spread` (standard deviation of that over the
    draws) and `standard_error` (over the clips, paired; None for the share of the peak speed, and for single clips).

    Both lists hold the same sights in the same order.
    """
    if [(v.draw, v.clip) for v in first] != [(v.draw, v.clip) for v in second]:
        raise ValueError("the two were not judged on the same sights")
    sources = trusted(first)
    draws = sorted({v.draw for v in first})
    one, other = macro(first, sources), macro(second, sources)
    by_draw = [
        (macro([v for v in first if v.draw == d], sources), macro([v for v in second if v.draw == d], sources))
        for d in draws
    ]
    return {
        key: {
            "mean": round(one[key] - other[key], 3),
            "draw_spread": round(float(np.std([a[key] - b[key] for a, b in by_draw])), 3),
            "standard_error": _standard_error(first, second, sources, key) if key in MEANS else None,
        }
        for key in MEASURES
    }


def _standard_error(
    first: Sequence[Verdict], second: Sequence[Verdict], sources: Sequence[str], key: str
) -> float | None:
    """Of the macro mean of the paired differences: the clips of a source are what was drawn, its draws are averaged."""
    variance = 0.0
    for source in sources:
        clips: dict[int, list[tuple[float, float]]] = {}
        for a, b in zip(first, second, strict=True):
            change = a.numbers[key] - b.numbers[key]
            if a.source == source and np.isfinite(change):
                clips.setdefault(a.clip, []).append((change, a.numbers["rows"]))
        if len(clips) < 2:
            return None
        weight = np.array([sum(rows for _, rows in pairs) for pairs in clips.values()])
        mean = np.array([np.average([c for c, _ in pairs], weights=[w for _, w in pairs]) for pairs in clips.values()])
        off = weight * (mean - np.average(mean, weights=weight))
        n = len(clips)
        variance += n / (n - 1) * float((off**2).sum()) / float(weight.sum()) ** 2
    return round(float(np.sqrt(variance)) / len(sources), 3)
