"""Compute the metrics of each view and their macro mean over the data sources.

The macro mean is the headline figure. Predictions come from the library's own lifter, including normalisation, mirror
averaging, pruning and recovering. Truth and prediction are scaled to the same stature (window median of leg +
pelvis-thorax-nose-head_top = 1.55 m) before their errors are measured; millimetres are at that stature.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from pipeline.core.arrays import Doubles, Floats
from pipeline.core.camera import Camera
from pipeline.lift.base import WindowLifter
from training.data.motion_file import Clips, at_unit_stature
from training.evaluate.frozen_views import View, load_frozen_cameras, render_views
from training.metrics import (
    acceleration_error,
    joint_acceleration_errors,
    joint_errors,
    n_mpjpe,
    p_joint_errors,
    peak_speed,
)
from training.synthesis.detector_errors import ErrorModel

METRICS = ("mpjpe_mm", "p_mpjpe_mm", "n_mpjpe_mm", "accel_mm", "peak_speed_share")
MEAN_METRICS = METRICS[:4]
ESTIMATED_SOURCE = "reactidle"  # its joints are estimates themselves: reported, but not in the headline figure

Fov = Literal["known", "assumed"]


@dataclass(frozen=True, slots=True)
class SampleMetrics:
    """Metrics of one view or of a few of its frames, with the labels that group it in tables."""

    draw: int
    clip: int
    source: str
    metrics: Mapping[str, float]
    joint_metrics: Mapping[str, Doubles] = field(default_factory=dict)  # metric -> (17,)
    labels: Mapping[str, str] = field(default_factory=dict)  # table -> row


def lift_view(lifter: WindowLifter, view: View, fov: Fov) -> Floats:
    """Lift one view: joints (F, 17, 3) of its window.

    All evaluations of windows call the lifter here. `fov`: "known" gives the lifter the camera's field of view,
    "assumed" leaves it to the default.
    """
    return lifter.lift_windows(view.image[None], view.scores[None], camera_given(view, fov))[0]


def camera_given(view: View, fov: Fov) -> Camera:
    """Return the camera given to the lifter: the true one, or one of assumed field of view."""
    return view.camera if fov == "known" else Camera.assumed(view.camera.size_px, view.rate_hz)


def at_stature(joints: Floats | Doubles) -> Doubles:
    """Scale the joints (F, 17, 3) of one window to unit stature."""
    return at_unit_stature(joints.astype(np.float64)[None])[0][0]


def pose_metrics(predicted: Doubles, true: Doubles, rate_hz: float) -> tuple[dict[str, float], dict[str, Doubles]]:
    """Compute the metrics of joints (T, 17, 3) at unit stature, overall and per joint (17,)."""
    errors, aligned = joint_errors(predicted, true), p_joint_errors(predicted, true)
    T = len(true)
    metrics = {
        "mpjpe_mm": 1000 * float(errors.mean(-1).mean()),
        "p_mpjpe_mm": 1000 * float(aligned.mean(-1).mean()),
        "n_mpjpe_mm": 1000 * float(n_mpjpe(predicted, true).mean()),
        "accel_mm": 1000 * float(acceleration_error(predicted, true, rate_hz).mean()) if T > 2 else np.nan,
        "peak_m_s": peak_speed(predicted, rate_hz) if T > 1 else np.nan,
        "true_peak_m_s": peak_speed(true, rate_hz) if T > 1 else np.nan,
        "rows": float(T),
    }
    joints = {"mpjpe_mm": 1000 * errors.mean(0), "p_mpjpe_mm": 1000 * aligned.mean(0)}
    acceleration = joint_acceleration_errors(predicted, true, rate_hz).mean(0) if T > 2 else np.full(17, np.nan)
    return metrics, joints | {"accel_mm": 1000 * acceleration}


def sample_metrics(
    lifters: Mapping[str, tuple[WindowLifter, Fov]], clips: Clips, draws: int, errors: ErrorModel | None
) -> dict[str, list[SampleMetrics]]:
    """Measure several lifters of the same window length on identical views: name -> samples."""
    cameras = load_frozen_cameras()
    frames = next(iter(lifters.values()))[0].frames
    out: dict[str, list[SampleMetrics]] = {name: [] for name in lifters}
    for draw in range(draws):
        for view in render_views(clips, cameras, frames, draw, errors):
            labels = labels_of(view, clips)
            for name, (lifter, fov) in lifters.items():
                lifted = at_stature(lift_view(lifter, view, fov))[view.own]
                metrics, joints = pose_metrics(lifted, view.true[view.own], view.rate_hz)
                out[name].append(SampleMetrics(draw, view.clip, str(clips.source[view.clip]), metrics, joints, labels))
    return out


_PITCH_DEG, _HEIGHT_M, _DISTANCE_M = (-10, 10, 30), (-0.5, 0.5, 1.5), (1.5, 3, 6)  # limits of the bands in tables


def labels_of(view: View, clips: Clips) -> dict[str, str]:
    """Return the row of a view in each table. Heights and distances are at unit stature."""
    labels = {} if clips.action is None else {"by_action": str(clips.action[view.clip])}
    return labels | {
        "by_camera_pitch": band_name(view.pitch_deg, _PITCH_DEG, "deg"),
        "by_camera_height": band_name(view.height_m, _HEIGHT_M, "m"),
        "by_distance": band_name(view.distance_m, _DISTANCE_M, "m"),
        "by_source_rate": f"{view.rate_hz:g} fps",
    }


def band_name(value: float, limits: Sequence[float], unit: str) -> str:
    """Name the band between limits that contains a value.

    Each limit belongs to the band above it.
    """
    index = int(np.searchsorted(limits, value, side="right"))
    if index == 0:
        return f"under {limits[0]:g} {unit}"
    if index == len(limits):
        return f"from {limits[-1]:g} {unit}"
    return f"{limits[index - 1]:g} to {limits[index]:g} {unit}"


def reference_sources(samples: Iterable[SampleMetrics]) -> list[str]:
    """List the sources that the headline figure averages: all without `ESTIMATED_SOURCE`."""
    sources = sorted({sample.source for sample in samples})
    return [source for source in sources if source != ESTIMATED_SOURCE] or sources


def macro_mean(samples: Sequence[SampleMetrics], sources: Sequence[str]) -> dict[str, float]:
    """Average the metrics with equal weight per source, and within a source per row."""
    rows = [_row_mean([sample.metrics for sample in samples if sample.source == source]) for source in sources]
    return {key: round(float(np.mean([row[key] for row in rows])), 3) for key in METRICS}


def summary(samples: Sequence[SampleMetrics]) -> dict[str, Any]:
    """Summarise samples: headline macro mean, its spread, other means and each source."""
    sources = sorted({sample.source for sample in samples})
    counted = reference_sources(samples)
    return {
        **macro_mean(samples, counted),
        "spread": spread(samples, counted),
        "macro_all_sources": macro_mean(samples, sources),
        "overall": _row_mean([sample.metrics for sample in samples]),
        "by_source": {source: _row_mean([v.metrics for v in samples if v.source == source]) for source in sources},
    }


def spread(samples: Sequence[SampleMetrics], sources: Sequence[str]) -> dict[str, float]:
    """Compute the standard deviation of the macro mean over the draws."""
    by_draw = [
        macro_mean([v for v in samples if v.draw == draw], sources) for draw in sorted({v.draw for v in samples})
    ]
    return {key: round(float(np.std([row[key] for row in by_draw])), 3) for key in METRICS}


def _row_mean(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Average the metrics over rows.

    The peak speed share is the ratio of mean peak speeds, since people may stand still.
    """
    out = {}
    for key in (*MEAN_METRICS, "peak_m_s", "true_peak_m_s"):
        values = np.array([row[key] for row in rows])
        known = np.isfinite(values)
        weight = np.array([row["rows"] for row in rows])[known]
        out[key] = round(float(np.average(values[known], weights=weight)), 3) if known.any() else float("nan")
    out["peak_speed_share"] = round(out.pop("peak_m_s") / max(out.pop("true_peak_m_s"), 1e-3), 3)
    return out
