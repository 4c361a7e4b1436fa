"""Offer one of several choices in a menu."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget


class ChoiceMenu(QMenu):
    """Offer (key, text) pairs, one of which is ticked; `chosen` reports the key of another one."""

    chosen = Signal(str)

    def __init__(self, title: str, choices: Sequence[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(title, parent)
        self.choices: dict[str, QAction] = {}
        group = QActionGroup(self)
        for key, text in choices:
            action = self.addAction(text)
            action.setCheckable(True)
            action.setData(key)
            group.addAction(action)
            self.choices[key] = action
        group.triggered.connect(self._triggered)

    def tick(self, key: str) -> None:
        """Show `key` as the choice; an unknown one as none."""
        if key in self.choices:
            self.choices[key].setChecked(True)

    @Slot(QAction)
    def _triggered(self, action: QAction) -> None:
        self.chosen.emit(str(action.data()))
