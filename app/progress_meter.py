"""Estimate the speed and the remaining time of a run from its `Progress`."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from app.languages.translation import mark, shown, translate
from pipeline.core.take import Progress

STAGES = {
    "prepare": mark("Getting ready"),
    "detect": mark("Finding people"),
    "lift": mark("Lifting to 3D"),
    "finish": mark("Finishing"),
}
_WINDOW_S = 4.0  # s over which the rate is measured


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
    """Measure the rate over the last seconds of a stage; `clock` returns seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._stage = ""
        self._points: deque[tuple[float, int]] = deque()

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
        left = (progress.total - progress.done) / rate if rate and progress.total else None
        title = shown(STAGES.get(progress.stage, progress.stage.capitalize()))
        return Reading(title, progress.message, progress.done, progress.total, rate, left)


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
