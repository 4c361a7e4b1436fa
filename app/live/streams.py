"""Send a live run to other programs; addresses are opened and closed in threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.backend.library import Library
from app.live.session import LiveSession
from app.threads.thread_set import ThreadSet
from pipeline.core.errors import UserError

if TYPE_CHECKING:
    from pipeline.stream.base import Stream


class LiveStreams(QObject):
    """Own the streams; for the main thread. A stream that fails is closed and reported."""

    changed = Signal()
    failed = Signal(object)  # UserError

    def __init__(self, session: LiveSession, library: Library, threads: ThreadSet) -> None:
        super().__init__(session)
        self._session, self._library, self._threads = session, library, threads
        self._open: list[Stream] = []
        self._ends: list[Callable[[], None]] = []
        self._opening = 0
        self._generation = 0  # of the request; streams opened for an older one are closed
        session.began.connect(self._subscribe)

    @property
    def on(self) -> bool:
        return bool(self._open) or self._opening > 0

    @property
    def text(self) -> str:
        """Describe for the user what each stream does."""
        said = (
            s.notice
            or self.tr("{url}: {sent} frames sent").format(url=s.url, sent=s.sent)
            + (self.tr(", {dropped} left out").format(dropped=s.dropped) if s.dropped else "")
            for s in self._open
        )
        return "  ·  ".join(said)

    def open(self, urls: str) -> None:
        """Send to these addresses (separated by spaces or commas) instead of those before."""
        self.close()
        for url in urls.replace(",", " ").split():
            self._opening += 1
            self._threads.run("open stream", self._opener(url), self._opened, self._refused)
        self.changed.emit()

    def _opener(self, url: str) -> Callable[[], tuple[int, Stream]]:
        generation = self._generation
        return lambda: (generation, self._library.open_stream(url))

    def close(self) -> None:
        """Close all streams; returns at once."""
        self._generation += 1
        self._unsubscribe()
        streams, self._open = self._open, []
        if streams:
            self._threads.run("close streams", lambda: _close(streams), self._closed)
        self.changed.emit()

    def shutdown(self) -> None:
        self._unsubscribe()
        _close(self._open)
        self._open = []

    @Slot()
    def _subscribe(self) -> None:
        self._unsubscribe()
        if self._session.engine is not None:
            self._ends = [self._session.engine.subscribe(stream.send) for stream in self._open]

    def _unsubscribe(self) -> None:
        for end in self._ends:
            end()
        self._ends = []

    def _opened(self, opened: tuple[int, Stream]) -> None:
        generation, stream = opened
        self._opening -= 1
        if generation != self._generation:
            self._threads.run("close streams", lambda: _close([stream]), self._closed)
        else:
            self._open.append(stream)
            self._subscribe()
        self.changed.emit()

    def _refused(self, error: Exception) -> None:
        self._opening -= 1
        if isinstance(error, UserError):
            self.failed.emit(error)
        self.changed.emit()

    def _closed(self, nothing: object) -> None:
        self.changed.emit()


def _close(streams: list[Stream]) -> None:
    for stream in streams:
        stream.close()
