"""Estimate the speed and the remaining time of a run from its `Progress`.

The remaining time is that of the whole run: the stages after detection take a known share of its time. It counts down
with the clock and moves slowly towards each new estimate, because frames come in bursts: quickly out of the cache,
not at all while a partial take is made.
"""

from __future__ import annotations

import math
import statistics
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from app.languages.translation import mark, shown, translate
from pipeline.core.take import Progress

STAGES = {
    "prepare": mark("Getting ready"),
    "detect": mark("Finding people"),
    "lift": mark("Lifting to 3D"),
    "finish": mark("Finishing"),
}
_WINDOW_S = 4.0  # s over which the shown rate is measured
_LEFT_WINDOW_S = 15.0  # s over which the rate for the remaining time is measured
_STEP_S = 1.0  # s, shortest span between two measurements of that rate
_LEAST_STEPS = 3  # measurements before a remaining time is stated
_BURST = 3.0  # factor above the median rate from which a span is a burst (frames of the cache)
_SETTLE_S = 5.0  # s in which the shown remaining time moves by two thirds towards a new estimate
# share of the time of detection that the later stages take (benchmarks/end_to_end.py: detection alone is 0.91 of a run)
_LATER = {"detect": 0.10, "lift": 0.04}


@dataclass(frozen=True, slots=True)
class Reading:
    """Hold one line of the progress display; None where a value is not known."""

    title: str
    message: str
    done: int
    total: int
    rate_hz: float | None
    left_s: float | None


class ProgressMeter:
    """Measure the rate over the last seconds of a stage, and the time left of a run.

    `clock` returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._stage = ""
        self._points: deque[tuple[float, int]] = deque()
        self._left = _TimeLeft()

    def read(self, progress: Progress) -> Reading:
        now = self._clock()
        if progress.stage != self._stage or (self._points and progress.done < self._points[-1][1]):
            self._stage = progress.stage
            self._points.clear()
        if not self._points or self._points[-1][1] != progress.done:
            self._points.append((now, progress.done))
        while len(self._points) > 2 and now - self._points[0][0] > _WINDOW_S:
            self._points.popleft()
        rate = None
        if len(self._points) > 1:
            (first_time, first_done), (_, last_done) = self._points[0], self._points[-1]
            if now - first_time > 0.2:
                rate = (last_done - first_done) / (now - first_time)
        left = self._left.read(progress, now)
        title = shown(STAGES.get(progress.stage, progress.stage.capitalize()))
        return Reading(title, progress.message, progress.done, progress.total, rate, left)


class _TimeLeft:
    """Estimate the remaining time of a run without leaps."""

    def __init__(self) -> None:
        self._stage = ""
        self._points: deque[tuple[float, int]] = deque()
        self._begun_s = 0.0
        self._detection_s = 0.0  # s that detection took, or takes by its rate
        self._left: float | None = None
        self._read_at = 0.0

    def read(self, progress: Progress, now: float) -> float | None:
        """Return the remaining time (s) of the run; None as long as nothing is known."""
        estimate = self._estimate(progress, now)
        passed, self._read_at = now - self._read_at, now
        if self._left is not None:
            self._left -= passed
            if estimate is not None:
                self._left += (estimate - self._left) * (1 - math.exp(-passed / _SETTLE_S))
            elif self._left < 0:
                self._left = None
        else:
            self._left = estimate
        return None if self._left is None else max(0.0, self._left)

    def _estimate(self, progress: Progress, now: float) -> float | None:
        if progress.stage != self._stage or (self._points and progress.done < self._points[-1][1]):
            if self._stage == "detect":
                self._detection_s = now - self._begun_s
            self._stage, self._begun_s = progress.stage, now
            self._points.clear()
        if not self._points or now - self._points[-1][0] >= _STEP_S:
            self._points.append((now, progress.done))
        while len(self._points) > _LEAST_STEPS + 1 and now - self._points[0][0] > _LEFT_WINDOW_S:
            self._points.popleft()
        rate = self._rate()
        if not rate or not progress.total:
            return None
        if progress.stage == "detect":
            self._detection_s = progress.total / rate
        return (progress.total - progress.done) / rate + _LATER.get(progress.stage, 0.0) * self._detection_s

    def _rate(self) -> float | None:
        """Return the frames per second without bursts; None before enough was measured."""
        points = list(self._points)
        spans = [(late[0] - early[0], late[1] - early[1]) for early, late in pairwise(points)]
        if len(spans) < _LEAST_STEPS:
            return None
        usual = statistics.median(done / seconds for seconds, done in spans)
        kept = [(seconds, done) for seconds, done in spans if not usual or done <= _BURST * usual * seconds]
        return sum(done for _, done in kept) / sum(seconds for seconds, _ in kept)


def duration_text(seconds: float) -> str:
    """Format a duration as 12 s, 1 min 05 s or 1 h 02 min."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return translate("progress_meter", "{minutes} min {seconds:02d} s").format(
            minutes=whole // 60, seconds=whole % 60
        )
    return translate("progress_meter", "{hours} h {minutes:02d} min").format(
        hours=whole // 3600, minutes=whole % 3600 // 60
    )
