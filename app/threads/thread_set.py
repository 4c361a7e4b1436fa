"""Start and join the window's threads; none is ever terminated.

Topology: JobThread (one per run) and PlayerThread (one per opened video) put frames and progress into a
`concurrency.LatestSlot`, which a QTimer of the receiver reads 30 to 60 times a second. Qt signals carry only small
events that happen once (opened, done, failed). A slot holds one item and the newest replaces it, so a slow window never
makes a queue grow. Receivers are slots of QObjects in the main thread, so their signals are queued. A Task keeps its
outcome, which is reported after its thread has been joined.
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
    """Own running threads until they have ended; for the main thread only."""

    ended = Signal()  # a thread has been joined
    failed = Signal(object)  # UserError of a task without a `failed` callback
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

        An error goes to the callback `failed`; without one the signal `failed` is emitted for a `UserError`. For a bug
        the signal `broke` is always emitted.
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
        """Run long work like `run`; it can be cancelled, and `progress` gets what it publishes."""
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
        """Return whether a run, also a cancelled one, still uses the models."""
        return any(isinstance(thread, JobThread) for thread in self._threads)

    def stop(self) -> None:
        """Stop all threads and wait for them; outcomes are not reported any more."""
        for thread in self._threads:
            if isinstance(thread, JobThread | Task):
                thread.cancel()
            elif isinstance(thread, PlayerThread):
                thread.close()
        for thread in self._threads:
            thread.wait()
        self._threads.clear()
