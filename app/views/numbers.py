"""Paint a person's number in the colour that they have in the whole window."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.appearance.palettes import ON_LABEL, ON_MARK

_RADIUS = 11.0  # px
_EDGE = 1.6  # px


def paint_number(
    painter: QPainter, centre: QPointF, number: int, colour: QColor, followed: bool, ground: QColor, text: QColor
) -> None:
    """Paint a number on a disc.

    The disc is in `colour` if the person is `followed`, else on `ground` with an edge in `colour`.
    """
    box = QRectF(centre.x() - _RADIUS, centre.y() - _RADIUS, 2 * _RADIUS, 2 * _RADIUS)
    painter.setPen(Qt.PenStyle.NoPen if followed else QPen(colour, _EDGE))
    painter.setBrush(colour if followed else ground)
    painter.drawEllipse(box if followed else box.adjusted(_EDGE / 2, _EDGE / 2, -_EDGE / 2, -_EDGE / 2))
    on_colour = QColor(ON_MARK if colour.lightnessF() > 0.5 else ON_LABEL)
    painter.setPen(on_colour if followed else text)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))
