"""The 2D detectors' side of the window: the list of them and their dialog. Nothing is downloaded unasked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.backend import Backend
from app.detectors import DetectorRow
from app.threads import ThreadSet
from app.views.detectors_dialog import DetectorsDialog
from app.workers import TaskThread
from pipeline.errors import Cancelled, UserError
from pipeline.flow import CancelToken, LatestSlot

_POLL_MS = 100


class DetectorCommands(QObject):
    """Asks the backend in threads of its own; `dialog` is the detectors dialog while it is open."""

    detectors_changed = Signal(object)  # sequence of DetectorRow
    broke = Signal(object)  # Exception: a bug

    def __init__(self, window: QWidget, backend: Backend, threads: ThreadSet) -> None:
        super().__init__(window)
        self._window, self._backend, self._threads = window, backend, threads
        self.dialog: DetectorsDialog | None = None
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
        """Tell which detectors there are. Quick: files are not read."""
        self.detectors_changed.emit(self._backend.detectors())

    @Slot()
    def open_detectors(self) -> None:
        if self.dialog is None:
            dialog = DetectorsDialog(self._window)
            dialog.add_wanted.connect(self._add)
            dialog.remove_wanted.connect(self._remove)
            dialog.download_wanted.connect(self._download)
            dialog.cancel_wanted.connect(self._cancel_download)
            dialog.finished.connect(self._closed)
            self.dialog = dialog
            dialog.set_detectors(self._backend.detectors())
            dialog.open()
            self._check()

    @Slot()
    def _closed(self) -> None:
        self._cancel.cancel()
        self.dialog = None

    def _check(self) -> None:
        """Read the files behind the list: a damaged one shows."""
        self._threads.run(
            "check detectors", lambda: self._backend.detectors(check=True), self._checked, self._failed, self._broke
        )

    @Slot(object, object)
    def _checked(self, thread: TaskThread, rows: Sequence[DetectorRow]) -> None:
        if self.dialog is not None:
            self.dialog.set_detectors(rows, self._select)
        self._select = ""

    @Slot(object, str)
    def _add(self, path: Path, config: str) -> None:
        self._busy(f"Adding {path.name} (loads MMPose, some seconds)…")
        self._threads.run(
            "add detector", lambda: self._backend.add_detector(path, config), self._changed, self._failed, self._broke
        )

    @Slot(str)
    def _remove(self, name: str) -> None:
        self._busy(f"Removing {name}…")
        self._threads.run(
            "remove detector", lambda: self._backend.remove_detector(name), self._changed, self._failed, self._broke
        )

    @Slot(str)
    def _download(self, name: str) -> None:
        self._busy(f"Downloading {name}…", can_cancel=True)
        cancel = self._cancel = CancelToken()

        def work() -> str:
            try:
                self._backend.download_detector(name, lambda done, total: self._bytes.put((done, total)), cancel)
            except Cancelled:
                return ""
            return name

        self._poll.start()
        self._threads.run("download detector", work, self._changed, self._failed, self._broke)

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
        """Another set of detectors than before."""
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
