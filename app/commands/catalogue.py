"""Provide the base of the lifters' and detectors' commands: dialog and threads."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from app.backend.library import Library
from app.threads.task_thread import Task
from app.threads.thread_set import ThreadSet
from app.views.dialogs.catalogue import CatalogueDialog
from pipeline.core.concurrency import CancelToken
from pipeline.core.errors import Cancelled, UserError


class CatalogueCommands(QObject):
    """Call the library in threads for a dialog, which is `dialog` while it is open.

    A subclass opens the dialog, and defines `load` and `_check`.
    """

    dialog: CatalogueDialog | None

    def __init__(self, window: QWidget, library: Library, threads: ThreadSet) -> None:
        super().__init__(window)
        self._window, self._library, self._threads = window, library, threads
        self._cancel = CancelToken()  # cancels the last download
        self._select = ""

    def load(self) -> None:
        """Report which models there are; quick, because no files are read."""
        raise NotImplementedError

    def _check(self) -> None:
        """Read the files of the listed models, so that damaged ones are marked."""
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
        self._busy(self.tr("Downloading {name}…").format(name=name), can_cancel=True)

        def work(task: Task) -> str:
            self._library.download(name, progress=lambda done, total: task.publish((done, total)), cancel=task.token)
            return name

        self._cancel = self._threads.watch("download", work, self._changed, self._failed, self._show_bytes).token

    @Slot()
    def _cancel_download(self) -> None:
        self._cancel.cancel()

    def _show_bytes(self, done_and_total: tuple[int, int]) -> None:
        if self.dialog is not None:
            self.dialog.show_progress(*done_and_total)

    def _changed(self, name: str | None) -> None:
        """Update the list after models were added or removed; `name` is the new one."""
        self.load()
        if self.dialog is not None:
            self.dialog.idle()
            self._select = name or ""
            self._check()

    def _busy(self, text: str, can_cancel: bool = False) -> None:
        if self.dialog is not None:
            self.dialog.show_busy(text, can_cancel)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            self._changed(None)
        elif self.dialog is not None and isinstance(error, UserError):
            self.dialog.show_error(error)
        elif self.dialog is not None:
            self.dialog.idle()
