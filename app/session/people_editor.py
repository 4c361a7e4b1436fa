"""Edit tracks of the take, with undo and redo, by `pipeline.take.edit`. No widgets.

For the main thread. An edit is shown at once, with the 3D cut or joined unchanged; then the persons whose tracks
changed are re-lifted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from app.languages.translation import mark, shown
from app.session.controller import Controller
from pipeline.core.errors import UserError
from pipeline.core.take import Take
from pipeline.take import edit
from pipeline.take.carry_over import Step
from pipeline.take.provenance import take_config

_STEPS = 200  # undo steps; takes share unchanged tracks, so a step costs only the changed ones
# Function of `pipeline.take.edit` -> text of its Undo, with the numbers of its persons.
_TEXTS = {
    "rename": mark("name of person {}"),
    "delete": mark("deleting person {}"),
    "merge": mark("merging {1} into {0}"),
    "split": mark("splitting person {}"),
    "correct": mark("correction of person {}"),
    "exchange_sides": mark("exchanging sides of person {}"),
}

_Heights = Mapping[int, float]  # person -> height in cm


@dataclass(frozen=True, slots=True)
class _State:
    """Hold what Undo or Redo returns to, on the other side of an edit."""

    text: str  # of the edit
    take: Take
    revision: int
    person: int  # who was followed
    heights: _Heights  # in this state, and on the side of the edit that is left for it
    heights_there: _Heights
    lift: tuple[int, ...]  # persons that the edit has lifted again
    lifted: bool = True  # the take has them lifted


class PeopleEditor(QObject):
    """Edit the controller's take; `failed` reports why an edit is not possible."""

    changed = Signal()  # what can be undone
    failed = Signal(object)  # UserError

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._updates, self._session = controller.updates, controller.session
        self._settings = controller.settings.run
        self._before: list[_State] = []
        self._after: list[_State] = []
        controller.session.video_changed.connect(self._forget)
        controller.edits_carried.connect(self._carried)

    @property
    def undo_text(self) -> str:
        """Return the name of the edit that Undo reverts; "" for none."""
        return self._before[-1].text if self._before else ""

    @property
    def redo_text(self) -> str:
        """Return the name of the edit that Redo makes again; "" for none."""
        return self._after[-1].text if self._after else ""

    def rename(self, person: int, name: str) -> None:
        self._do("rename", lambda take: edit.rename(take, person, name), person)

    def delete(self, person: int) -> None:
        self._do("delete", lambda take: edit.delete(take, person), person)

    def merge(self, into: int, other: int) -> None:
        followed = self._session.person
        if self._do("merge", lambda take: edit.merge(take, into, other), into, other) and followed == other:
            self._session.follow(into)

    def split(self, person: int, row: int) -> None:
        """Make another person of `person` from `row` on, and follow them instead of `person`.

        The split is made where the playhead is, so the new person is the one who is seen there.
        """
        take, followed = self._updates.editable, self._session.person
        if self._do("split", lambda take: edit.split(take, person, row), person) and followed == person:
            known = {track.person for track in take.tracks2d} if take is not None else set()
            new = (track.person for track in self._session.take.tracks2d) if self._session.take is not None else ()
            self._session.follow(next((other for other in new if other not in known), person))

    def exchange_sides(self, person: int) -> None:
        self._do("exchange_sides", lambda take: edit.exchange_sides(take, person), person)

    def correct(self, person: int, change: Callable[[Take], edit.Edited]) -> None:
        """Change the corrections of a person's joints."""
        self._do("correct", change, person)

    @Slot()
    def undo(self) -> None:
        """Go back to before the last edit."""
        self._go(self._before, self._after)

    @Slot()
    def redo(self) -> None:
        """Make the edit again that was undone last."""
        self._go(self._after, self._before)

    def _go(self, source: list[_State], other_side: list[_State]) -> None:
        session, settings = self._session, self._settings
        if not source or not self._updates.replaceable or session.kept is None:
            return
        goal, now = source.pop(), dict(settings.heights_cm)
        settings.heights_cm = _rebased(goal.heights, goal.heights_there, now)
        there, lifted = dict(settings.heights_cm), not session.busy
        other_side.append(
            _State(goal.text, session.kept, session.revision, session.person, now, there, goal.lift, lifted)
        )
        if goal.lifted:
            self._updates.restore(goal.take)
        else:
            self._updates.edit(edit.Edited(goal.take, goal.lift))
        if goal.take.track3d(goal.person) is not None and goal.person != session.person:
            session.follow(goal.person)
        session.go_to_revision(goal.revision)
        self.changed.emit()

    def _do(self, kind: str, change: Callable[[Take], edit.Edited], *persons: int) -> bool:
        """Make an edit and return whether it was possible; `kind` is a key of `_TEXTS`."""
        take, session = self._updates.editable, self._session
        if take is None:
            return False
        try:
            done = change(take)
        except UserError as error:
            self.failed.emit(error)
            return False
        heights = dict(self._settings.heights_cm)
        after = self._settings.heights_cm = _rebased(_heights(done.take), _heights(take), heights)
        text = shown(_TEXTS[kind]).format(*persons)
        self._keep(_State(text, take, session.revision, session.person, heights, dict(after), done.lift))
        self._after.clear()
        session.edit()
        self._updates.edit(done)
        self.changed.emit()
        return True

    def _keep(self, before: _State) -> None:
        self._before = [*self._before[1 - _STEPS :], before]

    @Slot(object)
    def _carried(self, steps: Sequence[Step]) -> None:
        """Let Undo take back, one by one, the edits that another run took over; those of before it are gone."""
        self._before.clear()
        self._after.clear()
        session, heights = self._session, dict(self._settings.heights_cm)
        for step in steps:
            text = shown(_TEXTS[step.kind]).format(*step.persons)
            self._keep(_State(text, step.before, session.new_revision(), session.person, heights, heights, ()))
        self.changed.emit()

    @Slot()
    def _forget(self) -> None:
        self._before.clear()
        self._after.clear()
        self.changed.emit()


def _heights(take: Take) -> dict[int, float]:
    """Return the heights of single persons that `take` was made with."""
    made = take_config(take)
    return {} if made is None else made.scene.heights_cm


def _rebased(to: _Heights, base: _Heights, now: _Heights) -> dict[int, float]:
    """Return `to` with the changes that lead from `base` to `now`."""
    persons = [*to, *(person for person in now if person not in to)]
    values = {p: to.get(p) if now.get(p) == base.get(p) else now.get(p) for p in persons}
    return {person: height for person, height in values.items() if height is not None}
