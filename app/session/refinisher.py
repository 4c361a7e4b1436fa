"""Repeat the post-processing when its settings change, without detecting or lifting.

For the main thread. One take is finished at a time, in a thread; of the requests in the meantime only the newest is
kept, so a value that is being turned is followed as fast as the machine can.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.backend.library import Library
from app.threads.thread_set import ThreadSet
from pipeline.core.config import RunConfig
from pipeline.core.errors import UserError
from pipeline.core.take import Take
from pipeline.take.provenance import can_refinish, take_config

_DEBOUNCE_MS = 120  # without a change, before the work starts


@dataclass(frozen=True, slots=True)
class _Request:
    take: Take
    config: RunConfig
    anyway: bool


class Refinisher(QObject):
    """Re-finish takes; `finished` brings the newest requested one, and intermediate ones."""

    finished = Signal(object)  # Take
    lift_wanted = Signal()  # the field of view changed, which the lifter's input depends on
    busy_changed = Signal(bool)
    failed = Signal(object)  # UserError

    def __init__(self, library: Library, threads: ThreadSet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library, self._threads = library, threads
        self._request: _Request | None = None  # the newest
        self._doing: _Request | None = None
        self._lift = False  # the request needs the lifter
        self._debounce = QTimer(self)
        self._debounce.setSingleShot(True)
        self._debounce.setInterval(_DEBOUNCE_MS)
        self._debounce.timeout.connect(self._start)

    @property
    def busy(self) -> bool:
        return self._request is not None

    @property
    def working(self) -> bool:
        """Return whether a take is being finished in its thread."""
        return self._doing is not None

    def want(self, take: Take, config: RunConfig, *, anyway: bool = False) -> None:
        """Finish `take` by `config`, unless made so already; `anyway`: its people changed."""
        if not can_refinish(take):
            return
        made = take_config(take)
        if made is not None and not anyway and (made.post, made.scene) == (config.post, config.scene):
            doing_so = self._request is not None and self._request.anyway and self._request.take is take
            if not doing_so:
                self.drop()
            return
        self._set(_Request(take, config, anyway))
        self._lift = made is not None and not anyway and made.scene.fov_deg != config.scene.fov_deg
        # Finishing is quick and follows the value; lifting waits until the value rests.
        if self._lift or not self._debounce.isActive():
            self._debounce.start()

    def drop(self) -> None:
        """Drop the request; a running thread ends without effect."""
        self._debounce.stop()
        self._lift = False
        self._set(None)

    def _set(self, request: _Request | None) -> None:
        before, self._request = self.busy, request
        if before != self.busy:
            self.busy_changed.emit(self.busy)

    @Slot()
    def _start(self) -> None:
        if self._request is None or self._doing is not None:
            return
        if self._lift:
            self.drop()
            self.lift_wanted.emit()
            return
        request = self._doing = self._request
        refinish = self._library.refinish
        self._threads.run("finish", lambda: refinish(request.take, request.config), self._done, self._failed)

    def _ended(self) -> bool:
        """Return whether the ended result is the requested one, or on the way to it."""
        done, request = self._doing, self._request
        self._doing = None
        if done is None or request is None:
            return False
        if done is request:
            self._set(None)
        elif not self._debounce.isActive():
            self._start()
        return _same_people(done.take, request.take)

    def _done(self, take: Take) -> None:
        if self._ended():
            self.finished.emit(take)

    def _failed(self, error: Exception) -> None:
        if self._ended() and isinstance(error, UserError):
            self.failed.emit(error)


def _same_people(take: Take, other: Take) -> bool:
    """Return whether two takes differ at most in how they were finished."""
    return take.lifted is other.lifted and take.names is other.names
