"""Between a video's own frames and the uniform grid in time that a lifter was trained on.

Research demos feed any frame rate to models that saw one: motion then looks too fast or too slow to them. Here a
source whose rate the lifter does not take is resampled: 2D linearly to the grid, 3D back to the true frame times with
a cubic, so that a 240 fps video does not come back in 75 Hz corners.

Shapes: `n`, `T` frames of the video, `G` rows of the grid, 17 joints.
"""

from __future__ import annotations

import numpy as np

from pipeline.types import Doubles, Floats

_TOLERANCE = 0.03  # 23.976 fps is 24 fps to a network
_BRIDGE_S = 0.5  # frames further apart than this are not joined by a line
_UNKNOWN_RATE_HZ = 30.0


def grid_rate_hz(fps_hz: float, variable: bool, accepted_hz: tuple[float, float]) -> float | None:
    """Rate of the grid for a source, or None if its frames can be used as they are (constant, in the accepted range).

    A source outside goes to the nearer end of the range; one of variable rate to a grid of its own mean rate.
    """
    low, high = accepted_hz
    rate = fps_hz if fps_hz > 0 else _UNKNOWN_RATE_HZ
    if fps_hz > 0 and not variable and low * (1 - _TOLERANCE) <= rate <= high * (1 + _TOLERANCE):
        return None
    return float(min(max(rate, low), high))


class ToGrid:
    """Frames in, grid rows out, as soon as they are known. Row k lies at `start_s + k / rate_hz`."""

    def __init__(self, rate_hz: float) -> None:
        self.rate_hz = rate_hz
        self.start_s: float | None = None
        self.rows = 0
        self._last: tuple[Floats, Floats, Doubles] | None = None  # the newest frame: left end of the next interval

    def push(self, joints: Floats, scores: Floats, time_s: Doubles) -> tuple[Floats, Floats]:
        """Frames (n, 17, 2), (n, 17), (n,) in order of time -> new rows (g, 17, 2), (g, 17); g may be 0."""
        if len(time_s) == 0:
            return joints[:0], scores[:0]
        if self._last is not None:
            joints = np.concatenate([self._last[0], joints])
            scores = np.concatenate([self._last[1], scores])
            time_s = np.concatenate([self._last[2], time_s])
        if self.start_s is None:
            self.start_s = float(time_s[0])
        self._last = (joints[-1:], scores[-1:], time_s[-1:])
        # The tolerance keeps a frame that lies on a row by construction from missing it by rounding.
        count = int(np.floor((float(time_s[-1]) - self.start_s) * self.rate_hz + 1e-6)) + 1
        wanted = self.start_s + np.arange(self.rows, count) / self.rate_hz
        self.rows = max(self.rows, count)
        return _sample(joints, scores, time_s, wanted)

    def finish(self) -> tuple[Floats, Floats]:
        """One more row with the last frame's joints if frames lie beyond the last row, else none."""
        if self._last is None or self.start_s is None:
            return np.zeros((0, 17, 2), np.float32), np.zeros((0, 17), np.float32)
        beyond = float(self._last[2][0]) - (self.start_s + (self.rows - 1) / self.rate_hz)
        take = 1 if beyond * self.rate_hz > 1e-3 else 0
        self.rows += take
        return self._last[0][:take], self._last[1][:take]

    def place(self, time_s: Doubles) -> Doubles:
        """Times (T,) -> places on the grid (T,), in rows."""
        return (time_s - (self.start_s or 0.0)) * self.rate_hz


def _sample(joints: Floats, scores: Floats, time_s: Doubles, wanted: Doubles) -> tuple[Floats, Floats]:
    """Linear in time where both neighbours saw the joint (the lower score counts), else what the nearer one saw."""
    after = np.clip(np.searchsorted(time_s, wanted, side="right"), 1, max(len(time_s) - 1, 1))
    after = np.minimum(after, len(time_s) - 1)
    before = np.maximum(after - 1, 0)
    span = time_s[after] - time_s[before]
    share = np.clip((wanted - time_s[before]) / np.where(span > 0, span, 1), 0, 1).astype(np.float32)[:, None]
    nearer = np.where(share[:, 0] < 0.5, before, after)
    seen = np.isfinite(joints).all(-1)
    both = seen[before] & seen[after] & (span <= _BRIDGE_S)[:, None]
    line = joints[before] + (joints[after] - joints[before]) * share[..., None]
    out = np.where(both[..., None], line, joints[nearer])
    confidence = np.where(both, np.minimum(scores[before], scores[after]), scores[nearer])
    # In the middle of a long hole there is nothing near: not seen.
    lost = (span > _BRIDGE_S) & (np.minimum(wanted - time_s[before], time_s[after] - wanted) > _BRIDGE_S / 10)
    out[lost], confidence[lost] = np.nan, 0
    return out.astype(np.float32), confidence.astype(np.float32)


def from_grid(values: Floats, place: Doubles) -> Floats:
    """Grid values (G, J, D), NaN = unknown -> values (T, J, D) at the places (T,), in rows: Catmull-Rom, C1 and local.

    Next to an unknown row the curve goes straight on; with one known neighbour its value holds; with none it is NaN.
    """
    G = len(values)
    if G == 0:
        return np.full((len(place), *values.shape[1:]), np.nan, np.float32)
    row = np.clip(np.floor(place + 1e-6).astype(np.int64), 0, max(G - 2, 0))
    t = np.clip(place - row, 0, 1).astype(np.float32)[:, None, None]

    def at(index: np.ndarray) -> Floats:
        inside = (index >= 0) & (index < G)
        out = values[np.clip(index, 0, G - 1)]
        out[~inside] = np.nan
        return out

    start, end = at(row), at(row + 1)
    start, end = np.where(np.isfinite(start), start, end), np.where(np.isfinite(end), end, start)
    before, after = at(row - 1), at(row + 2)
    before = np.where(np.isfinite(before), before, 2 * start - end)
    after = np.where(np.isfinite(after), after, 2 * end - start)
    slope0, slope1 = (end - before) / 2, (after - start) / 2
    bend = 3 * (end - start) - 2 * slope0 - slope1
    twist = 2 * (start - end) + slope0 + slope1
    out: Floats = (start + t * (slope0 + t * (bend + t * twist))).astype(np.float32)
    return out
