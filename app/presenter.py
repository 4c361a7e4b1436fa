"""Copy the session's state to the widgets."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.commands.playback import PlaybackCommands
from app.progress_meter import ProgressMeter
from app.session.controller import Controller
from app.views.take_rows import name_of, take_times
from app.views.workspace import Workspace
from pipeline.core.camera import VideoInfo
from pipeline.core.live import RunState
from pipeline.core.take import Progress, Take

_LONG_MS = 500  # after which finishing a take is worth showing


class Presenter(QObject):
    """Connect controller and workspace; `video_shown` reports that another video is shown."""

    video_shown = Signal(object)  # VideoInfo

    def __init__(self, window: QWidget, controller: Controller, workspace: Workspace, play: PlaybackCommands) -> None:
        super().__init__(window)
        self._window, self._controller, self._workspace = window, controller, workspace
        self._play = play
        self._meter = ProgressMeter()
        controller.state_changed.connect(self._state_changed)
        controller.opening_changed.connect(self._opening_changed)
        controller.session.video_changed.connect(self._video_changed)
        controller.session.turned.connect(self._turned)
        controller.session.retimed.connect(self._retimed)
        controller.session.take_changed.connect(self._take_changed)
        controller.session.person_changed.connect(self._person_changed)
        controller.progressed.connect(self._progressed)
        controller.updates.refinisher.busy_changed.connect(self._finishing_changed)

    @Slot(object)
    def _state_changed(self, state: RunState) -> None:
        panel = self._workspace.run_panel
        if state is RunState.STARTING:
            self._meter = ProgressMeter()
            panel.start(quiet=self._controller.session.relifting)
        elif state is RunState.STOPPING:
            panel.stopping()
        elif state in (RunState.IDLE, RunState.FAILED):
            panel.end()
        self._update_hint()

    @Slot(bool)
    def _opening_changed(self, opening: bool) -> None:
        if opening:
            self._window.setCursor(Qt.CursorShape.BusyCursor)
        else:
            self._window.unsetCursor()

    @Slot(object)
    def _video_changed(self, info: VideoInfo) -> None:
        w = self._workspace
        w.show_info(info)
        w.video.set_video(info.width_px, info.height_px)
        if not self._controller.video.there:
            w.video.set_message(self.tr("The video is not there any more."))
        w.set_duration(info.duration_s)
        w.scene.prepare()
        self.video_shown.emit(info)
        self._play.restart()
        self._update_hint()

    @Slot(object)
    def _turned(self, info: VideoInfo) -> None:
        """Show the same video turned, because its camera is rolled."""
        self._controller.video.turn(info.turned_deg)
        self._workspace.show_info(info)
        self._workspace.video.set_video(info.width_px, info.height_px)
        self._play.ask_for_frame()

    @Slot(object, float)
    def _retimed(self, info: VideoInfo, factor: float) -> None:
        """Show the same video with other times, because its motion was recorded at another rate."""
        self._controller.video.retime(info.slow_motion)
        self._workspace.show_info(info)
        self._workspace.set_duration(info.duration_s)
        self._play.playback.time_s /= factor
        self._play.update_range()

    @Slot(object)
    def _take_changed(self, take: Take | None) -> None:
        w, person = self._workspace, self._controller.session.person
        times = take_times(take)
        if not self._controller.video.there and len(times):
            w.set_duration(float(times[-1]) + self._play.playback.frame_s)
            self._play.update_range()
        w.video.set_take(take, person)
        w.scene.set_take(take, person)
        w.absence.set_take(take)
        w.lanes.set_take(take, person)
        w.strip.set_take(take, person)
        w.panel.set_take(take, person)
        self._update_hint()

    @Slot()
    def _person_changed(self) -> None:
        self._take_changed(self._controller.session.take)

    @Slot(object)
    def _progressed(self, progress: Progress) -> None:
        if self._controller.state is RunState.RUNNING:
            self._workspace.run_panel.show_reading(self._meter.read(progress))

    @Slot(bool)
    def _finishing_changed(self, on: bool) -> None:
        """Show after a delay that a take is being finished; for short takes it would flicker."""
        QTimer.singleShot(_LONG_MS if on else 0, self, self._update_hint)

    def _update_hint(self) -> None:
        """Update the hint in an empty 3D view, and the title of its card."""
        take, c = self._controller.session.take, self._controller
        if take is not None and take.tracks3d:
            text = ""
        elif c.busy:
            text = self.tr("The skeleton appears here\nas soon as the first frames are lifted")
        else:
            text = self.tr("Press Run to lift this video to 3D")
        self._workspace.scene.set_hint(text)
        title = [name_of(take, c.session.person)] if take is not None and len(take.tracks2d) > 1 else []
        title += [self.tr("being finished…")] if c.updates.refinisher.busy else []
        self._workspace.scene_card.detail.set_whole(" · ".join(title) if not text else "")
