"""Format the evaluation's results as plain text tables."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from training.evaluate.breakdown import TABLES
from training.evaluate.per_sample import METRICS

KINDS = ("clean", "detector_errors")
_WIDTH = 40
_HEAD = f"{'MPJPE':>9}{'P-MPJPE':>9}{'N-MPJPE':>9}{'accel':>9}{'peak speed':>12}"


def headline_text(result: Mapping[str, Any]) -> str:
    """Format the headline figure and each source, for every kind of input in the result."""
    lines = [f"{'':{_WIDTH}}{_HEAD}"]
    for kind in KINDS:
        spread = result[kind]["spread"]
        over = f"   (draws +- {spread['mpjpe_mm']:.1f}, {spread['p_mpjpe_mm']:.1f})" if result["draws"] > 1 else ""
        lines.append(line(kind, result[kind]) + over)
        lines += [line(f"  {source}", row) for source, row in result[kind]["by_source"].items()]
        if f"{kind}_fov_assumed" in result:
            lines.append(line(f"{kind}, field of view assumed", result[f"{kind}_fov_assumed"]))
    return "\n".join(lines)


def line(name: str, row: Mapping[str, Any]) -> str:
    """Format one row: its name and metrics, '-' for missing ones."""
    return f"{name[: _WIDTH - 1]:{_WIDTH}}" + "".join(
        _number(row.get(key), 12 if key == "peak_speed_share" else 9, 2 if key == "peak_speed_share" else 1)
        for key in METRICS
    )


def _number(value: float | None, width: int, digits: int) -> str:
    return f"{'-':>{width}}" if value is None or math.isnan(value) else f"{value:{width}.{digits}f}"


def breakdown_text(result: Mapping[str, Any]) -> str:
    """Format every table of `training.evaluate.breakdown`, without and with detector errors."""
    lines = []
    for table in TABLES:
        for kind in KINDS:
            rows = result[kind].get(table, {})
            if rows:
                lines += [
                    "",
                    f"{table.replace('_', ' ')}, {kind}"[: _WIDTH - 1].ljust(_WIDTH) + _HEAD + f"{'views':>9}",
                ]
                lines += [line(f"  {name}", row) + f"{row.get('views', ''):>9}" for name, row in rows.items()]
    return "\n".join(lines)


def twin_text(title: str, first: str, twin: Mapping[str, Any]) -> str:
    """Format two lifters and their mean paired differences with standard errors."""
    costs = ", ".join(f"{name} {cost:.3f}" for name, cost in twin["gflops"].items() if cost)
    lines = ["", f"{title}: {first} against {twin['model']} ({twin['prune']}); GFLOPs {costs}", f"{'':{_WIDTH}}{_HEAD}"]
    for kind in KINDS:
        both = twin[kind]
        lines += [line(f"{kind}: {first}", both["judged"]), line(f"{kind}: twin", both["twin"])]
        pairs = ", ".join(_change(key, both["difference"][key]) for key in METRICS[:4])
        lines.append(f"  difference (mm, paired over clips): {pairs}")
    return "\n".join(lines)


def _change(key: str, change: Mapping[str, float | None]) -> str:
    error = change["standard_error"]
    return f"{key.removesuffix('_mm')} {change['mean']:+.2f}" + ("" if error is None else f" +- {error:.2f}")


def causal_text(causal: Mapping[str, Any]) -> str:
    """Format the errors of every look-ahead and of the centred window on the same frames."""
    sampled = causal["sampled"]
    lines = ["", f"Newest frame: {sampled['reads']} frames of {sampled['clips']} clips and {sampled['draws']} draws"]
    lines.append(f"  ({sampled['whole_past_share']:.0%} of them with a whole window of past; {sampled['about']})")
    lines.append(f"{'':{_WIDTH}}{_HEAD}")
    for kind in KINDS:
        for name, row in causal[kind].items():
            title = name if name == "centred" else f"{name.removeprefix('live ')} frames ahead"
            title += ", live" if name.startswith("live") else ""
            lines.append(line(f"{kind}: {title}", row))
    return "\n".join(lines)
