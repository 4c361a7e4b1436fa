"""Decode one container from any frame, and give every decoded frame its index in the table.

The decoder's order of output is the order of the frames. The table says which frame to expect of a time stamp or of a
packet; where the two disagree, the order wins, and where frames are missing, their indices stay free.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

import av

from .container import demux, open_container
from .timing import FrameTable

log = logging.getLogger(__name__)

_LOOK_AHEAD = 36  # frames: twice what a decoder may hold back, see `stamps`
_LOOK_AHEAD_BYTES = 160 << 20  # bytes of decoded frames that are looked at ahead, at most
_BY_BYTE = ("mpegts", "mpeg")  # formats in which a position in the file can be sought


class Reader:
    """Iterate over (index, libav's frame) of the frames that decode; the indices rise.

    The last indices may lie beyond the table, if more frames are decoded than the packets promised.
    """

    def __init__(self, path: Path, table: FrameTable, start: int = 0) -> None:
        self._path, self._table = path, table
        self._frames: Iterator[tuple[int, Any]] | None = None  # None: closed
        self.next_index = 0  # index of the next frame, if no frame is damaged
        self._open()
        try:
            if start:
                self.seek(start)
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        self._container, self._stream = open_container(self._path, self._table.edited)
        self.next_index = 0
        self._frames = self._placed(self._decoded(demux(self._path, self._container, self._stream), 0), -1)

    def seek(self, index: int) -> None:
        """Continue from a keyframe at or before frame `index`, which then decodes completely."""
        if self._table.pts is not None:
            found = self._seek_stamp(index)
        else:
            found = self._table.packets is not None and self._seek_packet(index)
        if not found:
            self._container.close()
            self._open()

    def _seek_stamp(self, index: int) -> bool:
        """Go to a keyframe by its time stamp; return whether one can be used."""
        pts, key = self._table.pts, self._table.keyframe_before(index)
        while pts is not None and key > 0:
            try:
                self._container.seek(int(pts[key]), stream=self._stream, backward=True)
            except (av.FFmpegError, OSError) as error:
                log.debug("%s: cannot seek (%s)", self._path.name, error)
                return False
            if self._reached_keyframe(index):
                return True
            key = self._table.keyframe_before(key - max(1, index - key))  # go back further, in growing steps
        return False

    def _reached_keyframe(self, index: int) -> bool:
        """Advance to the first keyframe after a seek and return whether it can be used.

        It cannot if it lies after frame `index` or if the table has no keyframe there. Frames before that keyframe
        refer to frames that were skipped. Where a container has few timestamps (MPEG-PS), the demuxer also invents
        timestamps after a seek, which would give a frame a wrong index.
        """
        unknown = -(1 << 62)  # number of the first packet
        decoded = self._decoded(demux(self._path, self._container, self._stream), unknown)
        for av_frame in decoded:
            found = self._expected(av_frame)
            if found is None or not av_frame.key_frame:
                if found is not None and found > index:
                    return False
                continue
            if found > index or self._table.keyframe_before(found) != found:
                return False
            self.next_index = found
            self._frames = self._placed(_after(av_frame, decoded), found - 1)
            return True
        return False

    def _seek_packet(self, index: int) -> bool:
        """Go to the packet of a keyframe, and recognise it; return whether that succeeded."""
        packets = self._table.packets
        assert packets is not None
        frames = packets.frame[packets.keys]
        usable = packets.keys[(frames <= index) & (frames > 0) & (packets.position[packets.keys] >= 0)]
        if not len(usable):
            return False
        key = int(usable[-1])
        by_byte = self._container.format.name.split(",")[0] in _BY_BYTE
        where = int(packets.position[key] if by_byte else packets.pts[key])
        try:
            if by_byte:
                self._container.seek(where, unsupported_byte_offset=True)
            else:
                self._container.seek(where, stream=self._stream, backward=True)
        except (av.FFmpegError, OSError, OverflowError) as error:
            log.debug("%s: cannot seek (%s)", self._path.name, error)
            return False
        source = demux(self._path, self._container, self._stream)
        for packet in source:
            number = packets.find(packet.pos if packet.pos is not None else -1, packet.size) if packet.size else None
            if number is None or number > key:
                return False
            if number in usable:
                self.next_index = first = int(packets.frame[number])
                self._frames = self._placed(self._decoded(_after(packet, source), number), first - 1)
                return True
        return False

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        return self

    def __next__(self) -> tuple[int, Any]:
        if self._frames is None:
            raise ValueError(f"{self._path.name} is closed")
        index, av_frame = next(self._frames)
        self.next_index = index + 1
        return index, av_frame

    def _expected(self, av_frame: Any) -> int | None:
        """Return the index that the table has for a decoded frame; None if it has none."""
        if self._table.pts is not None:
            return None if av_frame.pts is None else self._table.index_of(av_frame.pts)
        packets, number = self._table.packets, av_frame.pts
        if packets is None or number is None or not 0 <= number < len(packets.frame):
            return None
        frame = int(packets.frame[number])
        return frame if frame >= 0 else None

    def _decoded(self, packets: Iterator[Any], number: int) -> Iterator[Any]:
        """Decode packets, of which the first has that number in the file."""
        changes = self._table.header_changes
        return decode_frames(self._path, self._stream, packets, number, self._table.packets is not None, changes)

    def _placed(self, decoded: Iterator[Any], last: int) -> Iterator[tuple[int, Any]]:
        """Give the decoded frames their indices; `last` is the index of the frame before them."""
        counts = self._table.pts is None and self._table.packets is None
        start = last
        ahead: deque[tuple[int | None, Any]] = deque()
        own = ((last + 1 if counts else self._expected(av_frame), av_frame) for av_frame in decoded)
        while True:
            item = ahead.popleft() if ahead else next(own, None)
            if item is None:
                return
            index, av_frame = item
            if counts:
                index = last + 1
            if index is None or (last == start and index <= start):
                continue  # before the first frame, or hidden by the container
            if index > last + 1:
                size = sum(plane.buffer_size for plane in av_frame.planes)
                depth = max(4, min(_LOOK_AHEAD, _LOOK_AHEAD_BYTES // max(1, size)))
                while len(ahead) < depth and (item := next(own, None)) is not None:
                    ahead.append(item)
                # Frames that follow and belong before this one: its stamp is wrong, and no frame is missing.
                if any(other is not None and other < index for other, _ in ahead):
                    index = last + 1
            last = max(index, last + 1)
            yield last, av_frame

    def close(self) -> None:
        """Close the file and free the decoder with its threads and frames."""
        self._container.close()
        self._frames = None  # it refers to this reader: the decoder would wait for the garbage collector


def _after(first: Any, others: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from others


def decode_frames(
    path: Path,
    stream: Any,
    packets: Iterator[Any],
    number: int,
    numbered: bool = True,
    changes: Container[int] = (),
) -> Iterator[Any]:
    """Yield the decoded frames of packets; frames damaged beyond decoding are left out.

    `number` is that of the first packet in the file. If `numbered`, `pts` of a frame is the number of the packet that
    it was decoded from. (`opaque` would do the same, but PyAV frees it under Python's lock: closing a decoder may
    deadlock.) Before a packet of `changes` the decoder is drained: it forgets what it holds back when the size changes.
    """
    codec = stream.codec_context
    for packet in packets:
        if packet.size and number in changes:
            yield from _decoded(path, codec, None)
            codec.flush_buffers()
        if packet.size and numbered:
            packet.pts = number
        number += bool(packet.size)
        yield from _decoded(path, codec, packet if packet.size else None)


def _decoded(path: Path, codec: Any, packet: Any) -> list[Any]:
    try:
        return list(codec.decode(packet))
    except (av.FFmpegError, OSError) as error:
        log.debug("%s: a damaged frame is left out (%s)", path.name, error)
        return []
