"""Lifting beside detecting: one thread that owns the lifter and everyone's `TrackLift`.

Topology: caller -> `StopQueue` of row batches (bounded: a slow lifter holds the caller back, nothing is dropped) ->
lift thread -> `LatestSlot` with the newest partial result (for watching) and, at the end, `results`.
The lifter itself is made in the thread, so that loading torch overlaps with the first detections.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.flow import CancelToken, Closed, LatestSlot, StopQueue
from pipeline.lift.base import WindowLifter
from pipeline.lift.windows import TrackLift
from pipeline.types import Doubles, Floats

_QUEUED_BATCHES = 8
_PARTIAL_GROWTH = 1.25  # a partial result costs time in proportion to its length: show each one 25 % longer


@dataclass(frozen=True, slots=True)
class Rows:
    """Consecutive frames of one person: H36M-17 joints (n, 17, 2) px, scores (n, 17), time_s (n,)."""

    identity: int
    joints_image: Floats
    scores: Floats
    time_s: Doubles


@dataclass(frozen=True, slots=True)
class PartialLift:
    """What is lifted of one person so far: (n, 17, 3), NaN where it is not."""

    identity: int
    relative: Floats


class LiftWorker:
    """Lifts the rows it is given. `make_track` makes the `TrackLift` of a person, given the lifter."""

    def __init__(
        self,
        make_lifter: Callable[[], WindowLifter],
        make_track: Callable[[WindowLifter], TrackLift],
        cancel: CancelToken,
    ) -> None:
        self._make_lifter = make_lifter
        self._make_track = make_track
        self._cancel = cancel
        self._queue: StopQueue[Rows | int] = StopQueue(_QUEUED_BATCHES)
        self._tracks: dict[int, TrackLift] = {}
        self._shown = 0
        self._error: BaseException | None = None
        self.partial: LatestSlot[PartialLift] = LatestSlot()
        self.results: dict[int, Floats] = {}
        self.lifter: WindowLifter | None = None
        self.lift_s = 0.0
        self._thread = threading.Thread(target=self._run, name="lifter", daemon=True)
        self._thread.start()

    def push(self, rows: Rows) -> None:
        self._put(rows)

    def finish(self, identity: int) -> None:
        """Ask for the rest of this person; the result is in `results` after `join`."""
        self._put(identity)

    def join(self) -> None:
        """Wait until everything asked for is lifted. Raises what the lift thread raised."""
        self._queue.close()
        self._thread.join()
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """End the thread now, whatever is left to do. Safe to call after `join`."""
        self._queue.stop()
        self._thread.join()

    def _put(self, item: Rows | int) -> None:
        try:
            self._queue.put(item)
        except Closed:
            self._thread.join()
            raise self._error or RuntimeError("the lift thread has ended") from None

    def _run(self) -> None:
        try:
            self.lifter = self._make_lifter()
            for item in self._queue:
                begun = time.perf_counter()
                if isinstance(item, Rows):
                    self._lift(self.lifter, item)
                elif item in self._tracks:
                    self._tracks[item].finish(self._cancel)
                    self.results[item] = self._tracks.pop(item).result()
                self.lift_s += time.perf_counter() - begun
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            self._error = error
            self._queue.stop()

    def _lift(self, lifter: WindowLifter, rows: Rows) -> None:
        if rows.identity not in self._tracks:
            self._tracks[rows.identity] = self._make_track(lifter)
        track = self._tracks[rows.identity]
        before = track.rows_lifted
        track.push(rows.joints_image, rows.scores, rows.time_s)
        track.lift_ready(self._cancel)
        if track.rows_lifted > before and track.rows_lifted >= self._shown * _PARTIAL_GROWTH:
            self._shown = track.rows_lifted
            self.partial.put(PartialLift(rows.identity, track.result()))
