"""Write an .mp4: H.264 frames at their true times, and the sound of the source."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from ...core.arrays import Image
from ...sources.file.container import open_container
from ...system.video_encoder import add_h264, even, h264_frame

log = logging.getLogger(__name__)

_X264 = {"crf": "18", "preset": "veryfast"}
_COPIED = ("aac", "mp3", "ac3", "eac3", "alac", "opus", "flac")  # sound codecs that .mp4 can hold
_TICK = Fraction(1, 90000)  # s, time base of variable rates


class Mp4Writer:
    """Encode frames of one size. `rate_hz` is exact for a constant rate, else an average.

    Raises `OutputError` if there is no H.264 encoder, OSError if the file system refuses.
    """

    def __init__(
        self, path: Path, width_px: int, height_px: int, rate_hz: float, variable: bool, sound: Sound | None
    ) -> None:
        self._even = (even(width_px), even(height_px))
        rate = Fraction(rate_hz).limit_denominator(1001)
        self._tick = _TICK if variable else 1 / rate
        self._container = av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
        self._sound = sound
        try:
            self._stream: Any = add_h264(self._container, *self._even, rate, self._tick, _X264)
            if sound is not None and sound.is_there:
                sound.begin(self._container)
        except BaseException:
            self.close()
            raise

    def add(self, bgr: Image, row: int, time_s: float) -> None:
        """Encode image (H, W, 3) as frame `row` of the video, shown `time_s` after its start."""
        width, height = self._even
        if bgr.shape[:2] != (height, width):
            bgr = np.pad(bgr, ((0, height - bgr.shape[0]), (0, width - bgr.shape[1]), (0, 0)), "edge")
        frame = h264_frame(bgr)
        frame.pts = row if self._tick != _TICK else round(time_s / _TICK)
        frame.time_base = self._tick
        if self._sound is not None:
            self._sound.write_until(time_s)
        self._container.mux(self._stream.encode(frame))

    def finish(self) -> None:
        self._container.mux(self._stream.encode())
        if self._sound is not None:
            self._sound.finish()
        self.close()

    def close(self) -> None:
        self._container.close()
        if self._sound is not None:
            self._sound.close()
            self._sound = None


class Sound:
    """Read the main sound stream of a file, shifted so that `zero_s` becomes time 0.

    `zero_s`, `from_s` and `to_s` are on the clock of the file's container; only sound from `from_s` to `to_s` is read
    (None: from the first, to the last). The file is opened separately and read in step with the frames, so that the two
    are interleaved in the output.
    """

    def __init__(self, path: Path, zero_s: float, from_s: float | None, to_s: float | None) -> None:
        self._container, _ = open_container(path)
        self._zero_s, self._from_s, self._to_s = zero_s, from_s, to_s
        self._source: Any = self._container.streams.best("audio")
        self._packets: Iterator[Any] = iter(())
        self._waiting: Any = None
        self._output: Any = None
        self._target: Any = None
        self._resampler: Any = None

    @property
    def is_there(self) -> bool:
        """Return False for a silent video."""
        return self._source is not None and self._source.codec_context is not None

    def begin(self, output: Any) -> None:
        """Add the stream to the output file."""
        self._output = output
        if self._source.codec_context.name in _COPIED:
            self._target = output.add_stream_from_template(self._source)
        else:
            context = self._source.codec_context
            self._target = output.add_stream("aac", rate=context.sample_rate)
            self._target.layout = "mono" if context.channels == 1 else "stereo"
            self._resampler = av.AudioResampler("fltp", self._target.layout, context.sample_rate)
        self._packets = self._inside()

    def write_until(self, time_s: float) -> None:
        """Write all packets that begin up to `time_s` from the start of the video."""
        while True:
            packet = self._waiting or next(self._packets, None)
            self._waiting = packet
            if packet is None or self._time_s(packet) - self._zero_s > time_s:
                return
            self._write(packet)
            self._waiting = None

    def finish(self) -> None:
        self.write_until(math.inf)
        if self._resampler is not None:
            for frame in self._resampler.resample(None):
                self._output.mux(self._target.encode(frame))
            self._output.mux(self._target.encode(None))

    def close(self) -> None:
        self._container.close()

    @staticmethod
    def _time_s(packet: Any) -> float:
        return float(packet.pts * packet.time_base)

    def _inside(self) -> Iterator[Any]:
        """Yield packets of the range; packets that end before or begin after it are left out."""
        try:
            for packet in self._container.demux(self._source):
                if packet.pts is None or not packet.size:
                    continue
                lasts_s = float((packet.duration or 0) * packet.time_base)
                if self._to_s is not None and self._time_s(packet) >= self._to_s:
                    return
                if self._from_s is None or self._time_s(packet) + lasts_s > self._from_s:
                    yield packet
        except (av.FFmpegError, OSError) as error:
            log.warning("the sound breaks off (%s)", error)

    def _write(self, packet: Any) -> None:
        offset = round(self._zero_s / packet.time_base)
        if self._resampler is None:
            packet.pts -= offset
            packet.dts = packet.pts if packet.dts is None else packet.dts - offset
            packet.stream = self._target
            self._output.mux(packet)
            return
        try:
            frames = packet.decode()
        except (av.FFmpegError, OSError) as error:
            log.warning("a piece of the sound is left out (%s)", error)
            return
        for frame in frames:
            if frame.pts is not None:
                frame.pts -= round(self._zero_s / frame.time_base)
            for piece in self._resampler.resample(frame):
                self._output.mux(self._target.encode(piece))
