"""Decode video files with PyAV: every frame once, upright, with its true timestamp.

`frames` and `frame_at` use separate containers, so that playback and scrubbing do not disturb a run.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ...core.arrays import Doubles
from ...core.camera import Frame, VideoInfo, fov_over_deg
from ...core.errors import Cancelled, SourceError
from ...system.files import printable
from .capture_rate import capture_rate_hz
from .capture_rate import slow_motion as slow_motion_of
from .checks import content_key
from .container import demux, fov_from_metadata, open_container
from .image_sizes import shapes_at
from .packets import scan
from .reader import Reader, decode_frames
from .timing import FrameTable
from .upright import UprightConverter

log = logging.getLogger(__name__)

_KEEP_BYTES = 96 << 20  # bytes of decoded frames kept for stepping back: about 30 frames of 1920 x 1080
_DECODE_AHEAD = 8  # frames decoded in place of a seek, which discards the work of the decoder's threads


class VideoSource:
    """Read a video file, or a still image as a video of one frame; implements `TimedSource`.

    Opening reads all timestamps and decodes the first frame. All times are those of the motion: a video in slow motion
    that says so is played at its true speed. `slow_motion` (seconds of the file per second of the motion) overrides
    what the file says. Raises `SourceError` if the file is not a video.
    """

    def __init__(self, path: str | Path, slow_motion: float | None = None) -> None:
        self._path = Path(path).expanduser().absolute()
        table, upright, tags, fov = _opened(self._path)
        self._upright = upright
        width, height = upright.size
        captured = capture_rate_hz(self._path, tags) if slow_motion is None and len(table) > 1 else None
        if captured is not None:
            captured_hz, tag = captured
            slow_motion = slow_motion_of(captured_hz, table.fps_hz)
            if slow_motion != 1:
                note = (
                    f"recorded at {captured_hz:g} Hz and stored at {table.fps_hz:g} Hz ({tag}): times are the motion's"
                )
                table = replace(table, notes=(*table.notes, note))
        self._table = table.faster(slow_motion or 1.0)
        self._info = VideoInfo(
            name=printable(self._path.name),
            path=str(self._path),
            width_px=width,
            height_px=height,
            fps_hz=self._table.fps_hz,
            frame_count=len(self._table),
            duration_s=self._table.duration_s,
            rotation_deg=self._upright.rotation_deg,
            variable_rate=self._table.variable_rate,
            content_key=content_key(self._path),
            fov_deg=fov,
            slow_motion=slow_motion or 1.0,
            notes=self._table.notes,
        )
        self._scrub: Reader | None = None
        self._kept: OrderedDict[int, Any] = OrderedDict()  # recent frames of `frame_at`, in libav's format
        self._keep = 4
        self._running: set[Reader] = set()
        self._closed = False

    @property
    def info(self) -> VideoInfo:
        return self._info

    @property
    def path(self) -> Path:
        return self._path

    @property
    def time_s(self) -> Doubles:
        """(T,) seconds: times of all frames of the file, also of those that are damaged."""
        return self._table.time_s

    @property
    def clock_start_s(self) -> float | None:
        """The first frame's time (s) on the clock that the sound uses; None if times differ from it."""
        return self._table.start_s

    def frames(self, start_s: float | None = None, end_s: float | None = None) -> Iterator[Frame]:
        """Yield the frames with start_s <= time_s < end_s, each once, in order. See `FrameSource`."""
        self._check_open()
        times = self._table.time_s
        start = 0 if start_s is None else int(np.searchsorted(times, start_s))
        end = None if end_s is None else int(np.searchsorted(times, end_s))
        return self._range(start, end)

    def _range(self, start: int, end: int | None) -> Iterator[Frame]:
        if start >= (len(self._table) if end is None else end):
            return
        self._check_open()
        delivered = 0
        for begin in (start, 0):  # from the beginning, where a seek led astray
            reader = Reader(self._path, self._table, begin)
            self._running.add(reader)
            try:
                for index, av_frame in reader:
                    if end is not None and index >= end:
                        break
                    if index >= start:
                        delivered += 1
                        yield self._frame(index, av_frame)
            finally:
                self._running.discard(reader)
                reader.close()
            if delivered or not begin:
                break
        if not delivered:
            raise SourceError(
                f"{self._path} is broken: no frame of this range can be decoded.", "Choose another range."
            )

    def frame_at(self, time_s: float, cancel: Callable[[], bool] | None = None) -> Frame:
        """Return the frame shown at `time_s`, or the nearest earlier frame that is not damaged.

        `cancel` is asked before every frame that has to be decoded on the way. Raises `Cancelled`, `SourceError`.
        """
        return self._kept_frame(self._table.index_at(time_s), cancel)

    def preview_at(self, time_s: float) -> Frame | None:
        """Return the nearest earlier frame that costs no wait; None if that of `time_s` costs none.

        It is a keyframe, or the last frame decoded on the way, and `frame_at` goes on from there. Raises `SourceError`.
        """
        wanted = self._table.index_at(time_s)
        near = self._table.keyframe_before(wanted)
        if self._scrub is not None and near < self._scrub.next_index <= wanted:
            near = self._scrub.next_index - 1
        if wanted in self._kept or wanted - near <= _DECODE_AHEAD:
            return None
        return self._kept_frame(near, None)

    def _kept_frame(self, wanted: int, cancel: Callable[[], bool] | None) -> Frame:
        self._check_open()
        try:
            index = self._fetch(wanted, cancel)
        except SourceError:  # the file is gone or changed; a later call opens it again
            if self._scrub is not None:
                self._scrub.close()
                self._scrub = None
            raise
        return self._frame(index, self._kept[index])

    def _fetch(self, wanted: int, cancel: Callable[[], bool] | None) -> int:
        """Decode up to frame `wanted`; return the index of the kept frame that is shown for it."""
        if wanted in self._kept:
            return wanted
        if self._scrub is None:
            self._scrub = Reader(self._path, self._table, wanted)
        else:
            ahead = wanted - self._scrub.next_index
            if ahead < 0 or (ahead > _DECODE_AHEAD and self._table.keyframe_before(wanted) > self._scrub.next_index):
                self._scrub.seek(wanted)
        for index, av_frame in self._scrub:
            self._remember(index, av_frame)
            if index >= wanted:
                break
            if cancel is not None and cancel():
                raise Cancelled
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
        time_s = self._table.time_at(index)
        return Frame(index, time_s, self._upright.bgr(av_frame), self._upright.is_fitted(av_frame))

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


def _opened(path: Path) -> tuple[FrameTable, UprightConverter, list[dict[str, str]], float | None]:
    """Return the frames of a file, their converter, the metadata, and the field of view (degrees) that they tell."""
    for edited in (True, False):
        container, stream = open_container(path, edited)
        try:
            first = next(decode_frames(path, stream, demux(path, container, stream), 0), None)
            if first is None:
                continue
            upright = UprightConverter(first, stream)
            tags = [dict(stream.metadata), dict(container.metadata)]
        finally:
            container.close()
        container, stream = open_container(path, edited)
        try:
            table = scan(path, container, stream, first.pts)
            others = shapes_at(path, list(table.new_headers), edited) if len(table.new_headers) > 1 else []
            upright.hold(others)
            fov_deg = _of_whole_image(fov_from_metadata(container, stream, *upright.first_size), upright)
        finally:
            container.close()
        if len(set(others)) > 1:
            size = " x ".join(str(pixels) for pixels in upright.size)
            note = f"the image changes its size or rotation midway: all of it is shown within {size} pixels"
            table = replace(table, notes=(*table.notes, note))
        if not edited:
            hidden = "the edit list of the file hides all of its frames: it is ignored"
            table = replace(table, edited=False, notes=(hidden, *table.notes))
        return table, upright, tags, fov_deg
    raise SourceError(
        f"{path} is broken: not one of its frames can be decoded.",
        "Copy it again from the camera, or convert it to H.264 in .mp4.",
    )


def _of_whole_image(fov_deg: float | None, upright: UprightConverter) -> float | None:
    """Return the horizontal field of view (degrees) of the whole image from that of the first frame in it."""
    if fov_deg is None or upright.first_size == upright.size:
        return fov_deg
    return fov_over_deg(fov_deg, upright.first_size[0], upright.size[0])
