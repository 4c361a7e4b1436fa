"""Compare two lifters on identical views: paired differences with their standard errors.

Used for H2OT against an unpruned twin (trained with the same budget) and against the same weights without pruning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pipeline.core.errors import ConfigError
from pipeline.lift.base import WindowLifter
from training.evaluate.per_sample import MEAN_METRICS, METRICS, SampleMetrics, macro_mean, reference_sources, spread


def check_twin(lifter: WindowLifter, twin: WindowLifter) -> None:
    """Check that both lifters have the same window length, and so the same views.

    Raises `ConfigError` otherwise.
    """
    if lifter.frames != twin.frames:
        raise ConfigError(
            f"{lifter.name} sees {lifter.frames} frames and {twin.name} {twin.frames}: their views cannot be paired.",
            "Choose a twin with windows of the same length.",
        )


def compare_lifters(
    lifter: WindowLifter, twin: WindowLifter, of: Mapping[str, tuple[list[SampleMetrics], list[SampleMetrics]]]
) -> dict[str, Any]:
    """Build the JSON block of a twin.

    `of` maps a kind of input to the samples of the lifter and of the twin.
    """
    out: dict[str, Any] = {
        "model": twin.name,
        "prune": twin.prune.label,
        "gflops": {"judged": lifter.gflops, "twin": twin.gflops},
    }
    for kind, (first, second) in of.items():
        sources = reference_sources(first)
        out[kind] = {
            "judged": macro_mean(first, sources) | {"spread": spread(first, sources)},
            "twin": macro_mean(second, sources) | {"spread": spread(second, sources)},
            "difference": differences(first, second),
        }
    return out


def differences(first: Sequence[SampleMetrics], second: Sequence[SampleMetrics]) -> dict[str, dict[str, float | None]]:
    """Compute the paired difference of every metric, first minus second.

    `mean` is the difference of the macro means, `draw_spread` its standard deviation over the draws, `standard_error`
    that over the clips (None for the peak speed share and for single clips). Both lists hold the same views in the same
    order; raises ValueError otherwise.
    """
    if [(v.draw, v.clip) for v in first] != [(v.draw, v.clip) for v in second]:
        raise ValueError("the two were not evaluated on the same views")
    sources = reference_sources(first)
    draws = sorted({v.draw for v in first})
    one, other = macro_mean(first, sources), macro_mean(second, sources)
    by_draw = [
        (
            macro_mean([v for v in first if v.draw == d], sources),
            macro_mean([v for v in second if v.draw == d], sources),
        )
        for d in draws
    ]
    return {
        key: {
            "mean": round(one[key] - other[key], 3),
            "draw_spread": round(float(np.std([a[key] - b[key] for a, b in by_draw])), 3),
            "standard_error": _standard_error(first, second, sources, key) if key in MEAN_METRICS else None,
        }
        for key in METRICS
    }


def _standard_error(
    first: Sequence[SampleMetrics], second: Sequence[SampleMetrics], sources: Sequence[str], key: str
) -> float | None:
    """Compute the standard error of the macro mean of paired differences over clips.

    The draws of a clip are averaged.
    """
    variance = 0.0
    for source in sources:
        clips: dict[int, list[tuple[float, float]]] = {}
        for a, b in zip(first, second, strict=True):
            change = a.metrics[key] - b.metrics[key]
            if a.source == source and np.isfinite(change):
                clips.setdefault(a.clip, []).append((change, a.metrics["rows"]))
        if len(clips) < 2:
            return None
        weight = np.array([sum(rows for _, rows in pairs) for pairs in clips.values()])
        mean = np.array([np.average([c for c, _ in pairs], weights=[w for _, w in pairs]) for pairs in clips.values()])
        off = weight * (mean - np.average(mean, weights=weight))
        n = len(clips)
        variance += n / (n - 1) * float((off**2).sum()) / float(weight.sum()) ** 2
    return round(float(np.sqrt(variance)) / len(sources), 3)
