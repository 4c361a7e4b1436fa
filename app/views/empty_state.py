"""Show the first page: what the program does, and four ways to begin."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtSvgWidgets import QSvgWidget
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QWidget

from app import theme
from app.views.widgets import column, icon_button, label, row

_RECENT_SHOWN = 4


class DropZone(QWidget):
    """Draw a dashed frame that lights up while a file is dragged over the window."""

    def __init__(self) -> None:
        super().__init__()
        self._hot = False
        self.setMinimumSize(560, 420)
        self.setMaximumSize(860, 540)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def hot(self) -> bool:
        return self._hot

    def set_hot(self, hot: bool) -> None:
        self._hot = hot
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = theme.colours()
        pen = QPen(QColor(colours.accent if self._hot else colours.drop_edge), 1.8)
        pen.setDashPattern([5, 5])
        painter.setPen(pen)
        painter.setBrush(QColor(colours.drop_hot if self._hot else colours.drop))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 18, 18)


class EmptyState(QWidget):
    """Offer to open a file, a camera, the sample or a recent file, by signals."""

    open_wanted = Signal()
    live_wanted = Signal()
    sample_wanted = Signal()
    recent_wanted = Signal(object)  # Path

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.zone = DropZone()
        self._art = art = QSvgWidget()
        art.setFixedSize(QSize(336, 210))
        self._draw_figure()
        theme.changes.changed.connect(self._draw_figure)
        headline = label(self.tr("Turn a video into a 3D skeleton"), "headline")
        subtitle = label(self.tr("Drop a video here. One ordinary camera is enough."), "subtitle")
        self.open_button = QPushButton(self.tr("Open video…"))
        self.open_button.setProperty("role", "primary")
        self.open_button.setProperty("size", "big")
        self.open_button.setToolTip(self.tr("Open a video, 2D joints or a saved take  (Ctrl+O)"))
        self.sample_button = QPushButton(self.tr("Try the sample"))
        self.sample_button.setProperty("size", "big")
        self.sample_button.setToolTip(self.tr("Two people, one of them jumps: see what comes out"))
        self.live_button = QPushButton(self.tr("Use a camera…"))
        self.live_button.setProperty("size", "big")
        self.live_button.setToolTip(self.tr("A webcam or a network stream, in real time  (Ctrl+L)"))
        self.live_button.clicked.connect(self.live_wanted)
        for button in (self.open_button, self.live_button, self.sample_button):
            button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.open_button.clicked.connect(self.open_wanted)
        self.sample_button.clicked.connect(self.sample_wanted)
        buttons = row(None, self.open_button, self.live_button, self.sample_button, None, spacing=12)
        formats = label(
            self.tr("MP4, MOV, MKV, WebM, AVI  ·  saved takes  ·  everything stays on this computer"), "faint"
        )
        inside = column(
            None, art, 10, headline, subtitle, 18, buttons, 14, formats, None, spacing=6, margins=(24, 24, 24, 24)
        )
        for widget in (art, headline, subtitle, formats):
            inside.setAlignment(widget, Qt.AlignmentFlag.AlignHCenter)
        self.zone.setLayout(inside)

        self._recent_title = label(self.tr("RECENT"), "section")
        self._recent = QWidget()
        self._recent.setMaximumWidth(860)
        self._recent_grid = QGridLayout(self._recent)
        self._recent_grid.setContentsMargins(0, 0, 0, 0)
        self._recent_grid.setSpacing(10)
        outer = QGridLayout(self)
        outer.setContentsMargins(32, 24, 32, 24)
        outer.setRowStretch(0, 1)
        outer.setRowStretch(3, 1)
        outer.setColumnStretch(0, 1)
        outer.setColumnStretch(2, 1)
        outer.setColumnMinimumWidth(1, 640)
        outer.setColumnStretch(1, 6)
        outer.setRowStretch(1, 6)
        outer.addWidget(self.zone, 1, 1)
        outer.addWidget(self._recent, 2, 1)
        outer.setVerticalSpacing(18)

    @Slot()
    def _draw_figure(self) -> None:
        self._art.load(theme.figure("figure"))

    def set_recent(self, paths: Sequence[Path]) -> None:
        while (item := self._recent_grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget is not self._recent_title:
                widget.deleteLater()
        self._recent.setVisible(bool(paths))
        self._recent_grid.addWidget(self._recent_title, 0, 0, 1, 2)
        for i, path in enumerate(paths[:_RECENT_SHOWN]):
            button = icon_button("cube" if path.suffix == ".pose3d" else "film", f"  {path.name}", "muted")
            button.setProperty("role", "recent")
            button.setToolTip(str(path))
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.clicked.connect(partial(self._recent_clicked, path))
            self._recent_grid.addWidget(button, 1 + i // 2, i % 2)

    def _recent_clicked(self, path: Path, *_: object) -> None:
        self.recent_wanted.emit(path)
