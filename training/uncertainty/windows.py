"""Cut training windows for the network of standard errors from lifted tracks.

Shapes: `T` rows of a track, `B` windows, `F` rows of a window, `C` features.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.core.arrays import Floats
from pipeline.core.skeletons import H36M17
from pipeline.lift.uncertainty.features import JOINT_FEATURES, answer_features, mirrored, step_rows
from training.uncertainty.lifted_tracks import LiftedSample

ROWS = 64  # rows of a training window, one step of `step_rows` apart
RENDERED = ("full", "heavy")  # sources of detections that were not simulated
_LENGTH_POWER = 0.5  # exponent of the length in the probability that a track is drawn


@dataclass(frozen=True, slots=True)
class ErrorTrack:
    """Hold the features of an answer and its errors, in the axes of the features."""

    values: Floats  # (T, C)
    lifted: NDArray[np.bool_]  # (T,)
    error: Floats  # (T, 17, 3) m at unit stature; 0 where not lifted
    step: int
    sample: LiftedSample


@dataclass(frozen=True, slots=True)
class ErrorBatch:
    """Hold windows of features, the rows that count, and the errors of their joints."""

    values: Floats  # (B, F, C)
    lifted: NDArray[np.bool_]  # (B, F)
    error: Floats  # (B, F, 17, 3)


def error_track(sample: LiftedSample, with_depth: bool = True) -> ErrorTrack:
    """Compute features and errors of a sample.

    `with_depth` False hides the detector's own depth.
    """
    depth = sample.depth if with_depth else None
    found = answer_features(sample.found, sample.scores, sample.lifted, sample.camera, depth)
    off = np.nan_to_num(sample.lifted - sample.true) @ np.swapaxes(found.axes, -1, -2)
    error = np.where(found.lifted[:, None, None], off, 0).astype(np.float32)
    return ErrorTrack(found.values, found.lifted, error, step_rows(sample.camera.rate_hz), sample)


def draw_weights(tracks: Sequence[ErrorTrack], rendered_share: float) -> NDArray[np.float64]:
    """Compute the probability (N,) of each track; rendered people have a given share."""
    rendered = np.array([track.sample.source in RENDERED for track in tracks])
    weight = np.array([len(track.values) for track in tracks], np.float64) ** _LENGTH_POWER
    share = np.where(rendered, rendered_share, 1 - rendered_share)
    total = np.where(rendered, weight[rendered].sum(), weight[~rendered].sum())
    out = share * weight / total
    return np.asarray(out / out.sum())


def draw_batch(
    tracks: Sequence[ErrorTrack], weight: NDArray[np.float64], rng: np.random.Generator, count: int, hide_depth: float
) -> ErrorBatch:
    """Draw windows; half of them are mirrored.

    A share `hide_depth` lacks the detector's own depth.
    """
    size = tracks[0].values.shape[1]
    values, error = np.zeros((count, ROWS, size), np.float32), np.zeros((count, ROWS, 17, 3), np.float32)
    lifted = np.zeros((count, ROWS), bool)
    for b, number in enumerate(rng.choice(len(tracks), count, p=weight)):
        track = tracks[number]
        rows = np.arange(int(rng.integers(track.step)), len(track.values), track.step)
        first = int(rng.integers(max(len(rows) - ROWS, 0) + 1))
        rows = rows[first : first + ROWS]
        x, off = track.values[rows], track.error[rows]
        if rng.random() < 0.5:
            x, off = mirrored(x), off[:, H36M17.mirror]
        if rng.random() < hide_depth:
            x = without_depth(x)
        values[b, : len(rows)], error[b, : len(rows)], lifted[b, : len(rows)] = x, off, track.lifted[rows]
    return ErrorBatch(values, lifted, error)


def without_depth(values: Floats) -> Floats:
    """Hide the detector's own depth in features (..., C)."""
    out = values.copy()
    for name in ("depth_difference", "depth_known"):
        out[..., JOINT_FEATURES.index(name) : 17 * len(JOINT_FEATURES) : len(JOINT_FEATURES)] = 0
    return out
