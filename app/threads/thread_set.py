"""Keeping threads: started here, joined here, never terminated.

Topology: JobThread (one per run) and PlayerThread (one per opened video) write what they have into a
`flow.LatestSlot`; a QTimer of the receiving side looks into the slot 30 to 60 times a second. Qt signals carry only
small things that happen once (opened, done, failed). Back-pressure: a slot holds one item, the newest wins, so a slow
window never makes a queue grow. Receivers are slots of QObjects in the main thread, so signals are queued. A Task
leaves its outcome in itself; it is reported when its thread has been joined.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from app.threads.job_thread import JobThread
from app.threads.player_thread import PlayerThread
from app.threads.task_thread import Task
from pipeline.core.errors import Cancelled, UserError


class ThreadSet(QObject):
    """Owns running threads until they have ended. Main thread only."""

    ended = Signal()  # some thread is joined and gone
    failed = Signal(object)  # UserError of a task whose starter does not handle it
    broke = Signal(object)  # Exception: a bug in any task

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
        done: Callable[[Any], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Run `work` in a thread, then call `done(result)` in the main thread.

        `failed(error)` is called for a `UserError`, which `failed` is emitted for if none is given, and for a bug,
        which `broke` has been emitted for.
        """
        self.start(Task(name, lambda _: work(), done, failed or self._task_failed, None, self))

    def watch(
        self,
        name: str,
        work: Callable[[Task], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
        progress: Callable[[Any], None],
    ) -> Task:
        """Likewise, for long work: it can be cancelled, and `progress` gets the newest of what it tells."""
        task = Task(name, work, done, failed, progress, self)
        self.start(task)
        return task

    def _task_failed(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self.failed.emit(error)

    @Slot()
    def _reap(self) -> None:
        for thread in [thread for thread in self._threads if thread.isFinished()]:
            thread.wait()
            self._threads.discard(thread)
            thread.deleteLater()
            if isinstance(thread, Task):
                if thread.error is not None and not isinstance(thread.error, UserError | Cancelled):
                    self.broke.emit(thread.error)
                thread.report()
        self.ended.emit()

    @property
    def job_alive(self) -> bool:
        """Whether a run, even a cancelled one, still uses the models."""
        return any(isinstance(thread, JobThread) for thread in self._threads)

    def stop(self) -> None:
        """Ask all to end and wait until they have. No outcome is reported any more."""
        for thread in self._threads:
            if isinstance(thread, JobThread | Task):
                thread.cancel()
            elif isinstance(thread, PlayerThread):
                thread.close()
        for thread in self._threads:
            thread.wait()
        self._threads.clear()
