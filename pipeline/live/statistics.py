"""Measure frame rates, drops and latencies of a live run, recently and over the whole run."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

import numpy as np

from ..core.live import LiveStats

_LATELY_S = 2.0  # s, window of the current rates and medians
_BIN_MS, _BINS = 0.5, 20_000  # ms and bins: latencies up to 10 s with 0.5 ms resolution, in constant memory


@dataclass(frozen=True, slots=True)
class Timing:
    """Hold the times of one result in milliseconds; `detect`, `lift` are None if predicted."""

    waited: float
    detect: float | None
    lift: float | None
    latency: float


@dataclass(frozen=True, slots=True)
class LiveSummary:
    """Summarise a whole run; rates are over the time from its first to its last frame."""

    seconds: float
    captured: int
    dropped: int
    shown: int
    predicted: int
    captured_fps: float
    shown_fps: float
    predicted_fps: float
    latency_p50_ms: float
    latency_p95_ms: float
    latency_max_ms: float
    detect_ms: float
    lift_ms: float


class Meter:
    """Count frames and measure latencies of a run. Use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._captures: deque[float] = deque(maxlen=1024)
        self._results: deque[tuple[float, bool, Timing]] = deque(maxlen=1024)
        self._bins = np.zeros(_BINS, np.int64)
        self._first_s = self._last_s = 0.0
        self._sums = np.zeros(4)  # detection ms, detections, lift ms, lifts
        self._longest_ms = 0.0
        self.captured = self.shown = self.predicted = 0

    def capture(self, now_s: float) -> None:
        """Count a frame that arrived from the source at `now_s`."""
        with self._lock:
            self._first_s = self._first_s if self.captured else now_s
            self._last_s = now_s
            self.captured += 1
            self._captures.append(now_s)

    def result(self, now_s: float, predicted: bool, timing: Timing) -> None:
        with self._lock:
            self.predicted += predicted
            self.shown += not predicted
            self._results.append((now_s, predicted, timing))
            self._bins[min(int(max(timing.latency, 0) / _BIN_MS), _BINS - 1)] += 1
            self._longest_ms = max(self._longest_ms, timing.latency)
            for place, cost in ((0, timing.detect), (2, timing.lift)):
                if cost is not None:
                    self._sums[place : place + 2] += (cost, 1)

    def seen_hz(self, now_s: float) -> float:
        """Return the recent rate of detections in Hz; 0 until it is known."""
        with self._lock:
            times = [at for at, _, timing in self._results if timing.detect is not None and now_s - at <= _LATELY_S]
            began = bool(self._results) and now_s - self._results[0][0] > _LATELY_S / 2
        return (len(times) - 1) / (times[-1] - times[0]) if began and len(times) > 4 else 0.0

    def stats(self, now_s: float, dropped: int = 0) -> LiveStats:
        """Return the statistics of the last 2 s and the counts of the run.

        Pace, look-ahead, device and notice are left at their defaults. `dropped` is an argument, because frames without
        a result may still be in processing.
        """
        with self._lock:
            lately = [(p, timing) for at, p, timing in self._results if now_s - at <= _LATELY_S]
            span = min(_LATELY_S, max(now_s - self._first_s, 1e-3)) if self.captured else _LATELY_S
            shown = sum(not predicted for predicted, _ in lately)
            return LiveStats(
                captured=self.captured,
                dropped=dropped,
                shown=self.shown,
                predicted=self.predicted,
                captured_hz=sum(now_s - at <= _LATELY_S for at in self._captures) / span,
                shown_hz=shown / span,
                predicted_hz=(len(lately) - shown) / span,
                capture_ms=_median([timing.waited for _, timing in lately]),
                detect_ms=_median([timing.detect for _, timing in lately if timing.detect is not None]),
                lift_ms=_median([timing.lift for _, timing in lately if timing.lift is not None]),
                latency_ms=_median([timing.latency for _, timing in lately]),
            )

    def summary(self) -> LiveSummary:
        with self._lock:
            seconds = self._last_s - self._first_s
            per_s = 1 / seconds if seconds > 0 else 0.0
            count = np.cumsum(self._bins)
            p50, p95 = (
                float((np.searchsorted(count, share * count[-1]) + 0.5) * _BIN_MS) if count[-1] else 0.0
                for share in (0.5, 0.95)
            )
            detect_ms, lift_ms = self._sums[[0, 2]] / np.maximum(self._sums[[1, 3]], 1)
            return LiveSummary(
                seconds=seconds,
                captured=self.captured,
                dropped=self.captured - self.shown - self.predicted,
                shown=self.shown,
                predicted=self.predicted,
                captured_fps=max(self.captured - 1, 0) * per_s,
                shown_fps=self.shown * per_s,
                predicted_fps=self.predicted * per_s,
                latency_p50_ms=p50,
                latency_p95_ms=p95,
                latency_max_ms=self._longest_ms,
                detect_ms=float(detect_ms),
                lift_ms=float(lift_ms),
            )


def _median(values: list[float]) -> float:
    return float(np.median(values)) if values else 0.0
