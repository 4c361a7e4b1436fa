"""What the commands of lifters and of detectors share: a dialog, and threads that work for it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.backend import Backend
from app.threads import ThreadSet
from app.views.catalogue import CatalogueDialog
from app.workers import TaskThread
from pipeline.errors import Cancelled, UserError
from pipeline.flow import CancelToken, LatestSlot

_POLL_MS = 100

Download = Callable[[str, Callable[[int, int], None], CancelToken], None]


class CatalogueCommands(QObject):
    """Asks the backend in threads of its own; `dialog` is the dialog while it is open.

    A subclass opens the dialog, and says what `load`, `_check` and `_downloader` are.
    """

    broke = Signal(object)  # Exception: a bug

    dialog: CatalogueDialog | None

    def __init__(self, window: QWidget, backend: Backend, threads: ThreadSet) -> None:
        super().__init__(window)
        self._window, self._backend, self._threads = window, backend, threads
        self._cancel = CancelToken()
        self._bytes: LatestSlot[tuple[int, int]] = LatestSlot()
        self._poll = QTimer(self)
        self._poll.setInterval(_POLL_MS)
        self._poll.timeout.connect(self._show_bytes)
        self._select = ""

    def stop(self) -> None:
        """The window closes: end what can be ended."""
        self._poll.stop()
        self._cancel.cancel()

    def load(self) -> None:
        """Tell which there are. Quick: files are not read."""
        raise NotImplementedError

    def _check(self) -> None:
        """Read the files behind the list: a damaged one shows."""
        raise NotImplementedError

    @property
    def _downloader(self) -> Download:
        """What fetches a named one: tells bytes done and in total, raises `Cancelled` and `UserError`."""
        raise NotImplementedError

    def _watch(self, dialog: CatalogueDialog) -> None:
        dialog.download_wanted.connect(self._download)
        dialog.cancel_wanted.connect(self._cancel_download)
        dialog.finished.connect(self._closed)

    @Slot()
    def _closed(self) -> None:
        self._cancel.cancel()
        self.dialog = None

    @Slot(str)
    def _download(self, name: str) -> None:
        self._busy(f"Downloading {name}…", can_cancel=True)
        cancel, fetch = CancelToken(), self._downloader
        self._cancel = cancel

        def work() -> str:
            try:
                fetch(name, lambda done, total: self._bytes.put((done, total)), cancel)
            except Cancelled:
                return ""
            return name

        self._poll.start()
        self._threads.run("download", work, self._changed, self._failed, self._broke)

    @Slot()
    def _cancel_download(self) -> None:
        self._cancel.cancel()

    @Slot()
    def _show_bytes(self) -> None:
        news = self._bytes.get(0)
        if news is not None and self.dialog is not None:
            self.dialog.show_progress(*news)

    @Slot(object, object)
    def _changed(self, thread: TaskThread, name: str | None) -> None:
        """Others than before; `name` is the new one."""
        self._poll.stop()
        self.load()
        if self.dialog is not None:
            self.dialog.idle()
            self._select = name or ""
            self._check()

    def _busy(self, text: str, can_cancel: bool = False) -> None:
        if self.dialog is not None:
            self.dialog.show_busy(text, can_cancel)

    @Slot(object, object)
    def _failed(self, thread: TaskThread, error: UserError) -> None:
        self._poll.stop()
        if self.dialog is not None:
            self.dialog.show_error(error)

    @Slot(object, object)
    def _broke(self, thread: TaskThread, error: Exception) -> None:
        self._poll.stop()
        if self.dialog is not None:
            self.dialog.idle()
        self.broke.emit(error)
