"""Write the images of a recording as H.264 in Matroska; a crash loses the last half second.

A Matroska cluster can be read once it is complete, without the index at the end that .mp4 needs. x264's
"ultrafast" takes 6 ms of one core per 720p frame, with the conversion; MJPEG takes 11 ms and seven times the space.
"""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from ...core.arrays import Image
from ...system import media
from ...system.files import atomic_path
from ...system.video_encoder import add_h264, even, h264_frame

_X264 = {"preset": "ultrafast", "tune": "zerolatency", "crf": "21"}
_CLUSTER_MS = 400  # ms, duration of a Matroska cluster: about what a crash loses
_KEYFRAME_EVERY = 30  # frames from one keyframe to the next, for seeking
_TICK = Fraction(1, 1000)  # s, time base of Matroska


class Fit:
    """Compute the letterbox of an image in a video: as large as possible, centred, undistorted."""

    def __init__(self, width: int, height: int, film_width: int, film_height: int) -> None:
        if even(width) == film_width and even(height) == film_height:
            self.scale, self.x, self.y = 1.0, 0, 0
            self.width, self.height = width, height
        else:
            self.scale = min(film_width / width, film_height / height)
            self.width, self.height = round(width * self.scale), round(height * self.scale)
            self.x, self.y = (film_width - self.width) // 2, (film_height - self.height) // 2

    @property
    def changes(self) -> bool:
        return self.scale != 1.0 or self.x != 0 or self.y != 0


class TakeVideo:
    """Encode images of any size to H.264, letterboxed to the size of the video.

    Raises OSError or `av.FFmpegError`, and `OutputError` without an encoder.
    """

    def __init__(self, path: Path, width_px: int, height_px: int, rate_hz: float) -> None:
        self._width, self._height = even(width_px), even(height_px)
        options = {"cluster_time_limit": str(_CLUSTER_MS), "flush_packets": "1"}
        self._container: Any = av.open(str(path), "w", format="matroska", options=options)
        try:
            rate = Fraction(min(max(rate_hz, 1.0), 240.0)).limit_denominator(1001)
            self._stream: Any = add_h264(self._container, self._width, self._height, rate, _TICK, _X264)
            codec = self._stream.codec_context
            codec.gop_size = _KEYFRAME_EVERY
            codec.thread_count = 1  # the detector and the lifter need the others
        except BaseException:
            self._container.close()
            raise
        self._last_ms = -1
        self._last: Any = None

    def add(self, bgr: Image | None, time_s: float) -> None:
        """Add the next image (H, W, 3), `time_s` after the first one.

        None repeats the previous image, at hardly any cost.
        """
        frame = self._last if bgr is None and self._last is not None else self._converted(bgr)
        # Rounded down, so that the image is shown at the time of its row, however that time is rounded.
        self._last_ms = max(math.floor(time_s / _TICK), self._last_ms + 1)
        frame.pts, frame.time_base = self._last_ms, _TICK
        self._last = frame
        self._container.mux(self._stream.encode(frame))

    def _converted(self, bgr: Image | None) -> Any:
        if bgr is None:
            bgr = np.zeros((self._height, self._width, 3), np.uint8)
        height, width = bgr.shape[:2]
        if (height, width) != (self._height, self._width):
            fit = Fit(width, height, self._width, self._height)
            if fit.changes:
                small = av.VideoFrame.from_ndarray(np.ascontiguousarray(bgr), format="bgr24")
                bgr = small.reformat(width=fit.width, height=fit.height).to_ndarray()
            below, right = self._height - fit.height - fit.y, self._width - fit.width - fit.x
            bgr = np.pad(bgr, ((fit.y, below), (fit.x, right), (0, 0)), "constant" if fit.changes else "edge")
        return h264_frame(bgr)

    def close(self) -> None:
        """Write the frames left in the encoder, and the index."""
        try:
            self._container.mux(self._stream.encode())
        finally:
            self._container.close()


def give_index(path: Path) -> None:
    """Rewrite a video up to its last complete packet, with an index for seeking.

    The packets are copied without decoding. Raises OSError, `OutputError` or `av.FFmpegError`; the file is then
    unchanged.
    """
    with atomic_path(path) as whole, media.open_file(path) as source, av.open(str(whole), "w", format="matroska") as to:
        stream = source.streams.video[0]
        copied = to.add_stream_from_template(stream)
        try:
            for packet in source.demux(stream):
                if packet.size and packet.dts is not None and not packet.is_corrupt:
                    packet.stream = copied
                    to.mux(packet)
        except av.FFmpegError:
            pass  # no packet after this one can be read
