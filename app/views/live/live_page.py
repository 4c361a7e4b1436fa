"""Lay out the page of a live run: camera image beside the skeletons, and `LiveBar` below."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSplitter, QWidget

from app.actions import Actions
from app.appearance.palettes import MARK
from app.settings import LiveSettings
from app.views.live.live_bar import LiveBar
from app.views.scene.scene_view import SceneView
from app.views.video.video_view import SeenPerson, VideoView
from app.views.widgets import Card, ElidedName, column, icon_button, icon_label, label, named, row

_PAINTS = 60  # paints whose median is the display's latency
_RATE_SPAN_S = 2.0  # s over which painted frames are counted


class LiveVideo(VideoView):
    """Show live frames, measure the latency from result to paint, and draw a countdown."""

    def __init__(self) -> None:
        super().__init__()
        named(self, self.tr("Camera"), self.tr("The camera's picture with the detected joints"))
        self.counting = 0
        self._people: Sequence[SeenPerson] = ()
        self._due_since_s: float | None = None
        self._took_ms: deque[float] = deque(maxlen=_PAINTS)
        self._painted_s: deque[float] = deque(maxlen=1000)  # time.monotonic of painted frames

    def set_live(
        self, image: QImage, size_px: tuple[int, int], people: Sequence[SeenPerson], subject: int, ready_s: float
    ) -> None:
        """Show the newest frame.

        Joints are in pixels of the frame, which has `size_px`; `ready_s` is the time.monotonic of its result.
        """
        self._image, self._size_px, self._message = image, size_px, ""
        self._people, self._person = [seen for seen in people if np.isfinite(seen.joints).any()], subject
        self._due_since_s = ready_s
        self.update()

    def clear(self, text: str) -> None:
        """Show `text` until the next frame."""
        self._people = ()
        self.set_message(text)

    def people(self) -> Sequence[SeenPerson]:
        return self._people

    def several(self) -> bool:
        return len(self._people) > 1

    @property
    def pending(self) -> bool:
        """Return whether the last frame is not painted yet."""
        return self._due_since_s is not None and self.isVisible()

    @property
    def display_ms(self) -> float:
        return float(np.median(self._took_ms)) if self._took_ms else 0.0

    @property
    def painted_hz(self) -> float:
        """Return the painted frames a second; fewer than lifted where painting is slow."""
        since_s = time.monotonic() - _RATE_SPAN_S
        return sum(at >= since_s for at in self._painted_s) / _RATE_SPAN_S

    def set_counting(self, number: int) -> None:
        if number != self.counting:
            self.counting = number
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        if self.counting:
            painter = QPainter(self)
            font = QFont(self.font())
            font.setPixelSize(max(48, self.height() // 3))
            font.setBold(True)
            painter.setFont(font)
            painter.setPen(QColor(MARK))
            painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, str(self.counting))
            painter.end()
        if self._due_since_s is not None:
            now_s = time.monotonic()
            self._painted_s.append(now_s)
            self._took_ms.append(1e3 * (now_s - self._due_since_s))
            self._due_since_s = None


class LivePage(QWidget):
    """Arrange the views of a live run; no behaviour."""

    def __init__(self, actions: Actions, settings: LiveSettings) -> None:
        super().__init__()
        self.video, self.scene = LiveVideo(), SceneView()
        self.bar = LiveBar(settings, actions["record"])
        self.name, self.facts = ElidedName("title"), label("", "faint")
        self.stop = icon_button("stop", self.tr("Stop"))
        self.stop.setToolTip(actions["stop_live"].toolTip())
        self.stop.clicked.connect(actions["stop_live"].trigger)
        head = QWidget()
        head.setObjectName("bar")
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head.setFixedHeight(56)
        live = label(self.tr("LIVE"), "live")
        head.setLayout(
            row(
                icon_label("logo", 28, "text"), 2, self.name, 4, live, 4, self.facts, None, self.stop,
                margins=(16, 0, 12, 0),
            )
        )  # fmt: skip
        self.cards = QSplitter(Qt.Orientation.Horizontal)
        self.cards.setHandleWidth(10)
        self.cards.setChildrenCollapsible(False)
        self.video_card, self.scene_card = Card(self.tr("Camera"), "live"), Card(self.tr("Skeleton"), "cube")
        self.video_card.add_tool(actions["mirror"])
        self.video_card.set_content(self.video)
        self.scene_card.set_content(self.scene)
        self.cards.addWidget(self.video_card)
        self.cards.addWidget(self.scene_card)
        self.cards.setSizes([600, 520])
        stage = QWidget()
        stage.setLayout(column(self.cards, margins=(12, 12, 12, 12)))
        whole = column(head, stage, self.bar, spacing=0)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def clear(self, name: str, text: str) -> None:
        """Prepare for another source: show `text` until its first frame."""
        self.name.set_whole(name)
        self.facts.setText("")
        self.video.clear(text)
        self.scene.set_take(None, 1)
        self.scene.set_hint(self.tr("The skeleton appears here\nas soon as a person is in the picture"))
        self.scene_card.detail.set_whole("")
