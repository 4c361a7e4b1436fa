"""Draw a lane for each person under the timeline; a click chooses the person and seeks."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QScrollBar, QSizePolicy, QToolTip, QWidget

from app import theme
from app.views.lanes.lane import Lane, Mark, lanes_of
from app.views.lanes.name_field import NameField
from app.views.take_rows import name_of
from app.views.timeline import MARGIN, time_at, x_at
from pipeline.core.take import Take
from pipeline.drawing.colours import person_colour

_LANE = 20  # px, height of a lane
_BAR = 10  # px, height of what shows where a person is seen
_SHOWN = 4  # lanes that are shown at once; more scroll
_NAME_PX = 130  # px, widest name
_NEAR_PX = 4  # px around a finding within which the mouse means it
_OTHERS_ALPHA = 0.6  # opacity of the bars of people who are not followed


class PersonLanes(QWidget):
    """Show lanes on the axis of the timeline. Hidden without people."""

    sought = Signal(float)
    person_chosen = Signal(int)
    rename_wanted = Signal(int, str)
    menu_wanted = Signal(int, QPoint)  # person, global position

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._duration_s = self._time_s = 0.0
        self._trim: tuple[float | None, float | None] = (None, None)
        self._person = 0
        self._dragging = False
        self.lanes: list[Lane] = []
        self.editable = True
        self.pickable = False
        self.setAccessibleName(self.tr("People over time"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.bar = QScrollBar(Qt.Orientation.Vertical, self)
        self.bar.setSingleStep(_LANE)
        self.bar.valueChanged.connect(self._scrolled)
        self.field = NameField(self)
        self.field.done.connect(self._renamed)
        theme.changes.changed.connect(self.update)
        self.hide()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(600, self.height())

    # --- content

    def set_duration(self, duration_s: float) -> None:
        self._duration_s = duration_s
        self.update()

    def set_time(self, time_s: float) -> None:
        self._time_s = time_s
        self.update()

    def set_trim(self, start_s: float | None, end_s: float | None) -> None:
        self._trim = (start_s, end_s)
        self.update()

    def set_take(self, take: Take | None, person: int) -> None:
        lanes, before = lanes_of(take), self._person
        self.pickable = take is not None and take.complete
        if lanes != self.lanes:
            self.field.hide()
        self.lanes, self._person = lanes, person
        self.setAccessibleDescription(", ".join(lane.name for lane in lanes))
        self.setFixedHeight(_LANE * min(len(lanes), _SHOWN) + 2)
        self.setVisible(bool(lanes))
        self._place()
        if person != before:
            self._scroll_to(person)
        self.update()

    # --- geometry

    def lane_rect(self, person: int) -> QRect:
        """Return where the lane of `person` is; outside of the widget if it is scrolled away."""
        at = next((i for i, lane in enumerate(self.lanes) if lane.person == person), 0)
        return QRect(0, at * _LANE - self.bar.value(), self.width(), _LANE)

    def x_at(self, time_s: float) -> float:
        return x_at(time_s, self.width(), self._duration_s)

    def time_at(self, x: float) -> float:
        return time_at(x, self.width(), self._duration_s)

    def lane_at(self, y: float) -> Lane | None:
        at = int(y + self.bar.value()) // _LANE
        return self.lanes[at] if 0 <= at < len(self.lanes) else None

    def _mark_at(self, point: QPointF) -> Mark | None:
        lane = self.lane_at(point.y())
        tolerance_s = self._duration_s * _NEAR_PX / max(self.width() - 2 * MARGIN, 1)
        return lane.mark_at(self.time_at(point.x()), tolerance_s) if lane is not None else None

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Place the scroll bar in the margin, so that the axis stays that of the timeline."""
        more = max(len(self.lanes) - _SHOWN, 0)
        self.bar.setRange(0, more * _LANE)
        self.bar.setPageStep(_SHOWN * _LANE)
        self.bar.setGeometry(self.width() - 12, 0, 10, self.height())
        self.bar.setVisible(more > 0)

    def _scroll_to(self, person: int) -> None:
        rect = self.lane_rect(person)
        if rect.top() < 0 or rect.bottom() > self.height():
            self.bar.setValue(self.bar.value() + rect.top() - (0 if rect.top() < 0 else (_SHOWN - 1) * _LANE))

    @Slot()
    def _scrolled(self) -> None:
        self.field.clearFocus()
        self.update()

    # --- name

    def edit_name(self, person: int) -> None:
        """Open a field for the name of `person` in their lane."""
        lane = next((lane for lane in self.lanes if lane.person == person), None)
        if lane is None or not self.editable or not self.pickable:
            return
        self._scroll_to(person)
        rect = self.lane_rect(person)
        self.field.setGeometry(MARGIN, rect.top(), _NAME_PX + 40, _LANE)
        self.field.begin(person, lane.name)

    @Slot(int, str)
    def _renamed(self, person: int, name: str) -> None:
        lane = next((lane for lane in self.lanes if lane.person == person), None)
        if lane is not None and name != lane.name:
            self.rename_wanted.emit(person, "" if name == name_of(None, person) else name)

    # --- mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        lane = self.lane_at(event.position().y())
        if event.button() != Qt.MouseButton.LeftButton or lane is None:
            return
        self._dragging = True
        mark = self._mark_at(event.position())
        self.sought.emit(self.time_at(event.position().x()) if mark is None else mark.start_s)
        if self.pickable and lane.person != self._person:
            self.person_chosen.emit(lane.person)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._dragging:
            self.sought.emit(self.time_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._dragging = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        lane = self.lane_at(event.position().y())
        if lane is not None:
            self.edit_name(lane.person)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        lane = self.lane_at(event.y())
        if lane is not None:
            self.sought.emit(self.time_at(event.x()))
            self.menu_wanted.emit(lane.person, event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        if self.bar.isVisible():
            self.bar.setValue(self.bar.value() - round(event.angleDelta().y() / 120 * _LANE))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def tip_at(self, point: QPointF) -> str:
        """Return the tooltip at a point: the finding, else what a click does."""
        lane, mark = self.lane_at(point.y()), self._mark_at(point)
        if lane is None:
            return ""
        if mark is not None:
            return mark.text
        done = (
            self.tr("Double-click to rename")
            if lane.person == self._person
            else self.tr("Click to choose; double-click to rename")
        )
        return (
            f"{lane.name}\n{done}"
            if lane.lifted
            else self.tr("{name}\nNot in 3D yet. {done}").format(name=lane.name, done=done)
        )

    # --- painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        if self._duration_s <= 0:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for lane in self.lanes:
            top = self.lane_rect(lane.person).top()
            if -_LANE < top < self.height():
                self._paint_lane(painter, lane, top)
        start, end = (None if t is None else self.x_at(t) for t in self._trim)
        for low, high in ((MARGIN, start), (end, self.width() - MARGIN)):
            if low is not None and high is not None:
                painter.fillRect(QRectF(low, 0, high - low, self.height()), QColor(theme.colours().shade))
        x = self.x_at(min(self._time_s, self._duration_s))
        painter.setPen(QPen(QColor(theme.colours().playhead), 1.4))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))

    def _paint_lane(self, painter: QPainter, lane: Lane, top: float) -> None:
        colours, followed = theme.colours(), lane.person == self._person
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.track_range if followed else colours.track))
        painter.drawRoundedRect(QRectF(MARGIN, top + 1, self.width() - 2 * MARGIN, _LANE - 2), 4, 4)
        bar = top + (_LANE - _BAR) / 2
        shade = QColor(person_colour(lane.person, colours.dark))
        shade.setAlphaF(1.0 if followed else _OTHERS_ALPHA)
        # Who is not in 3D has an outline only.
        painter.setPen(Qt.PenStyle.NoPen if lane.lifted else QPen(shade, 1.2))
        painter.setBrush(shade if lane.lifted else Qt.BrushStyle.NoBrush)
        for first, last in lane.spans:
            left, right = self.x_at(first), self.x_at(last)
            painter.drawRoundedRect(QRectF(left, bar, max(right - left, 2), _BAR), 3, 3)
        painter.setPen(QPen(QColor(colours.track), 1))
        # What was repaired is a line below the bar; what needs a look covers it.
        for mark in sorted(lane.marks, key=lambda mark: not mark.repaired):
            left, right = self.x_at(mark.start_s), self.x_at(mark.end_s)
            span = (left - 1, max(right - left, 3) + 2)
            painter.setBrush(QColor(colours.muted if mark.repaired else colours.danger))
            low, high = (bar + _BAR - 2, 5) if mark.repaired else (top + 3, _LANE - 6)
            painter.drawRoundedRect(QRectF(span[0], low, span[1], high), 2, 2)
        self._paint_name(painter, lane, top, followed)

    def _paint_name(self, painter: QPainter, lane: Lane, top: float, followed: bool) -> None:
        colours = theme.colours()
        font = QFont(self.font())
        font.setPixelSize(11)
        font.setBold(followed)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        name = metrics.elidedText(lane.name, Qt.TextElideMode.ElideRight, _NAME_PX)
        plate = QRectF(MARGIN + 3, top + 2, metrics.horizontalAdvance(name) + 12, _LANE - 4)
        ground = QColor(colours.surface)
        ground.setAlphaF(0.88)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(plate, 4, 4)
        painter.setPen(QColor(colours.text if followed else colours.muted))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, name)
