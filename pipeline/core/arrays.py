"""Define the array types of the pipeline, arrays that grow, and checks of shapes and values."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


Halves = NDArray[np.float16]


Doubles = NDArray[np.float64]


Ints = NDArray[np.int64]


Image = NDArray[np.uint8]

# Limits of plausible values; readers of files refuse values beyond them.
FARTHEST_PX = 1e6  # px, largest distance of a joint from the corner of the image
FARTHEST_M = 1e5  # m, largest distance of a joint from the origin of the world
HIGHEST_SCORE = 2.0  # largest confidence: SimCC heads give a little above 1; percentages are an error
LATEST_S = 1e13  # s, latest timestamp: clocks that count milliseconds since 1970 stay below it
LONGEST_S = 1e7  # s, longest take from the first to the last frame: 115 days
SHORTEST_STEP_S = 1e-6  # s, smallest median frame step: a million frames per second


def check_shape(name: str, array: NDArray[Any], expected: tuple[int | None, ...]) -> None:
    """Raise ValueError unless `array` has the `expected` shape (None: any length).

    The message holds the expected and the actual shape.
    """
    actual = array.shape
    if len(actual) != len(expected) or any(e is not None and e != a for e, a in zip(expected, actual, strict=True)):
        wanted = "(" + ", ".join("any" if e is None else str(e) for e in expected) + ")"
        raise ValueError(f"{name} has shape {actual}, expected {wanted}")


def check_numbers(name: str, values: NDArray[Any], low: float, high: float, gaps: bool = False) -> None:
    """Raise ValueError unless all values lie in [`low`, `high`]; `gaps` permits NaN (not known)."""
    with np.errstate(invalid="ignore"):
        wrong = ~((values >= low) & (values <= high))
    if gaps:
        wrong &= ~np.isnan(values)
    if wrong.any():
        first = np.unravel_index(int(np.argmax(wrong)), values.shape)
        raise ValueError(f"{name} is {values[first]:g} in row {int(first[0])}, expected {low:g} to {high:g}")


def check_times(name: str, time_s: Doubles) -> None:
    """Raise ValueError unless timestamps (T,) are finite, rising and plausible in step and span."""
    check_numbers(name, time_s, -LATEST_S, LATEST_S)
    steps = np.diff(time_s)
    if (steps <= 0).any():
        raise ValueError(f"{name} does not rise after row {int(np.argmax(steps <= 0))}")
    if len(steps) and np.median(steps) < SHORTEST_STEP_S:
        raise ValueError(f"{name} rises by {np.median(steps):.3g} s a frame, expected {SHORTEST_STEP_S:g} s or more")
    if len(steps) and time_s[-1] - time_s[0] > LONGEST_S:
        raise ValueError(f"{name} spans {time_s[-1] - time_s[0]:.3g} s, expected at most {LONGEST_S:g} s")


class GrowingArray:
    """Hold an array that grows at its end in amortised constant time."""

    def __init__(self, shape: tuple[int, ...], dtype: type, fill: float = 0) -> None:
        """Hold no rows of `shape` yet; rows that `put` skips over hold `fill`."""
        self._fill = fill
        self._data: NDArray[Any] = np.full((64, *shape), fill, dtype)
        self._length = 0

    @classmethod
    def of(cls, values: NDArray[Any], like: GrowingArray) -> GrowingArray:
        """Return an array that holds `values` and grows with the fill value of `like`."""
        grown = cls(values.shape[1:], values.dtype.type, like._fill)
        grown._data, grown._length = values, len(values)
        return grown

    def __len__(self) -> int:
        return self._length

    def filled(self, count: int) -> NDArray[Any]:
        """Return a new array of `count` rows that hold the fill value."""
        return np.full((count, *self._data.shape[1:]), self._fill, self._data.dtype)

    @property
    def view(self) -> NDArray[Any]:
        """Return the rows without copying; they can be changed."""
        return self._data[: self._length]

    @property
    def values(self) -> NDArray[Any]:
        """Return the rows without copying, read-only."""
        rows = self.view
        rows.flags.writeable = False
        return rows

    def put(self, row: int, value: object) -> None:
        """Write `value` at `row`, at or beyond the end; rows skipped over keep the fill value."""
        self._reserve(row + 1)
        self._data[row] = value
        self._length = max(self._length, row + 1)

    def extend(self, rows: NDArray[Any]) -> None:
        """Append `rows` (n, ...) at the end."""
        end = self._length + len(rows)
        self._reserve(end)
        self._data[self._length : end] = rows
        self._length = end

    def _reserve(self, count: int) -> None:
        if count > len(self._data):
            grown = self.filled(max(count, 2 * len(self._data)))
            grown[: self._length] = self.view
            self._data = grown
