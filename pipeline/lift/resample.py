"""Between a video's own frames and the uniform grid in time that a lifter was trained on.

Research demos feed any frame rate to models that saw one: motion then looks too fast or too slow to them. Here a
source whose rate the lifter does not take is resampled: 2D linearly to the grid, 3D back to the true frame times with
a cubic, so that a 240 fps video does not come back in 75 Hz corners.

Shapes: `n`, `T` frames of the video, `G` rows of the grid, 17 joints.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Doubles, Floats
from ..core.camera import Camera

_TOLERANCE = 0.03  # 23.976 fps is 24 fps to a network
_BRIDGE_S = 0.5  # frames further apart than this are not joined by a line


def grid_rate_hz(camera: Camera, accepted_hz: tuple[float, float]) -> float | None:
    """Return the rate of the grid for a source; None if its frames fit unchanged (even rate in the accepted range).

    A source outside the range goes to its nearer end; one of variable rate to a grid of its own mean rate.
    """
    low, high = accepted_hz
    if camera.even_rate and low * (1 - _TOLERANCE) <= camera.rate_hz <= high * (1 + _TOLERANCE):
        return None
    return float(min(max(camera.rate_hz, low), high))


class ToGrid:
    """Frames in, grid rows out, as soon as they are known. Row k lies at `start_s + k / rate_hz`."""

    def __init__(self, rate_hz: float) -> None:
        self.rate_hz = rate_hz
        self.start_s: float | None = None
        self.rows = 0
        self._last_step = 1.0  # length of the last step of the finished grid, in rows: it ends at the last frame
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
        return sample(joints, scores, time_s, wanted)

    def finish(self) -> tuple[Floats, Floats]:
        """One more row, at the last frame, if frames lie beyond the last row; else none."""
        if self._last is None or self.start_s is None:
            return np.zeros((0, 17, 2), np.float32), np.zeros((0, 17), np.float32)
        beyond = float(self.place(self._last[2])[0]) - (self.rows - 1)
        take = 1 if beyond > 1e-3 else 0
        if take:
            self.rows += 1
            self._last_step = beyond
        return self._last[0][:take], self._last[1][:take]

    def place(self, time_s: Doubles) -> Doubles:
        """Times (T,) -> places on the grid (T,), in rows."""
        return (time_s - (self.start_s or 0.0)) * self.rate_hz

    @property
    def row_places(self) -> Doubles:
        """(G,) places of the rows themselves: 0, 1, 2, ...; after `finish` the last step may be shorter."""
        places = np.arange(self.rows, dtype=np.float64)
        places[-1:] += self._last_step - 1
        return places


def sample(joints: Floats, scores: Floats, time_s: Doubles, wanted: Doubles) -> tuple[Floats, Floats]:
    """Frames (n, 17, 2), (n, 17), (n,) at the times `wanted` (m,) -> (m, 17, 2), (m, 17).

    Linear in time where both neighbours saw the joint (the lower score counts), else what the nearer one saw.
    """
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


def from_grid(values: Floats, row_places: Doubles, place: Doubles) -> Floats:
    """Grid values (G, J, D) at `row_places` (G,), NaN = unknown -> values (T, J, D) at the places (T,), all in rows.

    Cubic Hermite with the slopes of the parabolas through three rows (Catmull-Rom on even steps): smooth, and local, so
    that a growing grid does not change what is done. Next to an unknown row the parabola goes on; with one known
    neighbour its value holds; with none it is NaN.
    """
    G = len(values)
    if G < 2:
        one = values if G else np.full((1, *values.shape[1:]), np.nan, np.float32)
        return np.repeat(one, len(place), axis=0)
    row = np.clip(np.searchsorted(row_places, place + 1e-6, side="right") - 1, 0, G - 2)

    def at(index: NDArray[np.int64]) -> Floats:
        out = values[np.clip(index, 0, G - 1)]
        out[(index < 0) | (index >= G)] = np.nan
        return out

    def step(index: NDArray[np.int64]) -> Floats:  # from row `index` to the next
        index = np.clip(index, 0, G - 2)
        return (row_places[index + 1] - row_places[index]).astype(np.float32)[:, None, None]

    start, end = at(row), at(row + 1)
    start, end = np.where(np.isfinite(start), start, end), np.where(np.isfinite(end), end, start)
    h0, h1, h2 = step(row - 1), step(row), step(row + 1)
    rise = (end - start) / h1
    slope0 = ((start - at(row - 1)) / h0 * h1 + rise * h0) / (h0 + h1)
    slope1 = (rise * h2 + (at(row + 2) - end) / h2 * h1) / (h1 + h2)
    slope0, slope1 = (
        np.where(np.isfinite(slope0), slope0, np.where(np.isfinite(slope1), 2 * rise - slope1, rise)) * h1,
        np.where(np.isfinite(slope1), slope1, np.where(np.isfinite(slope0), 2 * rise - slope0, rise)) * h1,
    )
    t = np.clip((place - row_places[row]).astype(np.float32)[:, None, None] / h1, 0, 1)
    bend = 3 * (end - start) - 2 * slope0 - slope1
    twist = 2 * (start - end) + slope0 + slope1
    out: Floats = (start + t * (slope0 + t * (bend + t * twist))).astype(np.float32)
    return out
