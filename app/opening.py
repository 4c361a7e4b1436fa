"""Opening a video away from the window: the old one stays until the new one has shown that it can be read."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.backend import Backend
from app.threads import ThreadSet
from app.workers import PlayerThread
from pipeline.errors import UserError
from pipeline.types import Take, VideoInfo


class VideoOpener(QObject):
    """At most one video is being opened; a newer wish replaces an older one. Main thread only."""

    opening_changed = Signal(bool)
    opened = Signal(object, object, object)  # PlayerThread, VideoInfo, the Take that it is opened for or None
    refused = Signal(object, object)  # UserError, that Take or None
    broke_off = Signal(int, object)  # generation of a player that was opened before, UserError
    broke = Signal(object)  # Exception: a bug

    def __init__(self, backend: Backend, threads: ThreadSet, parent: QObject) -> None:
        super().__init__(parent)
        self._backend, self._threads = backend, threads
        self._opening: PlayerThread | None = None
        self._take: Take | None = None
        self._generation = 0

    def open(self, path: Path | None, take: Take | None = None) -> None:
        """Open the video at `path`; None: the sample."""
        if self._opening is not None:
            self._opening.close()
        self._generation += 1
        player = PlayerThread(self._generation, self._backend, path, self)
        player.opened.connect(self._opened)
        player.failed.connect(self._failed)
        player.broke.connect(self._broke)
        self._opening, self._take = player, take
        self.opening_changed.emit(True)
        self._threads.start(player)

    def _done(self) -> Take | None:
        """It is open or it is not: nothing is being opened any more. Returns the take that waited for it."""
        take = self._take
        self._opening = self._take = None
        self.opening_changed.emit(False)
        return take

    @Slot(int, object)
    def _opened(self, generation: int, info: VideoInfo) -> None:
        player = self._opening
        if player is not None and player.generation == generation:
            self.opened.emit(player, info, self._done())

    @Slot(int, object)
    def _failed(self, generation: int, error: UserError) -> None:
        if self._opening is not None and self._opening.generation == generation:
            self.refused.emit(error, self._done())
        else:
            self.broke_off.emit(generation, error)

    @Slot(int, object)
    def _broke(self, generation: int, error: Exception) -> None:
        if self._opening is not None and self._opening.generation == generation:
            self._done()
        self.broke.emit(error)
