"""The window's brain: which video, which take, what runs. No widgets here, so that it can be tested without any.

Main thread only. It starts and joins every thread, through `VideoOpener` (the player) and `Runner` (the job).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.backend.library import Library
from app.session.comparison import Comparer
from app.session.open_files import Opening
from app.session.runner import Runner
from app.session.state import TakeSession
from app.session.take_files import TakeFiles
from app.session.updates import Rework
from app.settings import Settings
from app.threads.job_thread import Work
from app.threads.thread_set import ThreadSet
from pipeline.core.camera import VideoInfo
from pipeline.core.config import RunConfig
from pipeline.core.errors import UserError
from pipeline.core.export_options import ExportOptions
from pipeline.core.live import RunState
from pipeline.core.take import Take
from pipeline.take.edit import edited
from pipeline.take.provenance import can_finish_again, take_config, with_names


class Controller(QObject):
    """Owns the video's player, the run and the models; `session` is the state of the open take."""

    state_changed = Signal(object)  # RunState
    opening_changed = Signal(bool)
    progressed = Signal(object)  # Progress
    finished = Signal(object)  # Take, complete
    run_succeeded = Signal()  # over the video: who was who before is gone
    settings_adopted = Signal()  # those of a take that was opened
    failed = Signal(object)  # UserError
    noted = Signal(str, str)  # message, hint: worth knowing, not an error
    broke = Signal(object)  # Exception: a bug

    def __init__(self, library: Library, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.library, self.settings = library, settings
        self.threads = ThreadSet(self)
        self.takes = TakeFiles(library, self.threads, self)
        self.session = TakeSession(self)
        self._models = library.models()
        self.opening = Opening(library, self.threads, self.takes, settings, self)
        self.video = self.opening.video
        self._runner = Runner(library, self.threads, self._models, self)
        self.rework = Rework(library, self.threads, self.session, self._relift, self.configured, self)
        self.comparer = Comparer(settings, Runner(library, self.threads, self._models, self), self)
        self._connect()

    def _connect(self) -> None:
        opening, runner, takes = self.opening, self._runner, self.takes
        opening.opening_changed.connect(self.opening_changed)
        opening.replaced.connect(self._replaced)
        opening.take_loaded.connect(self._take_loaded)
        opening.noted.connect(self.noted)
        runner.state_changed.connect(self._state_changed)
        runner.progressed.connect(self.progressed)
        runner.partial.connect(self._partial)
        runner.succeeded.connect(self._succeeded)
        runner.fruitless.connect(self._fruitless)
        runner.finished.connect(self.finished)
        takes.saved.connect(self.settings.add_recent)
        self.rework.finisher.finished.connect(self._refinished)
        self.rework.replaced.connect(self._put_back)
        for part in (opening, runner, self.comparer, self.threads):
            part.failed.connect(self.failed)
            part.broke.connect(self.broke)
        self.rework.finisher.failed.connect(self.failed)

    def shutdown(self) -> None:
        """Stop and join everything. The window may not be used afterwards."""
        self.rework.finisher.drop()
        self.comparer.stop()
        self._runner.drop()
        self.threads.stop()
        self._models.close()

    @property
    def state(self) -> RunState:
        return self._runner.state

    @property
    def busy(self) -> bool:
        return self._runner.busy

    # --- opening

    def open_path(self, path: Path) -> None:
        """Open a video, 2D joints or a saved take, whichever it is."""
        self.opening.open_path(path)

    def open_sample(self) -> None:
        self.opening.open_sample()

    @property
    def home(self) -> Path:
        """Where results of this video go by default: beside it, but never into the program's own folders."""
        return self.opening.beside(self.session.info, self.session.is_sample)

    @Slot(object, object, bool)
    def _replaced(self, info: VideoInfo, path: Path | None, is_sample: bool) -> None:
        self._runner.drop()
        self.rework.finisher.drop()
        self.session.open(info, path, is_sample)

    @Slot(object)
    def _take_loaded(self, take: Take) -> None:
        """The panel says from now on how this take was made: who changes nothing there changes nothing here."""
        made = take_config(take)
        if made is not None and can_finish_again(take):
            self.settings.run.adopt(made)
            self.settings_adopted.emit()
        self.session.show(take)

    # --- running

    @property
    def can_run(self) -> bool:
        return self.session.path is not None and not self.busy

    def run(self, person: int | None = None) -> None:
        """Start a run over the trimmed video with the settings of now. `person` None: the one most seen.

        If somebody edited who is who, and the same frames are asked for, that stays: only the lifting is done again.
        """
        config = self.configured(person, *self.session.trim)
        if config is not None and not self.rework.run_again(config, person):
            self._start(config, relift=False)

    def relift(self) -> None:
        """The recipe changed: lift the same people over the same range again, from the cached 2D.

        Nothing to do before the first run, nor for a take from a file, whose video would have to be detected anew.
        """
        session = self.session
        if session.kept is not None and edited(session.kept) and not self.busy:
            self.rework.lift_all_again()
            return
        if not session.detected or (session.kept is None and not self.busy):
            return
        last = session.kept_config or session.config
        if last is not None:
            # Person 1 is the one most seen; not naming them lets a first run find out who that is.
            person = None if session.person == 1 else session.person
            self._start(self.configured(person, last.start_s, last.end_s), relift=session.kept is not None)

    def configured(
        self, person: int | None = None, start_s: float | None = None, end_s: float | None = None
    ) -> RunConfig | None:
        """The settings of now as a run's; None, and said so, if they cannot be."""
        try:
            return self.settings.run.run_config(person, start_s, end_s)
        except UserError as error:
            self.failed.emit(error)
            return None

    def _start(self, config: RunConfig | None, *, relift: bool) -> None:
        session = self.session
        if session.path is None or config is None:
            return
        if relift and config == (session.config if self.busy else session.kept_config):
            return  # it is what is shown, or what is being made
        self.begin(Work(config, session.path), relift=relift)
        session.detected = True

    def begin(self, work: Work, *, relift: bool) -> None:
        """Start `work` in the place of whatever goes on. `relift`: the take of before is shown until then."""
        self.comparer.stop()
        self.rework.finisher.drop()
        self.session.config, self.session.relifting = work.config, relift
        self._runner.start(work)

    def _relift(self, work: Work) -> None:
        self.begin(work, relift=True)

    @Slot(object)
    def _put_back(self, take: Take) -> None:
        """Show another complete take of the same video instead of this one."""
        self._runner.drop()
        if take.track2d(self.session.person) is None:
            self.session.follow((take.tracks3d or take.tracks2d)[0].person)
        self.session.show(take)
        self._compare()

    @Slot(object)
    def _refinished(self, take: Take) -> None:
        made, before = take_config(take), self.session.kept_config
        if before is not None and made is not None:
            self.session.kept_config = dataclasses.replace(before, post=made.post, scene=made.scene)
        self.session.show(take)
        self._compare()

    def cancel(self) -> None:
        """Stop the run; the window answers at once, the job within a frame or a batch."""
        self._runner.cancel()

    @Slot(object)
    def _state_changed(self, state: RunState) -> None:
        self.session.busy = self.busy
        self.state_changed.emit(state)
        self._compare()
        self.rework.settings_changed()  # those that were changed while it went on

    @Slot(object)
    def _partial(self, take: Take) -> None:
        # With several people a partial take holds one of them: changing whom one sees every second would be no use.
        # And while lifting again, the whole take of before says more than the beginning of the new one.
        shows_subject = take.track3d(self.session.person) is not None or not take.tracks3d
        if shows_subject and not self.session.relifting:
            self.session.show(take)

    @Slot(object)
    def _succeeded(self, take: Take) -> None:
        self.session.kept_config = self.session.config
        if self._runner.over_video:
            self.run_succeeded.emit()
            take = with_names(take, self.session.kept)
        self.session.show(take)

    @Slot()
    def _fruitless(self) -> None:
        self.session.show(self.session.kept)

    def select_person(self, person: int) -> None:
        """Look at `person`; if they were not lifted yet, run again for them (2D comes from the cache)."""
        take = self.session.take
        if take is None or not take.complete or self.busy:
            return
        if person == self.session.person and take.track3d(person) is not None:
            return
        self.session.follow(person)
        if take.track3d(person) is not None:
            self.session.take_changed.emit(take)
        elif self.session.path is not None and not edited(take):
            self.run(person)
        else:
            self.rework.lift_again([person])

    def select_everyone(self) -> None:
        """Lift everyone from now on, and now if somebody is missing."""
        self.settings.run.everyone = True
        self.settings.save()
        take = self.session.take
        if take is not None and take.complete and not self.busy and len(take.tracks3d) < len(take.tracks2d):
            self.run()

    def _compare(self) -> None:
        """Give the comparer what it compares with: the whole take, as soon as nothing else runs."""
        session = self.session
        self.comparer.set_take(None if self.busy else session.kept, session.path, session.kept_config)

    # --- files

    def save_take(self, path: Path) -> None:
        if self.session.kept is not None:
            self.takes.save(self.session.kept, path)

    def export(self, folder: Path, stem: str, formats: Sequence[str], options: ExportOptions) -> None:
        """Write the whole take, not what a run is just adding to it."""
        if self.session.kept is not None:
            self.takes.export(self.session.kept, self.session.person, folder, stem, formats, options)
