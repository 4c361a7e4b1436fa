"""Draw a person's joints as handles over the video, and move them by mouse and keyboard.

It changes no take: its signals say what is wanted, and `commands.correcting` does so.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPen

from app.appearance.palettes import LABEL, MARK, ON_LABEL, OUTLINE
from app.theme import faded
from pipeline.core.arrays import Doubles, Floats

_CATCH_PX, _RADIUS_PX = 12.0, 5.0  # pixels of the widget
_LENS_PX, _LENS_ZOOM = 60.0, 4.0  # radius of the magnifier, and how much larger it shows than the view
_NOT_READY = 0.35  # opacity of handles that cannot be moved now
_STEPS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


class Handles(QObject):
    """Handle mouse and keys before `VideoView` does, while `active`."""

    put = Signal(str, float, float)  # joint, x and y in pixels of the video
    hide_wanted = Signal(str)  # or shown again
    back_wanted = Signal(str)  # to the detector
    leave_wanted = Signal()
    changed = Signal()  # needs a repaint

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.active = False
        self.ready = True  # False: the take cannot be edited now, as while it is lifted
        self.selected = ""  # joint
        self.hovered = ""
        self._names: tuple[str, ...] = ()
        self._points: Doubles = np.zeros((0, 2))
        self._width_px = 16
        self._ringed: frozenset[str] = frozenset()
        self._drag: QPointF | None = None  # from the mouse to the joint, pixels of the widget
        self._at: QPointF | None = None  # where the dragged joint is, pixels of the widget

    def show_joints(self, names: tuple[str, ...], points: Floats, width_px: int, ringed: frozenset[str]) -> None:
        """Show joints (J, 2) px of a video of this width; NaN: not seen. `ringed`: doubtful ones."""
        self._names, self._points, self._width_px, self._ringed = names, points.astype(np.float64), width_px, ringed
        if self.selected not in names:
            self.selected = ""
        self.changed.emit()

    @property
    def dragging(self) -> bool:
        return self._at is not None

    def place(self, joint: str, rect: QRectF) -> QPointF | None:
        """Return where a joint is in the widget; None: not seen."""
        x, y = self._points[self._names.index(joint)]
        scale = rect.width() / self._width_px
        return QPointF(rect.x() + x * scale, rect.y() + y * scale) if np.isfinite(x) else None

    def joint_at(self, at: QPointF, rect: QRectF) -> str:
        """Return the nearest joint that the mouse catches; "" for none."""
        best, nearest = "", _CATCH_PX
        for name in self._names:
            place = self.place(name, rect)
            away = np.hypot(place.x() - at.x(), place.y() - at.y()) if place is not None else np.inf
            if away < nearest:
                best, nearest = name, float(away)
        return best

    # --- mouse and keys; each returns whether the handles used the event

    def press(self, at: QPointF, rect: QRectF) -> bool:
        joint = self.joint_at(at, rect) if self.active else ""
        place = self.place(joint, rect) if joint else None
        if place is None or not self.ready:
            return place is not None
        self.selected, self._drag = joint, place - at
        self.changed.emit()
        return True

    def move(self, at: QPointF, rect: QRectF) -> bool:
        if not self.active:
            return False
        if self._drag is None:
            before, self.hovered = self.hovered, self.joint_at(at, rect)
            if before != self.hovered:
                self.changed.emit()
            return bool(self.hovered)
        self._at = at + self._drag
        self.changed.emit()
        return True

    def release(self, rect: QRectF) -> bool:
        at, was = self._at, self._drag is not None
        self._drag = self._at = None
        if at is not None:
            scale = self._width_px / rect.width()
            self.put.emit(self.selected, (at.x() - rect.x()) * scale, (at.y() - rect.y()) * scale)
        return was

    def takes(self, event: QKeyEvent) -> bool:
        """Return whether a key is one of the mode."""
        others = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        mine = (*_STEPS, Qt.Key.Key_O, Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
        return (
            self.active
            and not others
            and (event.key() == Qt.Key.Key_Escape or (self.selected != "" and event.key() in mine))
        )

    def key(self, key: int, *, shift: bool) -> bool:
        """Use a key of the mode; O also for a hidden joint that is still selected."""
        if not self.active:
            return False
        if key == Qt.Key.Key_Escape:
            if self._drag is not None:
                self._drag = self._at = None
                self.changed.emit()
            else:
                self.leave_wanted.emit()
            return True
        if not self.selected or not self.ready:
            return bool(self.selected)
        if key in _STEPS:
            x, y = self._points[self._names.index(self.selected)]
            dx, dy = (10 * step if shift else step for step in _STEPS[Qt.Key(key)])
            if np.isfinite(x):
                self.put.emit(self.selected, float(x + dx), float(y + dy))
        elif key == Qt.Key.Key_O:
            self.hide_wanted.emit(self.selected)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.back_wanted.emit(self.selected)
        else:
            return False
        return True

    # --- painting

    def paint(self, painter: QPainter, rect: QRectF, image: QImage | None) -> None:
        if not self.active:
            return
        painter.setOpacity(1.0 if self.ready else _NOT_READY)
        for name in self._names:
            place = self._at if name == self.selected and self._at is not None else self.place(name, rect)
            if place is None:
                continue
            chosen = name == self.selected
            painter.setPen(QPen(faded(OUTLINE, 220), 1.5))
            painter.setBrush(QColor(MARK if chosen else ON_LABEL))
            painter.drawEllipse(place, _RADIUS_PX + 2 * chosen, _RADIUS_PX + 2 * chosen)
            if name in self._ringed:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(MARK), 2))
                painter.drawEllipse(place, 2.2 * _RADIUS_PX, 2.2 * _RADIUS_PX)
        painter.setOpacity(1.0)
        if self._at is not None and image is not None:
            self._paint_lens(painter, rect, image, self._at)
        named = self.hovered or self.selected
        at = (self._at or self.place(named, rect)) if named in self._names else None
        if at is not None:
            self._paint_name(painter, named.replace("_", " "), at)

    @staticmethod
    def _paint_lens(painter: QPainter, rect: QRectF, image: QImage, at: QPointF) -> None:
        """Show what is around the joint, larger, above it or (at the upper edge) below it."""
        up = at.y() - 2 * _LENS_PX - 30 > rect.top()
        middle = at + QPointF(0, -(_LENS_PX + 24) if up else _LENS_PX + 24)
        scale, half = image.width() / rect.width(), _LENS_PX / _LENS_ZOOM
        shown = QRectF(at.x() - half - rect.x(), at.y() - half - rect.y(), 2 * half, 2 * half)
        source = QRectF(shown.x() * scale, shown.y() * scale, shown.width() * scale, shown.height() * scale)
        lens = QRectF(middle.x() - _LENS_PX, middle.y() - _LENS_PX, 2 * _LENS_PX, 2 * _LENS_PX)
        painter.fillRect(lens, QColor(LABEL))
        painter.drawImage(lens, image, source)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(ON_LABEL), 1.5))
        painter.drawRect(lens)
        painter.drawLine(middle - QPointF(8, 0), middle + QPointF(8, 0))
        painter.drawLine(middle - QPointF(0, 8), middle + QPointF(0, 8))

    @staticmethod
    def _paint_name(painter: QPainter, text: str, at: QPointF) -> None:
        size = painter.fontMetrics().boundingRect(text).size()
        box = QRectF(at.x() + 14, at.y() - size.height() / 2 - 3, size.width() + 12, size.height() + 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(LABEL, 215))
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(QColor(ON_LABEL))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
