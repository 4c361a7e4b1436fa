"""Name the array types that travel through the program, and check their shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


Doubles = NDArray[np.float64]


Ints = NDArray[np.int64]


Image = NDArray[np.uint8]

# Limits of plausible values; readers of files refuse what lies beyond.
FARTHEST_PX = 1e6  # px from the corner of the image to a joint
FARTHEST_M = 1e5  # m from the origin of the world to a joint
HIGHEST_SCORE = 2.0  # of a confidence: SimCC heads give a little above 1, percentages are an error
LATEST_S = 1e13  # s of a time stamp: clocks that count milliseconds since 1970 stay below
LONGEST_S = 1e7  # s from the first to the last frame: 115 days
SHORTEST_STEP_S = 1e-6  # s from frame to frame in the median: a million frames a second


def check_shape(name: str, array: NDArray[Any], expected: tuple[int | None, ...]) -> None:
    """Raise ValueError with expected and actual shape unless `array` has the `expected` one (None: any length)."""
    actual = array.shape
    if len(actual) != len(expected) or any(e is not None and e != a for e, a in zip(expected, actual, strict=True)):
        wanted = "(" + ", ".join("any" if e is None else str(e) for e in expected) + ")"
        raise ValueError(f"{name} has shape {actual}, expected {wanted}")


def check_numbers(name: str, values: NDArray[Any], low: float, high: float, gaps: bool = False) -> None:
    """Raise ValueError unless all values lie between `low` and `high`; `gaps` lets NaN (not known) through."""
    with np.errstate(invalid="ignore"):
        wrong = ~((values >= low) & (values <= high))
    if gaps:
        wrong &= ~np.isnan(values)
    if wrong.any():
        first = np.unravel_index(int(np.argmax(wrong)), values.shape)
        raise ValueError(f"{name} is {values[first]:g} in row {int(first[0])}, expected {low:g} to {high:g}")


def check_times(name: str, time_s: Doubles) -> None:
    """Raise ValueError unless time stamps (T,) are finite, rise, and step and span plausible times."""
    check_numbers(name, time_s, -LATEST_S, LATEST_S)
    steps = np.diff(time_s)
    if (steps <= 0).any():
        raise ValueError(f"{name} does not rise after row {int(np.argmax(steps <= 0))}")
    if len(steps) and np.median(steps) < SHORTEST_STEP_S:
        raise ValueError(f"{name} rises by {np.median(steps):.3g} s a frame, expected {SHORTEST_STEP_S:g} s or more")
    if len(steps) and time_s[-1] - time_s[0] > LONGEST_S:
        raise ValueError(f"{name} spans {time_s[-1] - time_s[0]:.3g} s, expected at most {LONGEST_S:g} s")
