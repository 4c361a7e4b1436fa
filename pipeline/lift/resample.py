"""Resample between a video's frames and the uniform time grid that a lifter was trained on.

Research demos feed any frame rate to models that were trained on one: motion then looks too fast or too slow to them.
Here a source with a rate outside the lifter's range is resampled: 2D linearly to the grid, 3D back to the true frame
times with a cubic, so that a 240 fps video does not come back with corners at 75 Hz.

Shapes: `n`, `T` frames of the video, `G` rows of the grid, 17 joints.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Doubles, Floats
from ..core.camera import Camera

_TOLERANCE = 0.03  # relative tolerance of the accepted rate: 23.976 fps counts as 24 fps
_BRIDGE_S = 0.5  # s, longest gap between two frames that is interpolated
_LONGEST_GAP_S = 10.0  # s, longest gap that is kept in the grid: no window of a lifter reaches across it


def grid_rate_hz(camera: Camera, accepted_hz: tuple[float, float]) -> float | None:
    """Return the grid rate (Hz) for a source, or None if its frames need no resampling.

    Frames at an even rate in the accepted range stay unchanged. A source outside the range is resampled to the nearer
    end of the range, one of variable rate to a grid of its mean rate.
    """
    low, high = accepted_hz
    if camera.even_rate and low * (1 - _TOLERANCE) <= camera.rate_hz <= high * (1 + _TOLERANCE):
        return None
    return float(min(max(camera.rate_hz, low), high))


class GridResampler:
    """Resample frames to grid rows while they are pushed.

    Row k lies at `start_s + k / rate_hz`, with gaps above 10 s shortened to that: a pause of a day costs 600 rows.
    """

    def __init__(self, rate_hz: float) -> None:
        self.rate_hz = rate_hz
        self.start_s: float | None = None
        self.rows = 0
        self._last_step = 1.0  # rows, length of the last step of the finished grid, which ends at the last frame
        self._cut_at: list[float] = []  # s, times of the first frames after shortened gaps
        self._cut_s: list[float] = [0.0]  # s by which times are shortened before the first cut, after it, ...
        self._last: tuple[Floats, Floats, Doubles] | None = None  # latest frame: left end of the next interval

    def push(self, joints: Floats, scores: Floats, time_s: Doubles) -> tuple[Floats, Floats]:
        """Add frames (n, 17, 2), (n, 17), (n,) s by time; return new rows (g, 17, 2), (g, 17).

        g may be 0.
        """
        if len(time_s) == 0:
            return joints[:0], scores[:0]
        if self._last is not None:
            joints = np.concatenate([self._last[0], joints])
            scores = np.concatenate([self._last[1], scores])
            time_s = np.concatenate([self._last[2], time_s])
        if self.start_s is None:
            self.start_s = float(time_s[0])
        self._last = (joints[-1:], scores[-1:], time_s[-1:])
        self._shorten_gaps(time_s)
        time_s = self._shortened(time_s)
        # The tolerance keeps a frame that lies on a row by construction from missing it by rounding.
        count = int(np.floor((float(time_s[-1]) - self.start_s) * self.rate_hz + 1e-6)) + 1
        wanted = self.start_s + np.arange(self.rows, count) / self.rate_hz
        self.rows = max(self.rows, count)
        return sample(joints, scores, time_s, wanted)

    def finish(self) -> tuple[Floats, Floats]:
        """Return one more row, at the last frame, if frames lie beyond the last row; else none."""
        if self._last is None or self.start_s is None:
            return np.zeros((0, 17, 2), np.float32), np.zeros((0, 17), np.float32)
        beyond = float(self.position(self._last[2])[0]) - (self.rows - 1)
        take = 1 if beyond > 1e-3 else 0
        if take:
            self.rows += 1
            self._last_step = beyond
        return self._last[0][:take], self._last[1][:take]

    def position(self, time_s: Doubles) -> Doubles:
        """Convert times (T,) in s to positions (T,) on the grid, in rows."""
        return (self._shortened(time_s) - (self.start_s or 0.0)) * self.rate_hz

    def _shorten_gaps(self, time_s: Doubles) -> None:
        """Note the long gaps between frames at times (n,) s; each interval is looked at once."""
        steps = np.diff(time_s)
        for i in np.flatnonzero(steps > _LONGEST_GAP_S):
            self._cut_at.append(float(time_s[i + 1]))
            self._cut_s.append(self._cut_s[-1] + float(steps[i]) - _LONGEST_GAP_S)

    def _shortened(self, time_s: Doubles) -> Doubles:
        """Convert times (n,) s to those without the long gaps."""
        if not self._cut_at:
            return time_s
        return time_s - np.array(self._cut_s)[np.searchsorted(self._cut_at, time_s, side="right")]

    @property
    def row_positions(self) -> Doubles:
        """Return the positions (G,) of the rows: 0, 1, 2, ...

        After `finish` the last step may be shorter.
        """
        positions = np.arange(self.rows, dtype=np.float64)
        positions[-1:] += self._last_step - 1
        return positions


def sample(joints: Floats, scores: Floats, time_s: Doubles, wanted: Doubles) -> tuple[Floats, Floats]:
    """Interpolate frames (n, 17, 2), (n, 17) at times `wanted` (m,) -> (m, 17, 2), (m, 17).

    Linear in time where the joint was seen in both neighbours (with the lower score), else that of the nearer frame.
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
    # In the middle of a long gap no frame is near: not seen.
    lost = (span > _BRIDGE_S) & (np.minimum(wanted - time_s[before], time_s[after] - wanted) > _BRIDGE_S / 10)
    out[lost], confidence[lost] = np.nan, 0
    return out.astype(np.float32), confidence.astype(np.float32)


def from_grid(values: Floats, row_positions: Doubles, positions: Doubles) -> Floats:
    """Interpolate values (G, J, D) at `row_positions` (G,) to (T, J, D) at `positions` (T,).

    All positions are in rows; NaN = unknown. Cubic Hermite with the slopes of the parabolas through three rows
    (Catmull-Rom on even steps): smooth, and local, so that a growing grid does not change earlier values. Next to an
    unknown row the parabola is continued; with one known neighbour its value is held; with none the result is NaN.
    """
    G = len(values)
    if G < 2:
        one = values if G else np.full((1, *values.shape[1:]), np.nan, np.float32)
        return np.repeat(one, len(positions), axis=0)
    row = np.clip(np.searchsorted(row_positions, positions + 1e-6, side="right") - 1, 0, G - 2)

    def at(index: NDArray[np.int64]) -> Floats:
        out = values[np.clip(index, 0, G - 1)]
        out[(index < 0) | (index >= G)] = np.nan
        return out

    def step(index: NDArray[np.int64]) -> Floats:  # from row `index` to the next
        index = np.clip(index, 0, G - 2)
        return (row_positions[index + 1] - row_positions[index]).astype(np.float32)[:, None, None]

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
    t = np.clip((positions - row_positions[row]).astype(np.float32)[:, None, None] / h1, 0, 1)
    bend = 3 * (end - start) - 2 * slope0 - slope1
    twist = 2 * (start - end) + slope0 + slope1
    out: Floats = (start + t * (slope0 + t * (bend + t * twist))).astype(np.float32)
    return out
