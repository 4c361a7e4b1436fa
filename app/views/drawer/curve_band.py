"""Shade how far off a curve may be."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor, QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem

from pipeline.body.filters import runs
from pipeline.core.arrays import Doubles

_OPACITY = 0.2


class CurveBand(QGraphicsPathItem):
    """Fill the area between two curves; gaps stay empty."""

    def __init__(self) -> None:
        super().__init__()
        self.setPen(pg.mkPen(None))
        self.setZValue(-1)  # below every curve

    def show_between(self, x: Doubles, low: Doubles, high: Doubles, colour: QColor) -> None:
        """Fill between `low` and `high` (N,) at rising positions `x` (N,); NaN: a gap."""
        path = QPainterPath()
        for run in runs(np.isfinite(low) & np.isfinite(high)):
            outline = np.concatenate([x[run], x[run][::-1]]), np.concatenate([high[run], low[run][::-1]])
            path.addPath(pg.arrayToQPath(*outline))
        faint = QColor(colour)
        faint.setAlphaF(_OPACITY)
        self.setBrush(pg.mkBrush(faint))
        self.setPath(path)
