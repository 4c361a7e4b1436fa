"""Build small widgets and layouts that several views use."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import theme

_SCROLLED_PX = 400  # height of scrolled content, at most: with head and buttons a dialog stays below 600 px
_SHORTEST_NAME = 8  # characters that are shown of a name at least
_DETAIL_PX = 60  # width that the head of a card keeps for its detail, like a person's name
_LEAST_PX = 160  # height below which scrolled content cannot be used


def label(text: str = "", role: str = "", parent: QWidget | None = None) -> QLabel:
    result = QLabel(text, parent)
    if role:
        result.setProperty("role", role)
    return result


def named(widget: QWidget, name: str, description: str = "") -> None:
    """Give a widget without text a name, and a description, for screen readers."""
    widget.setAccessibleName(name)
    widget.setAccessibleDescription(description)


def icon_button(icon: str, text: str = "", role: str = "text") -> QPushButton:
    """Make a button with an icon in the palette's colour `role`."""
    button = QPushButton(text)
    theme.set_icon(button, icon, role)
    return button


def icon_label(name: str, size: int = 18, role: str = "muted") -> QLabel:
    result = QLabel()
    theme.set_picture(result, name, size, role)
    result.setFixedSize(size, size)
    return result


def tool(action: QAction, size: int = 18, role: str = "") -> QToolButton:
    """Make a flat icon button for an action; it shows the action's tooltip."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(QSize(size, size))
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    if role:
        button.setProperty("role", role)
    return button


def restyle(widget: QWidget) -> None:
    """Apply the style sheet again after a property changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def row(
    *items: QWidget | int | None, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QHBoxLayout:
    """Lay widgets out side by side; an int is a gap in pixels, None takes the free space."""
    layout = QHBoxLayout()
    fill(layout, items, spacing, margins)
    return layout


def column(
    *items: QWidget | QLayout | int | None, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QVBoxLayout:
    """Lay widgets out one under the other; an int is a gap in pixels, None takes the free space."""
    layout = QVBoxLayout()
    fill(layout, items, spacing, margins)
    return layout


def fill(
    layout: QHBoxLayout | QVBoxLayout,
    items: tuple[QWidget | QLayout | int | None, ...],
    spacing: int,
    margins: tuple[int, int, int, int],
) -> None:
    layout.setSpacing(spacing)
    layout.setContentsMargins(*margins)
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, int):
            layout.addSpacing(item)
        elif isinstance(item, QLayout):
            layout.addLayout(item)
        else:
            layout.addWidget(item)


class Scrolling(QScrollArea):
    """Show content at its whole height where the screen has room, else scroll it vertically."""

    def __init__(self, content: QLayout) -> None:
        super().__init__()
        self._holder = QWidget()
        self._holder.setLayout(content)
        self.setWidget(self._holder)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def _bar_px(self) -> int:
        return self.verticalScrollBar().sizeHint().width()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the content's size, at most `_SCROLLED_PX` high (Qt's limit is 24 lines of text)."""
        wanted = self._holder.sizeHint()
        return QSize(wanted.width() + self._bar_px, min(wanted.height(), _SCROLLED_PX))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._holder.minimumSizeHint().width() + self._bar_px, min(self.sizeHint().height(), _LEAST_PX))


class Elided(QLabel):
    """Show one line, elided to the available width; its tooltip has the whole text."""

    _mode = Qt.TextElideMode.ElideRight

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # never widens its parent

    def set_whole(self, text: str) -> None:
        self.whole = text
        self.setToolTip(text)
        self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        self.setText(self.fontMetrics().elidedText(self.whole, self._mode, self.width()))


class ElidedName(Elided):
    """Show a name at its whole width where there is room, else elided; `mode`: where."""

    def __init__(self, role: str = "", mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle) -> None:
        super().__init__()
        self._mode = mode
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def set_whole(self, text: str) -> None:
        super().set_whole(text)
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self.fontMetrics().horizontalAdvance(self.whole) + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        shortest = self.fontMetrics().averageCharWidth() * _SHORTEST_NAME
        return QSize(min(shortest, self.sizeHint().width()), super().minimumSizeHint().height())


class Card(QFrame):
    """Frame a view under a head line: title on the left, buttons on the right.

    Buttons that menus and keys replace are `rare`: they hide while there is no room, the last one first.
    """

    def __init__(self, title: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.title = label(title)
        self.detail = ElidedName("faint")
        self._head = QWidget()
        self._head.setObjectName("cardHead")
        self._head.setFixedHeight(40)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(2)
        self._rare: list[QToolButton] = []
        head = row(icon_label(icon, 17), self.title, 4, self.detail, None, spacing=8, margins=(14, 0, 6, 0))
        head.addLayout(self._buttons)
        self._head.setLayout(head)
        self.setLayout(column(self._head, spacing=0, margins=(1, 1, 1, 1)))

    def add_tool(self, action: QAction, rare: bool = False) -> QToolButton:
        button = tool(action)
        self._buttons.addWidget(button)
        if rare:
            self._rare.append(button)
        return button

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Set the least width, at which the rare buttons are hidden."""
        super().showEvent(event)
        if self._rare and not self.minimumWidth():
            rare = sum(self._width(button) for button in self._rare)
            self.setMinimumWidth(self._head.minimumSizeHint().width() - rare + _DETAIL_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        room = self.width() - self.minimumWidth()
        for button in self._rare:
            room -= self._width(button)
            button.setVisible(room >= 0)

    def _width(self, button: QToolButton) -> int:
        return button.sizeHint().width() + self._buttons.spacing()

    def add_gap(self) -> None:
        self._buttons.addSpacing(8)

    def set_content(self, content: QWidget | QVBoxLayout) -> None:
        """Set a widget, or a column of widgets of which the first takes the free space."""
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        if isinstance(content, QVBoxLayout):
            content.setStretch(0, 1)
            layout.addLayout(content, 1)
        else:
            layout.addWidget(content, 1)
