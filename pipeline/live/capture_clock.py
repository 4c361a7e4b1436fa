"""Estimate when a frame was captured, on the clock of this program."""

from __future__ import annotations

_REACH_S = 10.0  # s, length of one stretch of the sliding minimum; limited because camera clocks drift


class CaptureClock:
    """Convert a source's timestamps to `time.monotonic()`.

    The offset of the two clocks is that of the frame with the shortest delay in the last 10 to 20 s. A frame that
    arrives later than that (busy reader, network jitter) was captured at its timestamp, so waiting before the slot of
    the newest frame counts as latency, too.
    """

    def __init__(self) -> None:
        # s, smallest clock offset of this and of the last stretch: a sliding minimum without a list.
        self._best = self._best_before = float("inf")
        self._began = float("-inf")

    def captured_at(self, time_s: float, arrived_at: float) -> float:
        """Return the capture time in seconds of `time.monotonic()`, at most `arrived_at`."""
        apart = arrived_at - time_s
        if arrived_at - self._began > _REACH_S:
            self._best_before, self._best, self._began = self._best, apart, arrived_at
        self._best = min(self._best, apart)
        return time_s + min(self._best, self._best_before)
