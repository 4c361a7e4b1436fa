"""Install Blender's package for FBX after the user has agreed to its size and licence."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from app.backend.library import Library
from app.threads.task_thread import Task
from app.threads.thread_set import ThreadSet
from app.views.dialogs.fbx_dialog import FbxDialog
from pipeline.characters.blender.install import DOWNLOAD_MB, INSTALLED_MB, LICENCE, PACKAGE
from pipeline.core.errors import Cancelled, UserError


class FbxInstallation(QObject):
    """Ask, install in a thread, tell who wanted it; `dialog` is the open question."""

    def __init__(self, window: QWidget, library: Library, threads: ThreadSet) -> None:
        super().__init__(window)
        self._library, self._threads = library, threads
        self.dialog: FbxDialog | None = None
        self._task: Task | None = None
        self._then: Callable[[], None] = lambda: None

    def offer(self, parent: QWidget, then: Callable[[], None]) -> None:
        """Ask over `parent`; `then` is called once FBX can be read and written."""
        if self.dialog is not None:
            return
        self._then = then
        dialog = self.dialog = FbxDialog(PACKAGE, LICENCE, DOWNLOAD_MB, INSTALLED_MB, parent)
        dialog.wanted.connect(self._install)
        dialog.cancel_wanted.connect(self._cancel)
        dialog.finished.connect(self._closed)
        dialog.open()

    @Slot()
    def _install(self) -> None:
        self._task = self._threads.watch(
            "install FBX", lambda task: self._library.install_fbx(task.token.check), self._done, self._failed,
            lambda _: None,
        )  # fmt: skip

    @Slot()
    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _done(self, _: object) -> None:
        self._task = None
        if self.dialog is not None:
            self.dialog.accept()
            self._then()

    def _failed(self, error: Exception) -> None:
        self._task = None
        if self.dialog is None:
            return
        if isinstance(error, UserError):
            self.dialog.show_error(error)
        elif isinstance(error, Cancelled):
            self.dialog.show_stopped(self.tr("Cancelled: nothing was installed."))
        else:  # a bug has its own report; the dialog must not stay busy
            self.dialog.show_stopped(self.tr("Nothing was installed, because of a bug."))

    @Slot()
    def _closed(self) -> None:
        self.dialog = None
