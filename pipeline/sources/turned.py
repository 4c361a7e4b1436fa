"""Rotate the images of a camera mounted upside down or on its side to be upright."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from ..core.arrays import Doubles, Image
from ..core.camera import Frame, VideoInfo, turned_info

if TYPE_CHECKING:
    from .base import FrameSource, TimedSource
    from .joints2d.source import Joints2DSource
    from .live.base import LiveSource

_Source = TypeVar("_Source", bound="FrameSource | Joints2DSource")


def turned(source: _Source, degrees: int) -> _Source:
    """Return `source` with images (or 2D joints) turned clockwise by 0, 90, 180 or 270 degrees."""
    from .base import TimedSource
    from .joints2d.source import Joints2DSource

    if not degrees:
        return source
    if isinstance(source, Joints2DSource):
        return source.turned(degrees)  # type: ignore[return-value]
    if isinstance(source, TimedSource):
        return TurnedTimedSource(source, degrees)  # type: ignore[return-value]
    return TurnedSource(source, degrees)  # type: ignore[return-value]


def turned_image(bgr: Image, degrees: int) -> Image:
    """Return an image (H, W, 3) turned clockwise by 90, 180 or 270 degrees."""
    import cv2

    turns = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    return np.asarray(cv2.rotate(bgr, turns[degrees]), np.uint8)


def turned_frame(frame: Frame, degrees: int) -> Frame:
    """Return a frame with its image turned clockwise by 0, 90, 180 or 270 degrees."""
    return replace(frame, bgr=turned_image(frame.bgr, degrees)) if degrees else frame


class TurnedSource:
    """Rotate the images of a `FrameSource`, and close it."""

    def __init__(self, source: FrameSource, degrees: int) -> None:
        self._source, self._degrees = source, degrees

    @property
    def info(self) -> VideoInfo:
        return turned_info(self._source.info, self._degrees)

    def frames(self, start_s: float | None = None, end_s: float | None = None) -> Iterator[Frame]:
        """Yield the turned frames of the range, see `FrameSource`."""
        for frame in self._source.frames(start_s, end_s):
            yield turned_frame(frame, self._degrees)

    def frame_at(self, time_s: float) -> Frame:
        """Return the turned frame shown at `time_s`."""
        return turned_frame(self._source.frame_at(time_s), self._degrees)

    def close(self) -> None:
        self._source.close()


class TurnedTimedSource(TurnedSource):
    """Rotate the images of a `TimedSource`."""

    def __init__(self, source: TimedSource, degrees: int) -> None:
        super().__init__(source, degrees)
        self._timed = source

    @property
    def time_s(self) -> Doubles:
        return self._timed.time_s

    @property
    def clock_start_s(self) -> float | None:
        """Return the first frame's time on the sound's clock, see `VideoSource`; None without one."""
        return getattr(self._timed, "clock_start_s", None)


class TurnedOpener:
    """Open a `LiveSource` and rotate its images; `cancel` ends the opening where supported."""

    def __init__(self, open_source: Callable[[], LiveSource], degrees: int) -> None:
        self._open_source, self._degrees = open_source, degrees

    def __call__(self) -> LiveSource:
        return TurnedLiveSource(self._open_source(), self._degrees)

    def cancel(self) -> None:
        cancel = getattr(self._open_source, "cancel", None)
        if cancel is not None:
            cancel()


class TurnedLiveSource:
    """Rotate the images of a `LiveSource`, and close it."""

    def __init__(self, source: LiveSource, degrees: int) -> None:
        self._source, self._degrees = source, degrees

    @property
    def info(self) -> VideoInfo:
        return turned_info(self._source.info, self._degrees)

    @property
    def notice(self) -> str:
        return self._source.notice

    def read(self, timeout_s: float) -> Frame | None:
        """Return the next frame, turned; see `LiveSource`."""
        frame = self._source.read(timeout_s)
        return None if frame is None else turned_frame(frame, self._degrees)

    def close(self) -> None:
        self._source.close()
