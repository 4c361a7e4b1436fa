"""Map times to frames of a video stream: display order, true frame rate, keyframes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...core.arrays import Doubles, Ints
from ...core.camera import frame_rate_hz

_TOLERANCE_S = 5e-4  # s, by which a requested time may precede a frame's timestamp
_RATE_TOLERANCE = 1e-3  # relative: a measured rate this near to the container's rate is replaced by it
_STEP_DEVIATION = 0.2  # relative to the median frame step: a larger deviation makes the rate variable


@dataclass(frozen=True, slots=True)
class FrameTable:
    """List the frames of a video stream in display order.

    `pts` is None when the file has no usable timestamps: then frames can only be counted from the start, and
    `time_s` follows from the rate.
    """

    pts: Ints | None  # (T,) ticks of the stream's time base, rising
    time_s: Doubles  # (T,) seconds, strictly rising, the first is 0
    keyframes: Ints  # indices of the frames at which decoding can start, rising, the first is 0
    fps_hz: float
    duration_s: float
    variable_rate: bool

    @staticmethod
    def from_count(count: int, fps_hz: float) -> FrameTable:
        """Build the table of a file without timestamps from its number of frames and its rate."""
        return FrameTable(None, np.arange(count) / fps_hz, np.zeros(1, np.int64), fps_hz, count / fps_hz, False)

    @staticmethod
    def from_timestamps(
        pts: Sequence[int], key_pts: Sequence[int], end_pts: int | None, tick_s: float, container_hz: float | None
    ) -> FrameTable:
        """Build the table from timestamps in any order (at least one), in ticks of `tick_s` seconds.

        `key_pts` are the timestamps of keyframes; `end_pts` is the end of the last frame, None if unknown.
        """
        ticks = np.sort(np.array(pts, np.int64))
        twins = np.flatnonzero(np.diff(ticks) == 0) + 1  # two frames with one timestamp: both are kept, in order
        time_s = (ticks - ticks[0]) * tick_s
        for i in twins:
            time_s[i] = max(time_s[i], time_s[i - 1] + 1e-6)
        fps_hz, variable = true_rate(time_s, tick_s, container_hz)
        last_s = (end_pts - int(ticks[-1])) * tick_s if end_pts is not None else 0.0
        duration_s = float(time_s[-1]) + (last_s if 0 < last_s < 2 / fps_hz else 1 / fps_hz)
        keys = np.setdiff1d(np.array(key_pts, np.int64), ticks[twins])  # a start frame must be unambiguous
        keyframes = np.union1d(np.zeros(1, np.int64), np.searchsorted(ticks, keys))
        return FrameTable(ticks, time_s, keyframes, fps_hz, duration_s, variable)

    def __len__(self) -> int:
        return len(self.time_s)

    def index_at(self, time_s: float) -> int:
        """Return the index of the frame shown at `time_s`, with half a millisecond of tolerance."""
        return int(np.clip(np.searchsorted(self.time_s, time_s + _TOLERANCE_S, side="right") - 1, 0, len(self) - 1))

    def index_of(self, pts: int, last: int) -> int | None:
        """Return the index of the frame with timestamp `pts`, or None.

        `last` is the index of the frame decoded before it.
        """
        assert self.pts is not None
        index = int(np.searchsorted(self.pts, pts))
        if index <= last and last + 1 < len(self) and self.pts[last + 1] == pts:
            return last + 1  # the second of two frames with this timestamp
        return index if index < len(self) and self.pts[index] == pts else None

    def keyframe_before(self, index: int) -> int:
        """Return the index of the last keyframe that is not later than frame `index`."""
        return int(self.keyframes[max(0, int(np.searchsorted(self.keyframes, index, side="right")) - 1)])


def true_rate(time_s: Doubles, tick_s: float, stated_hz: float | None) -> tuple[float, bool]:
    """Return the average frame rate (Hz) of rising timestamps, and whether the rate varies.

    The exact rate `stated_hz` is returned where the timestamps agree with it. `tick_s` is the resolution of the
    timestamps: rounding to it (1 ms in webm) is not a varying rate.
    """
    if len(time_s) < 2:
        return frame_rate_hz(stated_hz), False
    span = float(time_s[-1] - time_s[0])
    fps_hz = (len(time_s) - 1) / span
    if stated_hz and abs(stated_hz - fps_hz) <= fps_hz * max(_RATE_TOLERANCE, tick_s / span):
        fps_hz = stated_hz
    steps = np.diff(time_s)
    usual = float(np.median(steps))
    return fps_hz, bool((np.abs(steps - usual) > _STEP_DEVIATION * usual + 1.01 * tick_s).any())
