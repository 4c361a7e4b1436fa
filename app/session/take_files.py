"""Load, save and export takes in threads."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.backend.library import Library
from app.threads.task_thread import Task
from app.threads.thread_set import ThreadSet
from pipeline.core.errors import UserError
from pipeline.core.export_options import ExportOptions
from pipeline.core.take import Take
from pipeline.take.recording_folder import TAKE, is_recording
from pipeline.take.time_range import between


class TakeFiles(QObject):
    """Start file operations; each call returns at once, signals report the outcome."""

    loaded = Signal(object, object)  # Path or None, Take
    located = Signal(object)  # Take with the new place of its video
    saved = Signal(object)  # Path
    exported = Signal(object)  # list[Path]
    export_progress = Signal(object)  # Progress
    export_failed = Signal(object)  # UserError, Cancelled, or a bug

    def __init__(self, library: Library, threads: ThreadSet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library, self._threads = library, threads
        self._exporting: Task | None = None
        self.read_from: Path | None = None  # the file of the take that was loaded last, to which Save writes
        self.unsaved = False  # that take is in no file of the user

    def load(self, path: Path) -> None:
        """Load a take; a video that is not where it was is looked for beside it."""
        self._threads.run("load", lambda: (path, self._with_video(self._library.load(path), path.parent)), self._loaded)

    def load_unsaved(self, kept: Path, saved_as: Path | None) -> None:
        """Load an unsaved take from the file `kept`; `saved_as`, if any, has an earlier state."""

        def loaded(take: Take) -> None:
            self.read_from, self.unsaved = saved_as, True
            self.loaded.emit(saved_as, take)

        folder = kept.parent if saved_as is None else saved_as.parent
        self._threads.run("load", lambda: self._with_video(self._library.load(kept), folder), loaded)

    def locate(self, take: Take, path: Path) -> None:
        """Check that `path` is the video of `take`, and note that it is there."""
        self._threads.run("locate", lambda: self._library.with_video(take, path), self.located.emit)

    def recover(self, folder: Path) -> None:
        """Load the recording in `folder`, and repair it if it was interrupted."""
        self._threads.run("recover", lambda: (folder / TAKE, self._library.load(folder)), self._loaded)

    def save(self, take: Take, path: Path) -> None:
        def work() -> Path:
            return self._library.save(take, path)

        self._threads.run("save", work, self.saved.emit)

    def export(
        self, take: Take, subject: int, folder: Path, stem: str, formats: Sequence[str], options: ExportOptions,
        span_s: tuple[float | None, float | None] = (None, None),
    ) -> None:  # fmt: skip
        """Export the frames of `take` in `span_s` (start, end); the subject's file comes first."""
        take = between(take, *span_s)
        if options.persons is None:
            ordered = sorted(take.tracks3d, key=lambda track: (track.person != subject, track.person))
            take = dataclasses.replace(take, tracks3d=tuple(ordered))

        def work(task: Task) -> list[Path]:
            return self._library.export(take, folder, stem, formats, options, task.publish, task.token)

        progress = self.export_progress.emit
        self._exporting = self._threads.watch("export", work, self.exported.emit, self.export_failed.emit, progress)

    @Slot()
    def cancel_export(self) -> None:
        """Request that the export stops at the next frame; `export_failed` then brings `Cancelled`."""
        if self._exporting is not None:
            self._exporting.cancel()

    def _with_video(self, take: Take, folder: Path) -> Take:
        """Return the take with its video in `folder`, if it is no longer where it was but there."""
        video = Path(take.info.path) if take.info.path else None
        if video is None or "*" in video.name or video.exists() or not (folder / video.name).is_file():
            return take
        try:
            return self._library.with_video(take, folder / video.name)
        except UserError:  # another one of the same name
            return take

    def _loaded(self, result: tuple[Path, Take]) -> None:
        self.read_from, self.unsaved = result[0], False
        self.loaded.emit(*result)


def recording_of(take: Take) -> Path | None:
    """Return the folder of the live recording that `take` is of, as lifted live; else None."""
    folder = Path(take.info.path).parent if take.info.path else None
    live = bool(take.provenance.get("recorded_live"))
    return folder if live and folder is not None and is_recording(folder) else None
