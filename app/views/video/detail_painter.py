"""Paint the small parts of people over the video: hands and faces."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.appearance.palettes import OUTLINE
from app.theme import faded
from pipeline.core.poses import Extras
from pipeline.drawing.colours import person_colour
from pipeline.drawing.details import details

_THICKEST_PX = 2.5  # px, width of a line
_EDGE_PX = 1.4  # px, dark edge that keeps lines visible on any image
_DOT_WIDTHS = 1.15  # radius of a dot / width of a line


def paint_details(
    painter: QPainter, extras: Extras, shown: Collection[str], scale: float, corner: tuple[float, float],
    person: int, subject: bool,
) -> None:  # fmt: skip
    """Paint the `shown` extras of one person in one frame, in the person's colour.

    They are fainter unless the person is the `subject`. `scale` and `corner` place the video's pixels in the widget.
    """
    colour = QColor(person_colour(person))  # that of a dark ground in both themes, because the ground is the video
    colour.setAlphaF(0.95 if subject else 0.6)
    edge = faded(OUTLINE, 150 if subject else 70)
    for detail in details(extras, shown):
        width = detail.width_px(scale, _THICKEST_PX)
        points = [QPointF(x, y) for x, y in (detail.points * scale + np.array(corner)).tolist()]
        lines = [QLineF(points[first], points[last]) for first, last in detail.lines]
        for shade, thickness in ((edge, width + _EDGE_PX), (colour, width)):
            painter.setPen(QPen(shade, thickness, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLines(lines)
        painter.setPen(QPen(edge, _EDGE_PX / 2))
        painter.setBrush(colour)
        for dot in detail.dots:
            painter.drawEllipse(points[dot], width * _DOT_WIDTHS, width * _DOT_WIDTHS)
