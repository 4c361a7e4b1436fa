"""Show the time and the buttons for playing, stepping, speed and loop."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from app import theme
from app.views.timeline import clock_text
from app.views.widgets import label, named, row, tool

_MARGINS = 60  # px around and between the parts


class Transport(QWidget):
    """Hold buttons for the window's actions, and a menu of speeds (`speed_chosen`)."""

    speed_chosen = Signal(float)

    def __init__(self, speeds: Sequence[float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.time = label("", "code")
        self.frame = label("", "faint")
        self.time.setTextFormat(Qt.TextFormat.RichText)
        self._times_s = (0.0, 0.0)  # shown, and the whole video
        theme.changes.changed.connect(self._show_time)
        left = QWidget()
        left.setLayout(row(self.time, 6, self.frame, None))
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(4)
        self._right = QHBoxLayout()
        self._right.setSpacing(4)
        right = QWidget()
        right_row = row(None, spacing=0)
        right_row.addLayout(self._right)
        right.setLayout(right_row)
        self.speed = QToolButton()
        self.speed.setProperty("role", "chip")
        self.speed.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.speed.setToolTip(self.tr("Playback speed"))
        named(self.speed, self.tr("Playback speed"))
        self.speed.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.speed.setMinimumWidth(62)
        self._menu = QMenu(self)
        group = QActionGroup(self)
        self._speeds: dict[float, QAction] = {}
        for value in speeds:
            action = self._menu.addAction(f"{value:g}×")
            action.setCheckable(True)
            action.setData(value)
            group.addAction(action)
            self._speeds[value] = action
        group.triggered.connect(self._chosen)
        self.speed.setMenu(self._menu)
        layout = row(left, margins=(18, 0, 18, 10))
        layout.addLayout(self._buttons)
        layout.addWidget(right)
        layout.setStretch(0, 1)
        layout.setStretch(2, 1)
        self.setLayout(layout)

    @property
    def speed_menu(self) -> QMenu:
        return self._menu

    def set_actions(self, centre: Sequence[QAction], play: QAction, right: Sequence[QAction]) -> None:
        for action in centre:
            button = tool(action, 22 if action is play else 19, "play" if action is play else "")
            if action is play:
                button.setFixedSize(QSize(38, 38))
            self._buttons.addWidget(button)
        for action in right:
            self._right.addWidget(tool(action))
        self._right.addSpacing(4)
        self._right.addWidget(self.speed)

    def set_speed(self, value: float) -> None:
        self.speed.setText(f"{value:g}×")
        if value in self._speeds:
            self._speeds[value].setChecked(True)

    def set_time(self, time_s: float, duration_s: float, frame: int, count: int) -> None:
        self._times_s = (time_s, duration_s)
        self._show_time()
        self.frame.setText(
            self.tr("frame {frame} of {count}").format(frame=frame, count=count)
            if count
            else self.tr("frame {frame}").format(frame=frame)
        )

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Leave the number of the frame out where it would cut off the time."""
        super().resizeEvent(event)
        others = self._buttons.sizeHint().width() + self._right.sizeHint().width() + _MARGINS
        room = self.width() - others - self.time.sizeHint().width()
        self.frame.setVisible(room >= self.frame.sizeHint().width())

    @Slot()
    def _show_time(self) -> None:
        now, whole = (clock_text(time_s) for time_s in self._times_s)
        self.time.setText(
            f'<span style="font-size:15px">{now}</span><span style="color:{theme.colours().faint}"> / {whole}</span>'
        )

    def _chosen(self, action: QAction) -> None:
        self.set_speed(float(action.data()))
        self.speed_chosen.emit(float(action.data()))
