"""Find the image sizes of a stream that changes its size midway, without decoding all of it.

A change needs new headers in a keyframe: packets whose headers are new are decoded one by one, all others are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av

from .container import demux, open_container
from .upright import Shape, shape_of

_MOST_HEADERS = 32  # different headers that are decoded: more of them are no sizes
_SEARCHED_BYTES = 1 << 12  # of a packet, in which its headers stand
_JPEG = re.compile(rb"\xff[\xc0-\xc2]..\x08(....)", re.DOTALL)  # start of frame: height, width
_MPEG2 = re.compile(rb"\x00\x00\x01\xb3(...)", re.DOTALL)  # sequence header: 12 bits of width, 12 of height
_PATTERNS = {"mjpeg": _JPEG, "mpeg1video": _MPEG2, "mpeg2video": _MPEG2}
_SEQUENCE = {"h264": lambda unit: unit[0] & 31 == 7, "hevc": lambda unit: unit[0] >> 1 & 63 == 33}  # parameter sets
_VP8_SIZE = slice(6, 10)  # RFC 6386, 9.1


class HeaderChanges:
    """Collect the keyframe packets whose headers differ from those of the previous keyframe.

    `new` are those whose headers were not there before at all, with the first keyframe.
    """

    def __init__(self, codec: str) -> None:
        self._codec = codec
        self._known: set[bytes] = set()
        self._last: bytes | None = None
        self.new: list[int] = []
        self.changes: list[int] = []

    def look(self, number: int, packet: Any) -> None:
        """Look at the next keyframe packet, `number` in the file."""
        header = self._header(packet)
        if header is None or header == self._last:
            return
        if self._last is not None:
            self.changes.append(number)
        self._last = header
        if header not in self._known and len(self._known) < _MOST_HEADERS:
            self._known.add(header)
            self.new.append(number)

    def _header(self, packet: Any) -> bytes | None:
        data = bytes(memoryview(packet)[:_SEARCHED_BYTES])
        if self._codec == "vp8":
            return data[_VP8_SIZE]
        if self._codec == "vp9":
            return data[4:8] + bytes([data[8] & 0xF0]) if len(data) > 8 else None  # colours, width, height
        if self._codec in _SEQUENCE:
            return next((unit for unit in _units(data) if _SEQUENCE[self._codec](unit)), None)
        pattern = _PATTERNS.get(self._codec)
        found = pattern.search(data) if pattern is not None else None
        return found.group(1) if found else None


def _units(data: bytes) -> Iterator[bytes]:
    """Yield the units of an H.264 or HEVC packet, divided by start codes or with lengths of four bytes."""
    if b"\0\0\1" in data[:5]:
        yield from (unit.rstrip(b"\0") for unit in data.split(b"\0\0\1")[1:] if unit.rstrip(b"\0"))
        return
    at = 0
    while at + 4 < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size:
            yield data[at + 4 : at + 4 + size]
        at += 4 + size


def shapes_at(path: Path, packets: list[int], edited: bool = True) -> list[Shape]:
    """Return the shapes of the frames in the given keyframe packets (numbers in the file)."""
    wanted, shapes = set(packets), []
    container, stream = open_container(path, edited)
    try:
        number = 0
        for packet in demux(path, container, stream):
            if not packet.size:
                continue
            if number in wanted:
                shapes += _decoded_alone(stream.codec_context, packet)
            number += 1
            if number > max(wanted):
                break
    finally:
        container.close()
    return shapes


def _decoded_alone(codec: Any, packet: Any) -> list[Shape]:
    codec.flush_buffers()
    try:
        frames = [*codec.decode(packet), *codec.decode(None)]
    except (av.FFmpegError, OSError):
        return []
    return [shape_of(frame) for frame in frames[:1]]
