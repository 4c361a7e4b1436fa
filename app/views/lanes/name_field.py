"""Edit a name in place: Enter or a click elsewhere takes it, Escape keeps the old one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

_LONGEST = 60  # characters, as in `pipeline.take.edit`


class NameField(QLineEdit):
    """Emit `done` with the person and the typed name, once; Escape emits nothing."""

    done = Signal(int, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._person = 0
        self.setMaxLength(_LONGEST)
        self.setStyleSheet("padding: 0 5px; min-height: 0; border-radius: 4px;")  # as low as a lane
        self.setAccessibleName(self.tr("Name of the person"))
        self.editingFinished.connect(self._finish)
        self.hide()

    def begin(self, person: int, name: str) -> None:
        self._person = person
        self.setText(name)
        self.selectAll()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def event(self, event: QEvent) -> bool:
        """Keep Escape from the window, where it cancels a run."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self._person = 0
            self._end()
        else:
            super().keyPressEvent(event)

    def _end(self) -> None:
        self.clearFocus()  # else hiding would give the focus to the next field
        self.hide()

    @Slot()
    def _finish(self) -> None:
        person, self._person = self._person, 0  # hiding the field finishes it once more
        self._end()
        if person:
            self.done.emit(person, self.text().strip())
