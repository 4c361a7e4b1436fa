"""Read every packet of a stream, and list the frames that will be decoded from them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from ...core.arrays import Doubles, Ints
from ...core.camera import frame_rate_hz
from .container import demux, video_streams
from .h264_fields import SecondFields
from .image_sizes import HeaderChanges
from .mpeg4_packed import display_order, is_packed, is_reference
from .stamps import REORDER, are_clean, repair
from .timing import NO_STAMP, FrameTable, Packets

_WITH_DECODE_TIMES = ("mpegts", "mpeg", "mov", "flv")  # formats that store them; libav makes them up for others

# s, and share of the stated length, by which frames may end earlier: sound often lasts a little longer.
_LONGER_S, _LONGER = 0.5, 0.05


@dataclass(slots=True)
class _Read:
    """Hold all packets read, and mark those that hold a frame."""

    headers: HeaderChanges
    pts: list[int] = field(default_factory=list)
    dts: list[int] = field(default_factory=list)
    position: list[int] = field(default_factory=list)
    size: list[int] = field(default_factory=list)
    is_key: list[bool] = field(default_factory=list)
    is_frame: list[bool] = field(default_factory=list)
    is_reference: list[bool] | None = None  # of MPEG-4 with packed B-frames
    end: int | None = None  # when the last frame stops being shown
    second_fields: int = 0
    announced: int = 0  # packets that an .mp4 says it has
    ends_inside: bool = False  # the last packet is not whole
    stated_s: float = 0.0  # length that a Matroska file says it has; 0: not stated
    end_s: float = 0.0  # end of the last frame
    streams: int = 1  # of video

    def notes(self) -> tuple[str, ...]:
        notes = []
        if self.streams > 1:
            notes.append(f"the file has {self.streams} streams of video: one of them is read")
        if self.announced > len(self.pts):
            whole = len(self.pts) - self.ends_inside
            notes.append(f"the file is cut off: {whole} of {self.announced} frames are in it")
        elif self.ends_inside:
            notes.append("the file is cut off: it ends in the middle of a frame")
        elif self.stated_s - self.end_s > max(_LONGER_S, _LONGER * self.stated_s):
            notes.append(
                f"the file states a length of {self.stated_s:.1f} s and its frames end at {self.end_s:.1f} s: "
                "it may be cut off"
            )
        if self.second_fields:
            notes.append(f"{self.second_fields} frames are stored as two fields each; fields are not counted as frames")
        if self.is_reference is not None:
            notes.append(
                "B-frames are packed, and their time stamps in the wrong order: frames come as they are decoded"
            )
        return tuple(notes)


def scan(path: Path, container: Any, stream: Any, first_packet: int | None) -> FrameTable:
    """List the frames of a freshly opened container in display order.

    `first_packet` is the number in the file, from 0, of the packet that the first decoded frame came from: frames
    before it cannot be shown, unless a keyframe is among them (then that one is damaged). The scan takes about 10
    microseconds a frame plus the time to read the file.
    """
    read = _read(path, container, stream)
    table, headers = _table(read, container, stream, first_packet), read.headers
    return dataclasses.replace(table, new_headers=tuple(headers.new), header_changes=frozenset(headers.changes))


def _table(read: _Read, container: Any, stream: Any, first_packet: int | None) -> FrameTable:
    chosen = np.flatnonzero(read.is_frame)
    keys = chosen[np.array(read.is_key, np.bool_)[chosen]]
    frame_of = np.full(len(read.pts), -1, np.int64)
    pts = np.array(read.pts, np.int64)
    packets = Packets(frame_of, np.array(read.position, np.int64), np.array(read.size, np.int64), pts, keys)
    rate_hz = _plausible(stream.average_rate) or _plausible(stream.guessed_rate) or _plausible(stream.base_rate)
    tick_s = float(stream.time_base) if stream.time_base else 0.0
    stamps = pts[chosen]
    different = len(np.unique(stamps[stamps != NO_STAMP]))
    reordered = bool(stream.codec_context.has_b_frames)
    notes = read.notes()
    if first_packet is None or not tick_s or different < min(2, len(chosen)) or not len(chosen):
        # Without timestamps the container's rate is only a default; the rate in the coded frames is more reliable.
        rate_hz = frame_rate_hz(_plausible(stream.guessed_rate) or rate_hz)
        frame_of[chosen] = np.arange(len(chosen))
        # With B-frames the display order is unknown: frames are counted as they are decoded.
        return FrameTable.from_count(max(1, len(chosen)), rate_hz, None if reordered else packets, notes)
    stamps_s = _seconds(stamps, tick_s)
    if read.is_reference is not None:
        order = np.array(display_order(np.array(read.is_reference)[chosen].tolist()), np.int64)
        chosen, stamps_s, reordered = chosen[order], np.sort(stamps_s), False
    decode_s = _seconds(np.array(read.dts, np.int64)[chosen], tick_s)
    if container.format.name.split(",")[0] not in _WITH_DECODE_TIMES:
        decode_s[:] = np.nan
    if read.is_reference is None and are_clean(stamps_s, decode_s, reordered):
        start = min(int(pts[k]) for k in (first_packet, *keys[:1]) if pts[k] != NO_STAMP)
        shown, key_pts = stamps[stamps >= start].tolist(), pts[keys][pts[keys] >= start].tolist()
        return FrameTable.from_timestamps(shown, key_pts, read.end, tick_s, rate_hz, notes)
    repaired = repair(stamps_s, decode_s, reordered, tick_s, rate_hz)
    frame_of[chosen[repaired.packets]] = np.arange(len(chosen))
    start = min(int(frame_of[k]) for k in (first_packet, *keys[:1]) if frame_of[k] >= 0)
    if start > first_packet + REORDER:
        start = 0  # the stamp of the first packet is wrong: nothing is left out for it
    frame_of -= start
    frame_of[frame_of < 0] = -1
    certain = np.zeros(len(pts), np.bool_)
    certain[chosen] = repaired.certain
    playable = dataclasses.replace(packets, keys=keys[(frame_of[keys] >= 0) & certain[keys]])
    return FrameTable.from_packets(
        repaired.time_s[start:], playable, tick_s, rate_hz, repaired.one_clock, notes + repaired.notes
    )


def _read(path: Path, container: Any, stream: Any) -> _Read:
    codec = stream.codec_context
    read = _Read(HeaderChanges(codec.name))
    hides_frames = codec.name in ("vp8", "libvpx")
    fields = SecondFields(codec.extradata) if codec.name == "h264" else None
    last_is_corrupt = False
    for packet in demux(path, container, stream):
        if not packet.size:
            continue
        if codec.name == "mpeg4":
            if not read.pts and is_packed(codec.extradata, bytes(packet)):
                read.is_reference = []
            if read.is_reference is not None:
                read.is_reference.append(is_reference(bytes(packet)))
        is_frame, is_key = not packet.is_discard, packet.is_keyframe
        if fields is not None and fields.is_second(packet, is_key):
            is_frame = False
            read.second_fields += 1
        if hides_frames and not bytes(packet)[0] & 0x10:  # RFC 6386, 9.1: show_frame is off in VP8 alt-ref frames
            is_frame = False
        if is_key:
            read.headers.look(len(read.pts), packet)
        pts, dts = packet.pts, packet.dts
        read.pts.append(NO_STAMP if pts is None else pts)
        read.dts.append(NO_STAMP if dts is None else dts)
        read.position.append(-1 if packet.pos is None else packet.pos)
        read.size.append(packet.size)
        read.is_key.append(is_key)
        read.is_frame.append(is_frame)
        last_is_corrupt = packet.is_corrupt
        if pts is not None and not packet.is_discard:
            read.end = max(read.end or pts, pts + (packet.duration or 0))
    if last_is_corrupt and sum(read.is_frame) > 1:
        read.is_frame[-1] = False  # the file ends in the middle of this packet
    read.ends_inside = last_is_corrupt
    read.streams = len(video_streams(container))  # at the end: a stream may begin midway
    if container.format.name.split(",")[0] == "mov":
        read.announced = stream.frames
    if container.format.name.split(",")[0] == "matroska" and container.duration and read.end is not None:
        read.stated_s, read.end_s = container.duration / 1e6, read.end * float(stream.time_base or 0)
    return read


def _seconds(ticks: Ints, tick_s: float) -> Doubles:
    return np.where(ticks == NO_STAMP, np.nan, ticks * tick_s)


def _plausible(rate: Fraction | None) -> float | None:
    return float(rate) if rate and 0 < rate <= 1000 else None
