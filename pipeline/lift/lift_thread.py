"""Lift in parallel with detection, in one thread with the lifter and a `TrackLift` each.

Topology: caller -> `StopQueue` of row batches (bounded: a slow lifter holds the caller back, nothing is dropped) ->
lift thread -> the latest partial result of each person (`take_partials`, for display) and, at the end, `results`. The
lifter is created in the thread, so that loading torch overlaps with the first detections.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Floats
from ..core.camera import Camera
from ..core.concurrency import CancelToken, Closed, StopQueue
from ..core.poses import PersonTrack
from ..core.take import LiftedTrack, TokenStages
from .base import WindowLifter
from .window_plan import OVERLAP
from .windows import TrackLift

_QUEUED_BATCHES = 8  # batches of rows that wait for the lifter before the caller has to wait
_PARTIAL_GROWTH = 1.25  # length ratio of successive partial results: each one costs time in proportion to its length
_FIRST_PREVIEW_ROWS = 32  # rows in the first preview of a person
_PREVIEW_WINDOWS = 2  # windows' worth of rows up to which previews are lifted; later, lifted windows can be shown


@dataclass(frozen=True, slots=True)
class Lifted:
    """Hold the lifted frames of a person: joints (n, 17, 3), NaN where not lifted.

    `kept` (S, n): frames kept by the pruning stages at `blocks`.
    """

    joints: Floats
    blocks: tuple[int, ...]
    kept: NDArray[np.bool_]
    unit_stature_m: float  # m, chain length of the bodies in `joints`

    def of_take(self, person: int, frames: int) -> tuple[LiftedTrack, TokenStages | None]:
        """Extend to a take of `frames` frames: the track, and the stages (None: nothing is pruned).

        Frames after the n lifted ones are NaN.
        """
        rest = frames - len(self.joints)
        joints = np.concatenate([self.joints, np.full((rest, 17, 3), np.nan, np.float32)])
        kept = np.concatenate([self.kept, np.zeros((len(self.blocks), rest), np.bool_)], axis=1)
        stages = TokenStages(person, self.blocks, kept) if self.blocks else None
        return LiftedTrack(person, joints, self.unit_stature_m), stages


class LiftWorker:
    """Lift the rows of people's tracks in a thread while they are pushed.

    `overlap`, `repair_sides`: see `TrackLift`. `partials` False: no results before the end, which saves the time of
    previews.
    """

    def __init__(
        self,
        make_lifter: Callable[[], WindowLifter],
        camera: Camera,
        cancel: CancelToken,
        overlap: float = OVERLAP,
        partials: bool = True,
        repair_sides: bool = True,
    ) -> None:
        self._make_lifter = make_lifter
        self._new_track = functools.partial(TrackLift, camera=camera, overlap=overlap, repair_sides=repair_sides)
        self._wants_partials = partials
        self._cancel = cancel
        self._queue: StopQueue[PersonTrack | int] = StopQueue(_QUEUED_BATCHES)
        self._tracks: dict[int, TrackLift] = {}
        self._early: dict[int, list[PersonTrack]] = {}  # first rows of each person, for previews
        self._shown: dict[int, int] = {}  # rows in the last partial result of each person
        self._partials: dict[int, Lifted] = {}
        self._partials_lock = threading.Lock()
        self._error: BaseException | None = None
        self.results: dict[int, Lifted] = {}
        self.lifter: WindowLifter | None = None
        self.lift_s = 0.0
        self._thread = threading.Thread(target=self._run, name="lifter", daemon=True)
        self._thread.start()

    def push(self, rows: PersonTrack) -> None:
        """Add the next frames of a person."""
        self._put(rows)

    def finish(self, identity: int) -> None:
        """Request the rest of this person; the result is in `results` once `wait` returns True."""
        self._put(identity)

    def take_partials(self) -> dict[int, Lifted]:
        """Return the partial results that are new since the last call, by identity."""
        with self._partials_lock:
            partials, self._partials = self._partials, {}
            return partials

    def wait(self, timeout_s: float) -> bool:
        """Close the queue and return whether everything requested was lifted within `timeout_s`.

        Raises what the lift thread raised.
        """
        self._queue.close()
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            return False
        if self._error is not None:
            raise self._error
        return True

    def share_lifted(self, identity: int) -> float:
        """Return the lifted fraction, 0 to 1, of the rows pushed for this person."""
        track = self._tracks.get(identity)
        return 1.0 if identity in self.results else 0.0 if track is None else track.share_lifted

    def stop(self) -> None:
        """End the thread and drop the remaining work. Safe to call after `wait`."""
        self._queue.stop()
        self._thread.join()

    def _put(self, item: PersonTrack | int) -> None:
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
                if isinstance(item, PersonTrack):
                    self._lift(self.lifter, item)
                elif item in self._tracks:
                    self._tracks[item].finish(self._cancel)
                    self.results[item] = _lifted(self._tracks[item], self.lifter)
                    del self._tracks[item]
                self.lift_s += time.perf_counter() - begun
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            self._error = error
            self._queue.stop()

    def _lift(self, lifter: WindowLifter, rows: PersonTrack) -> None:
        identity = rows.person
        track = self._tracks.get(identity)
        if track is None:
            track = self._tracks[identity] = self._new_track(lifter)
            self._early[identity] = []
        lifted_before = track.rows_lifted
        track.push(rows)
        track.lift_ready(self._cancel)
        if self._wants_partials:
            self._preview(lifter, rows, track, lifted_before)

    def _preview(self, lifter: WindowLifter, rows: PersonTrack, track: TrackLift, lifted_before: int) -> None:
        """Make a partial result of the person of `rows`, if there is enough new to show."""
        identity = rows.person
        shown = self._shown.get(identity, 0)
        if track.rows_pushed <= _PREVIEW_WINDOWS * lifter.frames and not lifter.seq2frame:
            # At most two windows are full: lift the first rows as a clip of their length, so that they can be shown.
            # (A seq2frame lifter gives results every few frames, and is too slow for previews.)
            self._early[identity].append(rows)
            due = track.rows_pushed >= max(_FIRST_PREVIEW_ROWS, shown * _PARTIAL_GROWTH)
            if due and not self._queue.waiting:  # with a backlog, full windows will follow soon
                preview = self._new_track(lifter)
                for early in self._early[identity]:
                    preview.push(early)
                preview.finish(self._cancel)
                self._show(identity, preview.rows_pushed, _lifted(preview, lifter))
        else:
            self._early[identity].clear()
            if track.rows_lifted > lifted_before and track.rows_lifted >= shown * _PARTIAL_GROWTH:
                self._show(identity, track.rows_lifted, _lifted(track, lifter))

    def _show(self, identity: int, rows: int, lifted: Lifted) -> None:
        self._shown[identity] = rows
        with self._partials_lock:
            self._partials[identity] = lifted


def _lifted(track: TrackLift, lifter: WindowLifter) -> Lifted:
    return Lifted(track.result(), *track.kept(), lifter.unit_stature_m)
