"""Break a lifter's errors down by joint, action, camera, distance and source frame rate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.core.arrays import Doubles
from pipeline.core.skeletons import H36M17
from training.evaluate.per_sample import METRICS, SampleMetrics, macro_mean, reference_sources

TABLES = ("by_joint", "by_action", "by_camera_pitch", "by_camera_height", "by_distance", "by_source_rate")


def breakdown(samples: Sequence[SampleMetrics]) -> dict[str, dict[str, Any]]:
    """Compute table -> row -> metrics, macro means over the reference sources.

    A row also holds its number of `views` and `sources`, and `spread`, the standard deviation of its MPJPE and P-MPJPE
    over the draws (None: only one draw has such views). The table by joint holds the metrics that exist per joint.
    """
    sources = reference_sources(samples)
    counted = [sample for sample in samples if sample.source in sources]
    out: dict[str, dict[str, Any]] = {"by_joint": by_joint(counted, sources)}
    for table in TABLES[1:]:
        rows = sorted({v.labels[table] for v in counted if table in v.labels}, key=_order)
        out[table] = {row: _group([v for v in counted if v.labels.get(table) == row]) for row in rows}
    return {table: rows for table, rows in out.items() if rows}


def by_joint(samples: Sequence[SampleMetrics], sources: Sequence[str]) -> dict[str, dict[str, float]]:
    """Compute the metrics of each joint in mm, macro means over the sources.

    They are MPJPE, P-MPJPE and acceleration error.
    """
    means = {key: np.mean([_weighted([v for v in samples if v.source == s], key) for s in sources], axis=0)
             for key in ("mpjpe_mm", "p_mpjpe_mm", "accel_mm")}  # fmt: skip
    return {
        name: {key: round(float(values[joint]), 3) for key, values in means.items()}
        for joint, name in enumerate(H36M17.names)
    }


def _weighted(samples: Sequence[SampleMetrics], key: str) -> Doubles:
    """Average a metric per joint (17,) over the samples that have it, weighted by their rows."""
    known = [v for v in samples if np.isfinite(v.joint_metrics[key]).all()]
    if not known:
        return np.full(17, np.nan)
    return np.average([v.joint_metrics[key] for v in known], axis=0, weights=[v.metrics["rows"] for v in known])


def _group(samples: Sequence[SampleMetrics]) -> dict[str, Any]:
    sources = reference_sources(samples)
    # A draw without views of one source would show the difference between sources as spread: only complete draws count.
    whole = [[v for v in samples if v.draw == draw] for draw in sorted({v.draw for v in samples})]
    by_draw = [macro_mean(part, sources) for part in whole if {v.source for v in part} >= set(sources)]
    return {
        **macro_mean(samples, sources),
        "views": len(samples),
        "sources": len(sources),
        "spread": {key: round(float(np.std([row[key] for row in by_draw])), 3) for key in METRICS[:2]}
        if len(by_draw) > 1
        else None,
    }


def _order(row: str) -> tuple[float, str]:
    """Sort key of a row: bands and frame rates by number, all others by name."""
    first, _, rest = row.partition(" ")
    if first == "under":
        return -np.inf, row
    number = rest.split(" ")[0] if first == "from" else first
    try:
        return float(number) + (0.5 if first == "from" else 0), row
    except ValueError:
        return np.inf, row
