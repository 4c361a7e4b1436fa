"""Keeping threads: started here, joined here, never terminated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from app.workers import ExportThread, JobThread, PlayerThread, TaskThread
from pipeline.errors import UserError
from pipeline.export.base import Watch


class ThreadSet(QObject):
    """Owns running threads until they have ended. Main thread only."""

    ended = Signal()  # some thread is joined and gone

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads: set[QThread] = set()

    def __len__(self) -> int:
        return len(self._threads)

    def start(self, thread: QThread) -> None:
        self._threads.add(thread)
        thread.finished.connect(self._reap)
        thread.start()

    def run(
        self,
        name: str,
        work: Callable[[], Any],
        done: Callable[[TaskThread, Any], None],
        failed: Callable[[TaskThread, UserError], None],
        broke: Callable[[TaskThread, Exception], None],
    ) -> None:
        """`work` in a thread of its own; `done`, `failed` and `broke` are slots of QObjects of the main thread."""
        self._run(TaskThread(name, work, self), done, failed, broke)

    def export(
        self,
        work: Callable[[Watch], list[Path]],
        done: Callable[[TaskThread, Any], None],
        stopped: Callable[[TaskThread], None],
        failed: Callable[[TaskThread, UserError], None],
        broke: Callable[[TaskThread, Exception], None],
    ) -> ExportThread:
        """The same for work that is watched, and may be stopped."""
        task = ExportThread(work, self)
        task.stopped.connect(stopped)
        self._run(task, done, failed, broke)
        return task

    def _run(
        self,
        task: TaskThread,
        done: Callable[[TaskThread, Any], None],
        failed: Callable[[TaskThread, UserError], None],
        broke: Callable[[TaskThread, Exception], None],
    ) -> None:
        task.done.connect(done)
        task.failed.connect(failed)
        task.broke.connect(broke)
        self.start(task)

    @Slot()
    def _reap(self) -> None:
        for thread in [thread for thread in self._threads if thread.isFinished()]:
            thread.wait()
            self._threads.discard(thread)
            thread.deleteLater()
        self.ended.emit()

    @property
    def job_alive(self) -> bool:
        """Whether a run, even a cancelled one, still uses the models."""
        return any(isinstance(thread, JobThread) for thread in self._threads)

    def stop(self) -> None:
        """Ask all to end and wait until they have."""
        for thread in self._threads:
            if isinstance(thread, JobThread | ExportThread):
                thread.cancel()
            elif isinstance(thread, PlayerThread):
                thread.close()
        for thread in self._threads:
            thread.wait()
        self._threads.clear()
