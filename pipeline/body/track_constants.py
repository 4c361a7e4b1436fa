"""Keep what steps estimate from a whole track, for computing a stretch of it alone.

Most of these steps look some seconds to either side; a few values come from all frames: the body's bone lengths, usual
noise, usual weights. Computed from a stretch alone they would be others, and so would every joint. So the first time
such a value is computed and kept; a stretch is then computed with the kept ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

_Value = TypeVar("_Value")


class NoConstant(Exception):  # noqa: N818 - not an error: the caller computes the whole track instead
    """Signal that a stretch needs a value that the whole track did not have."""


class TrackConstants:
    """Hold the constants of one track by name. Use from one thread."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self._prefix = ""
        self._row: int | None = None  # first row of the stretch; None: the whole track is being computed

    @property
    def whole(self) -> bool:
        """Return whether the whole track is being computed, not a stretch."""
        return self._row is None

    def of(self, step: str) -> TrackConstants:
        """Return the constants of one step; its names do not collide with those of another."""
        return self._view(f"{self._prefix}{step}.", self._row)

    def stretch(self, row: int) -> TrackConstants:
        """Return the constants for computing a stretch that begins at `row` of the track."""
        return self._view(self._prefix, row)

    def get(self, name: str, compute: Callable[[], _Value]) -> _Value:
        """Return a value of the whole track, computed if this is it. Raises `NoConstant`."""
        key = self._prefix + name
        if self._row is None:
            self._values[key] = compute()
        elif key not in self._values:
            raise NoConstant(key)
        return cast(_Value, self._values[key])

    def of_run(self, name: str, run: slice, compute: Callable[[], _Value]) -> _Value:
        """Return a value of a run of rows (of the stretch, where one is computed), as `get` does."""
        key = self._prefix + name
        if self._row is None:
            value = compute()
            self._values.setdefault(key, {})[run.start, run.stop] = value
            return value
        start, stop = run.start + self._row, run.stop + self._row
        there = [value for (a, b), value in self._values.get(key, {}).items() if a < stop and start < b]
        if len(there) != 1:  # the person is seen in other frames now
            raise NoConstant(key)
        return cast(_Value, there[0])

    def _view(self, prefix: str, row: int | None) -> TrackConstants:
        view = TrackConstants()
        view._values, view._prefix, view._row = self._values, prefix, row
        return view
