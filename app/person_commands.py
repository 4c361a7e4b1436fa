"""Whom to lift and to look at: the people in the Run menu."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.controller import Controller
from app.views.settings_panel import SettingsPanel


class PersonCommands(QObject):
    """The panel's choice and the menu's are one."""

    def __init__(self, parent: QObject, controller: Controller, panel: SettingsPanel) -> None:
        super().__init__(parent)
        self._controller, self._panel = controller, panel
        panel.everyone_wanted.connect(controller.select_everyone)
        panel.person_wanted.connect(controller.select_person)

    @Slot(bool)
    def set_everyone(self, on: bool) -> None:
        self._panel.everyone.setChecked(on)
        self._panel.subject.setChecked(not on)

    @Slot()
    def next_person(self) -> None:
        take = self._controller.take
        if take is not None and take.tracks2d:
            numbers = [track.person for track in take.tracks2d]
            at = numbers.index(self._controller.person) if self._controller.person in numbers else -1
            self._controller.select_person(numbers[(at + 1) % len(numbers)])
