"""The main window: puts views, controller and playback together. What happens is decided in the controller."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QShowEvent,
)
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMenu, QStackedWidget, QWidget

from app import about, theme
from app.actions import Actions
from app.backend import TAKE_SUFFIX, Backend, detectors
from app.controller import Controller, State
from app.meter import ProgressMeter
from app.notify import Banner, CrashDialog
from app.playback import SPEEDS, Playback
from app.settings import Settings
from app.views.empty_state import EmptyState
from app.views.export_dialog import ExportDialog, ExportWish
from app.views.rows import take_times
from app.views.widgets import column
from app.views.workspace import Workspace
from pipeline.errors import UserError
from pipeline.export.base import ExportOptions
from pipeline.types import Progress, Take, VideoInfo

log = logging.getLogger(__name__)

_FRAME_MS = 16
_WARM_UP_MS = 120  # after the first paint: what is needed soon, but not to be seen


class Window(QMainWindow):
    """One window, one video. `log_path` is shown in bug reports."""

    def __init__(self, backend: Backend, settings: Settings, log_path: Path) -> None:
        super().__init__()
        self.setWindowTitle("Hourglass")
        self.setAcceptDrops(True)
        self.settings, self._log_path = settings, log_path
        self.controller = Controller(backend, settings, self)
        self.playback = Playback(self)
        self._meter = ProgressMeter()
        self._export_dialog: ExportDialog | None = None
        self._warm = self._closed = False
        self._recent_menu = QMenu("Open &recent", self)
        self._recent_menu.aboutToShow.connect(self._fill_recent)
        self._recent_menu.triggered.connect(self._open_recent_action)
        self._speed_menu = QMenu("S&peed", self)
        self.actions_ = Actions(self, {"recent": self._recent_menu, "speed": self._speed_menu})
        self.workspace = Workspace(self.actions_, settings.run, detectors(), SPEEDS)
        self._speed_menu.addActions(self.workspace.transport.speed_menu.actions())
        self.empty, self.banner = EmptyState(), Banner()
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
        self._display = QTimer(self)
        self._display.setTimerType(Qt.TimerType.PreciseTimer)
        self._display.setInterval(_FRAME_MS)
        self._display.timeout.connect(self._show_frame)
        self._connect()
        self._restore()

    def _connect(self) -> None:
        c, w = self.controller, self.workspace
        c.state_changed.connect(self._state_changed)
        c.opening_changed.connect(self._opening_changed)
        c.video_changed.connect(self._video_changed)
        c.take_changed.connect(self._take_changed)
        c.person_changed.connect(self._person_changed)
        c.trim_changed.connect(self._trim_changed)
        c.progressed.connect(self._progressed)
        c.saved.connect(self._saved)
        c.exported.connect(self._exported)
        c.export_failed.connect(self._export_failed)
        c.failed.connect(self.show_error)
        c.noted.connect(self.banner.note)
        c.broke.connect(self.show_bug)
        self.playback.moved.connect(self._moved)
        self.playback.playing_changed.connect(self._playing_changed)
        self.empty.open_wanted.connect(self.choose_file)
        self.empty.sample_wanted.connect(self.open_sample)
        self.empty.recent_wanted.connect(c.open_path)
        w.timeline.sought.connect(self._seek)
        w.timeline.trim_dragged.connect(c.set_trim)
        w.transport.speed_chosen.connect(self.set_speed)
        w.video.person_clicked.connect(c.select_person)
        w.video.resized.connect(self._ask_for_frame)
        w.run_panel.cancel_wanted.connect(c.cancel)
        w.panel.changed.connect(self._settings_changed)
        w.panel.everyone_wanted.connect(c.select_everyone)
        w.panel.person_wanted.connect(c.select_person)

    def _restore(self) -> None:
        view, a = self.settings.view, self.actions_
        for name, on in (
            ("joints", view.show_joints), ("others", view.show_others), ("follow", view.follow), ("loop", view.loop),
            ("floor", view.show_floor), ("panel", view.show_panel), ("everyone", self.settings.run.everyone),
        ):  # fmt: skip
            a.check(name, on)
        self.set_joints(view.show_joints)
        self.set_others(view.show_others)
        self.set_follow(view.follow)
        self.set_loop(view.loop)
        self.set_floor(view.show_floor)
        self.set_panel(view.show_panel)
        self.set_speed(view.speed if view.speed in SPEEDS else 1.0)
        self.resize(1440, 900)
        self.setMinimumSize(960, 600)
        geometry, cards = self.settings.layout("window"), self.settings.layout("cards")
        if geometry is not None:
            self.restoreGeometry(geometry)
        if cards is not None:
            self.workspace.cards.restoreState(cards)
        self.empty.set_recent(self.settings.recent)
        self._enable()

    # --- start and end

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
            self.workspace.panel.set_lifters(self.controller.backend.lifters())
        except UserError as error:
            self.show_error(error)
        self.workspace.panel.set_devices(self.controller.backend.devices())

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        if not self._closed:
            self._closed = True
            self.playback.pause()
            self._display.stop()
            self.settings.set_layout("window", self.saveGeometry())
            self.settings.set_layout("cards", self.workspace.cards.saveState())
            self.settings.save()
            self.controller.shutdown()
        event.accept()

    # --- messages

    @Slot(object)
    def show_error(self, error: UserError) -> None:
        self.banner.error(error)

    @Slot(object)
    def show_bug(self, error: BaseException) -> None:
        CrashDialog(error, self._log_path, self).open()

    # --- files

    @Slot()
    def choose_file(self) -> None:
        patterns = " ".join(f"*{suffix}" for suffix in self.controller.backend.video_suffixes())
        path, _ = QFileDialog.getOpenFileName(
            self, "Open", self.settings.last_folder,
            f"Videos, 2D joints and takes ({patterns} *.npz *{TAKE_SUFFIX});;All files (*)",
        )  # fmt: skip
        if path:
            self.settings.last_folder = str(Path(path).parent)
            self.controller.open_path(Path(path))

    @Slot()
    def open_sample(self) -> None:
        self.controller.open_sample()

    @Slot()
    def choose_save(self) -> None:
        info = self.controller.info
        if info is None or self.controller.take is None:
            return
        start = self.controller.home / f"{Path(info.name).stem}{TAKE_SUFFIX}"
        path, _ = QFileDialog.getSaveFileName(self, "Save the take", str(start), f"Takes (*{TAKE_SUFFIX})")
        if path:
            target = Path(path)
            self.controller.save_take(target if target.suffix == TAKE_SUFFIX else Path(path + TAKE_SUFFIX))

    @Slot(object)
    def _saved(self, path: Path) -> None:
        self.banner.note(f"Saved {path.name}.", str(path.parent))

    def _fill_recent(self) -> None:
        self._recent_menu.clear()
        for path in self.settings.recent:
            self._recent_menu.addAction(path.name).setData(str(path))
        if self._recent_menu.isEmpty():
            self._recent_menu.addAction("Nothing yet").setEnabled(False)
        else:
            self._recent_menu.addSeparator()
            self._recent_menu.addAction("Clear the list").setData("")

    def _open_recent_action(self, action: object) -> None:
        name = str(action.data())  # type: ignore[attr-defined]
        if name:
            self.controller.open_path(Path(name))
        else:
            self.settings.clear_recent()
            self.empty.set_recent([])

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
            self.controller.open_path(files[0])

    # --- export

    @Slot()
    def open_export(self) -> None:
        take, info, wish = self.controller.take, self.controller.info, self.settings.export
        if take is None or info is None or not take.complete:
            return
        beside = self.controller.home
        folder = Path(wish.folder) if wish.folder and Path(wish.folder).is_dir() else beside
        lifted = [track.person for track in take.tracks3d]
        dialog = ExportDialog(
            folder, Path(info.name).stem, self.controller.person, lifted, wish.formats.split(","), wish.unit,
            wish.everyone, self,
        )  # fmt: skip
        dialog.wanted.connect(self._export)
        dialog.finished.connect(self._export_closed)
        self._export_dialog = dialog
        dialog.open()

    @Slot(object)
    def _export(self, wish: ExportWish) -> None:
        kept, beside = self.settings.export, wish.folder == self.controller.home
        kept.folder, kept.formats, kept.unit = "" if beside else str(wish.folder), ",".join(wish.formats), wish.unit
        kept.everyone = wish.persons is None
        self.settings.save()
        options = ExportOptions(persons=wish.persons, unit="m" if wish.unit == "m" else "cm")
        self.controller.export(wish.folder, wish.stem, wish.formats, options)

    @Slot(object)
    def _exported(self, paths: list[Path]) -> None:
        if self._export_dialog is not None:
            self._export_dialog.show_written(paths)
        else:
            self.banner.note(f"Exported {len(paths)} files.", str(paths[0].parent) if paths else "")

    @Slot(object)
    def _export_failed(self, error: UserError) -> None:
        if self._export_dialog is not None:
            self._export_dialog.show_error(error)
        else:
            self.show_error(error)

    @Slot()
    def _export_closed(self) -> None:
        self._export_dialog = None

    # --- run

    @Slot()
    def run(self) -> None:
        if self.controller.can_run:
            self.banner.dismiss()
            self.controller.run()

    @Slot()
    def escape(self) -> None:
        if self.controller.busy:
            self.controller.cancel()
        else:
            self.banner.dismiss()

    @Slot(bool)
    def set_everyone(self, on: bool) -> None:
        self.workspace.panel.everyone.setChecked(on)
        self.workspace.panel.subject.setChecked(not on)

    @Slot()
    def next_person(self) -> None:
        take = self.controller.take
        if take is not None and take.tracks2d:
            numbers = [track.person for track in take.tracks2d]
            at = numbers.index(self.controller.person) if self.controller.person in numbers else -1
            self.controller.select_person(numbers[(at + 1) % len(numbers)])

    @Slot()
    def _settings_changed(self) -> None:
        self.settings.save()
        self.actions_.check("everyone", self.settings.run.everyone)

    # --- what the controller says

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
            panel.start()
        elif state is State.STOPPING:
            panel.stopping()
        elif state in (State.IDLE, State.FAILED):
            panel.hide()
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
        if not self.controller.has_video:
            w.video.set_message("The video is not there any more.")
        w.timeline.set_duration(info.duration_s)
        w.scene.prepare()
        self.setWindowTitle(f"{info.name} – Hourglass")
        self.pages.setCurrentWidget(w)
        self.playback.pause()
        self.playback.time_s = 0.0
        self._set_play_range()
        self._display.start()
        self._hint()
        self._enable()

    @Slot(object)
    def _take_changed(self, take: Take | None) -> None:
        w, person = self.workspace, self.controller.person
        if take is not None and not self.controller.has_video:
            times = take_times(take)
            if len(times):
                w.timeline.set_duration(float(times[-1]) + self.playback.frame_s)
                self._set_play_range()
        w.video.set_take(take, person)
        w.scene.set_take(take, person)
        w.timeline.set_take(take, person)
        w.panel.set_take(take, person)
        self._hint()
        self._enable()

    @Slot(int)
    def _person_changed(self, person: int) -> None:
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
        title = f"person {c.person}" if take is not None and len(take.tracks2d) > 1 else ""
        self.workspace.scene_card.detail.setText(title if not text else "")

    # --- playback

    def _set_play_range(self) -> None:
        info = self.controller.info
        if info is None:
            return
        frame = 1 / info.fps_hz if info.fps_hz > 0 else 1 / 30
        start, end = self.controller.trim
        last = (info.duration_s if end is None else end) - frame
        self.playback.set_range(start or 0.0, max(last, start or 0.0), frame)

    @Slot()
    def _trim_changed(self) -> None:
        self.workspace.timeline.set_trim(*self.controller.trim)
        self._set_play_range()

    @Slot(float)
    def _moved(self, time_s: float) -> None:
        if self.controller.has_video:
            self._ask_for_frame()
            if self.playback.playing:
                return  # everything moves together when the frame is there: one repaint a frame
        else:
            self.workspace.video.set_time(time_s)
            self.workspace.scene.show_time(time_s)
        self._show_time(time_s)

    def _show_time(self, time_s: float) -> None:
        self.workspace.timeline.set_time(time_s)
        info = self.controller.info
        if info is not None:
            frame = int((time_s + 0.0005) * info.fps_hz) + 1
            self.workspace.transport.set_time(time_s, info.duration_s, frame, info.frame_count)

    @Slot()
    def _ask_for_frame(self) -> None:
        self.controller.request_frame(self.playback.time_s, self.workspace.video.target_size())

    @Slot()
    def _show_frame(self) -> None:
        """The skeleton follows the frame that is really shown, so that both stay together when decoding is slow."""
        frame = self.controller.next_frame()
        if frame is not None:
            self.workspace.video.set_frame(frame.image, frame.time_s)
            self.workspace.scene.show_time(frame.time_s)
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
        self.actions_["play"].setIcon(theme.icon("pause" if playing else "play"))
        self.actions_["play"].setText("&Pause" if playing else "&Play")

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
        self.playback.speed = self.settings.view.speed = speed
        self.workspace.transport.set_speed(speed)

    @Slot(bool)
    def set_loop(self, on: bool) -> None:
        self.playback.loop = self.settings.view.loop = on

    @Slot()
    def trim_in(self) -> None:
        time_s = self.playback.time_s
        self.controller.set_trim(time_s if time_s > 0 else None, self.controller.trim[1])

    @Slot()
    def trim_out(self) -> None:
        """The frame that is shown is the last one."""
        info, time_s = self.controller.info, self.playback.time_s + self.playback.frame_s
        whole = info is None or time_s >= info.duration_s - 1e-6
        self.controller.set_trim(self.controller.trim[0], None if whole else time_s)

    @Slot()
    def trim_clear(self) -> None:
        self.controller.set_trim(None, None)

    # --- view

    @Slot(bool)
    def set_joints(self, on: bool) -> None:
        self.workspace.video.show_joints = self.settings.view.show_joints = on
        self.workspace.video.update()

    @Slot(bool)
    def set_others(self, on: bool) -> None:
        self.workspace.video.show_others = self.settings.view.show_others = on
        self.workspace.video.update()

    @Slot(bool)
    def set_follow(self, on: bool) -> None:
        self.settings.view.follow = on
        self.workspace.scene.set_follow(on)

    @Slot(bool)
    def set_floor(self, on: bool) -> None:
        self.settings.view.show_floor = on
        self.workspace.scene.set_floor(on)

    @Slot(bool)
    def set_panel(self, on: bool) -> None:
        self.settings.view.show_panel = on
        self.workspace.panel.setVisible(on)

    @Slot()
    def view_front(self) -> None:
        self.workspace.scene.preset("front")

    @Slot()
    def view_side(self) -> None:
        self.workspace.scene.preset("side")

    @Slot()
    def view_top(self) -> None:
        self.workspace.scene.preset("top")

    @Slot()
    def view_camera(self) -> None:
        self.workspace.scene.preset("camera")

    @Slot()
    def reset_view(self) -> None:
        self.workspace.scene.reset()

    # --- help

    @Slot()
    def show_keys(self) -> None:
        about.keys_dialog(self).open()

    @Slot()
    def show_about(self) -> None:
        about.about_dialog(self).open()

    @Slot()
    def show_log(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_path)))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and self.isMinimized():
            self.playback.pause()
