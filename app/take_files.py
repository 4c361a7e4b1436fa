"""Takes to and from files, away from the window's thread: load, save, export."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.backend import Backend
from app.threads import ThreadSet
from app.workers import ExportThread, TaskThread
from pipeline.errors import UserError
from pipeline.export.base import ExportOptions, Watch
from pipeline.live.folder import TAKE, is_recording
from pipeline.types import Take

_LOOK_MS = 100


class TakeFiles(QObject):
    """Each call returns at once; one of the signals tells how it went."""

    loaded = Signal(object, object)  # Path, Take
    saved = Signal(object)  # Path
    exported = Signal(object)  # list[Path]
    export_progress = Signal(object)  # Progress
    export_stopped = Signal()
    export_failed = Signal(object)  # UserError
    failed = Signal(object)  # UserError
    broke = Signal(object)  # Exception: a bug

    def __init__(self, backend: Backend, threads: ThreadSet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._backend, self._threads = backend, threads
        self._exporting: ExportThread | None = None
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self._look_at_progress)

    def load(self, path: Path) -> None:
        self._threads.run(
            "load", lambda: (path, self._backend.load_take(path)), self._loaded, self._failed, self._broke
        )

    def recover(self, folder: Path) -> None:
        """Load the recording in `folder`, putting it in order if it was interrupted."""
        self._threads.run(
            "recover", lambda: (folder / TAKE, self._backend.recover(folder)), self._loaded, self._failed, self._broke
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

        def work(watch: Watch) -> list[Path]:
            return self._backend.export(take, folder, stem, formats, options, watch)

        self._exporting = self._threads.export(
            work, self._exported, self._export_stopped, self._export_failed, self._export_broke
        )
        self._look.start()

    @Slot()
    def cancel_export(self) -> None:
        """Ask the export to stop at the next frame; `export_stopped` tells when it has."""
        if self._exporting is not None:
            self._exporting.cancel()

    @Slot()
    def _look_at_progress(self) -> None:
        step = self._exporting.progress.get(0) if self._exporting is not None else None
        if step is not None:
            self.export_progress.emit(step)

    def _export_ended(self, thread: TaskThread) -> None:
        if thread is self._exporting:
            self._exporting = None
            self._look.stop()

    @Slot(object, object)
    def _loaded(self, thread: TaskThread, result: tuple[Path, Take]) -> None:
        self.loaded.emit(*result)

    @Slot(object, object)
    def _saved(self, thread: TaskThread, path: Path) -> None:
        self.saved.emit(path)

    @Slot(object, object)
    def _exported(self, thread: TaskThread, paths: list[Path]) -> None:
        self._export_ended(thread)
        self.exported.emit(paths)

    @Slot(object)
    def _export_stopped(self, thread: TaskThread) -> None:
        self._export_ended(thread)
        self.export_stopped.emit()

    @Slot(object, object)
    def _export_failed(self, thread: TaskThread, error: UserError) -> None:
        self._export_ended(thread)
        self.export_failed.emit(error)

    @Slot(object, object)
    def _export_broke(self, thread: TaskThread, error: Exception) -> None:
        self._export_ended(thread)
        self.broke.emit(error)

    @Slot(object, object)
    def _failed(self, thread: TaskThread, error: UserError) -> None:
        self.failed.emit(error)

    @Slot(object, object)
    def _broke(self, thread: TaskThread, error: Exception) -> None:
        self.broke.emit(error)


def recording_of(take: Take) -> Path | None:
    """The folder of the live recording that a take is of, as it was lifted live; None if it is no such take."""
    folder = Path(take.info.path).parent if take.info.path else None
    live = bool(take.provenance.get("recorded_live"))
    return folder if live and folder is not None and is_recording(folder) else None
