"""Run one function in a thread: save, load, export, download. `ThreadSet` starts it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThread, QTimer, Slot

from pipeline.core.concurrency import CancelToken, LatestSlot
from pipeline.core.errors import Cancelled, UserError

log = logging.getLogger(__name__)

_POLL_MS = 100  # how often progress is shown


def _ignore(_: Any) -> None:
    pass


class Task(QThread):
    """Run `work(task)` in a thread; call `done`, `failed` and `progress` in the main thread.

    `done(result)` or `failed(error)` is called once, after the thread has ended. The error is a `UserError`,
    `Cancelled` or a bug. Long work checks `task.token` and calls `task.publish`; the newest value goes to `progress`.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[Task], Any],
        done: Callable[[Any], None] = _ignore,
        failed: Callable[[Exception], None] = _ignore,
        progress: Callable[[Any], None] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.token = CancelToken()
        self.error: Exception | None = None
        self._work, self._done, self._failed, self._progress = work, done, failed, progress
        self._result: Any = None
        self._newest: LatestSlot[Any] = LatestSlot()
        if progress is not None:
            poll = QTimer(self)
            poll.timeout.connect(self._show_progress)
            poll.start(_POLL_MS)

    def cancel(self) -> None:
        """Request that the work stops when it next checks `token`; `failed` then gets `Cancelled`."""
        self.token.cancel()

    def publish(self, value: Any) -> None:
        """Set the value that `progress` gets next; from any thread."""
        self._newest.put(value)

    def run(self) -> None:
        try:
            self._result = self._work(self)
        except (Cancelled, UserError) as error:
            log.info("%s: %r", self.objectName(), error)
            self.error = error
        except Exception as error:
            log.exception("bug in %s", self.objectName())
            self.error = error

    def report(self) -> None:
        """Call `done` or `failed`; once, in the main thread, after the thread has ended."""
        if self.error is None:
            self._done(self._result)
        else:
            self._failed(self.error)

    @Slot()
    def _show_progress(self) -> None:
        value = self._newest.get(0)
        if value is not None and self._progress is not None and not self.isFinished():
            self._progress(value)
