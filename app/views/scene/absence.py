"""Say in an empty 3D view when the next person is seen, with a button that goes there."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, Signal, Slot
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from app.views.take_rows import name_of, take_times
from app.views.timeline import clock_text
from app.views.widgets import label, row
from pipeline.core.take import Take

_SHORTEST_S = 0.5  # s, absence between two sightings from which it is worth a message
_BOTTOM_PX = 18  # distance from the edges of the view
_WIDEST_PX = 440


class Absence(QFrame):
    """Lie over `view`; shown while nobody is in the shown frame of a complete take."""

    sought = Signal(float)  # time in s

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view
        self.setObjectName("banner")  # looks like a note of the window
        self.setProperty("kind", "note")
        self._take: Take | None = None
        self._seen: list[np.ndarray] = []  # (T,) of every lifted person
        self._anyone = np.zeros(0, np.bool_)  # (T,) whether one of them is seen
        self._to_s = self._time_s = 0.0
        self.text = label("")
        self.text.setWordWrap(True)
        self.go = QPushButton(self.tr("Go there"))
        self.go.clicked.connect(self._go)
        inside = row(self.text, self.go, spacing=12, margins=(14, 8, 8, 8))
        inside.setStretch(0, 1)
        self.setLayout(inside)
        view.installEventFilter(self)
        self.hide()

    def set_take(self, take: Take | None) -> None:
        self._take = take if take is not None and take.complete and take.tracks3d else None
        self._seen = [] if self._take is None else [track.seen for track in self._take.tracks3d]
        self._anyone = np.any(self._seen, axis=0)  # once: `show_time` is called in every frame of playback
        self.show_time(self._time_s)

    def show_time(self, time_s: float) -> None:
        self._time_s = time_s
        text = self._message(time_s)
        self.setVisible(bool(text))
        if text and text != self.text.text():
            self.text.setText(text)
            self._place()
        if text:
            self.raise_()

    def _message(self, time_s: float) -> str:
        """Return what to say at a time, and note where the button leads; "" while there is a person."""
        times = take_times(self._take)
        if self._take is None or not len(times):
            return ""
        anyone = self._anyone
        at = int(np.searchsorted(times, time_s + 0.0005, side="right")) - 1
        if at >= 0 and anyone[min(at, len(times) - 1)]:
            return ""
        earlier, later = np.flatnonzero(anyone[: max(at, 0)]), np.flatnonzero(anyone[max(at, 0) :]) + max(at, 0)
        if len(earlier) and len(later) and times[later[0]] - times[earlier[-1]] < _SHORTEST_S:
            return ""
        if len(later):
            self._to_s = float(times[later[0]])
            return self.tr("Nobody is in this frame. {name} appears at {time}.").format(
                name=self._name(later[0]), time=clock_text(self._to_s)
            )
        if len(earlier):
            self._to_s = float(times[earlier[-1]])
            return self.tr("Nobody is in this frame. {name} was last seen at {time}.").format(
                name=self._name(earlier[-1]), time=clock_text(self._to_s)
            )
        return ""

    def _name(self, at: int) -> str:
        assert self._take is not None
        person = next(t.person for t, seen in zip(self._take.tracks3d, self._seen, strict=True) if seen[at])
        return name_of(self._take, person)

    @Slot()
    def _go(self) -> None:
        self.sought.emit(self._to_s)

    def _place(self) -> None:
        layout = self.layout()
        assert layout is not None
        layout.activate()
        width = min(self._view.width() - 2 * _BOTTOM_PX, _WIDEST_PX)
        self.resize(width, layout.totalHeightForWidth(width))
        free = self._view.size() - self.size()
        self.move(QPoint(max(free.width() // 2, 0), max(free.height() - _BOTTOM_PX, 0)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)
