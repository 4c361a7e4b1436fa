"""Put views, controller and commands together in the main window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QRect, Qt, QTimer, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QShowEvent,
)
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget, QWidget

from app.actions import Actions
from app.availability import Availability
from app.backend.library import Library
from app.commands.bodies.take_bodies import TakeBodies
from app.commands.correcting.correct_joints import CorrectJoints
from app.commands.curves import CurveCommands
from app.commands.detectors import DetectorCommands
from app.commands.files import FileCommands
from app.commands.help import HelpCommands
from app.commands.horizon import HorizonCommands
from app.commands.lifters import LifterCommands
from app.commands.opening.recovering import Recovering
from app.commands.opening.remarks import Remarks
from app.commands.people import PeopleCommands
from app.commands.playback import PlaybackCommands
from app.commands.pruning import PruningCommands
from app.commands.view import ViewCommands
from app.languages.translation import LANGUAGES, SYSTEM, mark, shown
from app.live.commands import LiveCommands
from app.notifications import Banner, CrashDialog
from app.presenter import Presenter
from app.session.controller import Controller
from app.session.playback_clock import SPEEDS
from app.settings import Settings
from app.views.choice_menu import ChoiceMenu
from app.views.empty_state import EmptyState
from app.views.widgets import column
from app.views.workspace import Workspace
from pipeline.core.camera import VideoInfo
from pipeline.core.errors import ConfigError, UserError
from pipeline.model_info import CHECKPOINT_SUFFIXES

_USUAL_PX, _MINIMUM_PX = (1440, 900), (960, 560)  # width and height of the window on a screen with room
_TITLE_BAR_PX = 32  # height of a title bar, which is not known before the window is shown
THEMES = (("dark", mark("&Dark")), ("light", mark("&Light")), ("system", mark("&As the system")))  # theme.CHOICES
_HEADER_PX = 56  # height of the pages' header, which messages leave free
_WARM_UP_MS = 120  # ms after the first paint at which modules for the first video are loaded


class Window(QMainWindow):
    """Show one video at a time; `log_path` is shown in bug reports."""

    def __init__(self, library: Library, settings: Settings, log_path: Path) -> None:
        super().__init__()
        self.setWindowTitle("Hourglass")
        self.setAcceptDrops(True)
        self.settings, self._log_path = settings, log_path
        self.controller = Controller(library, settings, self)
        self._warm = self._closed = False
        self.empty, self.banner = EmptyState(), Banner()
        self.files = FileCommands(self, self.controller, settings, self.banner)
        self.recovering = Recovering(self, self.controller, self.banner)
        speed_menu, merge_menu = QMenu(self.tr("S&peed"), self), QMenu(self.tr("&Merge with"), self)
        self.theme_menu = ChoiceMenu(self.tr("&Theme"), [(key, shown(title)) for key, title in THEMES], self)
        languages = [(SYSTEM, self.tr("&As the system")), *LANGUAGES.items()]
        self.language_menu = ChoiceMenu(self.tr("&Language"), languages, self)
        self.bodies = TakeBodies(self, self.controller, settings)
        submenus: dict[str, QMenu] = {
            "recent": self.files.recent_menu, "speed": speed_menu, "merge": merge_menu, "theme": self.theme_menu,
            "language": self.language_menu, "body": self.bodies.menu,
        }  # fmt: skip
        self.actions_ = Actions(self, submenus)
        self.workspace = Workspace(self.actions_, settings.run, settings.compare, SPEEDS)
        self.files.export_view = self.workspace.scene.export_view
        speed_menu.addActions(self.workspace.transport.speed_menu.actions())
        self.play = PlaybackCommands(self, self.controller, settings, self.workspace, self.actions_)
        self.playback = self.play.playback
        self.views = ViewCommands(self, settings, self.workspace)
        self.lifters = LifterCommands(self, library, self.controller.threads)
        self.detectors = DetectorCommands(self, library, self.controller.threads)
        self.detectors.detectors_changed.connect(self.workspace.panel.set_detectors)
        self.pruning = PruningCommands(self, self.controller, self.workspace, self.lifters, self.actions_)
        self.people = PeopleCommands(self, self.controller, self.workspace, self.actions_, self.playback, merge_menu)
        self.correct = CorrectJoints(
            self, self.controller, self.people.editor, self.workspace, self.playback, self.actions_["correct"]
        )
        self.curves = CurveCommands(self, self.controller, settings, self.workspace.drawer, self.play)
        self.horizon = HorizonCommands(self, self.controller, settings, self.workspace, self.banner)
        self.remarks = Remarks(self, self.controller, self.workspace.drawer, self.actions_, self.banner)
        self.help = HelpCommands(self, log_path)
        self.live = LiveCommands(self, library, self.controller, settings, self.actions_, self.files.leaving.before)
        self.views.also(self.live.page.video, self.live.page.scene)
        self.bodies.show_in(self.workspace.scene, self.live.page.scene)
        self.actions_.connect(
            self, self.files, self.play, self.views, self.lifters, self.detectors, self.pruning, self.people,
            self.horizon, self.help, self.live, self.correct,
        )  # fmt: skip
        self.pages = QStackedWidget()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.workspace)
        self.pages.addWidget(self.live.page)
        self.presenter = Presenter(self, self.controller, self.workspace, self.play)
        self.presenter.video_shown.connect(self._video_shown)
        central = QWidget()
        central.setLayout(column(self.pages, spacing=0))
        self.banner.float_over(central, _HEADER_PX)
        self.setCentralWidget(central)
        self._surface = self._hidden_surface()
        self.availability = Availability(
            self, self.controller, self.people.editor, self.live, self.banner, self.workspace, self.actions_, submenus
        )
        self._connect()
        self._restore()

    def _hidden_surface(self) -> QOpenGLWidget:
        """Make an OpenGL widget from the start, so that the native window is not recreated for the 3D view."""
        surface = QOpenGLWidget(self)
        surface.setGeometry(0, 0, 1, 1)
        surface.hide()
        return surface

    def _connect(self) -> None:
        c, w = self.controller, self.workspace
        for teller in (c, self.live):
            teller.failed.connect(self.show_error)
            teller.noted.connect(self.banner.note)
            teller.broke.connect(self.show_bug)
        self.live.active_changed.connect(self._live_changed)
        self.live.offered.connect(self._recording_offered)
        self.empty.open_wanted.connect(self.files.choose_file)
        self.empty.live_wanted.connect(self.live.open_live)
        self.empty.sample_wanted.connect(self.files.open_sample)
        self.empty.recent_wanted.connect(self.files.open_path)
        self.files.recent_cleared.connect(self._show_recent)
        w.video.person_clicked.connect(c.select_person)
        w.absence.sought.connect(self.playback.seek)
        w.run_panel.cancel_wanted.connect(c.cancel)
        w.panel.changed.connect(self._settings_changed)
        c.settings_adopted.connect(self._settings_adopted)
        c.session.dirty_changed.connect(self._show_dirty)
        self.theme_menu.tick(self.settings.view.theme)
        self.theme_menu.chosen.connect(self.views.set_theme)
        self.language_menu.tick(self.settings.view.language)
        self.language_menu.chosen.connect(self._language_chosen)

    def _restore(self) -> None:
        self.actions_.check("everyone", self.settings.run.everyone)
        self.views.restore(self.actions_)
        self.play.restore()
        self.setMinimumSize(*_MINIMUM_PX)
        self.resize(*_USUAL_PX)
        self.views.restore_layout(self)
        self.fit(self.screen().availableGeometry())
        self._show_recent()

    def fit(self, available: QRect) -> None:
        """Shrink and move the window with its frame into `available`, the screen without task bar."""
        if self.isMaximized() or self.isFullScreen():
            return
        room = available.adjusted(0, _TITLE_BAR_PX, 0, 0)
        self.setMinimumSize(min(_MINIMUM_PX[0], room.width()), min(_MINIMUM_PX[1], room.height()))
        self.resize(self.size().boundedTo(room.size()))
        corner = self.geometry()
        corner.moveLeft(max(room.left(), min(corner.left(), room.right() + 1 - corner.width())))
        corner.moveTop(max(room.top(), min(corner.top(), room.bottom() + 1 - corner.height())))
        if corner != self.geometry():
            self.setGeometry(corner)

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
        """Load what the first video needs while the user is still choosing it."""
        if self._closed:
            return
        self.workspace.scene.prepare()
        try:
            self.lifters.load()
            self.detectors.load()
            self.workspace.panel.set_hands_missing(self.controller.library.hands_missing())
            self.workspace.panel.set_face_missing(self.controller.library.face_missing())
        except UserError as error:
            self.show_error(error)
        self.live.look_for_unfinished()
        self.recovering.look()
        self.controller.threads.run("devices", self.controller.library.devices, self.workspace.panel.set_devices)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        if not self._closed and self.controller.session.dirty:
            event.ignore()
            self.files.leaving.before(self._close_soon, closing=True)
            return
        if not self._closed:
            self._closed = True
            self.play.stop()
            self.views.keep_layout(self)
            self.settings.save()
            self.live.shutdown()
            self.controller.shutdown()
        event.accept()

    def _close_soon(self) -> None:
        QTimer.singleShot(0, self, self.close)  # not inside the slot of the question, whose parent this is

    @Slot(str)
    def _language_chosen(self, code: str) -> None:
        self.settings.view.language = code
        self.settings.save()
        self.banner.note(self.tr("The language changes when Hourglass is started the next time."))

    @Slot(bool)
    def _show_dirty(self, dirty: bool) -> None:
        self.setWindowModified(dirty)

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
                self.lifters.open_dialog(files[0])
            else:
                self.files.given.open(files)

    @Slot()
    def run(self) -> None:
        problem = self.workspace.panel.pruning.editor.problem
        if problem:
            self.show_error(ConfigError(problem, self.tr("Correct it under Token pruning in the settings.")))
        elif self.controller.can_run:
            self.banner.dismiss()
            self.controller.run()

    @Slot()
    def escape(self) -> None:
        if self.controller.busy:
            self.controller.cancel()
        elif self.live.recording.counting:
            self.live.recording.toggle()
        else:
            self.banner.dismiss()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Say why a shortcut with Ctrl does nothing; plain keys may be typed by mistake."""
        reason = self.actions_.refused(QKeySequence(event.keyCombination()))
        if reason and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.banner.note(reason)
        else:
            super().keyPressEvent(event)

    @Slot()
    def _settings_changed(self) -> None:
        self.settings.save()
        self.actions_.check("everyone", self.settings.run.everyone)
        self.controller.updates.settings_changed()

    @Slot()
    def _settings_adopted(self) -> None:
        self.workspace.panel.load()
        self.actions_.check("everyone", self.settings.run.everyone)
        self.settings.save()

    @Slot(object)
    def _video_shown(self, info: VideoInfo) -> None:
        self.banner.dismiss()
        self.files.given.offer_next()
        self.remarks.video_shown(info)
        self.setWindowTitle(f"{info.name.replace('[*]', '[*][*]')}[*] – Hourglass")
        self.pages.setCurrentWidget(self.workspace)

    @Slot(object)
    def _recording_offered(self, folder: Path) -> None:
        self.banner.offer(
            self.tr("Recorded: {name}.").format(name=folder.name),
            self.tr("In {parent}. The camera goes on; opening ends the live run.").format(parent=folder.parent),
            self.tr("Open the recording"),
            lambda: self.live.open_recorded(folder),
        )

    @Slot(bool)
    def _live_changed(self, active: bool) -> None:
        """Show the live page during a live run, and the page of before after it."""
        if active:
            self.banner.dismiss()
            self.play.stop()
            self.pages.setCurrentWidget(self.live.page)
        elif self.pages.currentWidget() is self.live.page:
            self.pages.setCurrentWidget(self.empty if self.controller.session.info is None else self.workspace)
            if self.controller.session.info is not None:
                self.play.resume()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and self.isMinimized():
            self.playback.pause()
