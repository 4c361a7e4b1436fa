"""Run one job in a thread: lift a video, or re-lift from known 2D joints."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from app.backend.library import Library
from pipeline.api import Models
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
    rate_hz: float | None = None  # stored rate of images and 2D joints that do not say it


class JobThread(QThread):
    """Run one job; `generation` lets the receiver drop signals of an older one."""

    succeeded = Signal(int, object)  # generation, Take
    stopped = Signal(int)
    failed = Signal(int, object)  # generation, UserError
    broke = Signal(int, object)  # generation, Exception: a bug

    def __init__(self, generation: int, library: Library, models: Models, work: Work, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("job")
        self.generation = generation
        self.progress: LatestSlot[Progress] = LatestSlot()
        self.partial: LatestSlot[Take] = LatestSlot()
        self._library, self._models, self._work = library, models, work
        self._cancel = CancelToken()

    def cancel(self) -> None:
        self._cancel.cancel()

    def run(self) -> None:
        try:
            take = self._lift()
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

    def _lift(self) -> Take:
        self.progress.put(Progress("prepare", 0, 0))
        self._cancel.check()
        work, library, progress, cancel, models = (
            self._work, self._library, self.progress.put, self._cancel, self._models,
        )  # fmt: skip
        if work.take is not None:
            return library.relift(work.take, work.persons, work.config, progress, cancel, models)
        partial = self.partial.put
        if work.recording is not None:
            return library.lift_recording(
                work.recording, config=work.config, progress=progress, partial=partial, cancel=cancel, models=models
            )
        assert work.path is not None, "a run is over a video or over a take"
        return library.lift(
            work.path, fps=work.rate_hz, config=work.config, progress=progress, partial=partial, cancel=cancel,
            models=models,
        )  # fmt: skip
