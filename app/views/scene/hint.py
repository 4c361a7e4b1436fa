"""Show a text in place of the skeleton."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.views.widgets import column, icon_label, label


class Hint(QWidget):
    """Show a text under a cube; hidden without a text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = label("", "muted")
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        cube = icon_label("cube", 40, "inactive")
        centred = column(None, cube, 6, self._text, None, spacing=4)
        centred.setAlignment(cube, Qt.AlignmentFlag.AlignHCenter)
        self.setLayout(centred)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def text(self) -> str:
        return self._text.text()

    def set_text(self, text: str) -> None:
        self._text.setText(text)
        self.setVisible(bool(text))
