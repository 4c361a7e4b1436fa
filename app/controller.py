"""The window's brain: which video, which take, what runs. No widgets here, so that it can be tested without any.

Main thread only. It starts and joins every thread; what threads have to say arrives as queued signals or is looked up
in their slots by a timer. A generation number makes late news of a replaced video or run harmless.
"""

from __future__ import annotations

import enum
import logging
import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QSize, QTimer, Signal, Slot

from app.backend import TAKE_SUFFIX, Backend
from app.settings import Settings
from app.take_files import TakeFiles
from app.threads import ThreadSet
from app.workers import EngineHolder, JobThread, PlayerThread, ShownFrame
from pipeline.config import RunConfig
from pipeline.errors import UserError
from pipeline.export.base import ExportOptions
from pipeline.flow import Closed
from pipeline.types import Take, VideoInfo

log = logging.getLogger(__name__)

_POLL_MS = 66
_CANCEL_PATIENCE_MS = 800


class State(enum.Enum):
    """What the run is doing. FAILED is IDLE after an error: everything can still be used."""

    IDLE = "idle"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    FAILED = "failed"


BUSY = (State.STARTING, State.RUNNING, State.STOPPING)


class Controller(QObject):
    """Owns the video's player, the take, the job and the models."""

    state_changed = Signal(object)  # State
    opening_changed = Signal(bool)
    video_changed = Signal(object)  # VideoInfo or None
    take_changed = Signal(object)  # Take or None
    person_changed = Signal(int)
    trim_changed = Signal()
    progressed = Signal(object)  # Progress
    finished = Signal(object)  # Take, complete
    failed = Signal(object)  # UserError
    noted = Signal(str, str)  # message, hint: worth knowing, not an error
    broke = Signal(object)  # Exception: a bug

    def __init__(self, backend: Backend, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.backend, self.settings = backend, settings
        self.threads = ThreadSet(self)
        self.takes = TakeFiles(backend, self.threads, self)
        self.state = State.IDLE
        self.info: VideoInfo | None = None
        self.take: Take | None = None
        self.person = 1
        self.trim: tuple[float | None, float | None] = (None, None)
        self.is_sample = False
        self._path: Path | None = None  # of the video; None: nothing to run on
        self._player: PlayerThread | None = None
        self._opening: PlayerThread | None = None
        self._opening_take: Take | None = None
        self._job: JobThread | None = None
        self._queued: RunConfig | None = None  # starts when the cancelled job is out of the way
        self._kept: Take | None = None  # the last whole take of this video: a cancelled run falls back to it
        self._engine = EngineHolder(backend.make_engine)
        self._generation = 0
        self._poll = QTimer(self)
        self._poll.setInterval(_POLL_MS)
        self._poll.timeout.connect(self._look_at_job)
        self.threads.ended.connect(self._start_queued)
        self.takes.loaded.connect(self._loaded)
        self.takes.saved.connect(settings.add_recent)
        self.takes.failed.connect(self.failed)
        self.takes.broke.connect(self.broke)

    def shutdown(self) -> None:
        """Stop and join everything. The window may not be used afterwards."""
        self._generation += 1
        self._queued = None
        self._poll.stop()
        self.threads.stop()
        self._engine.close()

    @property
    def busy(self) -> bool:
        return self.state in BUSY

    def _set_state(self, state: State) -> None:
        if state is not self.state:
            self.state = state
            self.state_changed.emit(state)

    # --- opening

    def open_path(self, path: Path) -> None:
        """Open a video, 2D joints or a saved take, whichever it is."""
        path = path.absolute()
        if path.suffix.lower() == TAKE_SUFFIX:
            self.takes.load(path)
        else:
            self._open_video(path, None)

    def open_sample(self) -> None:
        self._open_video(None, None)

    @property
    def home(self) -> Path:
        """Where results of this video go by default: beside it, but never into the program's own folders."""
        beside = Path(self.info.path).parent if self.info is not None and self.info.path else None
        if beside is None or self.is_sample or not os.access(beside, os.W_OK):
            return Path(self.settings.last_folder)
        return beside

    def _open_video(self, path: Path | None, take: Take | None) -> None:
        if self._opening is not None:
            self._opening.close()
        self._generation += 1
        player = PlayerThread(self._generation, self.backend, path, self)
        player.opened.connect(self._opened)
        player.failed.connect(self._open_failed)
        player.broke.connect(self._open_broke)
        self._opening, self._opening_take = player, take
        self.opening_changed.emit(True)
        self.threads.start(player)

    @Slot(object, object)
    def _loaded(self, path: Path, take: Take) -> None:
        self.settings.add_recent(path)
        video = Path(take.info.path) if take.info.path else None
        if video is not None and video.is_file():
            self._open_video(video, take)
        else:
            self._show_without_video(take)

    def _show_without_video(self, take: Take) -> None:
        self._replace_video(None, take.info, None)
        self._set_take(take)
        self.noted.emit(
            f"The video {take.info.name} is not where it was.", "The skeleton is shown without it; export works."
        )

    @Slot(int, object)
    def _opened(self, generation: int, info: VideoInfo) -> None:
        player, take = self._opening, self._opening_take
        if player is None or player.generation != generation:
            return
        self._opening = self._opening_take = None
        self.opening_changed.emit(False)
        self._replace_video(player, info, Path(info.path) if info.path else None)
        self.is_sample = player.is_sample
        if take is not None:
            self._set_take(take)
        elif self._path is not None and not self.is_sample:
            self.settings.add_recent(self._path)

    def _replace_video(self, player: PlayerThread | None, info: VideoInfo, path: Path | None) -> None:
        self._drop_job()
        if self._player is not None:
            self._player.close()
        self._player, self._path, self.info = player, path, info
        self.is_sample = False
        self.trim = (None, None)
        self.take = self._kept = None
        self.person = 1
        self._set_state(State.IDLE)
        self.video_changed.emit(info)
        self.take_changed.emit(None)
        self.person_changed.emit(1)
        self.trim_changed.emit()

    @Slot(int, object)
    def _open_failed(self, generation: int, error: UserError) -> None:
        if self._player is not None and self._player.generation == generation:
            self.failed.emit(error)  # broke off later, while it was shown
            return
        if self._opening is None or self._opening.generation != generation:
            return
        take = self._opening_take
        self._opening = self._opening_take = None
        self.opening_changed.emit(False)
        if take is not None:
            self._show_without_video(take)
        else:
            self.failed.emit(error)

    @Slot(int, object)
    def _open_broke(self, generation: int, error: Exception) -> None:
        if self._opening is not None and self._opening.generation == generation:
            self._opening = self._opening_take = None
            self.opening_changed.emit(False)
        self.broke.emit(error)

    # --- showing

    def request_frame(self, time_s: float, size: QSize) -> None:
        if self._player is not None:
            self._player.request(time_s, size)

    def next_frame(self) -> ShownFrame | None:
        """The newest decoded frame, or None if there is no newer one than last time. Never waits."""
        if self._player is None:
            return None
        try:
            return self._player.frames.get(0)
        except Closed:
            return None

    @property
    def has_video(self) -> bool:
        return self._player is not None

    def set_trim(self, start_s: float | None, end_s: float | None) -> None:
        if start_s is not None and end_s is not None and start_s >= end_s:
            return
        self.trim = (start_s, end_s)
        self.trim_changed.emit()

    def _set_take(self, take: Take | None) -> None:
        self.take = take
        if take is not None and take.complete:
            self._kept = take
        if take is not None and take.complete and take.tracks3d and take.track3d(self.person) is None:
            self.person = take.tracks3d[0].person
            self.person_changed.emit(self.person)
        self.take_changed.emit(take)

    # --- running

    @property
    def can_run(self) -> bool:
        return self._path is not None and not self.busy

    def run(self, person: int | None = None) -> None:
        """Start a run over the trimmed video with the settings of now. `person` None: the one most seen."""
        if self._path is None:
            return
        try:
            config = self.settings.run.run_config(person, *self.trim)
        except UserError as error:
            self.failed.emit(error)
            return
        self._drop_job()
        self._set_state(State.STARTING)
        if self.threads.job_alive:
            self._queued = config
        else:
            self._start_job(config)

    @Slot()
    def _start_queued(self) -> None:
        if self._queued is not None and not self.threads.job_alive:
            config, self._queued = self._queued, None
            self._start_job(config)

    def _start_job(self, config: RunConfig) -> None:
        if self._path is None:
            return
        self._generation += 1
        job = JobThread(self._generation, self.backend, self._engine, self._path, config, self)
        job.succeeded.connect(self._job_succeeded)
        job.stopped.connect(self._job_stopped)
        job.failed.connect(self._job_failed)
        job.broke.connect(self._job_broke)
        self._job = job
        self._poll.start()
        self.threads.start(job)

    def cancel(self) -> None:
        """Stop the run; the window answers at once, the job within a frame or a batch."""
        if self._queued is not None:
            self._queued = None
            self._set_state(State.IDLE)
        elif self._job is not None and self.state is not State.STOPPING:
            self._set_state(State.STOPPING)
            self._job.cancel()
            QTimer.singleShot(_CANCEL_PATIENCE_MS, self, self._stop_waiting)

    @Slot()
    def _stop_waiting(self) -> None:
        """A job that is loading a model cannot stop at once: it ends behind the scenes, a new run waits for it."""
        if self.state is State.STOPPING:
            self._drop_job()
            self._set_take(self._kept)
            self._set_state(State.IDLE)

    def _drop_job(self) -> None:
        """Cancel the job and forget it: whatever it still says is stale."""
        self._queued = None
        if self._job is not None:
            self._job.cancel()
            self._job = None
            self._poll.stop()

    @Slot()
    def _look_at_job(self) -> None:
        if self._job is None:
            return
        progress = self._job.progress.get(0)
        if progress is not None:
            if self.state is State.STARTING:
                self._set_state(State.RUNNING)
            self.progressed.emit(progress)
        partial = self._job.partial.get(0)
        # With several people a partial take holds one of them: changing whom one sees every second would be no use.
        if partial is not None and self.state is State.RUNNING and self._shows_subject(partial):
            self._set_take(partial)

    def _shows_subject(self, partial: Take) -> bool:
        return partial.track3d(self.person) is not None or not partial.tracks3d

    def _ended(self, generation: int) -> bool:
        """Whether `generation` is the present job; it is forgotten then."""
        if self._job is None or self._job.generation != generation:
            return False
        self._job = None
        self._poll.stop()
        return True

    @Slot(int, object)
    def _job_succeeded(self, generation: int, take: Take) -> None:
        if self._ended(generation):
            self._set_take(take)
            self._set_state(State.IDLE)
            self.finished.emit(take)

    @Slot(int)
    def _job_stopped(self, generation: int) -> None:
        if self._ended(generation):
            self._set_take(self._kept)
            self._set_state(State.IDLE)

    @Slot(int, object)
    def _job_failed(self, generation: int, error: UserError) -> None:
        if self._ended(generation):
            self._set_take(self._kept)
            self._set_state(State.FAILED)
            self.failed.emit(error)

    @Slot(int, object)
    def _job_broke(self, generation: int, error: Exception) -> None:
        if self._ended(generation):
            self._set_take(self._kept)
            self._set_state(State.FAILED)
            self.broke.emit(error)

    def select_person(self, person: int) -> None:
        """Look at `person`; if they were not lifted yet, run again for them (2D comes from the cache)."""
        if self.take is None or not self.take.complete or self.busy:
            return
        if person == self.person and self.take.track3d(person) is not None:
            return
        self.person = person
        self.person_changed.emit(person)
        if self.take.track3d(person) is not None:
            self.take_changed.emit(self.take)
        elif self._path is not None:
            self.run(person)

    def select_everyone(self) -> None:
        """Lift everyone from now on, and now if somebody is missing."""
        self.settings.run.everyone = True
        self.settings.save()
        take = self.take
        if take is not None and take.complete and not self.busy and len(take.tracks3d) < len(take.tracks2d):
            self.run()

    # --- files

    def save_take(self, path: Path) -> None:
        if self._kept is not None:
            self.takes.save(self._kept, path)

    def export(self, folder: Path, stem: str, formats: Sequence[str], options: ExportOptions) -> None:
        """Write the whole take, not what a run is just adding to it."""
        if self._kept is not None:
            self.takes.export(self._kept, self.person, folder, stem, formats, options)
