"""Buffer a person's last seconds in constant memory; resample windows at the lifter's rate."""

from __future__ import annotations

import numpy as np

from ...core.arrays import Doubles, Floats
from ...core.camera import frame_rate_hz
from ...lift.depth_rows import sample_depth
from ...lift.inputs.side_continuity import SideContinuity, swap_sides
from ...lift.resample import sample
from ...lift.window_plan import LONGEST_GAP_S

_SLACK_ROWS = 1e-6  # rows, tolerance: a frame exactly on a row must not miss it by rounding


class Ring:
    """Keep the last `capacity` rows of several columns.

    Each column is one array in order of time, returned as a view, not as a copy.
    """

    def __init__(self, capacity: int, **shapes: tuple[int, ...]) -> None:
        self._capacity = capacity
        # Twice the capacity: rows move to the front once per `capacity` pushes, and views are always contiguous.
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
        """Remove the latest row."""
        self._stop -= 1

    def clear(self) -> None:
        self._start = self._stop = 0


class PoseRing:
    """Keep one person's detected 2D joints by timestamp. Image space, pixels, NaN = not seen.

    After an absence of more than `LONGEST_GAP_S` the earlier rows are removed: as in file mode, a window does not
    extend over it. Left and right stay the same from frame to frame (`lift.inputs.side_continuity`), as far as the
    rows so far tell.
    """

    def __init__(self, capacity: int, rate_hz: float = 30.0) -> None:
        self._rows = Ring(capacity, time_s=(), joints=(17, 2), scores=(17,), depth=(17,))
        self._guessed = False  # True: the latest row is a prediction
        self._rate_hz = rate_hz
        self._sides = SideContinuity(rate_hz)

    def __len__(self) -> int:
        """Return the number of detections, without a prediction."""
        return len(self._rows) - self._guessed

    @property
    def last_s(self) -> float:
        """Return the time (s) of the latest detection; -inf before the first one."""
        return float(self._rows["time_s"][len(self) - 1]) if len(self) else -np.inf

    @property
    def first_s(self) -> float:
        return float(self._rows["time_s"][0]) if len(self._rows) else np.inf

    def push(
        self, time_s: float, joints: Floats, scores: Floats, guessed: bool = False, depth: Floats | None = None
    ) -> None:
        """Add the joints (17, 2) px, scores (17,) and the detector's own depth (17,) of one frame.

        `guessed`: the row is a prediction. `at` uses it until the next push, `window` never does.
        """
        if self._guessed:
            self._rows.pop()
        if not guessed and len(self._rows) and time_s - self.last_s > LONGEST_GAP_S:
            self._rows.clear()
            self._sides = SideContinuity(self._rate_hz)
        self._guessed = guessed and len(self._rows) > 0
        if not guessed:
            self._sides.push(joints[None])
        if self._guessed or not guessed:
            deep = np.full(17, np.nan, np.float32) if depth is None else depth
            columns = {"joints": joints, "scores": scores, "depth": deep}
            exchanged = self._sides.newest
            self._rows.push(time_s=time_s, **{name: swap_sides(v[None], exchanged)[0] for name, v in columns.items()})

    def window(self, rate_hz: float, frames: int) -> tuple[Floats, Floats, Doubles]:
        """Resample a window that ends with the latest detection: joints, scores and times of n rows.

        (n, 17, 2) px, (n, 17) and (n,) s, n <= `frames`: fewer rows if the person was first seen later. Row n - 1 is
        the unchanged detection; the rows before it are interpolated at intervals of 1 / `rate_hz`, independent of the
        times of the frames.
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

    def depth_at(self, wanted: Doubles) -> Floats:
        """Resample the detector's own depth (n, 17) at the times (n,) of a `window`; NaN: unknown."""
        times = self._rows["time_s"][: len(self)]
        begin = max(0, int(np.searchsorted(times, wanted[0], side="right")) - 1)
        here = slice(begin, len(self))
        return sample_depth(self._rows["depth"][here].astype(np.float32), times[here], wanted)

    def at(self, time_s: float) -> tuple[Floats, Floats]:
        """Interpolate the joints (17, 2) px and scores (17,) at `time_s`.

        Before the first and after the last row, the values are those of that row.
        """
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
    """Choose the rate of the lifter's input rows.

    It is the source's rate while detection keeps up with it. If the computer is too slow for all frames, rows at the
    source's rate would be mostly interpolated: then the rate is that of the detections, within the range that the
    lifter accepts. It changes only if it is clearly wrong, because each change makes the motion appear faster or slower
    for a moment.
    """

    _CLEARLY = 0.8  # ratio of two rates from which, up to its inverse, they count as equal

    def __init__(self, source_hz: float, accepted_hz: tuple[float, float]) -> None:
        self._source_hz = source_hz if source_hz > 0 else 0.0
        self._accepted_hz = accepted_hz
        self.hz = self._clipped(frame_rate_hz(source_hz))

    def _clipped(self, hz: float) -> float:
        return float(np.clip(hz, *self._accepted_hz))

    def update(self, seen_hz: float) -> float:
        """Update the rate with `seen_hz`, the recent detections per second, and return it."""
        if seen_hz > 0:
            wanted = self._clipped(self._source_hz if seen_hz >= self._CLEARLY * self._source_hz > 0 else seen_hz)
            if not self._CLEARLY <= wanted / self.hz <= 1 / self._CLEARLY:
                self.hz = wanted
        return self.hz
