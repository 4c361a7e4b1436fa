"""Keep the open take on disk while it is not saved."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.backend.library import Library
from app.session.recovery.store import RecoveryStore, Unsaved
from app.session.state import TakeSession
from app.session.take_files import TakeFiles
from app.threads.thread_set import ThreadSet
from pipeline.core.errors import OutputError
from pipeline.core.take import Take

log = logging.getLogger(__name__)

# Time from a change until it is written; several changes within it are written once. A take that takes long to write
# is written less often: at most in a quarter of the time.
DELAY_MS, _LONGEST_MS = 2000, 6000

_State = tuple[int, int]  # revision of the edits, identity of the take


class Recovery(QObject):
    """Write the open take a moment after every change, until it is saved. For the main thread."""

    failed = Signal(str)  # why unsaved takes cannot be kept; once
    found = Signal(object)  # list of `Unsaved`

    def __init__(
        self, library: Library, threads: ThreadSet, session: TakeSession, takes: TakeFiles, root: Path, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._library, self._threads, self._session, self._takes = library, threads, session, takes
        self._store = RecoveryStore(root)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self._write)
        self._writing = False
        self._told = False
        self._took_ms = 0
        self._written: _State | None = None
        self._kept: Take | None = None  # the take that was written; held, so that no other gets its identity
        self._opening: Unsaved | None = None
        session.take_changed.connect(self._changed)
        session.dirty_changed.connect(self._changed)

    def look(self) -> None:
        """Look for takes that crashes left; `found` brings them."""
        self._threads.run("look for unsaved takes", self._store.left_by_crashes, self.found.emit)

    def open(self, unsaved: Unsaved) -> None:
        """Open a take that a crash left, as unsaved as it was."""
        self._opening = unsaved
        self._takes.load_unsaved(unsaved.take, unsaved.saved_as)

    def stop(self) -> None:
        """End properly: what is not saved now is not wanted."""
        self._timer.stop()
        self._store.clear()

    @property
    def _state(self) -> _State | None:
        """Return what has to be kept; None: nothing, since there is no take or its file holds it."""
        session = self._session
        if session.kept is None or not (session.dirty or session.take_path is None):
            return None
        return session.revision, id(session.kept)

    @Slot()
    def _changed(self) -> None:
        state, opening = self._state, self._opening
        if opening is not None and state is not None and self._takes.unsaved:
            self._opening = None
            self._store.adopt(opening)
            self._written, self._kept = state, self._session.kept
        if self._writing or state == self._written:
            return
        if state is None:
            self._timer.stop()
            self._written = self._kept = None
            self._store.clear()
        elif not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _write(self) -> None:
        state, take, path = self._state, self._session.kept, self._session.take_path
        if state is None or take is None or self._writing:
            return
        self._writing, self._kept = True, take

        def work() -> str:
            begun = time.monotonic()
            try:
                self._store.write(take, path, self._library.save)
            except OutputError as error:
                return str(error)
            finally:
                self._took_ms = round(1000 * (time.monotonic() - begun))
            return ""

        def done(why: str) -> None:
            self._writing = False
            self._written = state
            self._timer.setInterval(min(max(DELAY_MS, 3 * self._took_ms), _LONGEST_MS))
            if why:
                log.warning("The unsaved take is not kept: %s", why)
                if not self._told:
                    self._told = True
                    self.failed.emit(why)
            self._changed()  # what came meanwhile

        self._threads.run("keep the unsaved take", work, done)
