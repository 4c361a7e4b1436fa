"""Where the errors are: per joint, action, camera, distance and source rate, from the verdicts of a lifter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.core.arrays import Doubles
from pipeline.core.skeletons import H36M17
from training.evaluate.per_sample import MEASURES, Verdict, macro, trusted

TABLES = ("by_joint", "by_action", "by_camera_pitch", "by_camera_height", "by_distance", "by_source_rate")


def breakdown(of: Sequence[Verdict]) -> dict[str, dict[str, Any]]:
    """Table -> row -> the measures, macro over those sources (without the doubtful one) that have such sights.

    A row also tells `sights` and `sources`, how many of them it is made of, and `spread`, the standard deviation of its
    MPJPE and P-MPJPE over the draws (None: only one draw has such sights). The joints' table holds what single joints
    have.
    """
    sources = trusted(of)
    counted = [verdict for verdict in of if verdict.source in sources]
    out: dict[str, dict[str, Any]] = {"by_joint": by_joint(counted, sources)}
    for table in TABLES[1:]:
        rows = sorted({v.labels[table] for v in counted if table in v.labels}, key=_order)
        out[table] = {row: _group([v for v in counted if v.labels.get(table) == row]) for row in rows}
    return {table: rows for table, rows in out.items() if rows}


def by_joint(of: Sequence[Verdict], sources: Sequence[str]) -> dict[str, dict[str, float]]:
    """Joint -> MPJPE, P-MPJPE and acceleration error of that joint alone, macro over the sources. mm."""
    means = {key: np.mean([_weighted([v for v in of if v.source == s], key) for s in sources], axis=0)
             for key in ("mpjpe_mm", "p_mpjpe_mm", "accel_mm")}  # fmt: skip
    return {
        name: {key: round(float(values[joint]), 3) for key, values in means.items()}
        for joint, name in enumerate(H36M17.names)
    }


def _weighted(of: Sequence[Verdict], key: str) -> Doubles:
    """(17,) mean over the rows of these sights that have the measure."""
    known = [v for v in of if np.isfinite(v.joints[key]).all()]
    if not known:
        return np.full(17, np.nan)
    return np.average([v.joints[key] for v in known], axis=0, weights=[v.numbers["rows"] for v in known])


def _group(of: Sequence[Verdict]) -> dict[str, Any]:
    sources = trusted(of)
    # A draw whose cameras leave a source out would show the sources' difference as a spread: only whole draws count.
    whole = [[v for v in of if v.draw == draw] for draw in sorted({v.draw for v in of})]
    by_draw = [macro(part, sources) for part in whole if {v.source for v in part} >= set(sources)]
    return {
        **macro(of, sources),
        "sights": len(of),
        "sources": len(sources),
        "spread": {key: round(float(np.std([row[key] for row in by_draw])), 3) for key in MEASURES[:2]}
        if len(by_draw) > 1
        else None,
    }


def _order(row: str) -> tuple[float, str]:
    """Bands and rates by their numbers, everything else by name."""
    first, _, rest = row.partition(" ")
    if first == "under":
        return -np.inf, row
    number = rest.split(" ")[0] if first == "from" else first
    try:
        return float(number) + (0.5 if first == "from" else 0), row
    except ValueError:
        return np.inf, row
