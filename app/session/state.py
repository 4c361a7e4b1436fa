"""Hold the state of the open video: take, followed person, trim, configuration of runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from pipeline.core.camera import VideoInfo, turned_info
from pipeline.core.config import RunConfig
from pipeline.core.take import Take

Trim = tuple[float | None, float | None]  # start, end in s; None: not trimmed at that end


def _faster(trim: Trim, factor: float) -> Trim:
    """Return a trim in times that pass `factor` times as fast."""
    start, end = trim
    return None if start is None else start / factor, None if end is None else end / factor


class TakeSession(QObject):
    """Share the open take's state; for the main thread, without threads or widgets."""

    video_changed = Signal(object)  # VideoInfo or None
    retimed = Signal(object, float)  # VideoInfo with other times, and how many times faster than before
    turned = Signal(object)  # VideoInfo, after the images of the same video were turned upright or back
    take_changed = Signal(object)  # Take or None
    person_changed = Signal(int)
    trim_changed = Signal()
    dirty_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.info: VideoInfo | None = None
        self.path: Path | None = None  # the video's; None without a video file
        self.is_sample = False
        self.file_slow_motion = 1.0  # `VideoInfo.slow_motion` as the file states it
        self.rate_hz: float | None = None  # stored rate given for images and 2D joints, which do not say it
        self.take: Take | None = None  # the shown one; not complete during a run
        self.kept: Take | None = None  # the last complete take of this video: a cancelled run falls back to it
        self.person = 1  # the followed person
        self.trim: Trim = (None, None)
        self.busy = False  # a run is going on
        self.relifting = False  # the run only re-lifts known 2D
        self.detected = False  # the 2D of this video is known or being detected: a re-lift needs no detector
        self.config: RunConfig | None = None  # the last run's
        self.kept_config: RunConfig | None = None  # the one that made `kept`
        self.take_path: Path | None = None  # the file to which Save writes; None: Save asks
        self.revision = 0  # of the edits by hand; Undo brings an earlier one back
        self._saved_revision = self._newest_revision = 0

    @property
    def dirty(self) -> bool:
        """Return whether edits by hand would be lost with this take."""
        return self.revision != self._saved_revision

    def edit(self) -> None:
        """Note an edit by hand."""
        self.go_to_revision(self.new_revision())

    def new_revision(self) -> int:
        """Return a number for a state of the edits that was never saved."""
        self._newest_revision += 1
        return self._newest_revision

    def go_to_revision(self, revision: int) -> None:
        self.revision = revision
        self.dirty_changed.emit(self.dirty)

    def set_saved(self, revision: int, path: Path | None) -> None:
        """Note that the take of `revision` is in the file `path`, or need not be saved."""
        self._saved_revision, self.take_path = revision, path
        self.dirty_changed.emit(self.dirty)

    def open(self, info: VideoInfo, path: Path | None, is_sample: bool, rate_hz: float | None = None) -> None:
        """Reset for another video; `rate_hz` as in `rate_hz` of this class."""
        self.info, self.path, self.is_sample, self.rate_hz = info, path, is_sample, rate_hz
        self.take = self.kept = self.kept_config = None
        self.set_saved(self.revision, None)
        self.person, self.trim, self.detected = 1, (None, None), False
        self.video_changed.emit(info)
        self.take_changed.emit(None)
        self.person_changed.emit(1)
        self.trim_changed.emit()

    def set_trim(self, start_s: float | None, end_s: float | None) -> None:
        """Set the part of the video to lift; an empty one is ignored."""
        if start_s is not None and end_s is not None and start_s >= end_s:
            return
        self.trim = (start_s, end_s)
        self.trim_changed.emit()

    def trim_at(self, recorded_fps: float | None) -> Trim:
        """Return the trim in the times of a run at `recorded_fps` (None: as the file states)."""
        info = self.info
        if info is None or info.fps_hz <= 0:
            return self.trim
        stored_hz = info.fps_hz / info.slow_motion
        wanted = self.file_slow_motion if recorded_fps is None else recorded_fps / stored_hz
        return _faster(self.trim, wanted / info.slow_motion)

    def _retime(self, info: VideoInfo, shown: VideoInfo) -> None:
        """Take over the times of a run at another rate than the shown one."""
        factor = info.slow_motion / shown.slow_motion
        self.info = replace(shown, fps_hz=info.fps_hz, duration_s=info.duration_s, slow_motion=info.slow_motion)
        self.trim = _faster(self.trim, factor)
        self.retimed.emit(self.info, factor)
        self.trim_changed.emit()

    def show(self, take: Take | None) -> None:
        """Show `take`, keep it if complete, and follow a person who is in its 3D."""
        if take is not None and self.info is not None and take.info.slow_motion != self.info.slow_motion:
            self._retime(take.info, self.info)
        if take is not None and self.info is not None and take.info.turned_deg != self.info.turned_deg:
            self.info = turned_info(self.info, (take.info.turned_deg - self.info.turned_deg) % 360)
            self.turned.emit(self.info)
        self.take = take
        if take is not None and take.complete:
            self.kept = take
            if take.tracks3d and take.track3d(self.person) is None:
                self.follow(take.tracks3d[0].person)
        self.take_changed.emit(take)

    def follow(self, person: int) -> None:
        self.person = person
        self.person_changed.emit(person)
