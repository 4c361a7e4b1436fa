"""One function away from the window: save, load, export, download. `ThreadSet` starts it and reports its outcome."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThread, QTimer, Slot

from pipeline.core.concurrency import CancelToken, LatestSlot
from pipeline.core.errors import Cancelled, UserError

log = logging.getLogger(__name__)

_POLL_MS = 100


def _ignore(news: Any) -> None:
    pass


class Task(QThread):
    """Runs `work(task)` in its thread; `done`, `failed` and `progress` are called in the main thread.

    `done(result)` or `failed(error)` comes once, after the thread has ended. The error is a `UserError`, `Cancelled` or
    a bug. Work that takes long passes on `task.token`, and gives its news to `task.tell`, of which the newest is shown.
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
        self._news: LatestSlot[Any] = LatestSlot()
        if progress is not None:
            poll = QTimer(self)
            poll.timeout.connect(self._show_news)
            poll.start(_POLL_MS)

    def cancel(self) -> None:
        """Ask the work to stop at its next look at `token`; then `failed` gets `Cancelled`."""
        self.token.cancel()

    def tell(self, news: Any) -> None:
        """Any thread: the newest of what is told is given to `progress`."""
        self._news.put(news)

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
        """Main thread, once, when the thread has ended: call `done` or `failed`."""
        if self.error is None:
            self._done(self._result)
        else:
            self._failed(self.error)

    @Slot()
    def _show_news(self) -> None:
        news = self._news.get(0)
        if news is not None and self._progress is not None and not self.isFinished():
            self._progress(news)
