"""Decode and scale the frames of the opened video in a thread."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, QThread, Signal
from PySide6.QtGui import QImage, QTransform

from app.backend.library import Library
from pipeline.core.camera import Frame, VideoInfo, at_recorded_rate, turned_info
from pipeline.core.concurrency import Closed, LatestSlot
from pipeline.core.errors import Cancelled, UserError

if TYPE_CHECKING:
    from pipeline.sources.base import FrameSource
    from pipeline.sources.joints2d.source import Joints2DSource

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ShownFrame:
    """Hold a decoded frame scaled to the view's pixels, in the format that paints fastest."""

    index: int
    time_s: float
    image: QImage


class PlayerThread(QThread):
    """Open a video and decode the frame requested last; one slot for requests, one for frames."""

    opened = Signal(int, object)  # generation, VideoInfo
    failed = Signal(int, object)  # generation, UserError
    broke = Signal(int, object)

    def __init__(
        self,
        generation: int,
        library: Library,
        path: Path | None,
        parent: QObject,
        slow_motion: float | None = None,
        turned_deg: int = 0,
        rate_hz: float | None = None,
    ) -> None:
        """Prepare to open `path`, or the sample video if it is None.

        `slow_motion` and `turned_deg` are those of the take which is shown with the video (`VideoInfo`); without one
        the file's speed and 0. Both may be set at any time, for the frames that are requested from then on.
        `rate_hz` is that of images, which do not say it.
        """
        super().__init__(parent)
        self.setObjectName("player")
        self.generation = generation
        self.frames: LatestSlot[ShownFrame] = LatestSlot()
        self._wanted: LatestSlot[tuple[float, QSize]] = LatestSlot()
        self._library, self._path, self._rate_hz = library, path, rate_hz
        self.slow_motion = slow_motion
        self.file_slow_motion = 1.0  # as the file states it, once it is opened
        self.turned_deg = turned_deg

    @property
    def is_sample(self) -> bool:
        return self._path is None

    def request(self, time_s: float, size: QSize) -> None:
        """Request the frame at `time_s`, to fit `size` device pixels; it replaces an older request."""
        try:
            self._wanted.put((time_s, size))
        except Closed:
            log.debug("frame asked of a closed player")

    def close(self) -> None:
        self._wanted.close()

    def run(self) -> None:
        try:
            path = self._path or self._library.sample_video()
            source = self._library.open_source(path, self._rate_hz)
            try:
                info = source.info
                self.file_slow_motion = info.slow_motion
                if self.slow_motion is not None:
                    info = at_recorded_rate(info, info.fps_hz * self.slow_motion / info.slow_motion)
                self.opened.emit(self.generation, turned_info(info, self.turned_deg))
                self._serve(source)
            finally:
                source.close()
        except UserError as error:
            log.info("cannot show the video: %s", error)
            self.failed.emit(self.generation, error)
        except Exception as error:
            log.exception("bug in the player")
            self.broke.emit(self.generation, error)
        finally:
            self._wanted.close()
            self.frames.close()

    def _serve(self, source: FrameSource | Joints2DSource) -> None:
        """Answer requests; a second of the requested times may be several seconds of the source."""
        while True:
            try:
                wanted = self._wanted.get()
            except Closed:
                return
            if wanted is None:
                continue
            time_s, size = wanted
            faster = 1.0 if self.slow_motion is None else self.slow_motion / source.info.slow_motion
            try:
                for frame in self._frames_for(source, time_s * faster, size):
                    self.frames.put(replace(frame, time_s=frame.time_s / faster) if faster != 1 else frame)
            except Cancelled:
                log.debug("another frame is wanted by now")

    def _frames_for(self, source: FrameSource | Joints2DSource, source_s: float, size: QSize) -> Iterator[ShownFrame]:
        """Yield the frame at a time of the source; before it its keyframe, if decoding takes long.

        Raises `Cancelled` if another frame is requested meanwhile.
        """
        frame_at = getattr(source, "frame_at", None)  # 2D joints have no images
        preview_at = getattr(source, "preview_at", None)  # of a video file; single images need no other image
        if frame_at is None:
            yield blank_frame(source.info, source_s)
        elif preview_at is None:
            yield scaled_frame(frame_at(source_s), size, self.turned_deg)
        else:
            preview = preview_at(source_s)
            if preview is not None:
                yield scaled_frame(preview, size, self.turned_deg)
            frame = frame_at(source_s, lambda: preview is not None and self._wanted.waiting)
            yield scaled_frame(frame, size, self.turned_deg)


def scaled_frame(frame: Frame, size: QSize, turned_deg: int = 0) -> ShownFrame:
    """Turn `frame` clockwise, and scale it down to fit `size` device pixels.

    The format is the one that paints fastest.
    """
    height, width = frame.bgr.shape[:2]
    image = QImage(frame.bgr.data, width, height, frame.bgr.strides[0], QImage.Format.Format_BGR888)
    if turned_deg:
        image = image.transformed(QTransform().rotate(turned_deg))
        width, height = image.width(), image.height()
    if size.isValid() and (width > size.width() or height > size.height()):
        image = image.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    # convertToFormat copies, so that the image outlives the decoder's buffer.
    return ShownFrame(frame.index, frame.time_s, image.convertToFormat(QImage.Format.Format_RGB32))


def blank_frame(info: VideoInfo, time_s: float) -> ShownFrame:
    """Make an empty image for a source that has joints but no images."""
    image = QImage(16, 9, QImage.Format.Format_RGB32)
    image.fill(0xFF1B1F26)
    index = int((time_s + 0.0005) * info.fps_hz)
    return ShownFrame(index, time_s, image)
