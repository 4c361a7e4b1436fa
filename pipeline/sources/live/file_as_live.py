"""A video file played as if it were a camera: for testing and rehearsal.

A frame is delivered when its timestamp is due, never before. It is decoded ahead, so that waiting for it costs
nothing. A reader that comes late gets the frames that were due one after the other, as fast as they decode, and may
keep the newest only. If the file cannot be decoded as fast as it should be played, the film is late as a whole: what
is more than a moment behind is shown later, and the timestamps say so.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ...core.camera import Frame, VideoInfo
from ...core.concurrency import Closed
from ...core.errors import SourceError
from ..file.video import VideoSource

_LATE_S = 0.5  # further behind than this, the clock is set back
_CLOSE_S = 1.0


class AsLiveSource:
    """`LiveSource` of a video file. `loop`: from the start again at its end; else `Closed` there.

    Raises `SourceError` for a file that cannot be played.
    """

    def __init__(self, path: str | Path, loop: bool = False) -> None:
        self._video = VideoSource(Path(path).expanduser())
        self._info = replace(self._video.info, frame_count=0, duration_s=0.0)
        self._loop = loop
        self._decoding = threading.Lock()
        self._closed = threading.Event()
        self._pictures: Iterator[Frame] | None = None
        self._next: Frame | None = None  # decoded, not due yet
        self._delivered = 0
        self._offset_s = 0.0  # of this round's timestamps on the clock of the source
        self._begun_at = 0.0  # time.monotonic of second 0
        self._notice = ""

    @property
    def info(self) -> VideoInfo:
        return self._info

    @property
    def notice(self) -> str:
        return self._notice

    def read(self, timeout_s: float) -> Frame | None:
        """See `LiveSource`. Playing begins with the first call."""
        deadline = time.monotonic() + timeout_s
        if self._next is None:
            self._next = self._decode()
            if self._next is None:
                raise Closed
        frame, now = self._next, time.monotonic()
        if not self._begun_at:
            self._begun_at = now - frame.time_s
        due = self._begun_at + frame.time_s
        if now - due > _LATE_S:
            # The rest is played later; this frame's own time is moved with it, so that times stay those of the clock.
            late_s = now - due
            self._offset_s += late_s
            frame = replace(frame, time_s=frame.time_s + late_s)
            self._notice = "This file cannot be decoded as fast as it should be played"
        elif due > now:
            if self._closed.wait(max(0.0, min(due, deadline) - now)):
                raise Closed
            if due > deadline:
                return None
        self._next = None
        self._delivered += 1
        return frame

    def close(self) -> None:
        self._closed.set()
        # Containers must not be closed under a thread that decodes.
        if self._decoding.acquire(timeout=_CLOSE_S):
            try:
                self._video.close()
            finally:
                self._decoding.release()

    def _decode(self) -> Frame | None:
        """The next frame on the clock of the source; None at the end."""
        with self._decoding:
            for _ in range(2):  # the second time from the start
                if self._closed.is_set():
                    raise Closed
                if self._pictures is None:
                    self._pictures = self._video.frames()
                picture = next(self._pictures, None)
                if picture is not None:
                    return Frame(self._delivered, picture.time_s + self._offset_s, picture.bgr)
                if not self._loop:
                    return None
                self._pictures = None
                self._offset_s += self._video.info.duration_s
            raise SourceError(f"{self._info.name} has no frame that can be decoded.", "Choose another video.")
