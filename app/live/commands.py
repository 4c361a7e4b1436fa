"""Carry out the live side of the window: camera, recording, streams, and recorded takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app.actions import Actions
from app.backend.library import Library
from app.backend.live import LiveRequest
from app.live.frame_image import live_image, live_people
from app.live.recording import LiveRecording
from app.live.session import LiveSession
from app.live.streams import LiveStreams
from app.session.controller import Controller
from app.session.take_files import recording_of
from app.settings import Settings
from app.threads.job_thread import Work
from app.views.dialogs.live_dialog import LiveChoices, LiveDialog
from app.views.live.live_page import LivePage
from pipeline.core.errors import UserError
from pipeline.core.live import LiveStats, RunState
from pipeline.core.take import Take

_SLOW_MS = 40
_NOBODY = np.zeros((0, 17, 3), np.float32)


class LiveCommands(QObject):
    """Carry out the Live menu; `page` is shown while `active`.

    `dialog` is the one that asks for a source, while it is open.
    """

    active_changed = Signal(bool)
    failed = Signal(object)  # UserError
    noted = Signal(str, str)
    broke = Signal(object)  # Exception: a bug
    offered = Signal(object)  # Path: the folder of a recording that was made; the live run goes on

    def __init__(
        self, window: QWidget, library: Library, controller: Controller, settings: Settings, actions: Actions,
        before_leaving: Callable[[Callable[[], None]], None],
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._before_leaving = before_leaving  # asks before an edited take is replaced
        self._window, self._library, self._controller = window, library, controller
        self._settings, self._actions = settings, actions
        threads = self._threads = controller.threads
        self.page = LivePage(actions, settings.live)
        self.session = LiveSession(library, threads, self)
        self.recording = LiveRecording(self.session, library, threads, settings.live, self._folder)
        self.streams = LiveStreams(self.session, library, threads)
        self.dialog: LiveDialog | None = None
        self._subject = 0  # 0: the first person in the image
        self._moved_s = self._rests_until_s = 0.0
        self._gpu_warning: str | None = None
        session, bar = self.session, self.page.bar
        session.state_changed.connect(self._state_changed)
        session.fresh.connect(self._show)
        session.looked.connect(self._show_stats)
        session.ended.connect(self._ended)
        self.recording.changed.connect(self._show_recording)
        self.recording.recorded.connect(self._recorded)
        self.streams.changed.connect(self._show_streams)
        for part in (session, self.recording, self.streams):
            part.failed.connect(self.failed)
        session.broke.connect(self.broke)
        bar.lookahead_wanted.connect(session.set_lookahead)
        bar.streams_wanted.connect(self._send)
        bar.changed.connect(settings.save)
        self.page.video.person_clicked.connect(self._choose_person)
        controller.session.video_changed.connect(self._video_opened)
        controller.opening.take_loaded.connect(self._take_loaded)
        actions.check("mirror", settings.live.mirrored)

    @property
    def active(self) -> bool:
        return self.session.active

    def shutdown(self) -> None:
        """Finish a recording and end the run, because the window closes."""
        self.recording.shutdown()
        self.streams.shutdown()
        self.session.shutdown()

    def _folder(self) -> Path:
        return self._settings.recordings

    # --- opening

    @Slot()
    def open_live(self) -> None:
        if self.dialog is not None:
            return
        try:
            models = LiveChoices(self._library.detectors(), self._library.lifters())
        except UserError as error:
            self.failed.emit(error)
            return
        dialog = LiveDialog(self._settings.live, models, self._library.video_suffixes(), self._window)
        dialog.wanted.connect(self._start)
        dialog.refresh_wanted.connect(self._find_cameras)
        dialog.finished.connect(self._dialog_closed)
        self.dialog = dialog
        dialog.open()
        self._find_cameras()

    @Slot()
    def _dialog_closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None

    @Slot()
    def _find_cameras(self) -> None:
        self._threads.run("find cameras", self._library.cameras, self._cameras_found)

    def _cameras_found(self, cameras: Sequence[tuple[str, str]]) -> None:
        if self.dialog is not None:
            self.dialog.set_cameras(cameras)

    @Slot()
    def _start(self) -> None:
        live = self._settings.live
        self._settings.save()
        try:
            config = live.live_config(self._settings.run)
        except UserError as error:
            self.failed.emit(error)
            return
        self._controller.cancel()
        name = Path(live.source).name if "://" not in live.source else live.source
        self.page.clear(
            self.tr("Camera {name}").format(name=name) if name.isdigit() else name,
            self.tr("Opening the camera, loading the models…"),
        )
        self.page.scene.prepare()
        self._subject = 0
        self.session.start(LiveRequest(live.source, config, live.loop, live.size_px, live.rate_hz or None))

    @Slot()
    def stop_live(self) -> None:
        self.session.stop()

    @Slot(object)
    def _video_opened(self, info: object) -> None:
        """End the live run, because a video was opened."""
        self.session.stop()

    @Slot(object)
    def _state_changed(self, state: RunState) -> None:
        if state is RunState.STARTING:
            self.active_changed.emit(True)
        elif state is RunState.RUNNING and self._gpu_warning is None:
            self._gpu_warning = ""
            self._threads.run("look for a GPU", self._library.gpu_warning, self._gpu_looked_for)

    @Slot()
    def _ended(self) -> None:
        self.active_changed.emit(self.session.active)

    # --- showing

    @Slot()
    def _show(self) -> None:
        session, page, live = self.session, self.page, self._settings.live
        result, engine = session.newest, session.engine
        if result is None or engine is None or page.video.pending or time.monotonic() < self._rests_until_s:
            return
        subject = self._subject if self._subject in result.identities else next(iter(result.identities), 0)
        image = live_image(result.frame.bgr, page.video.target_size(), live.mirrored)
        height, width = result.frame.bgr.shape[:2]
        page.video.set_live(image, (width, height), live_people(result, live.mirrored), subject, session.ready_s)
        ghosts = _NOBODY
        if live.ghost and subject:
            _, final = engine.history(subject)
            ghosts = final[-1:] if len(final) else _NOBODY
        now = time.monotonic()
        page.scene.show_live(result.people, subject, ghosts, min(now - self._moved_s, 0.2))
        self._moved_s = now
        # Slow painting (OpenGL in software) must not take the processor from detecting and lifting.
        self._rests_until_s = now + (page.video.display_ms / 1e3 if page.video.display_ms > _SLOW_MS else 0.0)
        if result.people:
            page.scene.set_hint("")
        provisional = any(person.provisional for person in result.people)
        page.scene_card.detail.set_whole(self.tr("provisional: paler until its future is known") if provisional else "")

    @Slot(object)
    def _show_stats(self, stats: LiveStats) -> None:
        info = None if self.session.engine is None else self.session.engine.info
        if info is not None:
            self.page.facts.setText(
                self.tr("{width_px} × {height_px}  ·  {fps_hz:.4g} fps").format(
                    width_px=info.width_px, height_px=info.height_px, fps_hz=info.fps_hz
                )
            )
        notice = "  ·  ".join(text for text in (stats.notice, self._gpu_warning or "") if text)
        video = self.page.video
        self.page.bar.show_stats(stats, video.display_ms, video.painted_hz, notice)
        if self.session.newest is None and stats.notice:
            self.page.video.set_message(stats.notice)
        if self.streams.on:
            self._show_streams()

    def _gpu_looked_for(self, warning: str) -> None:
        self._gpu_warning = warning

    @Slot(int)
    def _choose_person(self, person: int) -> None:
        self._subject = person

    @Slot(bool)
    def set_mirrored(self, on: bool) -> None:
        self._settings.live.mirrored = on
        self._settings.save()

    # --- recording and sending

    @Slot()
    def toggle_recording(self) -> None:
        self.recording.toggle()

    @Slot()
    def _show_recording(self) -> None:
        r = self.recording
        self.page.bar.show_recording(r.recording, r.counting, r.seconds, r.pictures_left_out)
        self.page.video.set_counting(r.counting)

    @Slot(object)
    def _recorded(self, folder: Path) -> None:
        """Offer the recording while the live run goes on; open it if that has ended."""
        if self.session.state in (RunState.STARTING, RunState.RUNNING):
            self.offered.emit(folder)
        else:
            self.open_recorded(folder)

    def open_recorded(self, folder: Path) -> None:
        """Re-lift a recording with past and future known, and show it."""
        self._before_leaving(lambda: self._open_recording(folder))

    @Slot()
    def open_recording(self) -> None:
        folder = QFileDialog.getExistingDirectory(self._window, self.tr("Open a recording"), str(self._folder()))
        if folder:
            self._before_leaving(lambda: self._open_recording(Path(folder)))

    def _open_recording(self, folder: Path) -> None:
        self.session.stop()
        self._controller.takes.recover(folder)

    @Slot(object)
    def _take_loaded(self, take: Take) -> None:
        """Re-lift a recording with the present settings, which is better than what was lifted live."""
        folder, controller = recording_of(take), self._controller
        config = None if folder is None else controller.configured()
        if config is not None:
            controller.begin(Work(replace(config, persons="all"), recording=folder), relift=True)

    def look_for_unfinished(self) -> None:
        """Report recordings that a crash left unfinished."""
        self._threads.run(
            "look for recordings", lambda: self._library.unfinished_recordings(self._folder()), self._unfinished_found
        )

    def _unfinished_found(self, folders: Sequence[Path]) -> None:
        if folders:
            self.noted.emit(
                self.tr("%n recording(s) interrupted: {name}.", "", len(folders)).format(name=folders[0].name),
                self.tr("File > Open a recording repairs and lifts it."),
            )

    @Slot(bool)
    def _send(self, on: bool) -> None:
        if on:
            self.streams.open(self._settings.live.streams)
        else:
            self.streams.close()

    @Slot()
    def _show_streams(self) -> None:
        self.page.bar.show_streams(self.streams.on, self.streams.text)
