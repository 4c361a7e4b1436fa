"""Choose who is lifted and followed, and edit tracks: menu People, drawer and timeline."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.actions import Actions
from app.session.controller import Controller
from app.session.people_editor import PeopleEditor
from app.session.playback_clock import PlaybackClock
from app.views.take_rows import name_of, row_at, take_times
from app.views.workspace import Workspace


class PeopleCommands(QObject):
    """Keep the choice in panel and menu equal; `merge_menu` is filled when it opens."""

    def __init__(
        self, parent: QObject, controller: Controller, workspace: Workspace, actions: Actions, playback: PlaybackClock,
        merge_menu: QMenu,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._controller, self._workspace, self._actions = controller, workspace, actions
        self._panel, self._list, self._playback = workspace.panel, workspace.drawer.people, playback
        self.editor = PeopleEditor(controller, self)
        self._merge_menu = merge_menu
        self._panel.everyone_wanted.connect(controller.select_everyone)
        self._panel.person_wanted.connect(controller.select_person)
        people, editor = self._list, self.editor
        people.person_chosen.connect(controller.select_person)
        people.edit_wanted.connect(self._edit_name)
        people.rename_wanted.connect(editor.rename)
        people.split_wanted.connect(self._split)
        people.merge_wanted.connect(editor.merge)
        people.exchange_wanted.connect(editor.exchange_sides)
        people.delete_wanted.connect(editor.delete)
        people.undo_wanted.connect(editor.undo)
        editor.failed.connect(controller.failed)
        editor.changed.connect(self._undo_changed)
        merge_menu.aboutToShow.connect(self._fill_merge)
        merge_menu.triggered.connect(self._merge_chosen)
        workspace.timeline.menu_wanted.connect(lambda at: self._show_menu(controller.session.person, at))
        lanes = workspace.lanes
        lanes.person_chosen.connect(controller.select_person)
        lanes.rename_wanted.connect(editor.rename)
        lanes.menu_wanted.connect(self._show_menu)
        findings = workspace.drawer.findings
        findings.person_wanted.connect(controller.select_person)
        findings.sought.connect(playback.seek)
        findings.join_wanted.connect(editor.merge)
        controller.session.take_changed.connect(self.refresh)
        controller.session.person_changed.connect(self.refresh)
        controller.state_changed.connect(self.refresh)
        self._undo_changed()

    @Slot()
    def refresh(self) -> None:
        """Show people and findings of the take."""
        take, person = self._controller.session.take, self._controller.session.person
        editable = self._controller.updates.editable is not None
        self._list.editable = self._workspace.lanes.editable = editable
        self._list.set_take(take, person)
        self._workspace.drawer.findings.set_take(take)

    @Slot()
    def _undo_changed(self) -> None:
        what = self.editor.undo_text
        self._list.set_undo(what)
        self._actions["undo"].setText(self.tr("&Undo {what}").format(what=what) if what else self.tr("&Undo"))
        what = self.editor.redo_text
        self._actions["redo"].setText(self.tr("&Redo {what}").format(what=what) if what else self.tr("&Redo"))

    @Slot(bool)
    def set_everyone(self, on: bool) -> None:
        self._panel.everyone.setChecked(on)
        self._panel.subject.setChecked(not on)

    @Slot()
    def next_person(self) -> None:
        take = self._controller.session.take
        if take is not None and take.tracks2d:
            numbers = [track.person for track in take.tracks2d]
            at = numbers.index(self._controller.session.person) if self._controller.session.person in numbers else -1
            self._controller.select_person(numbers[(at + 1) % len(numbers)])

    # --- who is who

    @Slot()
    def rename_person(self) -> None:
        self._edit_name(self._list.focused_person or self._controller.session.person)

    @Slot(int)
    def _edit_name(self, person: int) -> None:
        """Edit a name in the list of people, if it is shown, else in the person's lane."""
        if self._workspace.drawer.shows(self._list):
            self._list.edit_person(person)
        else:
            self._workspace.lanes.edit_name(person)

    @Slot()
    def split_person(self) -> None:
        self._split(self._controller.session.person)

    @Slot()
    def exchange_sides(self) -> None:
        self.editor.exchange_sides(self._controller.session.person)

    @Slot()
    def delete_person(self) -> None:
        self.editor.delete(self._controller.session.person)

    @Slot()
    def undo(self) -> None:
        self.editor.undo()

    @Slot()
    def redo(self) -> None:
        self.editor.redo()

    @Slot(int)
    def _split(self, person: int) -> None:
        row = row_at(take_times(self._controller.session.take), self._playback.time_s)
        self.editor.split(person, 0 if row is None else row)

    @Slot()
    def _fill_merge(self) -> None:
        self._merge_menu.clear()
        take = self._controller.session.take
        for track in take.tracks2d if take is not None else ():
            if track.person != self._controller.session.person and take is not None:
                self._merge_menu.addAction(name_of(take, track.person)).setData(track.person)

    @Slot(QAction)
    def _merge_chosen(self, action: QAction) -> None:
        self.editor.merge(self._controller.session.person, int(action.data()))

    @Slot(int, QPoint)
    def _show_menu(self, person: int, at: QPoint) -> None:
        if self._controller.updates.editable is not None:
            self._list.menu_for(person, self._workspace.timeline).popup(at)
