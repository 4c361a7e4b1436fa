"""The thread of one run: the whole path over a video, or lifting again from the 2D that is known."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from app.backend.backend import Backend
from pipeline.core.concurrency import CancelToken, LatestSlot
from pipeline.core.config import RunConfig
from pipeline.core.errors import Cancelled, UserError
from pipeline.core.take import Progress, Take

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Work:
    """What a run is over: the video at `path`, or, if `take` is there, its 2D, of which `persons` are lifted again, or
    the 2D of the live recording in the folder `recording`."""

    config: RunConfig
    path: Path | None = None
    take: Take | None = None
    persons: tuple[int, ...] = ()
    recording: Path | None = None


class JobThread(QThread):
    """One run, with a decoder of its own if it is over a video. `generation` lets the receiver drop stale news."""

    succeeded = Signal(int, object)  # generation, Take
    stopped = Signal(int)
    failed = Signal(int, object)  # generation, UserError
    broke = Signal(int, object)  # generation, Exception: a bug

    def __init__(self, generation: int, backend: Backend, engine: Any, work: Work, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("job")
        self.generation = generation
        self.progress: LatestSlot[Progress] = LatestSlot()
        self.partial: LatestSlot[Take] = LatestSlot()
        self._backend, self._engine, self._work = backend, engine, work
        self._cancel = CancelToken()

    def cancel(self) -> None:
        self._cancel.cancel()

    def run(self) -> None:
        try:
            take = self._analyse()
        except Cancelled:
            self.stopped.emit(self.generation)
        except UserError as error:
            log.info("run failed: %s", error)
            self.failed.emit(self.generation, error)
        except Exception as error:
            log.exception("bug in a run")
            self.broke.emit(self.generation, error)
        else:
            self.succeeded.emit(self.generation, take)

    def _analyse(self) -> Take:
        self.progress.put(Progress("prepare", 0, 0))
        work = self._work
        if work.take is not None:
            self._cancel.check()
            again = self._backend.lift_again(work.take, work.persons, work.config, self._cancel, self._engine)
            return self._last_of(again)
        if work.recording is not None:
            self._cancel.check()
            return self._last_of(self._backend.relift(work.recording, work.config, self._cancel, self._engine))
        assert work.path is not None, "a run is over a video or over a take"
        source = self._backend.open_source(work.path)
        try:
            self._cancel.check()
            return self._last_of(self._backend.analyse(source, work.config, self._cancel, self._engine))
        finally:
            source.close()

    def _last_of(self, steps: Iterator[Progress | Take]) -> Take:
        last: Take | None = None
        try:
            for step in steps:
                self._cancel.check()
                if isinstance(step, Progress):
                    self.progress.put(step)
                else:
                    last = step
                    if not step.complete:
                        self.partial.put(step)
        finally:
            close = getattr(steps, "close", None)
            if close is not None:
                close()
        if last is None or not last.complete:
            raise RuntimeError("the run ended without a take")
        return last
