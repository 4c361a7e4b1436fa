"""Draw the video frame with the detected joints over it; a click on a person selects them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app import theme
from app.appearance.palettes import (
    LABEL,
    ON_LABEL,
    OUTLINE,
    VIDEO_CENTRE,
    VIDEO_LEFT,
    VIDEO_RIGHT,
)
from app.theme import faded
from app.views.numbers import paint_number
from app.views.take_rows import name_of, row_at
from app.views.video.correcting.handles import Handles
from app.views.video.detail_painter import paint_details
from app.views.video.horizon import Horizon
from app.views.widgets import named
from pipeline.core.arrays import Floats
from pipeline.core.face.extras import FACE
from pipeline.core.poses import Extras
from pipeline.core.skeletons import SKELETONS
from pipeline.core.take import Take
from pipeline.drawing.colours import person_colour
from pipeline.drawing.details import HANDS, drawn_over

_SEEN = 0.3  # score below which joints are drawn faintly
_BLAZEPOSE_FACE_AND_HANDS = frozenset([*range(1, 7), 9, 10, *range(17, 23)])


@dataclass(frozen=True, slots=True)
class SeenPerson:
    """Hold a person in one image: joints (J, 2) in pixels, scores (J,), and the extras."""

    person: int
    skeleton: str  # key of `SKELETONS`
    joints: Floats
    scores: Floats
    extras: Extras = field(default_factory=dict)  # of this frame, without the frame axis


class VideoView(QWidget):
    """Fit the image into the widget and draw the joints that the take has at its time."""

    person_clicked = Signal(int)
    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._size_px = (16, 9)  # width, height of the video
        self._take: Take | None = None
        self._time_s = 0.0
        self._person = 1
        self._message = ""
        self.show_joints = True
        self.show_others = True
        self.shown_details = {HANDS, FACE}  # kinds of `pipeline.drawing.details`
        self.pickable = True
        self.horizon = Horizon(self)
        self.horizon.changed.connect(self.update)
        self.handles = Handles(self)
        self.handles.changed.connect(self.update)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        named(self, self.tr("Video"), self.tr("The frame with the detected joints; a click on a person chooses them"))
        self.setMouseTracking(True)
        self.setMinimumSize(200, 160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # --- content

    @property
    def image(self) -> QImage | None:
        """Return the shown frame; None before the first one and while a message is shown."""
        return self._image

    @property
    def time_s(self) -> float:
        return self._time_s

    def set_video(self, width_px: int, height_px: int) -> None:
        self._image, self._size_px, self._message = None, (max(width_px, 1), max(height_px, 1)), ""
        self.update()

    def set_message(self, text: str) -> None:
        """Show a text in place of the image."""
        self._image, self._message = None, text
        self.update()

    def set_frame(self, image: QImage, time_s: float) -> None:
        self._image, self._time_s = image, time_s
        self.update()

    def set_time(self, time_s: float) -> None:
        """Show the joints at `time_s` without an image, for a take whose video is missing."""
        self._time_s = time_s
        self.update()

    def set_take(self, take: Take | None, person: int) -> None:
        self._take, self._person = take, person
        self.update()

    def show_detail(self, kind: str, on: bool) -> None:
        """Draw a kind of small parts (`pipeline.drawing.details`) of people, or not."""
        self.shown_details = self.shown_details | {kind} if on else self.shown_details - {kind}
        self.update()

    def target_size(self) -> QSize:
        """Return the size in device pixels to which frames should be scaled."""
        ratio = self.devicePixelRatioF()
        return QSize(round(self.width() * ratio), round(self.height() * ratio))

    # --- geometry

    def image_rect(self) -> QRectF:
        width, height = self._size_px
        scale = min(self.width() / width, self.height() / height)
        size = (width * scale, height * scale)
        return QRectF((self.width() - size[0]) / 2, (self.height() - size[1]) / 2, *size)

    def people(self) -> Sequence[SeenPerson]:
        """List the people who are seen in the shown image."""
        seen = []
        for track in self._take.tracks2d if self._take is not None else ():
            row = row_at(track.time_s, self._time_s)
            if row is not None and np.isfinite(track.joints_image[row]).any():
                extras = {name: values[row] for name, values in track.extras.items()}
                joints, scores = track.joints_image[row], track.scores[row]
                seen.append(SeenPerson(track.person, track.skeleton, joints, scores, extras))
        return seen

    def several(self) -> bool:
        """Return whether the take has more than one person, so that they are numbered."""
        return self._take is not None and len(self._take.tracks2d) > 1

    def name_of(self, person: int) -> str:
        return name_of(self._take, person)

    def person_at(self, point: QPointF) -> int | None:
        """Return the person whose box holds `point` (widget); of several, the nearest joint decides."""
        rect = self.image_rect()
        scale = rect.width() / self._size_px[0]
        at = np.array([(point.x() - rect.x()) / scale, (point.y() - rect.y()) / scale])
        best, nearest = None, np.inf
        for seen in self.people():
            low, high = np.nanmin(seen.joints, axis=0), np.nanmax(seen.joints, axis=0)
            pad = 0.12 * float((high - low).max()) + 6
            if (at >= low - pad).all() and (at <= high + pad).all():
                distance = float(np.nanmin(np.linalg.norm(seen.joints - at, axis=1)))
                if distance < nearest:
                    best, nearest = seen.person, distance
        return best

    # --- events

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self.resized.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self._image is not None and self.horizon.press(event.position(), self.image_rect()):
            return
        if left and self.handles.press(event.position(), self.image_rect()):
            return
        person = self.person_at(event.position()) if event.button() == Qt.MouseButton.LeftButton else None
        if person is not None and self.pickable:
            self.person_clicked.emit(person)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if not self.handles.release(self.image_rect()):
            self.horizon.release()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.horizon.double_click(event.position(), self.image_rect())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        rect = self.image_rect()
        if self.horizon.move(event.position(), rect) or self.handles.move(event.position(), rect):
            return
        part = self.horizon.part_at(event.position(), rect)
        if part:
            up_down = part == "middle"
            self.setCursor(Qt.CursorShape.SizeVerCursor if up_down else Qt.CursorShape.CrossCursor)
            self.setToolTip(
                self.tr("Drag to set the camera's tilt; double click for the estimate")
                if up_down
                else self.tr("Drag to set the camera's roll")
            )
            return
        person = self.person_at(event.position()) if self.pickable else None
        if person is None:
            self.unsetCursor()
            self.setToolTip("")
        else:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            name = self.name_of(person)
            self.setToolTip(
                name if person == self._person else self.tr("{name}: click to choose them").format(name=name)
            )

    def event(self, event: QEvent) -> bool:
        """Keep keys of the handles from the window's shortcuts of the same keys."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self.handles.takes(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if not (self.handles.takes(event) and self.handles.key(event.key(), shift=shift)):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.colours().well))
        rect = self.image_rect()
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(rect, self._image)
        elif self._message:
            painter.setPen(QColor(theme.colours().muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._message)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(rect)
        if self.show_joints:
            self._draw_people(painter, rect)
        if self._image is not None:
            self.horizon.paint(painter, rect)
        self.handles.paint(painter, rect, self._image)

    def _draw_people(self, painter: QPainter, rect: QRectF) -> None:
        people = [seen for seen in self.people() if self.show_others or seen.person == self._person]
        people.sort(key=lambda seen: seen.person == self._person)  # the followed person on top
        for seen in people:
            self._draw_person(painter, rect, seen, seen.person == self._person)
            scale, corner = rect.width() / self._size_px[0], (rect.x(), rect.y())
            paint_details(
                painter, seen.extras, self.shown_details, scale, corner, seen.person, seen.person == self._person
            )
        if self.several():
            for seen in people:
                self._draw_number(painter, rect, seen.joints, seen.person)

    def _draw_person(self, painter: QPainter, rect: QRectF, seen: SeenPerson, subject: bool) -> None:
        skeleton, scores = SKELETONS[seen.skeleton], seen.scores
        scale = rect.width() / self._size_px[0]
        points = seen.joints * scale + np.array([rect.x(), rect.y()])
        extent = float(np.nanmax(np.nanmax(points, axis=0) - np.nanmin(points, axis=0)))
        width = min(max(extent / 95, 1.6), 4.0) * (1.0 if subject else 0.7)
        small = _BLAZEPOSE_FACE_AND_HANDS if seen.skeleton == "blazepose33" else frozenset()
        for joint in drawn_over(seen.extras, self.shown_details, seen.skeleton):
            points[joint] = np.nan

        def colour(joint: int, score: float) -> QColor:
            side = VIDEO_LEFT if joint in skeleton.left else VIDEO_RIGHT if joint in skeleton.right else VIDEO_CENTRE
            result = QColor(side if subject else VIDEO_CENTRE)
            result.setAlphaF((0.95 if subject else 0.55) * (1.0 if score >= _SEEN else 0.35))
            return result

        for parent, child in self._bones(seen.skeleton):
            if not (np.isfinite(points[parent]).all() and np.isfinite(points[child]).all()):
                continue
            thin = 0.45 if parent in small or child in small else 1.0
            both_sides = (parent in skeleton.left) != (child in skeleton.left)
            middle = both_sides and parent in (*skeleton.left, *skeleton.right)
            shade = colour(-1 if middle else child, float(min(scores[parent], scores[child])))
            painter.setPen(QPen(shade, width * thin, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(QPointF(*points[parent].tolist()), QPointF(*points[child].tolist()))
        for joint, point in enumerate(points):
            if joint in small or not np.isfinite(point).all():
                continue
            fill = colour(joint, float(scores[joint]))
            radius = width * (1.15 if subject else 0.9)
            painter.setPen(QPen(faded(OUTLINE, 190 if subject else 90), max(width * 0.3, 0.8)))
            painter.setBrush(fill)
            painter.drawEllipse(QPointF(*point.tolist()), radius, radius)

    @staticmethod
    def _bones(key: str) -> tuple[tuple[int, int], ...]:
        bones = SKELETONS[key].bones
        if key != "blazepose33":
            return bones
        # Its tree has no line between the hips; without one the torso looks open.
        return (*bones, (23, 24))

    def _draw_number(self, painter: QPainter, rect: QRectF, joints: Floats, person: int) -> None:
        scale = rect.width() / self._size_px[0]
        top = int(np.nanargmin(joints[:, 1]))
        x, y = (joints[top] * scale + np.array([rect.x(), rect.y()])).tolist()
        y = max(y - 24, rect.top() + 12)
        subject = person == self._person
        font = QFont(self.font())
        font.setPixelSize(12)
        font.setBold(True)
        painter.setFont(font)
        colour = QColor(person_colour(person))  # in both themes that of a dark ground, because the ground is the video
        paint_number(painter, QPointF(x, y), person, colour, subject, faded(LABEL, 215), QColor(ON_LABEL))
