"""Run one job at a time: its thread, its state, and which of its results still count.

For the main thread. The job's results arrive as queued signals or in slots that a timer polls; a generation number
drops late results of a cancelled job. Two runners may share threads and models (the second one compares): a run that
finds the models in use waits until that thread has ended.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.backend.library import Library
from app.threads.job_thread import JobThread, Work
from app.threads.thread_set import ThreadSet
from pipeline.api import Models
from pipeline.core.errors import UserError
from pipeline.core.live import RunState
from pipeline.core.take import Take

_POLL_MS = 66
_CANCEL_PATIENCE_MS = 800


BUSY = (RunState.STARTING, RunState.RUNNING, RunState.STOPPING)


class Runner(QObject):
    """Start, watch and cancel jobs; `succeeded` and `fruitless` come before the state changes."""

    state_changed = Signal(object)  # RunState
    progressed = Signal(object)  # Progress
    partial = Signal(object)  # Take, not complete
    succeeded = Signal(object)  # Take, complete
    fruitless = Signal()  # cancelled or failed
    finished = Signal(object)  # Take, complete; the state is IDLE again
    failed = Signal(object)  # UserError
    broke = Signal(object)  # Exception: a bug

    def __init__(self, library: Library, threads: ThreadSet, models: Models, parent: QObject) -> None:
        super().__init__(parent)
        self.state = RunState.IDLE
        self._library, self._threads, self._models = library, threads, models
        self._job: JobThread | None = None
        self._queued: Work | None = None  # starts when the models are free
        self._over_video = True
        self._generation = 0
        self._poll = QTimer(self)
        self._poll.setInterval(_POLL_MS)
        self._poll.timeout.connect(self._look_at_job)
        threads.ended.connect(self._start_queued)

    @property
    def busy(self) -> bool:
        return self.state in BUSY

    @property
    def over_video(self) -> bool:
        """Return whether the present or last run is over a video, not over a take's 2D."""
        return self._over_video

    def _set_state(self, state: RunState) -> None:
        if state is not self.state:
            self.state = state
            self.state_changed.emit(state)

    def start(self, work: Work) -> None:
        """Start a run; one that is still running is cancelled and dropped."""
        self._forget()
        self._set_state(RunState.STARTING)
        self._queued = work
        self._start_queued()

    @Slot()
    def _start_queued(self) -> None:
        if self._queued is None or self._threads.job_alive:
            return
        work, self._queued = self._queued, None
        self._generation += 1
        self._over_video = work.take is None
        job = JobThread(self._generation, self._library, self._models, work, self)
        job.succeeded.connect(self._job_succeeded)
        job.stopped.connect(self._job_stopped)
        job.failed.connect(self._job_failed)
        job.broke.connect(self._job_broke)
        self._job = job
        self._poll.start()
        self._threads.start(job)

    def cancel(self) -> None:
        """Cancel the run; the window answers at once, the job within a frame or a batch."""
        if self._queued is not None:
            self._queued = None
            self._end_fruitless(RunState.IDLE)
        elif self._job is not None and self.state is not RunState.STOPPING:
            self._set_state(RunState.STOPPING)
            self._job.cancel()
            QTimer.singleShot(_CANCEL_PATIENCE_MS, self, self._stop_waiting)

    @Slot()
    def _stop_waiting(self) -> None:
        """Stop waiting for a cancelled job that is loading a model; it ends in the background."""
        if self.state is RunState.STOPPING:
            self._forget()
            self._end_fruitless(RunState.IDLE)

    def drop(self) -> None:
        """Cancel the run at once and drop its results."""
        self._forget()
        self._set_state(RunState.IDLE)

    def _forget(self) -> None:
        self._queued = None
        if self._job is not None:
            self._job.cancel()
            self._job = None
            self._poll.stop()

    @Slot()
    def _look_at_job(self) -> None:
        if self._job is None:
            return
        progress, partial = self._job.progress.get(0), self._job.partial.get(0)
        if progress is not None:
            if self.state is RunState.STARTING:
                self._set_state(RunState.RUNNING)
            self.progressed.emit(progress)
        if partial is not None and self.state is RunState.RUNNING:
            self.partial.emit(partial)

    def _ended(self, generation: int) -> bool:
        """Return whether `generation` is the present job's, and forget the job."""
        if self._job is None or self._job.generation != generation:
            return False
        self._job = None
        self._poll.stop()
        return True

    def _end_fruitless(self, state: RunState) -> None:
        self.fruitless.emit()
        self._set_state(state)

    @Slot(int, object)
    def _job_succeeded(self, generation: int, take: Take) -> None:
        if self._ended(generation):
            self.succeeded.emit(take)
            self._set_state(RunState.IDLE)
            self.finished.emit(take)

    @Slot(int)
    def _job_stopped(self, generation: int) -> None:
        if self._ended(generation):
            self._end_fruitless(RunState.IDLE)

    @Slot(int, object)
    def _job_failed(self, generation: int, error: UserError) -> None:
        if self._ended(generation):
            self._end_fruitless(RunState.FAILED)
            self.failed.emit(error)

    @Slot(int, object)
    def _job_broke(self, generation: int, error: Exception) -> None:
        if self._ended(generation):
            self._end_fruitless(RunState.FAILED)
            self.broke.emit(error)
