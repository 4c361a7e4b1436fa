"""What is known of one person's last seconds: memory that does not grow, and windows at the lifter's own rate."""

from __future__ import annotations

import numpy as np

from ...core.arrays import Doubles, Floats
from ...core.camera import frame_rate_hz
from ...lift.resample import sample
from ...lift.window_plan import LONGEST_GAP_S

_SLACK_ROWS = 1e-6  # a frame that lies on a row by construction must not miss it by rounding


class Ring:
    """The last `capacity` rows of several columns, each column one array in order of time (a view, not a copy)."""

    def __init__(self, capacity: int, **shapes: tuple[int, ...]) -> None:
        self._capacity = capacity
        # Twice the room: rows are moved to the front once in `capacity` pushes, and views are always in one piece.
        self._columns = {name: np.empty((2 * capacity, *shape)) for name, shape in shapes.items()}
        self._start = self._stop = 0

    def __len__(self) -> int:
        return self._stop - self._start

    def __getitem__(self, column: str) -> Doubles:
        return self._columns[column][self._start : self._stop]

    def push(self, **row: Doubles | Floats | float) -> None:
        if self._stop == 2 * self._capacity:
            for column in self._columns.values():
                column[: self._capacity] = column[self._stop - self._capacity : self._stop]
            self._start, self._stop = 0, self._capacity
        for name, column in self._columns.items():
            column[self._stop] = row[name]
        self._stop += 1
        self._start = max(self._start, self._stop - self._capacity)

    def pop(self) -> None:
        """Take the newest row back."""
        self._stop -= 1

    def clear(self) -> None:
        self._start = self._stop = 0


class PoseRing:
    """One person's 2D joints as they were detected, by their timestamps. Image space, pixels, NaN = not seen.

    A longer absence forgets what was before: as in file mode, a window does not reach over it.
    """

    def __init__(self, capacity: int) -> None:
        self._rows = Ring(capacity, time_s=(), joints=(17, 2), scores=(17,))
        self._guessed = False  # the newest row is a prediction

    def __len__(self) -> int:
        """Detections, without a prediction."""
        return len(self._rows) - self._guessed

    @property
    def last_s(self) -> float:
        """Time of the newest detection; -inf: none yet."""
        return float(self._rows["time_s"][len(self) - 1]) if len(self) else -np.inf

    @property
    def first_s(self) -> float:
        return float(self._rows["time_s"][0]) if len(self._rows) else np.inf

    def push(self, time_s: float, joints: Floats, scores: Floats, guessed: bool = False) -> None:
        """Joints (17, 2), scores (17,). `guessed`: predicted; `at` knows it until the next push, `window` never."""
        if self._guessed:
            self._rows.pop()
        if not guessed and len(self._rows) and time_s - self.last_s > LONGEST_GAP_S:
            self._rows.clear()
        self._guessed = guessed and len(self._rows) > 0
        if self._guessed or not guessed:
            self._rows.push(time_s=time_s, joints=joints, scores=scores)

    def window(self, rate_hz: float, frames: int) -> tuple[Floats, Floats, Doubles]:
        """Up to `frames` rows that end with the newest detection: (n, 17, 2), (n, 17) and their times (n,).

        Row n - 1 is that detection as it is, the others lie 1 / `rate_hz` apart before it, whatever the true times of
        the frames were; a person who came later has fewer.
        """
        count = len(self)
        times = self._rows["time_s"][:count]
        room = int((times[-1] - times[0]) * rate_hz + _SLACK_ROWS) + 1
        n = min(frames, room)
        wanted = times[-1] - np.arange(n - 1, -1, -1) / rate_hz
        begin = max(0, int(np.searchsorted(times, wanted[0], side="right")) - 1)
        here = slice(begin, count)
        joints, scores = sample(
            self._rows["joints"][here].astype(np.float32),
            self._rows["scores"][here].astype(np.float32),
            times[here],
            wanted,
        )
        return joints, scores, wanted

    def at(self, time_s: float) -> tuple[Floats, Floats]:
        """(17, 2), (17,) at one moment, between rows interpolated; beyond the ends the end."""
        times = self._rows["time_s"]
        place = int(np.clip(np.searchsorted(times, time_s), 1, max(len(times) - 1, 1)))
        here = slice(place - 1, place + 1)
        wanted = np.clip(np.array([time_s]), times[0], times[-1])
        joints, scores = sample(
            self._rows["joints"][here].astype(np.float32),
            self._rows["scores"][here].astype(np.float32),
            times[here],
            wanted,
        )
        return joints[0], scores[0]


class LiftRate:
    """The rate of the rows that a lifter is given: the source's own while its frames are looked at at about that rate.

    Where the machine is too slow for all frames, rows at the source's rate would be mostly made up: then it is the rate
    at which frames are really looked at, within what the lifter takes. Changed only for good reason, since a change
    makes the body seem to move at another pace for a moment.
    """

    _CLEARLY = 0.8

    def __init__(self, source_hz: float, accepted_hz: tuple[float, float]) -> None:
        self._source_hz = source_hz if source_hz > 0 else 0.0
        self._accepted_hz = accepted_hz
        self.hz = self._clipped(frame_rate_hz(source_hz))

    def _clipped(self, hz: float) -> float:
        return float(np.clip(hz, *self._accepted_hz))

    def update(self, seen_hz: float) -> float:
        """`seen_hz`: detections a second, lately. Returns the rate to use."""
        if seen_hz > 0:
            wanted = self._clipped(self._source_hz if seen_hz >= self._CLEARLY * self._source_hz > 0 else seen_hz)
            if not self._CLEARLY <= wanted / self.hz <= 1 / self._CLEARLY:
                self.hz = wanted
        return self.hz
