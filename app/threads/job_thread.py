"""Run one job in a thread: lift a video, or re-lift from known 2D joints."""

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
    """Describe a job: lift the video at `path`, or re-lift `persons` of `take` or a `recording`.

    `recording` is the folder of a live recording.
    """

    config: RunConfig
    path: Path | None = None
    take: Take | None = None
    persons: tuple[int, ...] = ()
    recording: Path | None = None


class JobThread(QThread):
    """Run one job; `generation` lets the receiver drop signals of an older one."""

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
