"""Open files in a thread; the old video stays until the new one can be read."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Signal, Slot

from app.backend.library import Library
from app.session.take_files import TakeFiles
from app.settings import Settings
from app.threads.player_thread import PlayerThread, ShownFrame
from app.threads.thread_set import ThreadSet
from pipeline.core.camera import VideoInfo
from pipeline.core.concurrency import Closed
from pipeline.core.errors import UserError
from pipeline.core.take import Take
from pipeline.take.file import SUFFIX as TAKE_SUFFIX
from pipeline.take.recording_folder import is_recording


def _of_a_program(folder: Path) -> bool:
    """Return whether `folder` is in a Python package or an environment, where the next installation deletes it."""
    inside = {"site-packages", "dist-packages"} & set(folder.parts)
    return bool(inside) or any((one / "__init__.py").is_file() for one in (folder, *folder.parents))


class VideoOpener(QObject):
    """Open one video at a time; a newer request replaces an older one. For the main thread."""

    opening_changed = Signal(bool)
    opened = Signal(object, object, object)  # PlayerThread, VideoInfo, the Take of this video or None
    refused = Signal(object, object)  # UserError, that Take or None
    broke_off = Signal(int, object)  # generation of an opened player, UserError
    broke = Signal(object)  # Exception: a bug

    def __init__(self, library: Library, threads: ThreadSet, parent: QObject) -> None:
        super().__init__(parent)
        self._library, self._threads = library, threads
        self._opening: PlayerThread | None = None
        self._take: Take | None = None
        self.rate_hz: float | None = None  # of the last request
        self._generation = 0

    def open(self, path: Path | None, take: Take | None = None, rate_hz: float | None = None) -> None:
        """Open the video at `path` (None: the sample), or images at `rate_hz`."""
        if self._opening is not None:
            self._opening.close()
        self._generation += 1
        slow_motion, turned_deg = (None, 0) if take is None else (take.info.slow_motion, take.info.turned_deg)
        if take is not None and take.info.fps_hz > 0:
            rate_hz = take.info.fps_hz / take.info.slow_motion
        player = PlayerThread(self._generation, self._library, path, self, slow_motion, turned_deg, rate_hz)
        self.rate_hz = rate_hz
        player.opened.connect(self._opened)
        player.failed.connect(self._failed)
        player.broke.connect(self._broke)
        self._opening, self._take = player, take
        self.opening_changed.emit(True)
        self._threads.start(player)

    def _done(self) -> Take | None:
        """End the opening, successful or not; return the take that waited for it."""
        take = self._take
        self._opening = self._take = None
        self.opening_changed.emit(False)
        return take

    @Slot(int, object)
    def _opened(self, generation: int, info: VideoInfo) -> None:
        player = self._opening
        if player is not None and player.generation == generation:
            self.opened.emit(player, info, self._done())

    @Slot(int, object)
    def _failed(self, generation: int, error: UserError) -> None:
        if self._opening is not None and self._opening.generation == generation:
            self.refused.emit(error, self._done())
        else:
            self.broke_off.emit(generation, error)

    @Slot(int, object)
    def _broke(self, generation: int, error: Exception) -> None:
        if self._opening is not None and self._opening.generation == generation:
            self._done()
        self.broke.emit(error)


class OpenVideo:
    """Hold the shown video: requests to its player and frames from it."""

    def __init__(self) -> None:
        self._player: PlayerThread | None = None

    def replace(self, player: PlayerThread | None) -> None:
        if self._player is not None:
            self._player.close()
        self._player = player

    @property
    def file_slow_motion(self) -> float:
        return 1.0 if self._player is None else self._player.file_slow_motion

    @property
    def there(self) -> bool:
        return self._player is not None

    def is_of(self, generation: int) -> bool:
        return self._player is not None and self._player.generation == generation

    def request(self, time_s: float, size: QSize) -> None:
        if self._player is not None:
            self._player.request(time_s, size)

    def retime(self, slow_motion: float) -> None:
        """Request times of a motion that the file shows `slow_motion` times slower."""
        if self._player is not None:
            self._player.slow_motion = slow_motion

    def turn(self, turned_deg: int) -> None:
        """Turn the images of the next frames clockwise, see `VideoInfo.turned_deg`."""
        if self._player is not None:
            self._player.turned_deg = turned_deg

    def next_frame(self) -> ShownFrame | None:
        """Return the newest decoded frame, or None if it was returned before; never waits."""
        if self._player is None:
            return None
        try:
            return self._player.frames.get(0)
        except Closed:
            return None


class FileOpener(QObject):
    """Open a video, 2D joints, or a saved take with its video if that still exists.

    `replaced` comes before `take_loaded`. `video` is the shown one; after an error the old one stays.
    """

    opening_changed = Signal(bool)
    replaced = Signal(object, object, bool)  # VideoInfo, the video's Path or None, whether it is the sample
    take_loaded = Signal(object)  # Take
    noted = Signal(str, str)  # message, hint
    video_missing = Signal(object)  # Take, whose video is not where it was
    failed = Signal(object)  # UserError
    broke = Signal(object)  # Exception: a bug

    def __init__(
        self, library: Library, threads: ThreadSet, takes: TakeFiles, settings: Settings, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.video = OpenVideo()
        self._takes, self._settings = takes, settings
        self._opener = opener = VideoOpener(library, threads, self)
        opener.opening_changed.connect(self.opening_changed)
        opener.opened.connect(self._opened)
        opener.refused.connect(self._refused)
        opener.broke_off.connect(self._broke_off)
        opener.broke.connect(self.broke)
        takes.loaded.connect(self._loaded)
        takes.located.connect(self._located)

    @property
    def rate_hz(self) -> float | None:
        """Return the stored rate that was given for the images or 2D joints that were opened last."""
        return self._opener.rate_hz

    @property
    def file_slow_motion(self) -> float:
        """Return how much slower than the motion the shown file says it is."""
        return self.video.file_slow_motion

    def open_path(self, path: Path, rate_hz: float | None = None) -> None:
        path = path.absolute()
        if path.suffix.lower() == TAKE_SUFFIX:
            self._takes.load(path)
        else:
            self._opener.open(path, None, rate_hz)

    def open_sample(self) -> None:
        self._opener.open(None)

    def beside(self, info: VideoInfo | None, is_sample: bool) -> Path:
        """Return the video's folder, if writable and the user's, else the last used one.

        A video of a recording lies in the recording's folder; results go beside that.
        """
        folder = Path(info.path).parent if info is not None and info.path else None
        if folder is not None and is_recording(folder):
            folder = folder.parent
        if folder is None or is_sample or _of_a_program(folder) or not os.access(folder, os.W_OK):
            return Path(self._settings.last_folder)
        return folder

    @Slot(object, object)
    def _loaded(self, path: Path | None, take: Take) -> None:
        if path is not None:
            self._settings.add_recent(path)
        video = Path(take.info.path) if take.info.path else None
        if video is not None and (video.exists() or "*" in video.name):
            self._opener.open(video, take)
        else:
            self._show_without_video(take)

    @Slot(object)
    def _located(self, take: Take) -> None:
        self._opener.open(Path(take.info.path), take)

    def _show_without_video(self, take: Take) -> None:
        self.video.replace(None)
        self.replaced.emit(take.info, None, False)
        self.take_loaded.emit(take)
        self.video_missing.emit(take)

    def locate(self, take: Take, path: Path) -> None:
        """Show `take` with its video at `path`, if it is that one."""
        self._takes.locate(take, path)

    @Slot(object, object, object)
    def _opened(self, player: PlayerThread, info: VideoInfo, take: Take | None) -> None:
        path = Path(info.path) if info.path else None
        if path is not None and is_recording(path.parent):
            info = replace(info, name=path.parent.name)  # every recording's video has the same name
        self.video.replace(player)
        self.replaced.emit(info, path, player.is_sample)
        if take is not None:
            self.take_loaded.emit(take)
        elif path is not None and not player.is_sample:
            self._settings.add_recent(path)

    @Slot(object, object)
    def _refused(self, error: UserError, take: Take | None) -> None:
        if take is not None:
            self._show_without_video(take)
        else:
            self.failed.emit(error)

    @Slot(int, object)
    def _broke_off(self, generation: int, error: UserError) -> None:
        """Report that a shown video cannot be read any further."""
        if self.video.is_of(generation):
            self.failed.emit(error)
