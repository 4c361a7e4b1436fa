"""The steps behind the lifter again, as soon as their settings change: nothing is detected, nothing is lifted.

Main thread only. One take is finished at a time, in a thread of its own; of what is wanted meanwhile only the newest is
kept. So a value that is being turned is followed as closely as the machine can.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.backend.library import Library
from app.threads.thread_set import ThreadSet
from pipeline.core.config import RunConfig
from pipeline.core.errors import UserError
from pipeline.core.take import Take
from pipeline.take.provenance import can_finish_again, take_config

_REST_MS = 120


@dataclass(frozen=True, slots=True)
class _Wish:
    take: Take
    config: RunConfig
    anyway: bool


class Finisher(QObject):
    """`finished` brings the take that was asked for last, and what can be had on the way; nothing that was dropped."""

    finished = Signal(object)  # Take
    lift_wanted = Signal()  # the field of view changed: the lifter looks along the lines of sight
    busy_changed = Signal(bool)
    failed = Signal(object)  # UserError

    def __init__(self, library: Library, threads: ThreadSet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library, self._threads = library, threads
        self._wish: _Wish | None = None  # the newest
        self._doing: _Wish | None = None
        self._lift = False  # what is wanted takes the lifter
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._start)

    @property
    def busy(self) -> bool:
        return self._wish is not None

    @property
    def working(self) -> bool:
        """Whether a take is being finished in its thread."""
        return self._doing is not None

    def want(self, take: Take, config: RunConfig, *, anyway: bool = False) -> None:
        """`take` as `config.post` and `config.scene` say; nothing is done if it is so. `anyway`: its people changed."""
        if not can_finish_again(take):
            return
        made = take_config(take)
        if made is not None and not anyway and (made.post, made.scene) == (config.post, config.scene):
            doing_so = self._wish is not None and self._wish.anyway and self._wish.take is take
            if not doing_so:
                self.drop()
            return
        self._set(_Wish(take, config, anyway))
        self._lift = made is not None and not anyway and made.scene.fov_deg != config.scene.fov_deg
        # What is quick follows the hand; lifting waits until the hand rests.
        if self._lift or not self._rest.isActive():
            self._rest.start()

    def drop(self) -> None:
        """Forget what was asked for; a thread that is at it ends unheard."""
        self._rest.stop()
        self._lift = False
        self._set(None)

    def _set(self, wish: _Wish | None) -> None:
        before, self._wish = self.busy, wish
        if before != self.busy:
            self.busy_changed.emit(self.busy)

    @Slot()
    def _start(self) -> None:
        if self._wish is None or self._doing is not None:
            return
        if self._lift:
            self.drop()
            self.lift_wanted.emit()
            return
        wish = self._doing = self._wish
        self._threads.run("finish", lambda: self._library.refinish(wish.take, wish.config), self._done, self._failed)

    def _ended(self) -> bool:
        """Whether what has ended is worth showing: it is what is wanted, or on the way to it."""
        done, wish = self._doing, self._wish
        self._doing = None
        if done is None or wish is None:
            return False
        if done is wish:
            self._set(None)
        elif not self._rest.isActive():
            self._start()
        return _same_people(done.take, wish.take)

    def _done(self, take: Take) -> None:
        if self._ended():
            self.finished.emit(take)

    def _failed(self, error: Exception) -> None:
        if self._ended() and isinstance(error, UserError):
            self.failed.emit(error)


def _same_people(take: Take, other: Take) -> bool:
    """Whether the two differ at most in how they were finished."""
    return take.lifted is other.lifted and take.names is other.names
