"""Store the growing rows of people's tracks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Floats, GrowingArray
from ..core.poses import EXTRAS, Extras, blank_extra, joined_extras
from ..core.skeletons import SKELETONS, h36m17_from


class PersonRows:
    """Store the growing rows of one person's track, from the first frame with the person.

    The columns are those of `PersonTrack`. Rows are converted to H36M-17 once and many at a time, when they are first
    read: one frame costs about as much as a hundred.
    """

    def __init__(self, first: int, skeleton: str) -> None:
        self.first = first
        self._skeleton = skeleton
        self._columns = [  # joints and scores of the detector, then of H36M-17
            column
            for count in (len(SKELETONS[skeleton].names), 17)
            for column in (GrowingArray((count, 2), np.float32, np.nan), GrowingArray((count,), np.float32, 0.0))
        ]
        self._extras: dict[str, GrowingArray] = {}  # those that the detector has given so far

    def put(self, row: int, joints: Floats, scores: Floats, extras: Extras) -> None:
        """Write joints (J, 2), scores (J,) and extras at a row of the take, after earlier rows."""
        for column, value in zip(self._columns, (joints, scores), strict=False):
            column.put(row - self.first, value)
        for name, values in extras.items():
            if name not in self._extras:
                shape = EXTRAS[name].shape(SKELETONS[self._skeleton])
                self._extras[name] = GrowingArray(shape, EXTRAS[name].dtype, np.nan)
            self._extras[name].put(row - self.first, values)

    def followed_by(self, later: PersonRows) -> PersonRows:
        """Return these rows with those of `later`, which begin after their end."""
        joined = PersonRows(self.first, self._skeleton)
        stop = later.first + len(later._columns[0])
        joined._columns = [
            GrowingArray.of(np.concatenate([early, late]), own)
            for early, late, own in zip(
                self.between(self.first, later.first), later.between(later.first, stop), self._columns, strict=True
            )
        ]
        parts = [
            (later.first - self.first, self.extras_between(self.first, later.first)),
            (stop - later.first, later.extras_between(later.first, stop)),
        ]
        for name, values in joined_extras(parts, self._skeleton).items():
            joined._extras[name] = GrowingArray.of(values, self._extras.get(name) or later._extras[name])
        return joined

    def between(self, start: int, stop: int) -> list[Floats]:
        """Return copies of the columns for the rows start <= row < stop; NaN and 0 where not seen."""
        self._convert()
        low, high = max(start, self.first), min(stop, self.first + len(self._columns[0]))
        parts = []
        for column in self._columns:
            part = column.filled(stop - start)
            if low < high:
                part[low - start : high - start] = column.values[low - self.first : high - self.first]
            parts.append(part)
        return parts

    def extras_between(self, start: int, stop: int) -> dict[str, NDArray[Any]]:
        """Return copies of the extras for the rows start <= row < stop; NaN where not known."""
        extras = {}
        for name, column in self._extras.items():
            part = extras[name] = blank_extra(name, stop - start, self._skeleton)
            low, high = max(start, self.first), min(stop, self.first + len(column))
            if low < high:
                part[low - start : high - start] = column.values[low - self.first : high - self.first]
        return extras

    def _convert(self) -> None:
        """Convert the rows that came since the last call to H36M-17."""
        detected, converted = self._columns[:2], self._columns[2:]
        new = slice(len(converted[0]), len(detected[0]))
        if new.start < new.stop:
            joints, scores = (column.values[new] for column in detected)
            for column, values in zip(converted, h36m17_from(self._skeleton, joints, scores), strict=True):
                column.extend(values)
