"""Show how far the skeletons of two pruning recipes differ, in a bar under the 3D view."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QFrame, QWidget

from app.languages.translation import decimal, mark, shown
from app.views.take_rows import row_at
from app.views.widgets import Elided, column, label, row
from pipeline.core.arrays import Doubles, Floats

_WHAT = mark(
    "Mean over the joints, both pelvises on the same place: the difference of the two poses, not an error.",
)


class CompareBar(QWidget):
    """Show the ghost's recipe and its distance from the take in mm; hidden otherwise."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._times: Doubles = np.zeros(0)
        self._difference: Floats = np.zeros(0, np.float32)
        self._time_s = 0.0
        swatch = QFrame()
        swatch.setFixedSize(14, 6)
        swatch.setObjectName("ghostSwatch")
        self.title = Elided()
        self.numbers = label("")
        self.what = label(self.tr("mean over joints, roots aligned"), "faint")
        first = row(swatch, self.title, self.what, spacing=8)
        first.setStretch(1, 1)
        self.setLayout(column(first, self.numbers, spacing=2, margins=(14, 7, 14, 9)))
        self.setToolTip(shown(_WHAT))
        self.hide()

    def show_message(self, title: str, message: str) -> None:
        """Show why there is no difference yet."""
        self._times, self._difference = np.zeros(0), np.zeros(0, np.float32)
        self._set(title, message)

    def show_difference(self, title: str, times: Doubles, difference_mm: Floats) -> None:
        """Show `difference_mm` (T,), NaN where not known, at `times` (T,) in seconds of the video."""
        self._times, self._difference = times, difference_mm
        self._set(title, "")
        self.show_time(self._time_s)

    def _set(self, title: str, numbers: str) -> None:
        self.title.set_whole(title)
        self.numbers.setText(numbers)
        self.show()

    def show_time(self, time_s: float) -> None:
        self._time_s = time_s
        if len(self._times) == 0:
            return
        at = row_at(self._times, time_s)
        here = float(self._difference[at]) if at is not None else float("nan")
        known = self._difference[np.isfinite(self._difference)]
        mean = float(known.mean()) if len(known) else float("nan")
        self.numbers.setText(self.tr("{here} here  ·  {mean} on average").format(here=_mm(here), mean=_mm(mean)))


def _mm(value: float) -> str:
    return f"{decimal(value, 1)} mm" if np.isfinite(value) else "–"
