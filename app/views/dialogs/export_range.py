"""Choose the range of time to export: at first the part that is marked on the timeline."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.views.settings.fields import number
from app.views.widgets import label, named, row
from pipeline.core.arrays import Doubles
from pipeline.core.camera import frame_rate_hz

_ROUNDING_S = 0.0005  # s by which a box's three decimals may miss a frame's time


class RangeFields(QWidget):
    """Edit start and end in s, with the number of frames between them."""

    changed = Signal()

    def __init__(
        self, time_s: Doubles, rate_hz: float, marked_s: tuple[float | None, float | None],
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        """Take the times (T,) of the take's frames and the marked range; None: not marked at that end."""
        super().__init__(parent)
        self._time_s = time_s
        begin = float(time_s[0]) if len(time_s) else 0.0
        end = float(time_s[-1]) + 1 / frame_rate_hz(rate_hz) if len(time_s) else 0.0
        self.start, self.end = (number(begin, end, 0.1, " s", "", 3) for _ in range(2))
        self.frames = label("", "muted")
        for box, marked, whole in ((self.start, marked_s[0], begin), (self.end, marked_s[1], end)):
            box.setValue(whole if marked is None else marked)
            box.setFixedWidth(120)
            box.valueChanged.connect(self._edited)
        named(self.start, self.tr("Start of the range"))
        named(self.end, self.tr("End of the range"))
        self.setLayout(row(self.start, label(self.tr("to"), "muted"), self.end, 6, self.frames, None))
        self._show_count()

    @property
    def span_s(self) -> tuple[float | None, float | None]:
        """Return the time range of the export, (from, before); None at an end of the take."""
        start = self.start.value() > self.start.minimum() + _ROUNDING_S
        end = self.end.value() < self.end.maximum() - _ROUNDING_S
        return (
            self.start.value() - _ROUNDING_S if start else None,
            self.end.value() - _ROUNDING_S if end else None,
        )

    @property
    def count(self) -> int:
        """Return the number of frames in the range."""
        start, end = self.span_s
        after = self._time_s >= (-np.inf if start is None else start)
        return int((after & (self._time_s < (np.inf if end is None else end))).sum())

    def _show_count(self) -> None:
        self.frames.setText(self.tr("{count} of {total} frames").format(count=self.count, total=len(self._time_s)))

    def _edited(self) -> None:
        self._show_count()
        self.changed.emit()
