"""Measure the coverage of standard errors, and how wide their bands are.

Errors are those along one axis: x and y across the image, and depth, of the 16 joints besides the pelvis. A band for
90 % reaches 1.645 standard errors to either side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.core.arrays import Floats

COVERAGE, HALF_WIDTH = 0.9, 1.645  # share of the errors inside a band, and its half width in standard errors
KINDS = ("image", "depth")


@dataclass(frozen=True, slots=True)
class Judged:
    """Hold absolute errors (N, 16, 3) and standard errors (N, 16, 2), metres at unit stature."""

    error: Floats
    standard_error: Floats

    @staticmethod
    def of(parts: Sequence[Judged]) -> Judged:
        """Join the frames of several."""
        return Judged(np.concatenate([p.error for p in parts]), np.concatenate([p.standard_error for p in parts]))

    def scaled(self, factors: Floats) -> Judged:
        """Multiply the standard errors by factors (2,)."""
        return Judged(self.error, self.standard_error * factors)

    def of_kind(self, kind: str) -> tuple[Floats, Floats]:
        """Return errors and standard errors (N, 16, n) across the image or in depth."""
        if kind == "depth":
            return self.error[..., 2:], self.standard_error[..., 1:]
        return self.error[..., :2], np.repeat(self.standard_error[..., :1], 2, axis=-1)

    def both(self) -> tuple[Floats, Floats]:
        """Return errors and standard errors (N, 16, 3) of all axes."""
        return self.error, self.standard_error[..., [0, 0, 1]]


def calibration(judged: Judged) -> Floats:
    """Return the factors (2,) of the standard errors with which `COVERAGE` holds."""
    return np.array(
        [np.quantile(error / sigma, COVERAGE) / HALF_WIDTH for error, sigma in map(judged.of_kind, KINDS)], np.float32
    )


def coverage(judged: Judged) -> dict[str, dict[str, float]]:
    """Measure the bands across the image, in depth and over all axes.

    `inside`: share of the errors in the bands. `half_width_mm`: their mean half width for 90 %. `width_ratio`: mean
    width over that of one number for all joints and frames, both scaled to hold exactly 90 % of these errors.
    `score_ratio`: the interval score (Winkler 1972), which charges ten times the distance of what is outside, over that
    of the one number.
    """
    out = {}
    for name, (error, sigma) in [*((kind, judged.of_kind(kind)) for kind in KINDS), ("all", judged.both())]:
        exact = float(np.quantile(error / sigma, COVERAGE)) * sigma.mean()
        one = float(np.quantile(error, COVERAGE))
        out[name] = {
            "inside": round(float((error <= HALF_WIDTH * sigma).mean()), 4),
            "half_width_mm": round(1000 * HALF_WIDTH * float(sigma.mean()), 1),
            "one_for_all_mm": round(1000 * one, 1),
            "width_ratio": round(float(exact) / one, 3),
            "score_ratio": round(_interval_score(error, HALF_WIDTH * sigma) / _interval_score(error, one), 3),
        }
    return out


def _interval_score(error: Floats, half_width: Floats | float) -> float:
    return float(np.mean(half_width + np.maximum(error - half_width, 0) / (1 - COVERAGE)))
