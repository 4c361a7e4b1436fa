"""Which frame is shown when: a stream's frames in order of time, its true rate, where decoding can start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...core.arrays import Doubles, Ints

FALLBACK_FPS_HZ = 30.0  # for a single frame in a container without a rate
_TOLERANCE_S = 5e-4
_SNAP = 1e-3  # how far the measured rate may be from the container's to be taken for it
_UNEVEN = 0.2  # steps that deviate more than this make the rate variable


@dataclass(frozen=True, slots=True)
class FrameTable:
    """The frames of a video stream in the order in which they are shown.

    `pts` is None when the file has no usable timestamps: then frames can only be counted from the start, and
    `time_s` follows from the rate.
    """

    pts: Ints | None  # (T,) ticks of the stream's time base, rising
    time_s: Doubles  # (T,) strictly rising, the first is 0
    keyframes: Ints  # frames at which decoding can start, rising, the first is 0
    fps_hz: float
    duration_s: float
    variable_rate: bool

    @staticmethod
    def counted(count: int, fps_hz: float) -> FrameTable:
        return FrameTable(None, np.arange(count) / fps_hz, np.zeros(1, np.int64), fps_hz, count / fps_hz, False)

    @staticmethod
    def stamped(
        pts: Sequence[int], key_pts: Sequence[int], end_pts: int | None, tick_s: float, container_hz: float | None
    ) -> FrameTable:
        """From at least one timestamp in any order, those of keyframes, and when the last frame ends if it is known."""
        ticks = np.sort(np.array(pts, np.int64))
        twins = np.flatnonzero(np.diff(ticks) == 0) + 1  # two frames with one timestamp: keep both, in order
        time_s = (ticks - ticks[0]) * tick_s
        for i in twins:
            time_s[i] = max(time_s[i], time_s[i - 1] + 1e-6)
        fps_hz, variable = true_rate(time_s, tick_s, container_hz)
        last_s = (end_pts - int(ticks[-1])) * tick_s if end_pts is not None else 0.0
        duration_s = float(time_s[-1]) + (last_s if 0 < last_s < 2 / fps_hz else 1 / fps_hz)
        keys = np.setdiff1d(np.array(key_pts, np.int64), ticks[twins])  # where to start must be beyond doubt
        keyframes = np.union1d(np.zeros(1, np.int64), np.searchsorted(ticks, keys))
        return FrameTable(ticks, time_s, keyframes, fps_hz, duration_s, variable)

    def __len__(self) -> int:
        return len(self.time_s)

    def index_at(self, time_s: float) -> int:
        """The frame that is shown at `time_s`, with half a millisecond of tolerance."""
        return int(np.clip(np.searchsorted(self.time_s, time_s + _TOLERANCE_S, side="right") - 1, 0, len(self) - 1))

    def index_of(self, pts: int, last: int) -> int | None:
        """The frame with that timestamp, None if there is none; `last` is the frame before it in order."""
        assert self.pts is not None
        index = int(np.searchsorted(self.pts, pts))
        if index <= last and last + 1 < len(self) and self.pts[last + 1] == pts:
            return last + 1  # the second of two frames with this timestamp
        return index if index < len(self) and self.pts[index] == pts else None

    def keyframe_before(self, index: int) -> int:
        """The last keyframe that is not later than frame `index`."""
        return int(self.keyframes[max(0, int(np.searchsorted(self.keyframes, index, side="right")) - 1)])


def true_rate(time_s: Doubles, tick_s: float, stated_hz: float | None) -> tuple[float, bool]:
    """(average rate, whether it varies) of rising timestamps; the stated, exact rate where they agree with it.

    `tick_s` is the resolution of the timestamps: rounding to it (1 ms in webm) is not a varying rate.
    """
    if len(time_s) < 2:
        return stated_hz or FALLBACK_FPS_HZ, False
    span = float(time_s[-1] - time_s[0])
    fps_hz = (len(time_s) - 1) / span
    if stated_hz and abs(stated_hz - fps_hz) <= fps_hz * max(_SNAP, tick_s / span):
        fps_hz = stated_hz
    steps = np.diff(time_s)
    usual = float(np.median(steps))
    return fps_hz, bool((np.abs(steps - usual) > _UNEVEN * usual + 1.01 * tick_s).any())
