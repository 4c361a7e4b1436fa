"""Draw a character's skeleton, which can be turned, enlarged and clicked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app import theme
from app.views.characters.bone_words import bone_word
from pipeline.core.arrays import Doubles

_REACH_PX = 14.0  # distance from a joint within which a click means it
_MARGIN = 0.08  # share of the view that stays free around the figure
_LEAST_PART = 0.06  # share of the figure's height that the view shows at least
_PIXELS_PER_DEGREE = 2.0
_DRAG_PX = 4.0
_ZOOM = 1.2  # per step of the wheel


class FigureView(QWidget):
    """Show joints as dots and bones as lines, from the front; `clicked` gives a node.

    Dragging turns the figure, the wheel enlarges it about the pointer.
    """

    clicked = Signal(int)

    def __init__(
        self, places: Doubles, parents: Sequence[int], is_bone: NDArray[np.bool_], names: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        """Take the nodes' places (N, 3), y up and facing +z, and which of them belong to the skeleton (N,)."""
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._places, self._parents, self._names = places, parents, names
        self._drawn = np.flatnonzero(is_bone)
        self._bones: dict[int, str] = {}  # node -> humanoid bone
        self._unsure: set[int] = set()
        self._selected = -1
        self._hot = -1
        self._yaw = self._pitch = 0.0  # degrees
        self._pressed: QPointF | None = None
        self._turning: QPointF | None = None
        self._centre, self._size = np.zeros(3), 1.0
        self.show_all()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(460, 560)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(260, 260)

    def set_bones(self, nodes: Mapping[str, int], unsure: Sequence[str], selected: str) -> None:
        """Show which nodes are bones, which were only guessed, and which one is edited."""
        self._bones = {node: bone for bone, node in nodes.items()}
        self._unsure = {nodes[bone] for bone in unsure if bone in nodes}
        self._selected = nodes.get(selected, -1)
        self.update()

    def show_all(self) -> None:
        """Fit the whole figure."""
        self.look_at(self._drawn.tolist())

    def look_at(self, nodes: Sequence[int]) -> None:
        """Fit these nodes."""
        chosen = self._places[list(nodes)] if len(nodes) else np.zeros((1, 3))
        low, high = chosen.min(axis=0), chosen.max(axis=0)
        whole = np.ptp(self._places[self._drawn], axis=0).max(initial=0) or 1.0
        self._centre = (low + high) / 2
        self._size = max(float((high - low).max()), _LEAST_PART * float(whole))
        self.update()

    def position_of(self, node: int) -> QPointF:
        """Return where a node is drawn, in pixels of the widget."""
        x, y = self._projected()[node]
        return QPointF(float(x), float(y))

    # --- drawing

    def _axes(self) -> Doubles:
        """Return the view's axes right, up and toward the viewer as rows (3, 3)."""
        yaw, pitch = np.radians(self._yaw), np.radians(self._pitch)
        about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
        about_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
        return np.asarray(about_x @ about_y)

    @property
    def _scale(self) -> float:
        """Return the pixels of a unit of the figure."""
        return min(self.width(), self.height()) * (1 - 2 * _MARGIN) / self._size

    def _projected(self) -> Doubles:
        """Return the places (N, 2) of all nodes, in pixels."""
        seen = (self._places - self._centre) @ self._axes().T
        out = seen[:, :2] * self._scale * [1, -1]
        return np.asarray(out + [self.width() / 2, self.height() / 2])

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        p = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(p.well))
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        painter.setClipRect(self.rect())
        at = self._projected()
        drawn = set(self._drawn.tolist())
        for node in self._drawn.tolist():
            parent = self._parents[node]
            if parent in drawn:
                both = node in self._bones and parent in self._bones
                painter.setPen(QPen(QColor(p.muted if both else p.edge_hover), 3.0 if both else 1.5))
                painter.drawLine(QPointF(*at[parent]), QPointF(*at[node]))
        order = sorted(drawn, key=lambda node: (node in self._bones, node == self._selected, node == self._hot))
        for node in order:
            self._draw_joint(painter, node, QPointF(*at[node]))
        painter.end()

    def _draw_joint(self, painter: QPainter, node: int, place: QPointF) -> None:
        p = theme.colours()
        bone = self._bones.get(node, "")
        colour = p.left if bone.startswith("left") else p.right if bone.startswith("right") else p.centre
        radius = 5.0 if bone else 3.0
        painter.setPen(QPen(QColor(p.well), 1.0))
        painter.setBrush(QColor(colour if bone else p.control))
        if node in self._unsure:  # hollow
            painter.setPen(QPen(QColor(colour), 2.0))
            painter.setBrush(QColor(p.well))
        painter.drawEllipse(place, radius, radius)
        if node in (self._selected, self._hot):
            painter.setPen(QPen(QColor(p.accent if node == self._selected else p.text), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(place, radius + 4, radius + 4)

    # --- pointer

    def _node_at(self, place: QPointF) -> int:
        """Return the joint nearest to a point of the widget within reach, -1 without one; bones go first."""
        if not len(self._drawn):
            return -1
        away = np.linalg.norm(self._projected()[self._drawn] - [place.x(), place.y()], axis=1)
        nearest = int(np.argmin(away))
        return int(self._drawn[nearest]) if away[nearest] <= _REACH_PX else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._pressed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        here = event.position()
        if self._pressed is not None and (here - self._pressed).manhattanLength() > _DRAG_PX:
            self._turning = self._turning or self._pressed
        if self._turning is not None:
            self._yaw += (here.x() - self._turning.x()) / _PIXELS_PER_DEGREE
            self._pitch = float(np.clip(self._pitch + (here.y() - self._turning.y()) / _PIXELS_PER_DEGREE, -90, 90))
            self._turning = here
            self.update()
            return
        hot = self._node_at(here)
        if hot != self._hot:
            self._hot = hot
            self.setCursor(Qt.CursorShape.PointingHandCursor if hot >= 0 else Qt.CursorShape.ArrowCursor)
            bone = self._bones.get(hot, "")
            words = [self._names[hot], *([bone_word(bone)] if bone else [])] if hot >= 0 else []
            QToolTip.showText(event.globalPosition().toPoint(), "\n".join(words), self)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        turned, self._pressed, self._turning = self._turning is not None, None, None
        node = self._node_at(event.position())
        if not turned and node >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(node)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._node_at(event.position()) < 0:
            self._yaw = self._pitch = 0.0
            self.show_all()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        self._hot = -1
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        steps = event.angleDelta().y() / 120
        away = event.position() - QPointF(self.width() / 2, self.height() / 2)
        under = np.array([away.x(), -away.y(), 0.0]) / self._scale
        self._size = float(self._size * _ZOOM**-steps)
        moved = np.array([away.x(), -away.y(), 0.0]) / self._scale
        self._centre = self._centre + (under - moved) @ self._axes()  # what is under the pointer stays there
        self.update()
        event.accept()
