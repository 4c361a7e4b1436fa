"""Re-lift, re-finish or edit a complete take in the background, and replace it when done.

No widgets; for the main thread. Nothing here detects, so the video may be missing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.backend.library import Library
from app.session.refinisher import Refinisher
from app.session.state import TakeSession
from app.threads.job_thread import Work
from app.threads.thread_set import ThreadSet
from pipeline.core.config import RunConfig
from pipeline.core.take import Take
from pipeline.take.edit import Edited, edited
from pipeline.take.provenance import same_source, take_config

_RUN_DEBOUNCE_MS = 600  # ms without a change of roll or rate, before a run begins

_Frames = tuple[int, float | None]  # clockwise turn of the images in degrees, rate of the camera


class TakeUpdates(QObject):
    """Change the complete take of `session` by runs over its 2D, and by finishing it again."""

    replaced = Signal(object)  # Take that replaces the shown one
    run_wanted = Signal()  # over the video: its images have to be turned, or its times change

    def __init__(
        self,
        library: Library,
        threads: ThreadSet,
        session: TakeSession,
        start: Callable[[Work], None],
        configured: Callable[[], RunConfig | None],
        parent: QObject | None = None,
    ) -> None:
        """Take `start`, which begins a run, and `configured`, which returns None for invalid settings."""
        super().__init__(parent)
        self._session, self._start, self._configured = session, start, configured
        self.refinisher = Refinisher(library, threads, self)
        self.refinisher.lift_wanted.connect(self.relift_all)
        self._tried: _Frames | None = None  # of the last run that was asked for
        self._run_timer = QTimer(self)  # the value of the roll or rate rests
        self._run_timer.setSingleShot(True)
        self._run_timer.setInterval(_RUN_DEBOUNCE_MS)
        self._run_timer.timeout.connect(self._run)

    @property
    def editable(self) -> Take | None:
        """Return the complete take, unless a run is going on."""
        return None if self._session.busy else self._session.kept

    @property
    def replaceable(self) -> bool:
        """Return whether another take may replace this one: not during a run over the video."""
        return not self._session.busy or self._session.relifting

    def settings_changed(self) -> None:
        """Re-finish the take if the post-processing settings changed; during a run afterwards.

        Another turn of the images (a roll of over 45 degrees) or another rate of the camera needs a run over the video
        instead.
        """
        take = self.editable
        config = self._configured() if take is not None else None
        if take is None or config is None:
            return
        if self._session.path is None or _frames(config) == _frames_of(take):
            self._run_timer.stop()
            self._tried = None
            self.refinisher.want(take, config)
        elif self._tried != _frames(config):  # once, also if the run fails or is cancelled
            self.refinisher.drop()
            self._run_timer.start()

    @Slot()
    def _run(self) -> None:
        take = self.editable
        config = self._configured() if take is not None else None
        if take is not None and config is not None and _frames(config) != _frames_of(take):
            self._tried = _frames(config)
            self.run_wanted.emit()

    def _finish(self, *, anyway: bool) -> None:
        take = self.editable
        config = self._configured() if take is not None else None
        if take is not None and config is not None:
            self.refinisher.want(take, config, anyway=anyway)

    def relift_if_edited(self, config: RunConfig, person: int | None) -> bool:
        """Re-lift, if the take has edited tracks and a run by `config` would cover the same frames.

        Return whether it does; a run over the video would undo the edits.
        """
        take = self._session.kept
        made = take_config(take) if take is not None and edited(take) else None
        if take is None or made is None or not same_source(config, made):
            return False
        one = self._session.person if person is None else person
        self.relift([track.person for track in take.tracks2d] if config.persons == "all" else [one])
        return True

    def relift(self, persons: Sequence[int]) -> None:
        """Re-lift these persons from the 2D of the complete take; the others keep their 3D."""
        take = self._session.kept
        config = self._configured() if take is not None and persons else None
        if take is None or config is None:
            return
        made = take_config(take)
        start_s, end_s = (made.start_s, made.end_s) if made is not None else self._session.trim
        self._start(Work(dataclasses.replace(config, start_s=start_s, end_s=end_s), None, take, tuple(persons)))

    @Slot()
    def relift_all(self) -> None:
        take = self._session.kept
        if take is not None:
            self.relift([track.person for track in take.tracks3d])

    def edit(self, done: Edited) -> None:
        """Show the take with edited tracks, and re-lift the persons whose tracks changed."""
        before = self._session.kept
        self.restore(done.take)
        if done.lift:
            self.relift(done.lift)
        elif before is None or before.tracks3d is not done.take.tracks3d:
            self._finish(anyway=True)  # floor and gravity depend on all persons

    def restore(self, take: Take) -> None:
        """Show an earlier take, finished with the present settings."""
        self.refinisher.drop()
        self.replaced.emit(take)
        self._finish(anyway=False)


def _frames(config: RunConfig) -> _Frames:
    """Return what of `config` decides how the frames of a video are seen, and at which times."""
    return config.scene.turn_deg, config.recorded_fps


def _frames_of(take: Take) -> _Frames:
    made = take_config(take)
    return take.info.turned_deg, None if made is None else made.recorded_fps
