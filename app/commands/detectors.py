"""List 2D detectors for the window and carry out the requests of their dialog."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from app.backend.library import Library
from app.commands.catalogue import CatalogueCommands
from app.threads.thread_set import ThreadSet
from app.views.dialogs.detectors_dialog import DetectorsDialog
from pipeline.model_info import DetectorInfo


class DetectorCommands(CatalogueCommands):
    """Call the library in threads; `dialog` is the detectors dialog while it is open.

    Nothing is downloaded without a request.
    """

    detectors_changed = Signal(object)  # sequence of DetectorInfo

    def __init__(self, window: QWidget, library: Library, threads: ThreadSet) -> None:
        super().__init__(window, library, threads)
        self.dialog: DetectorsDialog | None = None

    def load(self) -> None:
        self.detectors_changed.emit(self._library.detectors())

    @Slot()
    def open_detectors(self) -> None:
        if self.dialog is None:
            dialog = DetectorsDialog(self._window)
            dialog.add_wanted.connect(self._add)
            dialog.remove_wanted.connect(self._remove)
            self._watch(dialog)
            self.dialog = dialog
            dialog.set_detectors(self._library.detectors())
            dialog.open()
            self._check()

    def _check(self) -> None:
        self._threads.run("check detectors", lambda: self._library.detectors(check=True), self._checked, self._failed)

    def _checked(self, rows: Sequence[DetectorInfo]) -> None:
        if self.dialog is not None:
            self.dialog.set_detectors(rows, self._select)
        self._select = ""

    @Slot(object, str)
    def _add(self, path: Path, config: str) -> None:
        self._busy(self.tr("Adding {name} (loads MMPose, some seconds)…").format(name=path.name))
        self._threads.run("add detector", lambda: self._library.add_detector(path, config), self._changed, self._failed)

    @Slot(str)
    def _remove(self, name: str) -> None:
        self._busy(self.tr("Removing {name}…").format(name=name))
        self._threads.run("remove detector", lambda: self._library.remove(name), self._changed, self._failed)
