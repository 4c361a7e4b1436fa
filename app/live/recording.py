"""Record a live run: by a key, after a countdown, or by raised hands."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.backend.library import Library
from app.live.session import LiveSession
from app.settings import LiveSettings
from app.threads.thread_set import ThreadSet
from pipeline.core.errors import OutputError, UserError

if TYPE_CHECKING:
    from app.live.record_triggers import Countdown, HandsUp
    from pipeline.live.recording.recorder import Recorder

_LOOK_MS = 50


class LiveRecording(QObject):
    """Start and end recordings; for the main thread. The engine's thread writes the results."""

    changed = Signal()  # the state to show has changed
    recorded = Signal(object)  # Path: the folder is complete
    failed = Signal(object)  # UserError

    def __init__(
        self,
        session: LiveSession,
        library: Library,
        threads: ThreadSet,
        settings: LiveSettings,
        folder: Callable[[], Path],
    ) -> None:
        """Take `folder`, a function that returns the folder for new recordings."""
        super().__init__(session)
        self._session, self._library, self._threads = session, library, threads
        self._settings, self._folder = settings, folder
        self._recorder: Recorder | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._countdown: Countdown | None = None
        self._hands: HandsUp | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)
        session.fresh.connect(self._watch_hands)
        session.state_changed.connect(self._state_changed)

    @property
    def recording(self) -> bool:
        return self._recorder is not None

    @property
    def seconds(self) -> float:
        return 0.0 if self._recorder is None else self._recorder.duration_s

    @property
    def counting(self) -> int:
        """Return the number of the countdown; 0 without one."""
        return 0 if self._countdown is None else self._countdown.shown(time.monotonic())

    @property
    def pictures_left_out(self) -> int:
        return 0 if self._recorder is None else self._recorder.dropped

    def toggle(self) -> None:
        """Start a recording or its countdown, cancel the countdown, or end the recording."""
        if self.recording:
            self.finish()
        elif self._countdown is not None:
            self._countdown = None
            self._timer.stop()
            self.changed.emit()
        elif self._session.running:
            self._arm(self._settings.countdown_s)

    def finish(self) -> None:
        """End the recording; `recorded` is emitted when its files are complete."""
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return
        self._timer.stop()
        self._leave()
        self._threads.run("finish recording", recorder.close, self.recorded.emit)
        self.changed.emit()

    def shutdown(self) -> None:
        """End the recording and keep it, because the window closes."""
        self._timer.stop()
        self._leave()
        if self._recorder is not None:
            self._recorder.close()
            self._recorder = None

    def _arm(self, seconds: float) -> None:
        from app.live.record_triggers import Countdown

        self._countdown = Countdown(seconds)
        self._countdown.start(time.monotonic())
        self._timer.start()
        self._look()

    def _begin(self) -> None:
        self._countdown = None
        engine, request = self._session.engine, self._session.request
        info = None if engine is None else engine.info
        if engine is None or request is None or info is None:
            return
        try:
            self._recorder = self._library.new_recorder(self._folder(), info, request.config, engine.detector_runtime)
        except UserError as error:
            self._timer.stop()
            self.failed.emit(error)
            return
        self._unsubscribe = engine.subscribe(self._recorder.write)
        self._timer.start()

    def _leave(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    @Slot()
    def _look(self) -> None:
        if self._countdown is not None and self._countdown.due(time.monotonic()):
            self._begin()
        recorder = self._recorder
        if recorder is not None and recorder.problem:
            self.failed.emit(
                OutputError(
                    recorder.problem,
                    self.tr("What was recorded until then is in {folder}.").format(folder=recorder.folder),
                )
            )
            self.finish()
        elif recorder is not None and 0 < self._settings.stop_after_s <= recorder.duration_s:
            self.finish()
        self.changed.emit()

    @Slot()
    def _watch_hands(self) -> None:
        result = self._session.newest
        if not self._settings.hands_free or result is None:
            self._hands = None
            return
        if self._hands is None:
            from app.live.record_triggers import HandsUp

            self._hands = HandsUp()
        # Raised hands also end a recording that has no set length.
        if self._hands.update(result):
            if self.recording:
                self.finish()
            elif self._countdown is None:
                self._arm(self._settings.countdown_s)

    @Slot(object)
    def _state_changed(self, _: object) -> None:
        if not self._session.running:
            if self._countdown is not None:
                self._countdown = None
                self._timer.stop()
                self.changed.emit()
            self.finish()
