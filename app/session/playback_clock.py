"""Keep the window's time, in seconds of the video, that all views follow."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from pipeline.core.camera import UNKNOWN_RATE_HZ

SPEEDS = (0.25, 0.5, 1.0, 1.5, 2.0)
_TICK_MS = 16


class PlaybackClock(QObject):
    """Hold position, range, speed and loop; `moved` reports every new position."""

    moved = Signal(float)
    playing_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.time_s = 0.0
        self.speed = 1.0
        self.loop = True
        self.frame_s = 1 / UNKNOWN_RATE_HZ
        self._start_s = self._end_s = 0.0
        self._over_s = 0.0  # s for which the last frame has been shown while playing
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def playing(self) -> bool:
        return self._timer.isActive()

    def set_range(self, start_s: float, end_s: float, frame_s: float) -> None:
        self.frame_s = max(frame_s, 1e-3)
        self._start_s, self._end_s = start_s, max(end_s, start_s)
        self.seek(self.time_s)

    def seek(self, time_s: float) -> None:
        self.time_s, self._over_s = min(max(time_s, self._start_s), self._end_s), 0.0
        self.moved.emit(self.time_s)

    def advance(self, time_s: float) -> None:
        """Move without a signal inside a frame, so that views repaint once per frame, not per tick."""
        before, self.time_s = self.time_s, min(time_s, self._end_s)
        self._over_s = time_s - self.time_s  # a tick is shorter than a frame: the excess must add up over ticks
        if int(self.time_s / self.frame_s + 1e-6) != int(before / self.frame_s + 1e-6):
            self.moved.emit(self.time_s)

    def step(self, frames: int) -> None:
        """Pause and move by `frames`, to the middle of a frame rather than to its edge."""
        self.pause()
        self.seek((round(self.time_s / self.frame_s) + frames) * self.frame_s)

    def to_start(self) -> None:
        self.seek(self._start_s)

    def to_end(self) -> None:
        self.seek(self._end_s)

    def toggle(self) -> None:
        if self.playing:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        if self.playing or self._end_s <= self._start_s:
            return
        if self.time_s >= self._end_s - self.frame_s / 2:
            self.seek(self._start_s)
        self._clock.start()
        self._timer.start()
        self.playing_changed.emit(True)

    def pause(self) -> None:
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def _tick(self) -> None:
        elapsed_s = self._clock.nsecsElapsed() * 1e-9  # whole ms would lose half of one in each tick
        self._clock.start()
        time_s = self.time_s + self._over_s + elapsed_s * self.speed
        # The last frame is shown for its duration before the loop starts again.
        if time_s < self._end_s + self.frame_s:
            self.advance(time_s)
        elif self.loop:
            self.seek(self._start_s)
        else:
            self.seek(self._end_s)
            self.pause()
