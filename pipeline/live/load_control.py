"""How a live run holds its latency when the machine is too slow: which frames are detected and which are lifted.

Pure logic, no clocks: times come in with the results. Newest-wins alone bounds the latency by what the stages cost;
this makes them cost less. When the latency of most results lies over the budget, the stage that takes more of the
machine is run on fewer frames; when there would be room again for a while, on more. A step to more that turned out too
bold is not tried again so soon (exponential back-off), so that the run does not flicker between two states.

A detector that follows people loses them if it sees too few frames, and then costs more, not less. So where detections
are rare already - each takes longer than some frames - nothing is left out: dropping frames is all that can be done.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

_JUDGED_S = 3.0  # what is judged lies within this (a burst of a third of a second is no reason: another program's, a
# search for those who have just left the picture),
_FEWEST = 12  # and is at least so many results
_GRACE_S = 1.5  # the first results pay for what is done once
_HIGH = 90  # percentile of the latency that is held
_ROOM = 0.8  # of the budget: below, it may be tried with more,
_WORTH_TRYING = 0.85  # if what is to be expected lies below this; what fails is tried again later and later
_BUSY = 0.85  # of the time between two frames: a stage that needs no more than this fits
_PATIENCE_S = 3.0
_LONGEST_PATIENCE_S = 30.0
_PROVEN_S = 10.0  # a step to more that was good for so long was not too bold: something else has changed
_TIMELY = 0.8  # of the latency budget: within it a waiting frame and the one behind it have to be ready
_STEPS = (1.0, 1.5, 2.0, 3.0, 4.0)  # every so-and-so-many-th frame: all, 2 of 3, every second, ...
_RAREST_HZ = 8.0  # detections and lifts a second at least


@dataclass(frozen=True, slots=True)
class Pace:
    detect_every: float = 1.0
    lift_every: float = 1.0


def takes(number: int, every: float) -> bool:
    """Whether a stage that runs on every `every`-th frame runs on this one. 1.5: on 2 of 3."""
    return math.floor(number / every) > math.floor((number - 1) / every)


class LiftTurns:
    """Which of the frames that wait for the lifter are lifted: every n-th of those that make none late."""

    def __init__(self, budget_ms: float) -> None:
        self._timely_ms = _TIMELY * budget_ms
        self._number = 0

    def take(self, waited_ms: float, newest_waited_ms: float, lift_ms: float, every: float) -> bool:
        """Whether to lift a frame captured `waited_ms` ago, with the newest one behind it captured
        `newest_waited_ms` ago, when a lift takes `lift_ms`. A frame that would come too late takes no turn."""
        late_ms = max(waited_ms + lift_ms, newest_waited_ms + 2 * lift_ms)
        return late_ms < self._timely_ms and self.take_newest(every)

    def take_newest(self, every: float) -> bool:
        """Whether to lift the newest frame: it is lifted however late it is."""
        self._number += 1
        return takes(self._number - 1, every)


@dataclass(frozen=True, slots=True)
class Load:
    """What the stages do now: milliseconds of one detection and one lift, between two frames of the source, and how
    many frames a second are detected (0: not known yet)."""

    detect_ms: float
    lift_ms: float
    interval_ms: float
    seen_hz: float = 0.0


class Adapter:
    """Decides the pace from the latencies. `budget_ms`: what is to be held."""

    def __init__(self, budget_ms: float) -> None:
        self._budget_ms = budget_ms
        self._latencies: deque[tuple[float, float]] = deque(maxlen=512)  # (time_s, ms)
        self._patience_s = _PATIENCE_S
        self._changed_s: float | None = None
        self._easy_since_s: float | None = None
        self._tried: Pace | None = None  # the slower pace from which the last step to more was made
        self.pace = Pace()

    def update(self, time_s: float, latency_ms: float, load: Load) -> Pace:
        """One result: when it was ready (rising), its latency, and the load now."""
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
        """Relieve the stage that takes more of the machine now."""
        now = self.pace
        lifts_hz = (load.seen_hz or math.inf) / now.lift_every  # never more than detections
        options = []
        fewer = _next(now.detect_every)
        if fewer and lifts_hz * now.detect_every / fewer >= _RAREST_HZ:
            options.append((load.detect_ms / now.detect_every, Pace(fewer, now.lift_every)))
        fewer = _next(now.lift_every)
        if fewer and lifts_hz * now.lift_every / fewer >= _RAREST_HZ:
            options.append((load.lift_ms / now.lift_every, Pace(now.detect_every, fewer)))
        if not options:
            self._easy_since_s = None
            return
        _, slower = max(options, key=lambda option: option[0])
        too_bold = self._tried == slower and self._changed_s is not None and time_s - self._changed_s < _PROVEN_S
        self._patience_s = min(2 * self._patience_s, _LONGEST_PATIENCE_S) if too_bold else _PATIENCE_S
        self._change(slower, time_s)
        self._tried = None

    def _more(self, time_s: float, load: Load) -> None:
        """Undo a step, if there has been room for long enough and either the stage would fit between two frames or what
        it makes late stays within the budget: every stage takes the newest frame, so a slow one drops frames and does
        not add up, and more frames are detected so than by leaving out every second one."""
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
    """The next step to fewer frames, if there is one."""
    return None if every == _STEPS[-1] else _STEPS[_STEPS.index(every) + 1]


def _before(every: float) -> float:
    """The last step to more."""
    return _STEPS[_STEPS.index(every) - 1]
