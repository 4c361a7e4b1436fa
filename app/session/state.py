"""The state of the open video: its take, who is followed, which part is lifted, and how its runs were configured."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from pipeline.core.camera import VideoInfo
from pipeline.core.config import RunConfig
from pipeline.core.take import Take

Trim = tuple[float | None, float | None]  # seconds; None: from the first, to the last frame


class TakeSession(QObject):
    """Shared by everything that works on the open take. Main thread only; no threads, no widgets."""

    video_changed = Signal(object)  # VideoInfo or None
    take_changed = Signal(object)  # Take or None
    person_changed = Signal(int)
    trim_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.info: VideoInfo | None = None
        self.path: Path | None = None  # of the video; None: there is none to run on
        self.is_sample = False
        self.take: Take | None = None  # the one shown; not complete during a run
        self.kept: Take | None = None  # the last complete take of this video: a cancelled run falls back to it
        self.person = 1  # the one that is followed
        self.trim: Trim = (None, None)
        self.busy = False  # a run goes on
        self.relifting = False  # that run only lifts again what was detected before
        self.detected = False  # the 2D of this video is (being) found: lifting again costs no detection
        self.config: RunConfig | None = None  # of the last run
        self.kept_config: RunConfig | None = None  # of the run that made `kept`

    def open(self, info: VideoInfo, path: Path | None, is_sample: bool) -> None:
        """Start again with another video."""
        self.info, self.path, self.is_sample = info, path, is_sample
        self.take = self.kept = self.kept_config = None
        self.person, self.trim, self.detected = 1, (None, None), False
        self.video_changed.emit(info)
        self.take_changed.emit(None)
        self.person_changed.emit(1)
        self.trim_changed.emit()

    def set_trim(self, start_s: float | None, end_s: float | None) -> None:
        """Lift only this part of the video. Ignored if it would be empty."""
        if start_s is not None and end_s is not None and start_s >= end_s:
            return
        self.trim = (start_s, end_s)
        self.trim_changed.emit()

    def show(self, take: Take | None) -> None:
        """Show `take`, and keep it if it is complete. Follow somebody else if the person is not in its 3D."""
        self.take = take
        if take is not None and take.complete:
            self.kept = take
            if take.tracks3d and take.track3d(self.person) is None:
                self.follow(take.tracks3d[0].person)
        self.take_changed.emit(take)

    def follow(self, person: int) -> None:
        self.person = person
        self.person_changed.emit(person)
