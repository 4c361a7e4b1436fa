"""Show rates and latency of a live run; control look-ahead, recording and streams."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPushButton, QSlider, QWidget

from app import theme
from app.languages.translation import mark, shown
from app.settings import LiveSettings
from app.views.settings.fields import number
from app.views.widgets import Elided, column, icon_button, label, named, restyle, row
from pipeline.core.config import MAX_LOOKAHEAD
from pipeline.core.live import LiveStats

_LOOKAHEAD_TIP = mark(
    "Later frames make a skeleton surer: it is then so much older than the picture. "
    "This delay is chosen; the latency on the left is what the machine takes.",
)
_STREAM_TIP = mark(
    "Other programs move with the person: vmc://HOST:PORT for avatars, vrchat:// and vmt:// for trackers, "
    "osc://, udp://, ws:// and lsl://. "
    "Several addresses with spaces between.",
)


class LiveBar(QWidget):
    """Edit `settings` and emit requests; `show_...` display the state of the run."""

    lookahead_wanted = Signal(int)
    streams_wanted = Signal(bool)
    changed = Signal()

    def __init__(self, settings: LiveSettings, record: QAction) -> None:
        super().__init__()
        self.setObjectName("footer")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._settings = settings
        self.rates, self.latency, self.device = label(""), label("", "muted"), label("", "faint")
        self.notice = Elided()
        self.notice.setProperty("role", "accent")
        self.lookahead = QSlider(Qt.Orientation.Horizontal)
        self.lookahead.setRange(0, MAX_LOOKAHEAD)
        self.lookahead.setFixedWidth(170)
        self.lookahead.setToolTip(shown(_LOOKAHEAD_TIP))
        named(self.lookahead, self.tr("Look-ahead"), shown(_LOOKAHEAD_TIP))
        self.lookahead_text = label("", "muted")
        self.lookahead_text.setMinimumWidth(150)
        self.ghost = QCheckBox(self.tr("Corrected one as a ghost"))
        self.ghost.setToolTip(
            self.tr("Show beside the newest skeleton the last one whose future is known: it does not change any more.")
        )
        self.record = icon_button("record", self.tr("Record"))
        self.record.setToolTip(record.toolTip())
        self.record.clicked.connect(record.trigger)
        self.record.setMinimumWidth(132)
        record.enabledChanged.connect(self.record.setEnabled)
        self.countdown = number(0, 60, 1, " s", self.tr("Off"), 0, 3)
        self.stop_after = number(0, 36000, 5, " s", self.tr("Off"), 0, 10)
        for box, name, tip in (
            (self.countdown, self.tr("Countdown"), self.tr("How long is counted down before a recording")),
            (self.stop_after, self.tr("Longest recording"), self.tr("A recording ends by itself after so long")),
        ):
            box.setFixedWidth(92)
            box.setToolTip(tip)
            named(box, name, tip)
        self.hands_free = QCheckBox(self.tr("or with both hands up"))
        self.hands_free.setToolTip(
            self.tr("Holding both hands over the head for 2 seconds begins a recording, and ends it.")
        )
        self.recorded = label("", "muted")
        self.streams = QLineEdit()
        self.streams.setToolTip(shown(_STREAM_TIP))
        named(self.streams, self.tr("Send to"), shown(_STREAM_TIP))
        self.streams.setMinimumWidth(220)
        self.stream = QPushButton(self.tr("Send"))
        self.stream.setCheckable(True)
        self.stream.setToolTip(shown(_STREAM_TIP))
        self.stream_text = Elided()
        self.stream_text.setProperty("role", "muted")
        first = row(self.rates, 18, self.latency, 18, self.device, 12, self.notice, spacing=4)
        first.setStretch(first.indexOf(self.notice), 1)
        second = row(
            self.record, label(self.tr("after"), "muted"), self.countdown, label(self.tr("for"), "muted"),
            self.stop_after, 4, self.hands_free, 4, self.recorded, None,
            label(self.tr("Look-ahead"), "muted"), self.lookahead, self.lookahead_text, self.ghost, spacing=10,
        )  # fmt: skip
        third = row(label(self.tr("Send to"), "muted"), self.streams, self.stream, self.stream_text, spacing=10)
        third.setStretch(3, 1)
        self.setLayout(column(first, second, third, spacing=9, margins=(16, 10, 16, 12)))
        self.load()
        self.lookahead.valueChanged.connect(self._lookahead_chosen)
        self.stream.toggled.connect(self.streams_wanted)
        self.streams.editingFinished.connect(self._store)
        for box in (self.countdown, self.stop_after):
            box.valueChanged.connect(self._store)
        for check in (self.ghost, self.hands_free):
            check.toggled.connect(self._store)

    def load(self) -> None:
        """Show the settings."""
        s = self._settings
        self.countdown.setValue(s.countdown_s)
        self.stop_after.setValue(s.stop_after_s)
        self.hands_free.setChecked(s.hands_free)
        self.ghost.setChecked(s.ghost)
        self.streams.setText(s.streams)
        self.lookahead.setValue(s.lookahead)
        self._show_lookahead(0.0)

    @Slot()
    def _store(self) -> None:
        s = self._settings
        s.countdown_s, s.stop_after_s = self.countdown.value(), self.stop_after.value()
        s.hands_free, s.ghost = self.hands_free.isChecked(), self.ghost.isChecked()
        s.streams = self.streams.text().strip()
        self.changed.emit()

    @Slot(int)
    def _lookahead_chosen(self, frames: int) -> None:
        self._settings.lookahead = frames
        self._show_lookahead(0.0)
        self.lookahead_wanted.emit(frames)
        self.changed.emit()

    def _show_lookahead(self, ms: float) -> None:
        frames = self._settings.lookahead
        cost = f" = {ms:.0f} ms" if ms > 0 else ""
        self.lookahead_text.setText(
            self.tr("%n frame(s)", "", frames) + cost if frames else self.tr("none: the newest frame")
        )

    # --- state of the run

    def show_stats(self, stats: LiveStats, display_ms: float, painted_hz: float, notice: str) -> None:
        """Show `stats`, the latency `display_ms` from result to screen, and a `notice` (may be "").

        `painted_hz` are the frames on the screen; those that the engine made are not all painted on a slow screen.
        """
        self.rates.setText(
            self.tr(
                "<b>{painted_hz:.1f}</b> shown  ·  {predicted_hz:.1f} predicted  ·  {captured_hz:.1f} captured "
                "a second  ·  {dropped} dropped"
            ).format(
                painted_hz=painted_hz,
                predicted_hz=stats.predicted_hz,
                captured_hz=stats.captured_hz,
                dropped=stats.dropped,
            )
        )
        total = stats.latency_ms + display_ms
        self.latency.setText(
            self.tr(
                "Latency {total:.0f} ms: capture {capture_ms:.0f}, detect {detect_ms:.0f}, lift {lift_ms:.0f}, "
                "display {display_ms:.0f}"
            ).format(
                total=total,
                capture_ms=stats.capture_ms,
                detect_ms=stats.detect_ms,
                lift_ms=stats.lift_ms,
                display_ms=display_ms,
            )
        )
        said = [stats.device] if stats.device else []
        self.device.setText("  ·  ".join([*said, *stats.left_out]))
        self.notice.set_whole(notice)
        self._show_lookahead(stats.lookahead_ms)

    def show_recording(self, recording: bool, counting: int, seconds: float, left_out: int) -> None:
        text = (
            self.tr("Stop recording")
            if recording
            else self.tr("Begins in {counting}").format(counting=counting)
            if counting
            else self.tr("Record")
        )
        if self.record.text() != text:
            self.record.setText(text)
            theme.set_icon(self.record, "stop" if recording or counting else "record")
            self.record.setProperty("role", "danger" if recording else "")
            restyle(self.record)
        said = (
            f"<span style='color:{theme.colours().danger}'>●</span> {int(seconds // 60)}:{seconds % 60:04.1f}"
            if recording
            else ""
        )
        self.recorded.setText(said + ("  ·  " + self.tr("%n picture(s) left out", "", left_out) if left_out else ""))

    def show_streams(self, on: bool, text: str) -> None:
        self.stream.blockSignals(True)
        self.stream.setChecked(on)
        self.stream.blockSignals(False)
        self.stream.setText(self.tr("Stop sending") if on else self.tr("Send"))
        self.streams.setEnabled(not on)
        self.stream_text.set_whole(text)
