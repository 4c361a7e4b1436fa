"""Run live engines one after the other, polled by a timer; starting and ending do not block.

Topology: `pipeline.live.engine` has its own threads and puts its newest result into a slot, which a timer polls, so
that no frame travels in a signal and a slow window makes no queue grow. Ending takes up to two seconds and runs in a
separate thread; a start requested in the meantime follows it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.backend.library import Library
from app.backend.live import LiveRequest
from app.threads.thread_set import ThreadSet
from pipeline.core.errors import UserError
from pipeline.core.live import LiveResult, LiveStats, RunState

if TYPE_CHECKING:
    from pipeline.live.engine import LiveEngine

_LOOK_MS = 16
_STATS_MS = 250


class LiveSession(QObject):
    """Own the live run; for the main thread. `newest` is the last result.

    `engine` exists from `start` until all its threads have ended.
    """

    state_changed = Signal(object)  # RunState
    began = Signal()  # a new engine, just before it starts, so that receivers can subscribe to all results
    fresh = Signal()  # there is a newer `newest`
    looked = Signal(object)  # LiveStats, a few times a second, also without frames
    ended = Signal()  # all threads have ended, on request or not
    failed = Signal(object)  # UserError
    broke = Signal(object)  # Exception: a bug

    def __init__(self, library: Library, threads: ThreadSet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = RunState.IDLE
        self.engine: LiveEngine | None = None
        self.request: LiveRequest | None = None
        self.newest: LiveResult | None = None
        self._library, self._threads = library, threads
        self._models: Any = None  # made by the first run
        self._next: LiveRequest | None = None
        self._ready = (-1, 0.0)  # the newest result's frame, and when it was ready; written by the lift thread
        self._timer, self._slow = QTimer(self), QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._slow.setInterval(_STATS_MS)
        self._slow.timeout.connect(self._look_at_stats)

    @property
    def active(self) -> bool:
        return self.engine is not None

    @property
    def running(self) -> bool:
        return self.state is RunState.RUNNING

    @property
    def stats(self) -> LiveStats:
        return LiveStats() if self.engine is None else self.engine.stats

    @property
    def ready_s(self) -> float:
        """Return the time.monotonic at which `newest` was ready."""
        index, at_s = self._ready
        return at_s if self.newest is not None and self.newest.frame.index == index else time.monotonic()

    def _note_ready(self, result: LiveResult) -> None:
        self._ready = (result.frame.index, time.monotonic())

    def start(self, request: LiveRequest) -> None:
        """Open `request`, after ending the present run; returns at once."""
        if self.engine is not None:
            self._next = request
            self.stop()
            return
        if self._models is None:
            self._models = self._library.models()
        try:
            engine = self._library.open_live(request, self._models)
        except UserError as error:
            self.failed.emit(error)
            return
        self.engine, self.request, self.newest = engine, request, None
        engine.subscribe(self._note_ready)
        self.began.emit()
        engine.start()
        self._set_state(RunState.STARTING)
        self._timer.start()
        self._slow.start()

    def stop(self) -> None:
        """End the run; `ended` is emitted when all threads have ended."""
        if self.engine is None or self.state is RunState.STOPPING:
            return
        self._timer.stop()
        self._slow.stop()
        self._set_state(RunState.STOPPING)
        self._threads.run("stop live", self.engine.stop, self._stopped, self._not_stopped)

    def set_lookahead(self, frames: int) -> None:
        if self.engine is not None:
            self.engine.set_lookahead(frames)

    def shutdown(self) -> None:
        """End the run now, because the window closes; takes up to two seconds."""
        self._timer.stop()
        self._slow.stop()
        self._next = None
        if self.engine is not None:
            self.engine.stop()
            self.engine = None
        if self._models is not None:
            self._models.close()

    def _set_state(self, state: RunState) -> None:
        if state is not self.state:
            self.state = state
            self.state_changed.emit(state)

    @Slot()
    def _look(self) -> None:
        if self.engine is None:
            return
        state = self.engine.state
        result = self.engine.latest()
        if result is not None:
            self.newest = result
            if state is RunState.RUNNING:
                self._set_state(state)
            self.fresh.emit()
        if state in (RunState.FAILED, RunState.IDLE):
            self.stop()
        elif state is not RunState.STOPPING:
            self._set_state(state)

    @Slot()
    def _look_at_stats(self) -> None:
        self.looked.emit(self.stats)

    def _stopped(self, nothing: object) -> None:
        error = None if self.engine is None else self.engine.error
        self._end(RunState.IDLE if error is None else RunState.FAILED)
        if isinstance(error, UserError):
            self.failed.emit(error)
        elif error is not None:
            self.broke.emit(error)

    def _not_stopped(self, error: Exception) -> None:
        self._end(RunState.FAILED)
        if isinstance(error, UserError):
            self.failed.emit(error)

    def _end(self, state: RunState) -> None:
        self.engine = self.newest = None
        self._set_state(state)
        self.ended.emit()
        request, self._next = self._next, None
        if request is not None:
            self.start(request)
