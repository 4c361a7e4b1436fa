"""Draw the horizon over the video; dragging it sets the camera's tilt and roll.

The middle moves the line, the ends turn it. The middle of a horizon outside the image is shown at the edge of the image
and can be dragged there.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from app.appearance.palettes import LABEL, MARK, ON_LABEL, OUTLINE
from app.languages.translation import decimal
from app.theme import faded
from pipeline.core.arrays import Doubles
from pipeline.core.camera import Camera

_END = 0.36  # share of the image's width from the middle to an end
_CATCH_PX, _LINE_PX = 14, 6  # pixels within which an end and the line catch the mouse
_MAX_PITCH_DEG = 80.0


class Horizon(QObject):
    """Draw the line and handle the mouse before `VideoView` does.

    Angles are those of `geometry.rotation_world_from_camera`, in degrees.
    """

    dragged = Signal(float, float)  # pitch, roll, degrees
    reset_wanted = Signal()
    changed = Signal()  # needs a repaint

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.visible = False
        self.pitch_deg, self.roll_deg = 0.0, 0.0
        self._camera = Camera.assumed((16, 9))
        self._note = ""
        self._set = False
        self._drag = ""
        self._grip = np.zeros(2)  # from the line's middle to the mouse, pixels of the video

    def show_tilt(self, pitch_deg: float, roll_deg: float, camera: Camera, note: str, is_set: bool) -> None:
        """Show a tilt, unless the line is being dragged; `note`: where the tilt comes from."""
        self._note, self._set = note, is_set
        if not self._drag:
            self.pitch_deg, self.roll_deg = pitch_deg, roll_deg
            self._camera = camera
        self.changed.emit()

    @property
    def dragging(self) -> bool:
        return bool(self._drag)

    @property
    def note(self) -> str:
        """Return where the tilt comes from, as in the label."""
        return self._note

    # --- geometry, in px of the video and of the widget

    def _line(self) -> tuple[Doubles, Doubles]:
        return self._camera.horizon(self.pitch_deg, self.roll_deg)

    def _to_widget(self, at: Doubles, rect: QRectF) -> QPointF:
        scale = rect.width() / self._camera.size_px[0]
        return QPointF(rect.x() + float(at[0]) * scale, rect.y() + float(at[1]) * scale)

    def _from_widget(self, at: QPointF, rect: QRectF) -> Doubles:
        scale = rect.width() / self._camera.size_px[0]
        return np.array([(at.x() - rect.x()) / scale, (at.y() - rect.y()) / scale])

    def grips(self, rect: QRectF) -> dict[str, QPointF]:
        """Return the grips inside the image in widget pixels: "left", "right" and "middle"."""
        point, along = self._line()
        inside = rect.adjusted(18, 18, -18, -18)
        reach = _END * self._camera.size_px[0] * along
        places = {"middle": point, "left": point - reach, "right": point + reach}
        found = {name: self._to_widget(at, rect) for name, at in places.items()}
        middle = found["middle"]
        if not inside.contains(middle):  # only the middle can be dragged
            low, high = inside.topLeft(), inside.bottomRight()
            x, y = min(max(middle.x(), low.x()), high.x()), min(max(middle.y(), low.y()), high.y())
            return {"middle": QPointF(x, y)}
        return {name: at for name, at in found.items() if inside.contains(at)}

    def part_at(self, at: QPointF, rect: QRectF) -> str:
        """Return the part under the mouse: "middle", "left", "right", or ""."""
        if not self.visible or rect.width() <= 0:
            return ""
        for name, grip in self.grips(rect).items():
            if (grip - at).manhattanLength() <= _CATCH_PX:
                return name
        point, along = self._line()
        off = self._from_widget(at, rect) - point
        away_px = abs(off[0] * along[1] - off[1] * along[0]) * rect.width() / self._camera.size_px[0]
        return "middle" if away_px <= _LINE_PX and rect.contains(at) else ""

    # --- mouse; each returns whether the horizon used the event

    def press(self, at: QPointF, rect: QRectF) -> bool:
        self._drag = self.part_at(at, rect)
        self._grip = self._from_widget(at, rect) - self._line()[0]
        return self.dragging

    def move(self, at: QPointF, rect: QRectF) -> bool:
        if not self._drag:
            return False
        mouse = self._from_widget(at, rect)
        point, along = self._line()
        if self._drag == "middle":
            point = mouse - self._grip
        else:
            turned = (mouse - point) * (1 if self._drag == "right" else -1)
            if turned[0] > 1e-3:  # it cannot be turned upside down
                along = turned
        pitch, roll = self._camera.tilt_from_horizon(point, along)
        if abs(pitch) <= _MAX_PITCH_DEG:
            self.pitch_deg, self.roll_deg = round(pitch, 1), round(roll, 1)
            if self._drag == "middle":  # keeps the grip under the mouse in spite of the rounding
                self._grip = mouse - self._line()[0]
            self.dragged.emit(self.pitch_deg, self.roll_deg)
            self.changed.emit()
        return True

    def release(self) -> bool:
        was, self._drag = self.dragging, ""
        if was:
            self.changed.emit()
        return was

    def double_click(self, at: QPointF, rect: QRectF) -> bool:
        if not self.part_at(at, rect):
            return False
        self._drag = ""
        self.reset_wanted.emit()
        return True

    # --- painting

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        if not self.visible:
            return
        point, along = self._line()
        far = 4.0 * max(self._camera.size_px) * along
        ends = self._to_widget(point - far, rect), self._to_widget(point + far, rect)
        colour = QColor(MARK)
        style = Qt.PenStyle.SolidLine if self._set or self._drag else Qt.PenStyle.DashLine
        painter.setPen(QPen(faded(OUTLINE, 150), 4))
        painter.drawLine(*ends)
        painter.setPen(QPen(colour, 1.8, style))
        painter.drawLine(*ends)
        grips = self.grips(rect)
        painter.setPen(QPen(faded(OUTLINE, 200), 1.5))
        for name, at in grips.items():
            painter.setBrush(colour if name == "middle" else QColor(ON_LABEL))
            radius = 7 if name == "middle" else 5
            painter.drawEllipse(at, radius, radius)
        self._paint_label(painter, rect, grips["middle"])

    def _paint_label(self, painter: QPainter, rect: QRectF, middle: QPointF) -> None:
        down, up = self.tr("Horizon: {pitch}° down, roll {roll}°"), self.tr("Horizon: {pitch}° up, roll {roll}°")
        said = down if self.pitch_deg >= 0 else up
        short = said.format(pitch=decimal(abs(self.pitch_deg), 1), roll=decimal(self.roll_deg, 1))
        font = QFont(painter.font())
        font.setPixelSize(12)
        font.setBold(False)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        whole = f"{short}  ·  {self._note}"
        text = whole if metrics.horizontalAdvance(whole) + 30 < rect.width() else short
        size = metrics.boundingRect(text).size()
        width, height = size.width() + 18, size.height() + 8
        left = min(max(middle.x() - width / 2, rect.left() + 6), rect.right() - width - 6)
        above = middle.y() - 16 - height
        top = above if above > rect.top() + 4 else middle.y() + 16
        box = QRectF(left, top, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(LABEL, 215))
        painter.drawRoundedRect(box, 6, 6)
        painter.setPen(QColor(ON_LABEL))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
