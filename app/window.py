"""The main window: puts views, controller and playback together. What happens is decided in the controller."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QShowEvent,
)
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget, QWidget

from app.about import HelpCommands
from app.actions import Actions
from app.backend import Backend
from app.controller import Controller, State
from app.curve_commands import CurveCommands
from app.detector_commands import DetectorCommands
from app.file_commands import FileCommands
from app.horizon_commands import HorizonCommands
from app.lifters import CHECKPOINT_SUFFIXES
from app.meter import ProgressMeter
from app.model_commands import ModelCommands
from app.notify import Banner, CrashDialog
from app.person_commands import PersonCommands
from app.play_commands import PlayCommands
from app.playback import SPEEDS
from app.recipe_commands import RecipeCommands
from app.settings import Settings
from app.view_commands import ViewCommands
from app.views.empty_state import EmptyState
from app.views.rows import take_times
from app.views.widgets import column
from app.views.workspace import Workspace
from pipeline.errors import ConfigError, UserError
from pipeline.types import Progress, Take, VideoInfo

_LONG_MS = 500
_WARM_UP_MS = 120  # after the first paint: what is needed soon, but not to be seen


class Window(QMainWindow):
    """One window, one video. `log_path` is shown in bug reports."""

    def __init__(self, backend: Backend, settings: Settings, log_path: Path) -> None:
        super().__init__()
        self.setWindowTitle("Hourglass")
        self.setAcceptDrops(True)
        self.settings, self._log_path = settings, log_path
        self.controller = Controller(backend, settings, self)
        self._meter = ProgressMeter()
        self._warm = self._closed = False
        self.empty, self.banner = EmptyState(), Banner()
        self.files = FileCommands(self, self.controller, settings, self.banner)
        speed_menu = QMenu("S&peed", self)
        merge_menu = QMenu("&Merge with", self)
        self.actions_ = Actions(self, {"recent": self.files.recent_menu, "speed": speed_menu, "merge": merge_menu})
        self.workspace = Workspace(self.actions_, settings.run, settings.compare, SPEEDS)
        speed_menu.addActions(self.workspace.transport.speed_menu.actions())
        self.play = PlayCommands(self, self.controller, settings, self.workspace, self.actions_)
        self.playback = self.play.playback
        self.views = ViewCommands(self, settings, self.workspace)
        self.models = ModelCommands(self, backend, self.controller.threads)
        self.detectors = DetectorCommands(self, backend, self.controller.threads)
        self.detectors.detectors_changed.connect(self.workspace.panel.set_detectors)
        self.recipes = RecipeCommands(self, self.controller, self.workspace, self.models, self.actions_)
        self.people = PersonCommands(self, self.controller, self.workspace, self.actions_, self.playback, merge_menu)
        self.curves = CurveCommands(self, self.controller, settings, self.workspace.drawer, self.play)
        self.horizon = HorizonCommands(self, self.controller, settings, self.workspace)
        self.help = HelpCommands(self, log_path)
        self.actions_.connect(
            self, self.files, self.play, self.views, self.models, self.detectors, self.recipes, self.people,
            self.horizon, self.help,
        )  # fmt: skip
        self.pages = QStackedWidget()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.workspace)
        central = QWidget()
        layout = column(self.banner, self.pages, spacing=0)
        layout.setStretch(1, 1)
        central.setLayout(layout)
        self.setCentralWidget(central)
        # With one OpenGL widget from the start the native window never has to be made again for the 3D view.
        self._surface = QOpenGLWidget(self)
        self._surface.setGeometry(0, 0, 1, 1)
        self._surface.hide()
        self._connect()
        self._restore()

    def _connect(self) -> None:
        c, w = self.controller, self.workspace
        c.state_changed.connect(self._state_changed)
        c.opening_changed.connect(self._opening_changed)
        c.video_changed.connect(self._video_changed)
        c.take_changed.connect(self._take_changed)
        c.person_changed.connect(self._person_changed)
        c.progressed.connect(self._progressed)
        c.failed.connect(self.show_error)
        c.noted.connect(self.banner.note)
        for part in (c, self.models, self.detectors):
            part.broke.connect(self.show_bug)
        self.empty.open_wanted.connect(self.files.choose_file)
        self.empty.sample_wanted.connect(self.files.open_sample)
        self.empty.recent_wanted.connect(c.open_path)
        self.files.recent_cleared.connect(self._show_recent)
        w.video.person_clicked.connect(c.select_person)
        w.run_panel.cancel_wanted.connect(c.cancel)
        w.panel.changed.connect(self._settings_changed)
        c.settings_adopted.connect(self._settings_adopted)
        c.rework.finisher.busy_changed.connect(self._finishing_changed)

    def _restore(self) -> None:
        self.actions_.check("everyone", self.settings.run.everyone)
        self.views.restore(self.actions_)
        self.play.restore()
        self.resize(1440, 900)
        self.setMinimumSize(960, 600)
        self.views.restore_layout(self)
        self._show_recent()
        self._enable()

    @Slot()
    def _show_recent(self) -> None:
        self.empty.set_recent(self.settings.recent)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        if not self._warm:
            self._warm = True
            QTimer.singleShot(_WARM_UP_MS, self, self._warm_up)

    @Slot()
    def _warm_up(self) -> None:
        """Load what the first video will need while the user is still choosing it."""
        if self._closed:
            return
        self.workspace.scene.prepare()
        try:
            self.models.load()
            self.detectors.load()
        except UserError as error:
            self.show_error(error)
        self.workspace.panel.set_devices(self.controller.backend.devices())

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        if not self._closed:
            self._closed = True
            self.play.stop()
            self.views.keep_layout(self)
            self.settings.save()
            self.models.stop()
            self.detectors.stop()
            self.controller.shutdown()
        event.accept()

    @Slot(object)
    def show_error(self, error: UserError) -> None:
        self.banner.error(error)

    @Slot(object)
    def show_bug(self, error: BaseException) -> None:
        CrashDialog(error, self._log_path, self).open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self.empty.zone.set_hot(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        self.empty.zone.set_hot(False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        self.empty.zone.set_hot(False)
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            if files[0].suffix.lower() in CHECKPOINT_SUFFIXES:
                self.models.open_dialog(files[0])
            else:
                self.controller.open_path(files[0])

    @Slot()
    def run(self) -> None:
        problem = self.workspace.panel.recipe.editor.problem
        if problem:
            self.show_error(ConfigError(problem, "Correct it under Token pruning in the settings."))
        elif self.controller.can_run:
            self.banner.dismiss()
            self.controller.run()

    @Slot()
    def escape(self) -> None:
        if self.controller.busy:
            self.controller.cancel()
        else:
            self.banner.dismiss()

    @Slot()
    def _settings_changed(self) -> None:
        self.settings.save()
        self.actions_.check("everyone", self.settings.run.everyone)
        self.controller.rework.settings_changed()

    @Slot(bool)
    def _finishing_changed(self, on: bool) -> None:
        """Said of long takes only: of others it would flicker."""
        QTimer.singleShot(_LONG_MS if on else 0, self, self._hint)

    @Slot()
    def _settings_adopted(self) -> None:
        self.workspace.panel.load()
        self.settings.save()

    def _enable(self) -> None:
        c, a = self.controller, self.actions_
        shown, done = c.info is not None, c.take is not None and c.take.complete and not c.busy
        a.enable(c.can_run, "run")
        a.enable(done, "save", "export", "next_person")
        a.enable(shown, "play", "back", "forward", "back10", "forward10", "start", "end")
        a.enable(shown and not c.busy, "trim_in", "trim_out", "trim_clear")
        self.workspace.video.pickable = done

    @Slot(object)
    def _state_changed(self, state: State) -> None:
        panel = self.workspace.run_panel
        if state is State.STARTING:
            self._meter = ProgressMeter()
            panel.start(quiet=self.controller.relifting)
        elif state is State.STOPPING:
            panel.stopping()
        elif state in (State.IDLE, State.FAILED):
            panel.end()
        self._hint()
        self._enable()

    @Slot(bool)
    def _opening_changed(self, opening: bool) -> None:
        if opening:
            self.setCursor(Qt.CursorShape.BusyCursor)
        else:
            self.unsetCursor()

    @Slot(object)
    def _video_changed(self, info: VideoInfo) -> None:
        self.banner.dismiss()
        w = self.workspace
        w.show_info(info)
        w.video.set_video(info.width_px, info.height_px)
        if not self.controller.video.there:
            w.video.set_message("The video is not there any more.")
        w.set_duration(info.duration_s)
        w.scene.prepare()
        self.setWindowTitle(f"{info.name} – Hourglass")
        self.pages.setCurrentWidget(w)
        self.play.restart()
        self._hint()
        self._enable()

    @Slot(object)
    def _take_changed(self, take: Take | None) -> None:
        w, person = self.workspace, self.controller.person
        times = take_times(take)
        if not self.controller.video.there and len(times):
            w.set_duration(float(times[-1]) + self.playback.frame_s)
            self.play.update_range()
        w.video.set_take(take, person)
        w.scene.set_take(take, person)
        w.timeline.set_take(take, person)
        w.strip.set_take(take, person)
        w.panel.set_take(take, person)
        self._hint()
        self._enable()

    @Slot()
    def _person_changed(self) -> None:
        self._take_changed(self.controller.take)

    @Slot(object)
    def _progressed(self, progress: Progress) -> None:
        if self.controller.state is State.RUNNING:
            self.workspace.run_panel.show_reading(self._meter.read(progress))

    def _hint(self) -> None:
        """What the 3D view says while there is no skeleton in it."""
        take, c = self.controller.take, self.controller
        if take is not None and take.tracks3d:
            text = ""
        elif c.busy:
            text = "The skeleton appears here\nas soon as the first frames are lifted"
        else:
            text = "Press Run to lift this video to 3D"
        self.workspace.scene.set_hint(text)
        title = [take.name_of(c.person)] if take is not None and len(take.tracks2d) > 1 else []
        title += ["being finished…"] if c.rework.finisher.busy else []
        self.workspace.scene_card.detail.setText(" · ".join(title) if not text else "")

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and self.isMinimized():
            self.playback.pause()
