"""Draw the timeline: trimmed range with handles, and the playhead; people are in `lanes`."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QContextMenuEvent,
    QFont,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app import theme
from app.views.take_rows import frame_step_s

MARGIN = 18
_TRACK_TOP = 26
_TRACK_HEIGHT = 16
_BELOW = 5  # px under the track, to which the playhead reaches
_HANDLE = 9
_STEPS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)


def clock_text(time_s: float, decimals: int = 2) -> str:
    """Format seconds as 1:02.50, or 1:01:02.50 from an hour on."""
    minutes, seconds = divmod(max(time_s, 0.0), 60)
    whole = f"{seconds:0{3 + decimals if decimals else 2}.{decimals}f}"
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02d}:{whole}" if hours else f"{minutes}:{whole}"


def x_at(time_s: float, width: int, duration_s: float) -> float:
    """Return the x (pixels) of a time on the axis of a widget that is `width` pixels wide."""
    return MARGIN + max(width - 2 * MARGIN, 1) * (time_s / duration_s if duration_s > 0 else 0.0)


def time_at(x: float, width: int, duration_s: float) -> float:
    """Return the time (s) at x, clamped to the axis; the inverse of `x_at`."""
    return min(max((x - MARGIN) / max(width - 2 * MARGIN, 1), 0.0), 1.0) * duration_s


class Timeline(QWidget):
    """Seek by a click or drag, trim by two handles. All times are in seconds of the video."""

    sought = Signal(float)
    trim_dragged = Signal(object, object)  # start, end in s; None: not trimmed at that end
    menu_wanted = Signal(QPoint)  # global position

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._duration_s = 0.0
        self._time_s = 0.0
        self._trim: tuple[float | None, float | None] = (None, None)
        self._drag = ""
        self._hover = ""
        self.setAccessibleName(self.tr("Timeline"))
        self.setMouseTracking(True)
        self.setFixedHeight(_TRACK_TOP + _TRACK_HEIGHT + _BELOW)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(600, self.height())

    @property
    def time_s(self) -> float:
        return self._time_s

    # --- content

    def set_duration(self, duration_s: float) -> None:
        self._duration_s = duration_s
        self.update()

    def set_time(self, time_s: float) -> None:
        self._time_s = time_s
        self._describe()
        self.update()

    def set_trim(self, start_s: float | None, end_s: float | None) -> None:
        self._trim = (start_s, end_s)
        self._describe()
        self.update()

    def _describe(self) -> None:
        """Tell a screen reader, if one is there, the place and the trimmed range."""
        if QAccessible.isActive():
            start, end = self._range()
            text = self.tr("{now} of {duration}").format(
                now=clock_text(self._time_s), duration=clock_text(self._duration_s)
            )
            cut = self.tr(", from {start} to {end}").format(start=clock_text(start), end=clock_text(end))
            self.setAccessibleDescription(text + cut if self._trim != (None, None) else text)

    # --- geometry

    def x_at(self, time_s: float) -> float:
        return x_at(time_s, self.width(), self._duration_s)

    def time_at(self, x: float) -> float:
        return time_at(x, self.width(), self._duration_s)

    def _range(self) -> tuple[float, float]:
        start, end = self._trim
        return (0.0 if start is None else start), (self._duration_s if end is None else end)

    def _part_at(self, point: QPointF) -> str:
        if self._duration_s <= 0:
            return ""
        start, end = self._range()
        if point.y() >= _TRACK_TOP - 4:
            # Outwards a handle catches the mouse over its whole width, inwards over 3 pixels only.
            if -_HANDLE - 3 <= point.x() - self.x_at(start) <= 3:
                return "start"
            if -3 <= point.x() - self.x_at(end) <= _HANDLE + 3:
                return "end"
        return "seek"

    # --- mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = self._part_at(event.position())
            self._drag_to(event.position().x())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        self.sought.emit(self.time_at(event.x()))
        self.menu_wanted.emit(event.globalPos())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._drag:
            self._drag_to(event.position().x())
            return
        part = self._part_at(event.position())
        if part != self._hover:
            self._hover = part
            handle = part in ("start", "end")
            self.setCursor(Qt.CursorShape.SizeHorCursor if handle else Qt.CursorShape.ArrowCursor)
            self.setToolTip(
                {"start": self.tr("Drag to cut the start (I)"), "end": self.tr("Drag to cut the end (O)")}.get(part, "")
            )
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._drag = ""

    def leaveEvent(self, event: object) -> None:  # noqa: N802
        self._hover = ""
        self.update()

    def _drag_to(self, x: float) -> None:
        time_s = self.time_at(x)
        start, end = self._range()
        least = min(0.1, self._duration_s / 4)
        if self._drag == "start":
            time_s = min(time_s, end - least)
            self.trim_dragged.emit(None if time_s <= 0 else time_s, self._trim[1])
        elif self._drag == "end":
            time_s = max(time_s, start + least)
            self.trim_dragged.emit(self._trim[0], None if time_s >= self._duration_s else time_s)
        elif self._drag == "seek":
            self.sought.emit(time_s)

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(MARGIN, _TRACK_TOP, self.width() - 2 * MARGIN, _TRACK_HEIGHT)
        clip = QPainterPath()
        clip.addRoundedRect(track, 6, 6)
        colours = theme.colours()
        painter.fillPath(clip, QColor(colours.track))
        if self._duration_s <= 0:
            return
        start, end = (self.x_at(t) for t in self._range())
        painter.save()
        painter.setClipPath(clip)
        painter.fillRect(QRectF(start, _TRACK_TOP, end - start, _TRACK_HEIGHT), QColor(colours.track_range))
        painter.restore()
        self._paint_ticks(painter)
        for x, side in ((start, "start"), (end, "end")):
            self._paint_handle(painter, x, side)
        self._paint_playhead(painter)

    def _paint_ticks(self, painter: QPainter) -> None:
        colours = theme.colours()
        font = QFont(self.font())
        font.setPixelSize(11)
        painter.setFont(font)
        room = max(self.width() - 2 * MARGIN, 1) / 90  # how many labels of 90 px fit
        step = next((s for s in _STEPS_S if self._duration_s / s <= room), _STEPS_S[-1])
        for i in range(math.floor(self._duration_s / step + 1e-9) + 1):
            time_s = i * step
            x = self.x_at(time_s)
            painter.setPen(QPen(QColor(colours.tick), 1))
            painter.drawLine(QPointF(x, _TRACK_TOP - 6), QPointF(x, _TRACK_TOP - 2))
            painter.setPen(QColor(colours.faint))
            text = clock_text(time_s, 0 if step >= 1 else 1)
            box = QRectF(x - 40, 3, 80, 14)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_handle(self, painter: QPainter, x: float, side: str) -> None:
        colours = theme.colours()
        cut = self._trim[0 if side == "start" else 1] is not None
        hot = side in (self._hover, self._drag)
        left = x - _HANDLE if side == "start" else x
        box = QRectF(left, _TRACK_TOP - 1, _HANDLE, _TRACK_HEIGHT + 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent if cut or hot else colours.control))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(QPen(QColor(colours.on_accent if cut or hot else colours.track), 1.4))
        middle = box.center()
        painter.drawLine(QPointF(middle.x(), middle.y() - 4), QPointF(middle.x(), middle.y() + 4))

    def _paint_playhead(self, painter: QPainter) -> None:
        x = self.x_at(min(self._time_s, self._duration_s))
        colour = QColor(theme.colours().playhead)
        painter.setPen(QPen(colour, 1.6))
        painter.drawLine(QPointF(x, _TRACK_TOP - 6), QPointF(x, _TRACK_TOP + _TRACK_HEIGHT + _BELOW))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        top = _TRACK_TOP - 10
        painter.drawPolygon(
            QPolygonF([QPointF(x - 5.5, top), QPointF(x + 5.5, top), QPointF(x + 5.5, top + 4), QPointF(x, top + 10),
                       QPointF(x - 5.5, top + 4)])
        )  # fmt: skip


def spans(times: NDArray[np.float64], known: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """List the spans (start, end) in s of `known` (T,), each to the end of its last frame."""
    if len(times) == 0:
        return []
    step = frame_step_s(times)
    edges = np.diff(np.concatenate([[0], known.astype(np.int8), [0]]))
    starts, ends = np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0]
    return [(float(times[a]), float(times[b - 1]) + step) for a, b in zip(starts, ends, strict=True)]
