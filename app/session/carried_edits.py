"""Carry edits and the followed person over to the take of another run."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.run_settings import RunSettings
from app.session.state import TakeSession
from app.session.updates import TakeUpdates
from pipeline.core.take import Take
from pipeline.take.carry_over import Step, carry_over


class CarriedEdits(QObject):
    """Edit the take of a run like the one before it, then re-lift the edited persons."""

    def __init__(
        self, session: TakeSession, updates: TakeUpdates, settings: RunSettings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._updates, self._settings = session, updates, settings
        self.steps: tuple[Step, ...] = ()  # the edits that were taken over last
        self._persons: tuple[int, ...] = ()  # to lift when the run has ended
        self._follow: int | None = None  # the person of before the run, if not lifted yet

    def over(self, take: Take) -> Take:
        """Return `take` with the edits of the kept take; keep the followed person and heights."""
        session, self.steps = self._session, ()
        if session.kept is None:
            return take
        carried = carry_over(take, session.kept)
        self.steps, heights = carried.steps, self._settings.heights_cm
        self._settings.heights_cm = {new: heights[old] for old, new in carried.now.items() if old in heights}
        person = carried.now.get(session.person, session.person)
        lift = [one for one in carried.lift if carried.take.track3d(one) is not None]
        if carried.take.track3d(person) is not None:
            session.person = person  # the views get it with the take
        elif carried.take.track2d(person) is not None:
            self._follow = person
            lift.append(person)
        self._persons = tuple(dict.fromkeys(lift))
        return carried.take

    @Slot()
    def lift(self) -> None:
        """Lift what `over` left to do; the run has ended."""
        persons, person = self._persons, self._follow
        self._persons, self._follow = (), None
        if person is not None:
            self._session.follow(person)
        if persons:
            self._updates.relift(persons)
