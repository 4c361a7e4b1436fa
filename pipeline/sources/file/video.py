"""Decode video files with PyAV: every frame once, upright, with its true timestamp.

`frames` and `frame_at` use separate containers, so that playback and scrubbing do not disturb a run.
"""

from __future__ import annotations

import itertools
import logging
import math
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from ...core.arrays import Image
from ...core.camera import Frame, VideoInfo
from ...core.errors import SourceError
from .checks import content_key
from .container import demux, fov_from_metadata, open_container, scan
from .timing import FrameTable

log = logging.getLogger(__name__)

_KEEP_BYTES = 96 << 20  # bytes of decoded frames kept for stepping back: about 30 frames of 1920 x 1080
_DECODE_AHEAD = 8  # frames decoded in place of a seek, which discards the work of the decoder's threads


class UprightConverter:
    """Convert decoded frames to upright BGR images at display size.

    The conversion covers pixel format, colour range, pixel aspect and rotation. One swscale context is kept, because
    building it costs more than converting a frame.
    """

    def __init__(self, first: Any, stream: Any) -> None:
        aspect = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio or 1
        aspect = float(aspect) if 0.1 < float(aspect) < 10 else 1.0
        self._width, self._height = max(1, round(first.width * aspect)), first.height
        self._matrix = _display_matrix(first)
        self._reformatter = VideoReformatter()

    @property
    def size(self) -> tuple[int, int]:
        """Return (width, height) of the upright image in pixels."""
        turned = self._matrix[0, 0] == 0
        return (self._height, self._width) if turned else (self._width, self._height)

    @property
    def rotation_deg(self) -> int:
        """Return the clockwise rotation that the container requests: 0, 90, 180 or 270 degrees."""
        return round(math.degrees(math.atan2(self._matrix[1, 0], self._matrix[0, 0]))) % 360

    def bgr(self, av_frame: Any) -> Image:
        """Return the upright (H, W, 3) BGR image of a frame decoded by libav."""
        converted = self._reformatter.reformat(
            av_frame, self._width, self._height, "bgr24", src_color_range=av_frame.color_range or None
        )
        image = converted.to_ndarray()
        if converted is av_frame:  # the frame was BGR already, and the decoder reuses its memory
            image = image.copy()
        (a, c), (b, d) = self._matrix
        if a == 0:  # x' = c y, y' = b x: transpose, then mirror where the sign is negative
            image, a, d = image.transpose(1, 0, 2), c, b
        return np.ascontiguousarray(image[:: 1 if d > 0 else -1, :: 1 if a > 0 else -1])


def _display_matrix(av_frame: Any) -> np.ndarray:
    """Return the (2, 2) matrix of -1, 0, 1 that maps stored x, y to displayed x', y'.

    Other angles than multiples of 90 degrees are rounded to these.
    """
    side = av_frame.side_data.get("DISPLAYMATRIX")
    if side is None:
        return np.eye(2, dtype=int)
    # libavutil/display.h: nine 16.16 numbers a b u c d v x y w with x' = a x + c y, y' = b x + d y.
    a, b, _, c, d = (int(value) for value in np.frombuffer(bytes(side), np.int32)[:5])
    if abs(a * d) >= abs(b * c):
        return np.array([[-1 if a < 0 else 1, 0], [0, -1 if d < 0 else 1]])
    return np.array([[0, -1 if c < 0 else 1], [-1 if b < 0 else 1, 0]])


class _Reader:
    """Decode one container in order of time, from any frame; yield (index, libav's frame)."""

    def __init__(self, path: Path, table: FrameTable, start: int = 0) -> None:
        self._path, self._table = path, table
        self._container, self._stream = open_container(path)
        self.next_index = 0  # index of the next frame, if no frame is damaged
        self._av_frames: Iterator[tuple[int, Any]] = self._decode()
        try:
            if start:
                self.seek(start)
        except BaseException:
            self.close()
            raise

    def seek(self, index: int) -> None:
        """Continue from a keyframe at or before frame `index`, which then decodes completely."""
        pts, key = self._table.pts, self._table.keyframe_before(index)
        while pts is not None and key > 0:
            try:
                self._container.seek(int(pts[key]), stream=self._stream, backward=True)
            except (av.FFmpegError, OSError) as error:
                log.debug("%s: cannot seek (%s)", self._path.name, error)
                break
            if self._reached_keyframe(index):
                return
            key = self._table.keyframe_before(key - max(1, index - key))  # go back further, in growing steps
        self._reopen()

    def _reached_keyframe(self, index: int) -> bool:
        """Advance to the first keyframe after a seek and return whether it can be used.

        It cannot if it lies after frame `index` or if the table has no keyframe there.
        Frames before that keyframe refer to frames that were skipped. Where a container has few timestamps (MPEG-PS),
        the demuxer also invents timestamps after a seek, which would give a frame a wrong index.
        """
        self._av_frames = self._decode()
        for found, av_frame in self._av_frames:
            if found > index:
                return False
            if av_frame.key_frame:
                self._av_frames = itertools.chain([(found, av_frame)], self._av_frames)
                self.next_index = found
                return self._table.keyframe_before(found) == found
        return False

    def _reopen(self) -> None:
        self._container.close()
        self._container, self._stream = open_container(self._path)
        self.next_index = 0
        self._av_frames = self._decode()

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        return self

    def __next__(self) -> tuple[int, Any]:
        index, av_frame = next(self._av_frames)
        self.next_index = index + 1
        return index, av_frame

    def _decode(self) -> Iterator[tuple[int, Any]]:
        """Yield (index, frame) of the frames that decode and are in the table; others are skipped."""
        last = -1
        for av_frame in decode_frames(self._path, self._container, self._stream):
            index: int | None = last + 1
            if self._table.pts is not None:
                index = None if av_frame.pts is None else self._table.index_of(av_frame.pts, last)
            if index is not None and last < index < len(self._table):
                last = index
                yield index, av_frame

    def close(self) -> None:
        self._container.close()


def decode_frames(path: Path, container: Any, stream: Any) -> Iterator[Any]:
    """Yield the decoded frames of a stream; frames damaged beyond decoding are skipped."""
    for packet in demux(path, container, stream):
        try:
            av_frames = stream.codec_context.decode(packet if packet.size else None)
        except (av.FFmpegError, OSError) as error:
            log.warning("%s: a damaged frame is left out (%s)", path.name, error)
            continue
        yield from av_frames


class VideoSource:
    """Read a video file, or a still image as a video of one frame; implements `FrameSource`.

    Opening reads all timestamps and decodes the first frame. Raises `SourceError` if the file is not a video.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path).expanduser().absolute()
        container, stream = open_container(self._path)
        try:
            first = next(decode_frames(self._path, container, stream), None)
            if first is None:
                raise SourceError(
                    f"{self._path} is broken: not one of its frames can be decoded.",
                    "Copy it again from the camera, or convert it to H.264 in .mp4.",
                )
            first_pts = first.pts
            self._clock_start_s = 0.0 if first_pts is None else float(first_pts * stream.time_base)
            self._upright = UprightConverter(first, stream)
            width, height = self._upright.size
            fov = fov_from_metadata(container, stream, width, height)
        finally:
            container.close()
        container, stream = open_container(self._path)
        try:
            self._table = scan(self._path, container, stream, first_pts)
        finally:
            container.close()
        self._info = VideoInfo(
            name=self._path.name,
            path=str(self._path),
            width_px=width,
            height_px=height,
            fps_hz=self._table.fps_hz,
            frame_count=len(self._table.time_s),
            duration_s=self._table.duration_s,
            rotation_deg=self._upright.rotation_deg,
            variable_rate=self._table.variable_rate,
            content_key=content_key(self._path),
            fov_deg=fov,
        )
        self._scrub: _Reader | None = None
        self._kept: OrderedDict[int, Any] = OrderedDict()  # recent frames of `frame_at`, in libav's format
        self._keep = 4
        self._running: set[_Reader] = set()
        self._closed = False

    @property
    def info(self) -> VideoInfo:
        return self._info

    @property
    def path(self) -> Path:
        return self._path

    @property
    def clock_start_s(self) -> float:
        """Return the first frame's time on the container's clock, in s; the sound uses that clock."""
        return self._clock_start_s

    def frames(self, start_s: float | None = None, end_s: float | None = None) -> Iterator[Frame]:
        """Yield the frames with start_s <= time_s < end_s, each once, in order. See `FrameSource`."""
        self._check_open()
        times = self._table.time_s
        start = 0 if start_s is None else int(np.searchsorted(times, start_s))
        end = len(times) if end_s is None else int(np.searchsorted(times, end_s))
        return self._range(start, end)

    def _range(self, start: int, end: int) -> Iterator[Frame]:
        if start >= end:
            return
        self._check_open()
        reader = _Reader(self._path, self._table, start)
        self._running.add(reader)
        delivered = 0
        try:
            for index, av_frame in reader:
                if index >= end:
                    break
                if index >= start:
                    delivered += 1
                    yield self._frame(index, av_frame)
        finally:
            self._running.discard(reader)
            reader.close()
        if not delivered:
            raise SourceError(
                f"{self._path} is broken: no frame of this range can be decoded.", "Choose another range."
            )

    def frame_at(self, time_s: float) -> Frame:
        """Return the frame shown at `time_s`, or the nearest earlier frame that is not damaged."""
        self._check_open()
        try:
            index = self._fetch(self._table.index_at(time_s))
        except SourceError:  # the file is gone or changed; a later call opens it again
            if self._scrub is not None:
                self._scrub.close()
                self._scrub = None
            raise
        return self._frame(index, self._kept[index])

    def _fetch(self, wanted: int) -> int:
        """Decode up to frame `wanted`; return the index of the kept frame that is shown for it."""
        if wanted in self._kept:
            return wanted
        if self._scrub is None:
            self._scrub = _Reader(self._path, self._table, wanted)
        else:
            ahead = wanted - self._scrub.next_index
            if ahead < 0 or (ahead > _DECODE_AHEAD and self._table.keyframe_before(wanted) > self._scrub.next_index):
                self._scrub.seek(wanted)
        for index, av_frame in self._scrub:
            self._remember(index, av_frame)
            if index >= wanted:
                break
        if wanted in self._kept:
            return wanted
        if not self._kept:
            raise SourceError(f"{self._path} cannot be decoded here any more.", "Was the file changed? Open it again.")
        return max((index for index in self._kept if index < wanted), default=min(self._kept))

    def _remember(self, index: int, av_frame: Any) -> None:
        if not self._kept:
            size = sum(plane.buffer_size for plane in av_frame.planes)
            self._keep = max(4, _KEEP_BYTES // max(1, size))
        self._kept.pop(index, None)
        self._kept[index] = av_frame
        while len(self._kept) > self._keep:
            self._kept.popitem(last=False)

    def _frame(self, index: int, av_frame: Any) -> Frame:
        return Frame(index, float(self._table.time_s[index]), self._upright.bgr(av_frame))

    def _check_open(self) -> None:
        if self._closed:
            raise ValueError(f"{self._info.name} is closed")

    def close(self) -> None:
        self._closed = True
        for reader in (*self._running, *((self._scrub,) if self._scrub else ())):
            reader.close()
        self._running.clear()
        self._kept.clear()
        self._scrub = None
