"""Re-lift, re-finish or edit a complete take in the background, and replace it when that is done.

No widgets, main thread only. Nothing here detects; the video does not have to be there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal, Slot

from app.backend.library import Library
from app.session.refinisher import Finisher
from app.session.state import TakeSession
from app.threads.job_thread import Work
from app.threads.thread_set import ThreadSet
from pipeline.core.config import RunConfig
from pipeline.core.take import Take
from pipeline.take.edit import Edited, edited
from pipeline.take.provenance import same_source, take_config


class Rework(QObject):
    """Changes the complete take of `session`: `start` begins a run, `configured` says how it would be done now."""

    replaced = Signal(object)  # Take: to be shown instead of the present one

    def __init__(
        self,
        library: Library,
        threads: ThreadSet,
        session: TakeSession,
        start: Callable[[Work], None],
        configured: Callable[[], RunConfig | None],
        parent: QObject | None = None,
    ) -> None:
        """`start` begins a run during which the present take is shown; `configured` is None for invalid settings."""
        super().__init__(parent)
        self._session, self._start, self._configured = session, start, configured
        self.finisher = Finisher(library, threads, self)
        self.finisher.lift_wanted.connect(self.lift_all_again)

    @property
    def editable(self) -> Take | None:
        """The complete take, unless a run goes on."""
        return None if self._session.busy else self._session.kept

    @property
    def replaceable(self) -> bool:
        """Whether another take may replace this one: not during a run over the video."""
        return not self._session.busy or self._session.relifting

    def settings_changed(self) -> None:
        """Finish the take again if the settings of the steps behind the lifter changed. During a run: afterwards."""
        self._finish(anyway=False)

    def _finish(self, *, anyway: bool) -> None:
        take = self.editable
        config = self._configured() if take is not None else None
        if take is not None and config is not None:
            self.finisher.want(take, config, anyway=anyway)

    def run_again(self, config: RunConfig, person: int | None) -> bool:
        """Lift again instead of running with `config`, if that would find the same frames in a take with edited
        tracks. Returns whether it does."""
        take = self._session.kept
        made = take_config(take) if take is not None and edited(take) else None
        if take is None or made is None or not same_source(config, made):
            return False
        one = self._session.person if person is None else person
        self.lift_again([track.person for track in take.tracks2d] if config.persons == "all" else [one])
        return True

    def lift_again(self, persons: Sequence[int]) -> None:
        """Lift these people from the 2D of the complete take, edited or not. Everyone else keeps their 3D."""
        take = self._session.kept
        config = self._configured() if take is not None and persons else None
        if take is None or config is None:
            return
        made = take_config(take)
        start_s, end_s = (made.start_s, made.end_s) if made is not None else self._session.trim
        self._start(Work(dataclasses.replace(config, start_s=start_s, end_s=end_s), None, take, tuple(persons)))

    @Slot()
    def lift_all_again(self) -> None:
        take = self._session.kept
        if take is not None:
            self.lift_again([track.person for track in take.tracks3d])

    def edit(self, done: Edited) -> None:
        """Show the take with edited tracks, and lift those who need it."""
        before = self._session.kept
        self.put_back(done.take)
        if done.lift:
            self.lift_again(done.lift)
        elif before is None or before.tracks3d is not done.take.tracks3d:
            self._finish(anyway=True)  # floor and gravity come from everyone

    def put_back(self, take: Take) -> None:
        """Show an earlier take, finished with the present settings."""
        self.finisher.drop()
        self.replaced.emit(take)
        self._finish(anyway=False)
