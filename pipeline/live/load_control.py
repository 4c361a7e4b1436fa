"""Choose which frames are detected and lifted, to keep the latency within its budget.

Pure logic without clocks: times are given with the results. Newest-wins alone bounds the latency by the durations of
the stages; load control reduces their load. If the 90th percentile of the latency exceeds the budget, the stage with
the higher load runs on fewer frames; after some time with room in the budget, it runs on more. A step to more frames
that failed is delayed longer next time (exponential back-off), so that the run does not oscillate between two paces.

A detector that tracks people loses them at a low frame rate, and then costs more, not less. So no frames are skipped
where detections are rare already, because each takes longer than several frames; only newest-wins drops frames then.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

_JUDGED_S = 3.0  # s, window of the judged latencies: longer than bursts of a third of a second (another program, the
# detector's search for people who have just left the frame)
_FEWEST = 12  # results, smallest number that is judged
_GRACE_S = 1.5  # s at the start that are not judged: the first results include one-time costs
_HIGH = 90  # percentile of the latency that is kept within the budget
_ROOM = 0.8  # fraction of the latency budget; with a latency below it, more frames may be processed
_WORTH_TRYING = 0.85  # fraction of the latency budget; more frames are tried if the expected latency is below it
_BUSY = 0.85  # fraction of the frame interval; a stage that takes at most this fits between two frames
_PATIENCE_S = 3.0  # s with room in the budget before more frames are processed; doubled after each failed attempt
_LONGEST_PATIENCE_S = 30.0  # s, upper limit of the doubled patience
_PROVEN_S = 10.0  # s; an overload later than this after a step to more frames has another cause
_TIMELY = 0.8  # fraction of the latency budget; a waiting frame is lifted if it and the newest are ready within it
_STEPS = (1.0, 1.5, 2.0, 3.0, 4.0)  # frames per run of a stage: all, 2 of 3, every second, ...
_RAREST_HZ = 8.0  # Hz, lowest rate of detections and of lifts for which frames are skipped
# Hz, rate of lifts below which frames are processed again, however late: the source has become slower
_TOO_RARE_HZ = 4.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Hold the number of frames per detection and per lift; 1: every frame."""

    detect_every: float = 1.0
    lift_every: float = 1.0


def takes(number: int, every: float) -> bool:
    """Return whether a stage that runs once in `every` frames runs on this one (1.5: 2 of 3)."""
    return math.floor(number / every) > math.floor((number - 1) / every)


class LiftTurns:
    """Choose the waiting frames to lift: every n-th of those that delay no result too much."""

    def __init__(self, budget_ms: float) -> None:
        self._timely_ms = _TIMELY * budget_ms
        self._number = 0

    def take(self, waited_ms: float, newest_waited_ms: float, lift_ms: float, every: float) -> bool:
        """Return whether to lift a waiting frame that is not the newest one.

        The frame was captured `waited_ms` ago, the newest one `newest_waited_ms` ago, and a lift takes `lift_ms`.
        Frames whose result would be too late are not counted as turns.
        """
        late_ms = max(waited_ms + lift_ms, newest_waited_ms + 2 * lift_ms)
        return late_ms < self._timely_ms and self.take_newest(every)

    def take_newest(self, every: float) -> bool:
        """Return whether to lift the newest frame, however late: true in every n-th turn."""
        self._number += 1
        return takes(self._number - 1, every)


@dataclass(frozen=True, slots=True)
class Load:
    """Hold the current load: durations in milliseconds and the detection rate.

    `detect_ms`, `lift_ms`: one detection, one lift; `interval_ms`: between two frames of the source; `seen_hz`:
    detections per second, 0 = not known (at the start, and after an interruption of the source).
    """

    detect_ms: float
    lift_ms: float
    interval_ms: float
    seen_hz: float = 0.0


class Adapter:
    """Adapt the pace of detection and lifting to keep the latency within `budget_ms`."""

    def __init__(self, budget_ms: float) -> None:
        self._budget_ms = budget_ms
        self._latencies: deque[tuple[float, float]] = deque(maxlen=512)  # (time_s, ms)
        self._patience_s = _PATIENCE_S
        self._changed_s: float | None = None
        self._easy_since_s: float | None = None
        self._tried: Pace | None = None  # the pace before the last step to more frames
        self.pace = Pace()

    def update(self, time_s: float, latency_ms: float, load: Load) -> Pace:
        """Add the latency of one result and return the pace for the next frames.

        `time_s`: when the result was ready (rising); `load`: the current load.
        """
        if self._changed_s is None:
            self._changed_s = time_s + _GRACE_S
        self._latencies.append((time_s, latency_ms))
        since = max(self._changed_s, time_s - _JUDGED_S)
        judged = [ms for at, ms in self._latencies if at > since]
        if len(judged) < _FEWEST:
            return self.pace
        high = float(np.percentile(judged, _HIGH))
        if high > self._budget_ms:
            self._fewer(time_s, load)
        elif high > _ROOM * self._budget_ms:
            self._easy_since_s = None
        else:
            self._more(time_s, load)
        return self.pace

    def _fewer(self, time_s: float, load: Load) -> None:
        """Process fewer frames in the stage with the higher load."""
        now = self.pace
        seen_hz = load.seen_hz or 1e3 / (load.interval_ms * now.detect_every)
        lifts_hz = seen_hz / now.lift_every  # lifts never outnumber detections
        options = []
        fewer = _next(now.detect_every)
        if fewer and lifts_hz * now.detect_every / fewer >= _RAREST_HZ:
            options.append((load.detect_ms / now.detect_every, Pace(fewer, now.lift_every)))
        fewer = _next(now.lift_every)
        if fewer and lifts_hz * now.lift_every / fewer >= _RAREST_HZ:
            options.append((load.lift_ms / now.lift_every, Pace(now.detect_every, fewer)))
        if not options:
            self._easy_since_s = None
            if lifts_hz < _TOO_RARE_HZ and now != Pace():
                self._change(Pace(_before(now.detect_every), _before(now.lift_every)), time_s)
            return
        _, slower = max(options, key=lambda option: option[0])
        too_bold = self._tried == slower and self._changed_s is not None and time_s - self._changed_s < _PROVEN_S
        self._patience_s = min(2 * self._patience_s, _LONGEST_PATIENCE_S) if too_bold else _PATIENCE_S
        self._change(slower, time_s)
        self._tried = None

    def _more(self, time_s: float, load: Load) -> None:
        """Process more frames in one stage after enough time with room in the budget.

        The stage must fit between two frames, or the expected latency must stay within the budget. Every stage takes
        the newest frame, so a slow stage drops frames and its delays do not add up; more frames are detected this way
        than by skipping every second one.
        """
        now = self.pace
        if self._easy_since_s is None:
            self._easy_since_s = time_s
        if now == Pace() or time_s - self._easy_since_s < self._patience_s:
            return
        options = []
        if now.detect_every > 1:
            more = _before(now.detect_every)
            options.append((load.detect_ms / more, Pace(more, now.lift_every)))
        if now.lift_every > 1:
            more = _before(now.lift_every)
            options.append((load.lift_ms / more, Pace(now.detect_every, more)))
        cost_ms, faster = min(options, key=lambda option: option[0])
        expected_ms = load.interval_ms + load.detect_ms + load.lift_ms
        if cost_ms <= _BUSY * load.interval_ms or expected_ms <= _WORTH_TRYING * self._budget_ms:
            self._change(faster, time_s)
            self._tried = now

    def _change(self, pace: Pace, time_s: float) -> None:
        self.pace, self._changed_s, self._easy_since_s = pace, time_s, None


def _next(every: float) -> float | None:
    """Return the next step to fewer frames; None at the last one."""
    return None if every == _STEPS[-1] else _STEPS[_STEPS.index(every) + 1]


def _before(every: float) -> float:
    """Return the next step to more frames; the first step is the last one."""
    return _STEPS[max(0, _STEPS.index(every) - 1)]
