"""Takes to and from files, away from the window's thread: load, save, export."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.backend import Backend
from app.threads import ThreadSet
from app.workers import TaskThread
from pipeline.errors import UserError
from pipeline.export.base import ExportOptions
from pipeline.types import Take


class TakeFiles(QObject):
    """Each call returns at once; one of the signals tells how it went."""

    loaded = Signal(object, object)  # Path, Take
    saved = Signal(object)  # Path
    exported = Signal(object)  # list[Path]
    export_failed = Signal(object)  # UserError
    failed = Signal(object)  # UserError
    broke = Signal(object)  # Exception: a bug

    def __init__(self, backend: Backend, threads: ThreadSet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._backend, self._threads = backend, threads

    def load(self, path: Path) -> None:
        self._threads.run(
            "load", lambda: (path, self._backend.load_take(path)), self._loaded, self._failed, self._broke
        )

    def save(self, take: Take, path: Path) -> None:
        def work() -> Path:
            self._backend.save_take(take, path)
            return path

        self._threads.run("save", work, self._saved, self._failed, self._broke)

    def export(
        self, take: Take, subject: int, folder: Path, stem: str, formats: Sequence[str], options: ExportOptions
    ) -> None:
        """Write `take`; if everyone is written, the subject's file comes first."""
        if options.persons is None:
            ordered = sorted(take.tracks3d, key=lambda track: (track.person != subject, track.person))
            take = dataclasses.replace(take, tracks3d=tuple(ordered))

        def work() -> list[Path]:
            return self._backend.export(take, folder, stem, formats, options)

        self._threads.run("export", work, self._exported, self._export_failed, self._broke)

    @Slot(object, object)
    def _loaded(self, thread: TaskThread, result: tuple[Path, Take]) -> None:
        self.loaded.emit(*result)

    @Slot(object, object)
    def _saved(self, thread: TaskThread, path: Path) -> None:
        self.saved.emit(path)

    @Slot(object, object)
    def _exported(self, thread: TaskThread, paths: list[Path]) -> None:
        self.exported.emit(paths)

    @Slot(object, object)
    def _export_failed(self, thread: TaskThread, error: UserError) -> None:
        self.export_failed.emit(error)

    @Slot(object, object)
    def _failed(self, thread: TaskThread, error: UserError) -> None:
        self.failed.emit(error)

    @Slot(object, object)
    def _broke(self, thread: TaskThread, error: Exception) -> None:
        self.broke.emit(error)
