"""The 2D detectors' side of the window: the list of them and their dialog. Nothing is downloaded unasked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from app.backend.backend import Backend
from app.backend.detector_info import DetectorRow
from app.commands.catalogue import CatalogueCommands, Download
from app.threads.thread_set import ThreadSet
from app.views.dialogs.detectors_dialog import DetectorsDialog


class DetectorCommands(CatalogueCommands):
    """Asks the backend in threads of its own; `dialog` is the detectors dialog while it is open."""

    detectors_changed = Signal(object)  # sequence of DetectorRow

    def __init__(self, window: QWidget, backend: Backend, threads: ThreadSet) -> None:
        super().__init__(window, backend, threads)
        self.dialog: DetectorsDialog | None = None

    def load(self) -> None:
        self.detectors_changed.emit(self._backend.detectors())

    @property
    def _downloader(self) -> Download:
        return self._backend.download_detector

    @Slot()
    def open_detectors(self) -> None:
        if self.dialog is None:
            dialog = DetectorsDialog(self._window)
            dialog.add_wanted.connect(self._add)
            dialog.remove_wanted.connect(self._remove)
            self._watch(dialog)
            self.dialog = dialog
            dialog.set_detectors(self._backend.detectors())
            dialog.open()
            self._check()

    def _check(self) -> None:
        self._threads.run("check detectors", lambda: self._backend.detectors(check=True), self._checked, self._failed)

    def _checked(self, rows: Sequence[DetectorRow]) -> None:
        if self.dialog is not None:
            self.dialog.set_detectors(rows, self._select)
        self._select = ""

    @Slot(object, str)
    def _add(self, path: Path, config: str) -> None:
        self._busy(f"Adding {path.name} (loads MMPose, some seconds)…")
        self._threads.run("add detector", lambda: self._backend.add_detector(path, config), self._changed, self._failed)

    @Slot(str)
    def _remove(self, name: str) -> None:
        self._busy(f"Removing {name}…")
        self._threads.run("remove detector", lambda: self._backend.remove_detector(name), self._changed, self._failed)
