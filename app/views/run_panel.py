"""Show how far a run is: stage, progress bar, frames, speed, time left, and a Cancel button."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from app.languages.translation import decimal
from app.progress_meter import Reading, duration_text
from app.views.widgets import icon_button, label, named, row

_QUIET_MS = 900


class RunPanel(QWidget):
    """Show the progress of one run; hidden while nothing runs."""

    cancel_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.stage = label("")
        self.stage.setMinimumWidth(170)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        named(self.bar, self.tr("Progress of the run"))
        self.numbers = label("", "muted")
        self.numbers.setMinimumWidth(330)
        self.numbers.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.cancel = icon_button("stop", self.tr("Cancel"))
        self.cancel.setToolTip(self.tr("Stop this run; what was found so far is kept for the next one  (Esc)"))
        self.cancel.clicked.connect(self.cancel_wanted)
        layout = row(self.stage, self.bar, self.numbers, 4, self.cancel, spacing=12, margins=(18, 8, 14, 8))
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(_QUIET_MS)
        self._delay.timeout.connect(self.show)
        self.hide()

    def start(self, quiet: bool = False) -> None:
        """Show that a run has begun.

        With `quiet` only if it takes longer than a moment, so that the views do not move for nothing.
        """
        self.stage.setText(self.tr("Getting ready…"))
        self.numbers.setText("")
        self.bar.setRange(0, 0)
        self.cancel.setEnabled(True)
        if quiet:
            self._delay.start()
        else:
            self.show()

    def end(self) -> None:
        self._delay.stop()
        self.hide()

    def stopping(self) -> None:
        self.stage.setText(self.tr("Stopping…"))
        self.cancel.setEnabled(False)

    def show_reading(self, reading: Reading) -> None:
        self.stage.setText(reading.title)
        self.stage.setToolTip(reading.message)
        self.bar.setRange(0, max(reading.total, 0))
        self.bar.setValue(min(reading.done, reading.total))
        if reading.total <= 1:
            self.numbers.setText(reading.message)
            return
        parts = [self.tr("{done} of {total} frames").format(done=reading.done, total=reading.total)]
        if reading.rate_hz:
            parts.append(
                self.tr("{rate} frames/s").format(rate=decimal(reading.rate_hz, 0 if reading.rate_hz >= 10 else 1))
            )
        if reading.left_s is not None:
            parts.append(self.tr("{time} left").format(time=duration_text(reading.left_s)))
        self.numbers.setText("  ·  ".join(parts))
