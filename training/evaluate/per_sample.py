"""Judge lifters: the measures of every sight, and the figure that counts, the macro mean over the sources.

Everything goes through the library's own lifter: normalisation, mirroring, pruning and recovering included. Truth and
prediction are brought to the same stature (median over the window of leg + pelvis-thorax-nose-head_top = 1.55 m) before
errors are measured; millimetres are at that stature.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from pipeline.core.arrays import Doubles, Floats
from pipeline.lift.base import WindowLifter
from training.data.motion_file import Clips, at_unit_stature
from training.evaluate.frozen_views import Sight, load_views, sights
from training.metrics import (
    acceleration_error,
    joint_acceleration_errors,
    joint_errors,
    n_mpjpe,
    p_joint_errors,
    peak_speed,
)
from training.synthesis.detector_errors import ErrorModel

MEASURES = ("mpjpe_mm", "p_mpjpe_mm", "n_mpjpe_mm", "accel_mm", "peak_speed_share")
MEANS = MEASURES[:4]
DOUBTFUL = "reactidle"  # estimates themselves: told, but kept out of the figure that counts

Fov = Literal["known", "assumed"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The measures of one sight (or of a part of it), and the labels that tables sort it by: table -> row."""

    draw: int
    clip: int
    source: str
    numbers: Mapping[str, float]
    joints: Mapping[str, Doubles] = field(default_factory=dict)  # measure -> (17,)
    labels: Mapping[str, str] = field(default_factory=dict)


def lift_sight(lifter: WindowLifter, sight: Sight, fov: Fov) -> Floats:
    """(F, 17, 3) of the lifter, the only place where the judge calls it.

    `fov`: whether the lifter is told the camera's field of view, or has to assume one.
    """
    told = sight.fov_deg if fov == "known" else None
    return lifter.lift_windows(sight.image[None], sight.scores[None], sight.size_px, fov_deg=told)[0]


def at_stature(joints: Floats | Doubles) -> Doubles:
    """(F, 17, 3) of one window -> the same body at unit stature."""
    return at_unit_stature(joints.astype(np.float64)[None])[0][0]


def judge(lifter: WindowLifter, sight: Sight, fov: Fov = "known") -> dict[str, float]:
    """The measures of one sight, over the clip's own rows."""
    return measure(at_stature(lift_sight(lifter, sight, fov))[sight.own], sight.true[sight.own], sight.rate_hz)[0]


def measure(predicted: Doubles, true: Doubles, rate_hz: float) -> tuple[dict[str, float], dict[str, Doubles]]:
    """(T, 17, 3) both at unit stature -> the measures, and those that single joints have (17,)."""
    errors, aligned = joint_errors(predicted, true), p_joint_errors(predicted, true)
    T = len(true)
    numbers = {
        "mpjpe_mm": 1000 * float(errors.mean(-1).mean()),
        "p_mpjpe_mm": 1000 * float(aligned.mean(-1).mean()),
        "n_mpjpe_mm": 1000 * float(n_mpjpe(predicted, true).mean()),
        "accel_mm": 1000 * float(acceleration_error(predicted, true, rate_hz).mean()) if T > 2 else np.nan,
        "peak_m_s": peak_speed(predicted, rate_hz) if T > 1 else np.nan,
        "true_peak_m_s": peak_speed(true, rate_hz) if T > 1 else np.nan,
        "rows": float(T),
    }
    joints = {"mpjpe_mm": 1000 * errors.mean(0), "p_mpjpe_mm": 1000 * aligned.mean(0)}
    tremble = joint_acceleration_errors(predicted, true, rate_hz).mean(0) if T > 2 else np.full(17, np.nan)
    return numbers, joints | {"accel_mm": 1000 * tremble}


def verdicts(
    judged: Mapping[str, tuple[WindowLifter, Fov]], clips: Clips, draws: int, errors: ErrorModel | None
) -> dict[str, list[Verdict]]:
    """Each of several lifters, all of the same window length, on the very same sights."""
    views = load_views()
    frames = next(iter(judged.values()))[0].frames
    out: dict[str, list[Verdict]] = {name: [] for name in judged}
    for draw in range(draws):
        for sight in sights(clips, views, frames, draw, errors):
            labels = labels_of(sight, clips)
            for name, (lifter, fov) in judged.items():
                lifted = at_stature(lift_sight(lifter, sight, fov))[sight.own]
                numbers, joints = measure(lifted, sight.true[sight.own], sight.rate_hz)
                out[name].append(Verdict(draw, sight.clip, str(clips.source[sight.clip]), numbers, joints, labels))
    return out


_PITCH_DEG, _HEIGHT_M, _DISTANCE_M = (-10, 10, 30), (-0.5, 0.5, 1.5), (1.5, 3, 6)


def labels_of(sight: Sight, clips: Clips) -> dict[str, str]:
    """Table -> row of that table. Heights and distances are at unit stature."""
    labels = {} if clips.action is None else {"by_action": str(clips.action[sight.clip])}
    return labels | {
        "by_camera_pitch": band(sight.pitch_deg, _PITCH_DEG, "deg"),
        "by_camera_height": band(sight.height_m, _HEIGHT_M, "m"),
        "by_distance": band(sight.distance_m, _DISTANCE_M, "m"),
        "by_source_rate": f"{sight.rate_hz:g} fps",
    }


def band(value: float, limits: Sequence[float], unit: str) -> str:
    """The name of the stretch between two limits that the value lies in; a limit belongs to the one above it."""
    place = int(np.searchsorted(limits, value, side="right"))
    if place == 0:
        return f"under {limits[0]:g} {unit}"
    if place == len(limits):
        return f"from {limits[-1]:g} {unit}"
    return f"{limits[place - 1]:g} to {limits[place]:g} {unit}"


def trusted(of: Iterable[Verdict]) -> list[str]:
    """The sources that the figure is the mean of."""
    sources = sorted({verdict.source for verdict in of})
    return [source for source in sources if source != DOUBTFUL] or sources


def macro(of: Sequence[Verdict], sources: Sequence[str]) -> dict[str, float]:
    """Every source counts the same, in it every row."""
    rows = [_mean([verdict.numbers for verdict in of if verdict.source == source]) for source in sources]
    return {key: round(float(np.mean([row[key] for row in rows])), 3) for key in MEASURES}


def summary(of: Sequence[Verdict]) -> dict[str, Any]:
    """The figure that counts with its spread over the draws, and what it is made of."""
    sources = sorted({verdict.source for verdict in of})
    counted = trusted(of)
    return {
        **macro(of, counted),
        "spread": spread(of, counted),
        "macro_all_sources": macro(of, sources),
        "overall": _mean([verdict.numbers for verdict in of]),
        "by_source": {source: _mean([v.numbers for v in of if v.source == source]) for source in sources},
    }


def spread(of: Sequence[Verdict], sources: Sequence[str]) -> dict[str, float]:
    """Standard deviation of the figure over the draws."""
    by_draw = [macro([v for v in of if v.draw == draw], sources) for draw in sorted({v.draw for v in of})]
    return {key: round(float(np.std([row[key] for row in by_draw])), 3) for key in MEASURES}


def evaluate(
    lifter: WindowLifter, clips: Clips, draws: int, errors: ErrorModel | None, fov: Fov = "known"
) -> dict[str, Any]:
    """The `summary` of one lifter."""
    return summary(verdicts({"it": (lifter, fov)}, clips, draws, errors)["it"])


def _mean(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Every row counts the same; the peak speeds' share is that of their means, since people may stand still."""
    out = {}
    for key in (*MEANS, "peak_m_s", "true_peak_m_s"):
        values = np.array([row[key] for row in rows])
        known = np.isfinite(values)
        weight = np.array([row["rows"] for row in rows])[known]
        out[key] = round(float(np.average(values[known], weights=weight)), 3) if known.any() else float("nan")
    out["peak_speed_share"] = round(out.pop("peak_m_s") / max(out.pop("true_peak_m_s"), 1e-3), 3)
    return out
