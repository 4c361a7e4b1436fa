"""Play a video file in real time like a camera, for tests and rehearsals.

A frame is delivered when its timestamp is due, never before. It is decoded ahead, so that a reader waits only for the
clock. A reader that comes late gets the due frames one after the other, as fast as they decode, and may keep only the
newest. If the file decodes more slowly than it should play, the remaining video is shifted to later times: a frame
more than `_MAX_DELAY_S` late gets a later timestamp, and so do all frames after it.
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

_MAX_DELAY_S = 0.5  # s: when playback is further behind, all later timestamps are shifted
_CLOSE_S = 1.0  # s that `close` waits for the decoding thread


class AsLiveSource:
    """Play a video file as a `LiveSource`.

    With `loop` it starts again at its end; otherwise `read` raises `Closed` there. Raises `SourceError` for a file that
    cannot be played.
    """

    def __init__(self, path: str | Path, loop: bool = False) -> None:
        self._video = VideoSource(Path(path).expanduser())
        self._info = replace(self._video.info, frame_count=0, duration_s=0.0)
        self._loop = loop
        self._decoding = threading.Lock()
        self._closed = threading.Event()
        self._frames: Iterator[Frame] | None = None
        self._next: Frame | None = None  # decoded, but not due yet
        self._delivered = 0
        self._offset_s = 0.0  # s added to the file's timestamps: earlier loops and delays
        self._begun_at = 0.0  # s on the clock of `time.monotonic` at which timestamp 0 is due
        self._notice = ""

    @property
    def info(self) -> VideoInfo:
        return self._info

    @property
    def notice(self) -> str:
        return self._notice

    def read(self, timeout_s: float) -> Frame | None:
        """Return the next due frame, see `LiveSource`; playback begins with the first call."""
        deadline = time.monotonic() + timeout_s
        if self._next is None:
            self._next = self._decode()
            if self._next is None:
                raise Closed
        frame, now = self._next, time.monotonic()
        if not self._begun_at:
            self._begun_at = now - frame.time_s
        due = self._begun_at + frame.time_s
        if now - due > _MAX_DELAY_S:
            # This frame and all later ones are shifted, so that timestamps agree with the clock.
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
        # A container must not be closed while another thread decodes from it.
        if self._decoding.acquire(timeout=_CLOSE_S):
            try:
                self._video.close()
            finally:
                self._decoding.release()

    def _decode(self) -> Frame | None:
        """Return the next frame with its time on the source's clock; None at the end."""
        with self._decoding:
            for _ in range(2):  # at the end of the file, the second attempt begins from the start
                if self._closed.is_set():
                    raise Closed
                if self._frames is None:
                    self._frames = self._video.frames()
                frame = next(self._frames, None)
                if frame is not None:
                    return Frame(self._delivered, frame.time_s + self._offset_s, frame.bgr)
                if not self._loop:
                    return None
                self._frames = None
                self._offset_s += self._video.info.duration_s
            raise SourceError(f"{self._info.name} has no frame that can be decoded.", "Choose another video.")
