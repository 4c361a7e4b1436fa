"""Play the video: one clock for video, skeleton, timeline and transport; also trimming.

The clock makes the controller request frames; a timer polls for the newest one. The skeleton is shown at the time of
the frame on the screen.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from app import theme
from app.actions import Actions
from app.session.controller import Controller
from app.session.playback_clock import SPEEDS, PlaybackClock
from app.settings import Settings
from app.views.workspace import Workspace
from pipeline.core.camera import frame_rate_hz

_FRAME_MS = 16


class PlaybackCommands(QObject):
    """Carry out the Playback menu and the trim actions."""

    def __init__(
        self, parent: QObject, controller: Controller, settings: Settings, workspace: Workspace, actions: Actions
    ) -> None:
        super().__init__(parent)
        self._controller, self._settings = controller, settings
        self._workspace, self._actions = workspace, actions
        self.playback = PlaybackClock(self)
        self._display = QTimer(self)
        self._display.setTimerType(Qt.TimerType.PreciseTimer)
        self._display.setInterval(_FRAME_MS)
        self._display.timeout.connect(self._show_frame)
        controller.session.trim_changed.connect(self._trim_changed)
        self.playback.moved.connect(self._moved)
        self.playback.playing_changed.connect(self._playing_changed)
        workspace.timeline.sought.connect(self._seek)
        workspace.strip.sought.connect(self._seek)
        workspace.lanes.sought.connect(self._seek)
        workspace.timeline.trim_dragged.connect(controller.session.set_trim)
        workspace.transport.speed_chosen.connect(self.set_speed)
        workspace.video.resized.connect(self.ask_for_frame)

    def restore(self) -> None:
        """Restore speed and loop from the settings."""
        view = self._settings.view
        self._actions.check("loop", view.loop)
        self.set_loop(view.loop)
        self.set_speed(view.speed if view.speed in SPEEDS else 1.0)

    def restart(self) -> None:
        """Start at the first frame of another video."""
        self.playback.pause()
        self.playback.time_s = 0.0
        self.update_range()
        self._display.start()

    def resume(self) -> None:
        """Continue after another page was shown."""
        self._display.start()
        self.ask_for_frame()

    def stop(self) -> None:
        self.playback.pause()
        self._display.stop()

    def update_range(self) -> None:
        info = self._controller.session.info
        if info is None:
            return
        frame = 1 / frame_rate_hz(info.fps_hz)
        start, end = self._controller.session.trim
        last = (info.duration_s if end is None else end) - frame
        self.playback.set_range(start or 0.0, max(last, start or 0.0), frame)

    @Slot()
    def _trim_changed(self) -> None:
        self._workspace.timeline.set_trim(*self._controller.session.trim)
        self._workspace.strip.set_trim(*self._controller.session.trim)
        self._workspace.lanes.set_trim(*self._controller.session.trim)
        self.update_range()

    @Slot(float)
    def _moved(self, time_s: float) -> None:
        if self._controller.video.there:
            self.ask_for_frame()
            if self.playback.playing:
                return  # all views are updated with the frame: one repaint per frame
        else:
            self._workspace.video.set_time(time_s)
            self._show_bodies(time_s)
        self._show_time(time_s)

    def _show_bodies(self, time_s: float) -> None:
        self._workspace.scene.show_time(time_s)
        self._workspace.absence.show_time(time_s)
        self._workspace.compare_bar.show_time(time_s)

    def _show_time(self, time_s: float) -> None:
        self._workspace.timeline.set_time(time_s)
        self._workspace.strip.set_time(time_s)
        self._workspace.lanes.set_time(time_s)
        self._workspace.drawer.curves.set_time(time_s)
        info = self._controller.session.info
        if info is not None:
            frame = int((time_s + 0.0005) * info.fps_hz) + 1
            self._workspace.transport.set_time(time_s, info.duration_s, frame, info.frame_count)

    @Slot()
    def ask_for_frame(self) -> None:
        self._controller.video.request(self.playback.time_s, self._workspace.video.target_size())

    @Slot()
    def _show_frame(self) -> None:
        """Show the newest frame and the skeleton at its time, also when decoding is slow."""
        frame = self._controller.video.next_frame()
        if frame is not None:
            self._workspace.video.set_frame(frame.image, frame.time_s)
            self._show_bodies(frame.time_s)
            if self.playback.playing:
                self._show_time(frame.time_s)

    @Slot(float)
    def _seek(self, time_s: float) -> None:
        self.playback.seek(time_s)

    @Slot()
    def toggle_play(self) -> None:
        self.playback.toggle()

    @Slot(bool)
    def _playing_changed(self, playing: bool) -> None:
        theme.set_icon(self._actions["play"], "pause" if playing else "play")
        self._actions["play"].setText(self.tr("&Pause") if playing else self.tr("&Play"))

    @Slot()
    def step_back(self) -> None:
        self.playback.step(-1)

    @Slot()
    def step_forward(self) -> None:
        self.playback.step(1)

    @Slot()
    def step_back_10(self) -> None:
        self.playback.step(-10)

    @Slot()
    def step_forward_10(self) -> None:
        self.playback.step(10)

    @Slot()
    def to_start(self) -> None:
        self.playback.to_start()

    @Slot()
    def to_end(self) -> None:
        self.playback.to_end()

    @Slot()
    def slower(self) -> None:
        self.set_speed(SPEEDS[max(SPEEDS.index(self.playback.speed) - 1, 0)])

    @Slot()
    def faster(self) -> None:
        self.set_speed(SPEEDS[min(SPEEDS.index(self.playback.speed) + 1, len(SPEEDS) - 1)])

    @Slot(float)
    def set_speed(self, speed: float) -> None:
        self.playback.speed = self._settings.view.speed = speed
        self._workspace.transport.set_speed(speed)

    @Slot(bool)
    def set_loop(self, on: bool) -> None:
        self.playback.loop = self._settings.view.loop = on

    @Slot()
    def trim_in(self) -> None:
        time_s = self.playback.time_s
        self._controller.session.set_trim(time_s if time_s > 0 else None, self._controller.session.trim[1])

    @Slot()
    def trim_out(self) -> None:
        """End the trimmed range with the shown frame."""
        info, time_s = self._controller.session.info, self.playback.time_s + self.playback.frame_s
        whole = info is None or time_s >= info.duration_s - 1e-6
        self._controller.session.set_trim(self._controller.session.trim[0], None if whole else time_s)

    @Slot()
    def trim_clear(self) -> None:
        self._controller.session.set_trim(None, None)
