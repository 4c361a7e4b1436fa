"""When a frame was really captured, on this program's own clock."""

from __future__ import annotations

_REACH_S = 10.0  # how far back the quickest frame counts; clocks of cameras drift


class CaptureClock:
    """From a source's timestamps to `time.monotonic()`.

    A frame that arrives late (a busy reader, a jittery network) was captured when its timestamp says; the frame that
    came the quickest of the last seconds fixes how the two clocks lie. So waiting before the newest-frame slot counts
    as latency too.
    """

    def __init__(self) -> None:
        # Smallest difference of this and of the last stretch: a sliding minimum without a list.
        self._best = self._best_before = float("inf")
        self._began = float("-inf")

    def captured_at(self, time_s: float, arrived_at: float) -> float:
        """At most `arrived_at`."""
        apart = arrived_at - time_s
        if arrived_at - self._began > _REACH_S:
            self._best_before, self._best, self._began = self._best, apart, arrived_at
        self._best = min(self._best, apart)
        return time_s + min(self._best, self._best_before)
