"""Map times to frames of a video stream: display order, true frame rate, keyframes.

A table holds what the decoder will deliver. Frames are recognised by their time stamps where these are clean, else by
the packets they were decoded from (`Packets`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...core.arrays import Doubles, Ints
from ...core.camera import frame_rate_hz

_TOLERANCE_S = 5e-4  # s, by which a requested time may precede a frame's timestamp
_RATE_TOLERANCE = 1e-3  # relative: a measured rate this near to the container's rate is replaced by it
_STEP_DEVIATION = 0.2  # relative to the median frame step: a larger deviation makes the rate variable
_USUAL_SHARE = 0.6  # share of the frame steps that have to be near their median for it to be the usual step
_EVEN_SHARE = 0.95  # share of the same above which the others are single errors
_GROUP = 8  # steps: over so many, the errors of single stamps cancel out
_FEWEST = 3 * _GROUP  # steps, below which single ones decide
_TWIN = 0.2  # median frame steps: a shorter step is between two stamps of one time
_PAUSE = 1.8  # median frame steps: a longer step is a pause
# Hz, rates that cameras record at: taken where no stated rate fits the time stamps and one of these does.
_COMMON_HZ = (
    24000 / 1001, 24.0, 25.0, 30000 / 1001, 30.0, 48.0, 50.0, 60000 / 1001, 60.0, 100.0, 120000 / 1001, 120.0, 240.0,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Packets:
    """The packets of a stream in file order, where time stamps do not identify frames."""

    frame: Ints  # (N,) index of the frame that is decoded from the packet; -1: none of the table
    position: Ints  # (N,) byte in the file; -1: unknown
    size: Ints  # (N,) bytes
    pts: Ints  # (N,) ticks as stored; `NO_STAMP`
    keys: Ints  # (K,) packets at which decoding can start, rising

    def find(self, position: int, size: int) -> int | None:
        """Return the number of the only packet at this position and of this size, or None."""
        found = np.flatnonzero((self.position == position) & (self.size == size))
        return int(found[0]) if len(found) == 1 and position >= 0 else None


NO_STAMP = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class FrameTable:
    """List the frames of a video stream in display order.

    `pts` is None where time stamps do not identify frames: `packets` does so then.
    """

    pts: Ints | None  # (T,) ticks of the stream's time base, rising
    time_s: Doubles  # (T,) seconds, strictly rising, the first is 0
    keyframes: Ints  # indices of the frames at which decoding can start, rising, the first is 0
    fps_hz: float
    duration_s: float
    variable_rate: bool
    start_s: float | None = 0.0  # the first frame's time on the container's clock; None: times are not that clock's
    packets: Packets | None = None
    new_headers: tuple[int, ...] = ()  # keyframe packets whose headers were not there before, see `image_sizes`
    header_changes: frozenset[int] = frozenset()  # all packets with which another image size may begin
    edited: bool = True  # see `container.open_container`
    notes: tuple[str, ...] = ()  # what was repaired or guessed, as sentences

    @staticmethod
    def from_count(
        count: int, fps_hz: float, packets: Packets | None = None, notes: tuple[str, ...] = ()
    ) -> FrameTable:
        """Build the table of a file without timestamps from its number of frames and its rate."""
        first, times = np.zeros(1, np.int64), np.arange(count) / fps_hz
        return FrameTable(None, times, first, fps_hz, count / fps_hz, False, 0.0, packets, notes=notes)

    @staticmethod
    def from_packets(
        time_s: Doubles,
        packets: Packets,
        tick_s: float,
        container_hz: float | None,
        one_clock: bool,
        notes: tuple[str, ...],
    ) -> FrameTable:
        """Build the table from repaired times (T,) in s, strictly rising.

        `one_clock`: the container's clock shows these times.
        """
        fps_hz, variable = true_rate(time_s, tick_s, container_hz)
        times = time_s - time_s[0]
        keyframes = np.union1d(np.zeros(1, np.int64), packets.frame[packets.keys])
        duration_s = float(times[-1]) + 1 / fps_hz
        start_s = float(time_s[0]) if one_clock else None
        return FrameTable(None, times, keyframes, fps_hz, duration_s, variable, start_s, packets, notes=notes)

    @staticmethod
    def from_timestamps(
        pts: Sequence[int],
        key_pts: Sequence[int],
        end_pts: int | None,
        tick_s: float,
        container_hz: float | None,
        notes: tuple[str, ...] = (),
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
        return FrameTable(ticks, time_s, keyframes, fps_hz, duration_s, variable, float(ticks[0] * tick_s), notes=notes)

    def __len__(self) -> int:
        return len(self.time_s)

    def faster(self, factor: float) -> FrameTable:
        """Return the same frames at times that are `factor` times shorter; 1 changes nothing."""
        if factor == 1:
            return self
        return replace(
            self,
            time_s=self.time_s / factor,
            fps_hz=self.fps_hz * factor,
            duration_s=self.duration_s / factor,
            start_s=None,  # the sound does not run at that speed
        )

    def time_at(self, index: int) -> float:
        """Return the time of a frame in s; frames beyond the table go on at its rate."""
        beyond = max(0, index - len(self) + 1)
        return float(self.time_s[index - beyond]) + beyond / self.fps_hz

    def index_at(self, time_s: float) -> int:
        """Return the index of the frame shown at `time_s`, with half a millisecond of tolerance."""
        return int(np.clip(np.searchsorted(self.time_s, time_s + _TOLERANCE_S, side="right") - 1, 0, len(self) - 1))

    def index_of(self, pts: int) -> int | None:
        """Return the index of the first frame with timestamp `pts`, or None."""
        assert self.pts is not None
        index = int(np.searchsorted(self.pts, pts))
        return index if index < len(self) and self.pts[index] == pts else None

    def keyframe_before(self, index: int) -> int:
        """Return the index of the last keyframe that is not later than frame `index`."""
        return int(self.keyframes[max(0, int(np.searchsorted(self.keyframes, index, side="right")) - 1)])


def true_rate(time_s: Doubles, tick_s: float, stated_hz: float | None) -> tuple[float, bool]:
    """Return the usual frame rate (Hz) of rising timestamps, and whether the rate varies.

    The rate is that of the usual step from frame to frame: pauses and missing frames do not lower it. The exact rate
    `stated_hz` is returned where the timestamps agree with it. `tick_s` is the resolution of the timestamps: rounding
    to it (1 ms in webm) is not a varying rate.
    """
    if len(time_s) < 2:
        return frame_rate_hz(stated_hz), False
    steps = np.diff(time_s)
    median = float(np.median(steps))
    usual = np.abs(steps - median) <= _STEP_DEVIATION * median + 1.01 * tick_s
    kept = steps[(steps > _TWIN * median) & (steps <= _PAUSE * median)]
    if not usual.all() and len(kept) >= _FEWEST and usual.mean() < _EVEN_SHARE:
        step_s, rounding_s = _step_over_groups(kept)
        span = step_s * len(kept)
    else:
        chosen = usual if usual.mean() >= _USUAL_SHARE else steps <= _PAUSE * median
        span = float(time_s[-1] - time_s[0]) if chosen.all() else float(steps[chosen].sum())
        step_s = span / int(chosen.sum())
        rounding_s = float(np.ptp(steps[usual])) if usual.any() else 0.0  # also where another file rounded the stamps
    fps_hz = 1 / step_s
    uncertain = max(tick_s, rounding_s) / span
    if stated_hz and abs(stated_hz - fps_hz) <= fps_hz * max(_RATE_TOLERANCE, uncertain):
        fps_hz = stated_hz
    else:
        common_hz = min(_COMMON_HZ, key=lambda hz: abs(hz - fps_hz))
        if abs(common_hz - fps_hz) <= fps_hz * min(uncertain, 0.01):
            fps_hz = common_hz
    return fps_hz, not bool(usual.all())


def _step_over_groups(steps: Doubles) -> tuple[float, float]:
    """Return the usual step of uneven steps (N,) without pauses, and how far a sum of steps spreads; s.

    Late and early stamps, and stamps rounded to a coarse clock (Windows counts in 1/64 s), move single steps but not
    the sum of several. A part with another rate moves both, and does not count if most of the video has one rate.
    """
    sums = np.convolve(steps, np.ones(_GROUP), "valid")
    median = float(np.median(sums))
    near = np.abs(sums - median) <= _STEP_DEVIATION / 2 * median
    if near.mean() < _USUAL_SHARE:
        return float(steps.mean()), float(np.ptp(steps))
    return float(sums[near].mean()) / _GROUP, float(np.ptp(sums[near]))
