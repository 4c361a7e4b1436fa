"""Store the growing rows of people's tracks."""

from __future__ import annotations

import numpy as np

from ..core.arrays import Floats, GrowingArray
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

    def put(self, row: int, joints: Floats, scores: Floats) -> None:
        """Write a detector's joints (J, 2) and scores (J,) at a take's row, after earlier rows."""
        for column, value in zip(self._columns, (joints, scores), strict=False):
            column.put(row - self.first, value)

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

    def _convert(self) -> None:
        """Convert the rows that came since the last call to H36M-17."""
        detected, converted = self._columns[:2], self._columns[2:]
        new = slice(len(converted[0]), len(detected[0]))
        if new.start < new.stop:
            joints, scores = (column.values[new] for column in detected)
            for column, values in zip(converted, h36m17_from(self._skeleton, joints, scores), strict=True):
                column.extend(values)
