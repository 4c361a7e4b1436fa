"""Edit tracks of the take, with undo; the logic is `pipeline.take.edit`. No widgets.

For the main thread. An edit is shown at once, with the 3D cut or joined unchanged; then the persons whose tracks
changed are re-lifted.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from app.session.controller import Controller
from pipeline.core.errors import UserError
from pipeline.core.take import Take
from pipeline.take import edit

_STEPS = 50  # undo steps; takes share unchanged tracks, so a step costs only the changed ones


class PeopleEditor(QObject):
    """Edit the controller's take; `failed` reports why an edit is not possible."""

    changed = Signal()  # what can be undone
    failed = Signal(object)  # UserError

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._updates, self._session = controller.updates, controller.session
        self._before: list[tuple[str, Take, int]] = []  # name of the edit; take and revision before it
        controller.session.video_changed.connect(self._forget)
        controller.run_succeeded.connect(self._forget)

    @property
    def undo_text(self) -> str:
        """Return the name of the edit that Undo reverts; "" for none."""
        return self._before[-1][0] if self._before else ""

    def rename(self, person: int, name: str) -> None:
        self._do(f"name of person {person}", lambda take: edit.rename(take, person, name))

    def delete(self, person: int) -> None:
        self._do(f"deleting person {person}", lambda take: edit.delete(take, person))

    def merge(self, into: int, other: int) -> None:
        self._do(f"merging {other} into {into}", lambda take: edit.merge(take, into, other))

    def split(self, person: int, row: int) -> None:
        self._do(f"splitting person {person}", lambda take: edit.split(take, person, row))

    def exchange_sides(self, person: int) -> None:
        self._do(f"exchanging sides of person {person}", lambda take: edit.exchange_sides(take, person))

    @Slot()
    def undo(self) -> None:
        if self._before and self._updates.replaceable:
            _, take, revision = self._before.pop()
            self._updates.restore(take)
            self._session.go_to_revision(revision)
            self.changed.emit()

    def _do(self, what: str, change: Callable[[Take], edit.Edited]) -> None:
        take = self._updates.editable
        if take is None:
            return
        try:
            done = change(take)
        except UserError as error:
            self.failed.emit(error)
            return
        self._before = [*self._before[1 - _STEPS :], (what, take, self._session.revision)]
        self._session.edit()
        self._updates.edit(done)
        self.changed.emit()

    @Slot()
    def _forget(self) -> None:
        self._before.clear()
        self.changed.emit()
