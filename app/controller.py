"""The window's brain: which video, which take, what runs. No widgets here, so that it can be tested without any.

Main thread only. It starts and joins every thread, through `VideoOpener` (the player) and `Runner` (the job).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Signal, Slot

from app.backend import TAKE_SUFFIX, Backend
from app.compare import Comparer
from app.opening import VideoOpener
from app.runner import BUSY, Runner, State
from app.settings import Settings
from app.take_files import TakeFiles
from app.threads import ThreadSet
from app.workers import EngineHolder, PlayerThread, ShownFrame
from pipeline.config import RunConfig
from pipeline.errors import UserError
from pipeline.export.base import ExportOptions
from pipeline.flow import Closed
from pipeline.types import Take, VideoInfo

__all__ = ["BUSY", "Controller", "State"]

log = logging.getLogger(__name__)


class Controller(QObject):
    """Owns the video's player, the take, the run and the models."""

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
        self.info: VideoInfo | None = None
        self.take: Take | None = None
        self.person = 1
        self.trim: tuple[float | None, float | None] = (None, None)
        self.is_sample = False
        self.relifting = False  # the run under way only lifts again what was detected before
        self._path: Path | None = None  # of the video; None: nothing to run on
        self._player: PlayerThread | None = None
        self._kept: Take | None = None  # the last whole take of this video: a cancelled run falls back to it
        self._detected = False  # the 2D of this video is (being) found: lifting again costs no detection
        self._config: RunConfig | None = None  # of the last run
        self._kept_config: RunConfig | None = None  # of the run that made `_kept`
        self._engine = EngineHolder(backend.make_engine)
        self._opener = VideoOpener(backend, self.threads, self)
        self._runner = Runner(backend, self.threads, self._engine, self)
        self.comparer = Comparer(settings, Runner(backend, self.threads, self._engine, self), self)
        self._connect()

    def _connect(self) -> None:
        opener, runner, takes = self._opener, self._runner, self.takes
        opener.opening_changed.connect(self.opening_changed)
        opener.opened.connect(self._opened)
        opener.refused.connect(self._refused)
        opener.broke_off.connect(self._broke_off)
        runner.state_changed.connect(self._state_changed)
        runner.progressed.connect(self.progressed)
        runner.partial.connect(self._partial)
        runner.succeeded.connect(self._succeeded)
        runner.fruitless.connect(self._fruitless)
        runner.finished.connect(self.finished)
        takes.loaded.connect(self._loaded)
        takes.saved.connect(self.settings.add_recent)
        for part in (runner, takes, self.comparer):
            part.failed.connect(self.failed)
            part.broke.connect(self.broke)
        opener.broke.connect(self.broke)

    def shutdown(self) -> None:
        """Stop and join everything. The window may not be used afterwards."""
        self.comparer.stop()
        self._runner.drop()
        self.threads.stop()
        self._engine.close()

    @property
    def state(self) -> State:
        return self._runner.state

    @property
    def busy(self) -> bool:
        return self._runner.busy

    # --- opening

    def open_path(self, path: Path) -> None:
        """Open a video, 2D joints or a saved take, whichever it is."""
        path = path.absolute()
        if path.suffix.lower() == TAKE_SUFFIX:
            self.takes.load(path)
        else:
            self._opener.open(path)

    def open_sample(self) -> None:
        self._opener.open(None)

    @property
    def home(self) -> Path:
        """Where results of this video go by default: beside it, but never into the program's own folders."""
        beside = Path(self.info.path).parent if self.info is not None and self.info.path else None
        if beside is None or self.is_sample or not os.access(beside, os.W_OK):
            return Path(self.settings.last_folder)
        return beside

    @Slot(object, object)
    def _loaded(self, path: Path, take: Take) -> None:
        self.settings.add_recent(path)
        video = Path(take.info.path) if take.info.path else None
        if video is not None and video.is_file():
            self._opener.open(video, take)
        else:
            self._show_without_video(take)

    def _show_without_video(self, take: Take) -> None:
        self._replace_video(None, take.info, None)
        self._set_take(take)
        self.noted.emit(
            f"The video {take.info.name} is not where it was.", "The skeleton is shown without it; export works."
        )

    @Slot(object, object, object)
    def _opened(self, player: PlayerThread, info: VideoInfo, take: Take | None) -> None:
        self._replace_video(player, info, Path(info.path) if info.path else None)
        self.is_sample = player.is_sample
        if take is not None:
            self._set_take(take)
        elif self._path is not None and not self.is_sample:
            self.settings.add_recent(self._path)

    def _replace_video(self, player: PlayerThread | None, info: VideoInfo, path: Path | None) -> None:
        self._runner.drop()
        if self._player is not None:
            self._player.close()
        self._player, self._path, self.info = player, path, info
        self.is_sample = self._detected = False
        self.trim = (None, None)
        self.take = self._kept = self._kept_config = None
        self.person = 1
        self.video_changed.emit(info)
        self.take_changed.emit(None)
        self.person_changed.emit(1)
        self.trim_changed.emit()

    @Slot(object, object)
    def _refused(self, error: UserError, take: Take | None) -> None:
        if take is not None:
            self._show_without_video(take)
        else:
            self.failed.emit(error)

    @Slot(int, object)
    def _broke_off(self, generation: int, error: UserError) -> None:
        """A video that is shown cannot be read any further."""
        if self._player is not None and self._player.generation == generation:
            self.failed.emit(error)

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
        self._start(person, *self.trim, relift=False)

    def relift(self) -> None:
        """The recipe changed: lift the same people over the same range again, from the cached 2D.

        Nothing to do before the first run, nor for a take from a file, whose video would have to be detected anew.
        """
        if not self._detected or (self._kept is None and not self.busy):
            return
        last = self._kept_config or self._config
        if last is not None:
            # Person 1 is the one most seen; not naming them lets a first run find out who that is.
            person = None if self.person == 1 else self.person
            self._start(person, last.start_s, last.end_s, relift=self._kept is not None)

    def _start(self, person: int | None, start_s: float | None, end_s: float | None, *, relift: bool) -> None:
        if self._path is None:
            return
        try:
            config = self.settings.run.run_config(person, start_s, end_s)
        except UserError as error:
            self.failed.emit(error)
            return
        if relift and config == (self._config if self.busy else self._kept_config):
            return  # it is what is shown, or what is being made
        self.comparer.stop()
        self._config, self.relifting, self._detected = config, relift, True
        self._runner.start(self._path, config)

    def cancel(self) -> None:
        """Stop the run; the window answers at once, the job within a frame or a batch."""
        self._runner.cancel()

    @Slot(object)
    def _state_changed(self, state: State) -> None:
        self.state_changed.emit(state)
        self._compare()

    @Slot(object)
    def _partial(self, take: Take) -> None:
        # With several people a partial take holds one of them: changing whom one sees every second would be no use.
        # And while lifting again, the whole take of before says more than the beginning of the new one.
        shows_subject = take.track3d(self.person) is not None or not take.tracks3d
        if shows_subject and not self.relifting:
            self._set_take(take)

    @Slot(object)
    def _succeeded(self, take: Take) -> None:
        self._kept_config = self._config
        self._set_take(take)

    @Slot()
    def _fruitless(self) -> None:
        self._set_take(self._kept)

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

    def _compare(self) -> None:
        """Give the comparer what it compares with: the whole take, as soon as nothing else runs."""
        self.comparer.set_take(None if self.busy else self._kept, self._path, self._kept_config)

    # --- files

    def save_take(self, path: Path) -> None:
        if self._kept is not None:
            self.takes.save(self._kept, path)

    def export(self, folder: Path, stem: str, formats: Sequence[str], options: ExportOptions) -> None:
        """Write the whole take, not what a run is just adding to it."""
        if self._kept is not None:
            self.takes.export(self._kept, self.person, folder, stem, formats, options)
