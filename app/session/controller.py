"""Decide what the window does: which video, which take, what runs. No widgets.

For the main thread. It starts and joins every thread, through `VideoOpener` (the player) and `Runner` (the job).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.backend.library import Library
from app.session.carried_edits import CarriedEdits
from app.session.comparison import Comparer
from app.session.open_files import FileOpener
from app.session.recovery.recovery import Recovery
from app.session.runner import Runner
from app.session.state import TakeSession, Trim
from app.session.take_files import TakeFiles
from app.session.updates import TakeUpdates
from app.settings import Settings, config_folder
from app.threads.job_thread import Work
from app.threads.thread_set import ThreadSet
from pipeline.core.camera import VideoInfo
from pipeline.core.config import RunConfig, SceneConfig
from pipeline.core.errors import UserError
from pipeline.core.export_options import ExportOptions
from pipeline.core.live import RunState
from pipeline.core.take import Take
from pipeline.take.edit import edited
from pipeline.take.provenance import can_refinish, same_source, take_config
from pipeline.take.recording_folder import is_recording


class Controller(QObject):
    """Own the video's player, the run and the models; `session` is the state of the open take."""

    state_changed = Signal(object)  # RunState
    opening_changed = Signal(bool)
    progressed = Signal(object)  # Progress
    finished = Signal(object)  # Take, complete
    edits_carried = Signal(object)  # sequence of `Step`: the edits that a run over the video took over
    settings_adopted = Signal()  # from a take that was opened
    failed = Signal(object)  # UserError
    noted = Signal(str, str)  # message, hint; not an error
    broke = Signal(object)  # Exception: a bug

    def __init__(self, library: Library, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.library, self.settings = library, settings
        self.threads = ThreadSet(self)
        self.takes = TakeFiles(library, self.threads, self)
        self.session = TakeSession(self)
        self._models = library.models()
        self._saving_revision = 0
        self.opening = FileOpener(library, self.threads, self.takes, settings, self)
        self.video = self.opening.video
        self._runner = Runner(library, self.threads, self._models, self)
        self.updates = TakeUpdates(library, self.threads, self.session, self._relift, self.configured, self)
        self._carried = CarriedEdits(self.session, self.updates, settings.run, self)
        self.comparer = Comparer(settings, Runner(library, self.threads, self._models, self), self)
        self.recovery = Recovery(library, self.threads, self.session, self.takes, config_folder() / "recovery", self)
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
        runner.finished.connect(self._carried.lift)
        takes.saved.connect(self._saved)
        self.updates.refinisher.finished.connect(self._refinished)
        self.updates.replaced.connect(self._replace_take)
        self.updates.run_wanted.connect(self.run)
        for part in (opening, runner, self.comparer, self.threads):
            part.failed.connect(self.failed)
            part.broke.connect(self.broke)
        self.updates.refinisher.failed.connect(self.failed)

    def shutdown(self) -> None:
        """Stop and join everything. The window may not be used afterwards."""
        self.updates.refinisher.drop()
        self.comparer.stop()
        self._runner.drop()
        self.threads.stop()
        self.recovery.stop()
        self._models.close()

    @property
    def state(self) -> RunState:
        return self._runner.state

    @property
    def busy(self) -> bool:
        return self._runner.busy

    # --- opening

    def open_path(self, path: Path, rate_hz: float | None = None) -> None:
        """Open a video, images (at `rate_hz`), 2D joints or a saved take."""
        self.opening.open_path(path, rate_hz)

    def open_sample(self) -> None:
        self.opening.open_sample()

    @property
    def home(self) -> Path:
        """Return the default folder for results: the video's, but never one of the program."""
        return self.opening.beside(self.session.info, self.session.is_sample)

    @Slot(object, object, bool)
    def _replaced(self, info: VideoInfo, path: Path | None, is_sample: bool) -> None:
        self._runner.drop()
        self.updates.refinisher.drop()
        self.settings.run.adopt_scene(SceneConfig())  # another camera and another body
        self.settings.run.recorded_fps = None
        self.settings_adopted.emit()
        self.session.open(info, path, is_sample, self.opening.rate_hz)
        self.session.file_slow_motion = self.opening.file_slow_motion

    @Slot(object)
    def _take_loaded(self, take: Take) -> None:
        """Show the settings that made the take, so that nothing changes until the user does."""
        made = take_config(take)
        whole = len(take.tracks3d) == len(take.tracks2d) > 1
        self.settings.run.everyone = whole or (made is not None and made.persons == "all")
        if made is not None:
            if can_refinish(take):
                self.settings.run.adopt(made)
            self.settings.run.adopt_scene(made.scene)
            self.settings.run.recorded_fps = made.recorded_fps
            self.settings_adopted.emit()
        self.session.show(take)
        path = self.takes.read_from
        own = path is not None and not is_recording(path.parent)
        saved = self.session.revision
        if self.takes.unsaved:
            self.session.edit()
        self.session.set_saved(saved, path if own else None)

    # --- running

    @property
    def can_run(self) -> bool:
        return self.session.path is not None and not self.busy

    def run(self, person: int | None = None) -> None:
        """Start a run over the trimmed video; with `person` None the most visible person is lifted.

        If tracks were edited and the same frames are requested, the edits stay and only the lifting is repeated.
        """
        trim = self.session.trim_at(self.settings.run.recorded_fps)
        config = self.configured(person, *trim)
        chosen, kept = self.session.person, self.session.kept
        made = take_config(kept) if kept is not None and not edited(kept) else None
        if config is not None and person is None and chosen != 1 and made is not None and same_source(config, made):
            config = self.configured(chosen, *trim)  # the same frames: the number means the same person
        if config is not None and not self.updates.relift_if_edited(config, person):
            self._start(config, relift=False)

    def relift(self) -> None:
        """Re-lift the same persons and range from known 2D, because the recipe changed.

        Does nothing before the first run, and for a take from a file, whose video would have to be detected again.
        """
        session = self.session
        if session.kept is not None and edited(session.kept) and not self.busy:
            self.updates.relift_all()
            return
        if not session.detected or (session.kept is None and not self.busy):
            return
        last = session.kept_config or session.config
        if last is not None:
            # Person 1 is the most visible one, which a first run still has to find: None.
            person = None if session.person == 1 else session.person
            self._start(self.configured(person, last.start_s, last.end_s), relift=session.kept is not None)

    def configured(
        self, person: int | None = None, start_s: float | None = None, end_s: float | None = None
    ) -> RunConfig | None:
        """Return the settings as a run's configuration; None, with an error shown, if invalid."""
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
            return  # it is shown or being made already
        self.begin(Work(config, session.path, rate_hz=session.rate_hz), relift=relift)
        session.detected = True

    def begin(self, work: Work, *, relift: bool) -> None:
        """Start `work` and cancel what runs; with `relift` the present take is shown until then."""
        self.comparer.stop()
        self.updates.refinisher.drop()
        self.session.config, self.session.relifting = work.config, relift
        self._runner.start(work)

    def _relift(self, work: Work) -> None:
        self.begin(work, relift=True)

    @Slot(object)
    def _replace_take(self, take: Take) -> None:
        """Show another complete take of the same video."""
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
        self.updates.settings_changed()  # changed during the run

    @Slot(object)
    def _partial(self, take: Take) -> None:
        # With several people a partial take holds one of them: the followed person would change every second.
        # And while re-lifting, the complete take of before shows more than the beginning of the new one.
        shows_subject = take.track3d(self.session.person) is not None or not take.tracks3d
        if shows_subject and not self.session.relifting:
            self.session.show(take)

    @Slot(object)
    def _succeeded(self, take: Take) -> None:
        self.session.kept_config, before = self.session.config, self.session.person
        if self._runner.over_video:
            take = self._carried.over(take)
            self.edits_carried.emit(self._carried.steps)
        self.session.show(take)
        if self.session.person != before:
            self.session.person_changed.emit(self.session.person)

    @Slot()
    def _fruitless(self) -> None:
        self.session.show(self.session.kept)

    def select_person(self, person: int) -> None:
        """Follow `person`; if not lifted yet, start a run with the 2D from the cache."""
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
            self.updates.relift([person])

    def select_everyone(self) -> None:
        """Lift everyone from now on; runs now if a person is not lifted."""
        self.settings.run.everyone = True
        self.settings.save()
        take = self.session.take
        if take is not None and take.complete and not self.busy and len(take.tracks3d) < len(take.tracks2d):
            self.run()

    def _compare(self) -> None:
        """Give the comparison the complete take as soon as nothing else runs."""
        session = self.session
        self.comparer.set_take(None if self.busy else session.kept, session.path, session.kept_config)

    # --- files

    def save_take(self, path: Path) -> None:
        if self.session.kept is not None:
            self._saving_revision = self.session.revision
            self.takes.save(self.session.kept, path)

    @Slot(object)
    def _saved(self, path: Path) -> None:
        self.settings.add_recent(path)
        self.session.set_saved(self._saving_revision, path)

    def export(
        self, folder: Path, stem: str, formats: Sequence[str], options: ExportOptions, span_s: Trim = (None, None)
    ) -> None:
        """Export the complete take in `span_s`, without what a run is adding to it."""
        if self.session.kept is not None:
            self.takes.export(self.session.kept, self.session.person, folder, stem, formats, options, span_s)
