"""What is done to a whole take after its run: finished with other settings, lifted again, with other people in it.

No widgets, main thread only. Nothing here detects; the video does not have to be there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.backend import Backend
from app.finisher import Finisher
from app.threads import ThreadSet
from app.workers import Work
from pipeline.config import RunConfig
from pipeline.edit import Edited, edited
from pipeline.provenance import same_source, take_config
from pipeline.types import Take

if TYPE_CHECKING:
    from app.controller import Controller


class Rework(QObject):
    """Asks the controller for its take and its settings, and gives it another take."""

    def __init__(self, backend: Backend, threads: ThreadSet, controller: Controller) -> None:
        super().__init__(controller)
        self._controller = controller
        self.finisher = Finisher(backend, threads, self)
        self.finisher.lift_wanted.connect(self.lift_all_again)

    @property
    def editable(self) -> Take | None:
        """The whole take, while nobody else is at work on it."""
        return None if self._controller.busy else self._controller.kept

    @property
    def replaceable(self) -> bool:
        """Whether another take may come in the place of this one: not while a run over the video goes on."""
        return not self._controller.busy or self._controller.relifting

    def settings_changed(self) -> None:
        """Finish the take again if what is behind the lifter should be done otherwise. During a run: afterwards."""
        self._finish(anyway=False)

    def _finish(self, *, anyway: bool) -> None:
        take = self.editable
        config = self._controller.configured(None, None, None) if take is not None else None
        if take is not None and config is not None:
            self.finisher.want(take, config, anyway=anyway)

    def run_again(self, config: RunConfig, person: int | None) -> bool:
        """Lift again instead of a run as `config` says, if that would find the same frames and somebody edited who is
        who in them. Says whether it is so."""
        take, controller = self._controller.kept, self._controller
        made = take_config(take) if take is not None and edited(take) else None
        if take is None or made is None or not same_source(config, made):
            return False
        everyone = controller.settings.run.everyone
        one = controller.person if person is None else person
        self.lift_again([track.person for track in take.tracks2d] if everyone else [one])
        return True

    def lift_again(self, persons: Sequence[int]) -> None:
        """Lift these people from the 2D of the whole take, edited or not; everyone else stays as they are."""
        take, controller = self._controller.kept, self._controller
        if take is None or not persons:
            return
        made = take_config(take)
        config = controller.configured(None, *((made.start_s, made.end_s) if made is not None else controller.trim))
        if config is not None:
            controller.begin(Work(config, None, take, tuple(persons)), relift=True)

    @Slot()
    def lift_all_again(self) -> None:
        take = self._controller.kept
        if take is not None:
            self.lift_again([track.person for track in take.tracks3d])

    def edit(self, done: Edited) -> None:
        """Show the take with other people in it, and lift those who want it."""
        before = self._controller.kept
        self.put_back(done.take)
        if done.lift:
            self.lift_again(done.lift)
        elif before is None or before.tracks3d is not done.take.tracks3d:
            self._finish(anyway=True)  # floor and gravity come from everyone

    def put_back(self, take: Take) -> None:
        """A take of before, finished as the settings are now."""
        self.finisher.drop()
        self._controller.put_back(take)
        self._finish(anyway=False)
