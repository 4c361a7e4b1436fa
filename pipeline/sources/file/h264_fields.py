"""Find H.264 packets that hold the second field of a frame.

A field-coded stream (AVCHD camcorders record such) stores a frame as two packets, each with a time stamp, and the
decoder delivers one frame for both. Only headers are read: sequence parameter sets and the first bits of slices (ITU-T
H.264, 7.3.2.1 and 7.3.3).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

_HEADER_BYTES = 64  # bytes of a slice that are searched: its header's first fields take about a dozen
_SLICES, _SEQUENCE = (1, 2, 5), 7  # types of network abstraction layer (NAL) units
_WITH_CHROMA = (44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244)  # profiles with more header fields


class _Bits:
    """Read numbers from the bits of a NAL unit, first bit first. Raises IndexError at the end."""

    def __init__(self, unit: bytes) -> None:
        self._data = unit.replace(b"\0\0\3", b"\0\0")  # emulation prevention, 7.4.1
        self._at = 0

    def bits(self, count: int) -> int:
        value = 0
        for _ in range(count):
            value = value << 1 | self._data[self._at >> 3] >> (7 - (self._at & 7)) & 1
            self._at += 1
        return value

    def unsigned(self) -> int:
        """Read an Exp-Golomb number, 9.1."""
        zeros = 0
        while not self.bits(1):
            zeros += 1
            if zeros > 32:
                raise IndexError("not an Exp-Golomb number")
        return (1 << zeros) - 1 + self.bits(zeros)

    def signed(self) -> int:
        value = self.unsigned()
        return (value + 1) // 2 if value & 1 else -(value // 2)


@dataclass(frozen=True, slots=True)
class _Sequence:
    """Hold the field-related values of a sequence parameter set."""

    frames_only: bool
    colour_planes: bool
    frame_num_bits: int


@dataclass(frozen=True, slots=True)
class _Field:
    bottom: bool
    frame_num: int


class SecondFields:
    """Find the packets of an H.264 stream, in file order, that hold a frame's second field."""

    def __init__(self, extradata: bytes | None) -> None:
        extradata = extradata or b""
        # avcC (ISO 14496-15, 5.3.3.1): NAL units have a length in front; else start codes divide them.
        self._length_bytes = (extradata[4] & 3) + 1 if len(extradata) > 6 and extradata[0] == 1 else 0
        self._sequence: _Sequence | None = None
        self._first: _Field | None = None  # a first field that waits for its second
        if self._length_bytes:
            size = int.from_bytes(extradata[6:8], "big")
            self._read_sequence(extradata[8 : 8 + size])
        else:
            for unit in self._units(extradata):
                self._read_sequence(unit)

    def is_second(self, packet: object, is_keyframe: bool) -> bool:
        """Return whether the next packet (a buffer of bytes) is the second field of a frame."""
        known = self._sequence
        if known is not None and known.frames_only and not is_keyframe:
            return False  # without looking: nearly all videos are of this kind
        data = bytes(packet)  # type: ignore[call-overload]
        fields: list[_Field] = []
        whole = False
        for unit in self._units(data):
            kind = unit[0] & 31
            if kind == _SEQUENCE:
                self._read_sequence(unit)
                if self._sequence is not None and self._sequence.frames_only:
                    return False
            elif kind in _SLICES and self._sequence is not None:
                field = self._field(unit, self._sequence)
                whole = whole or field is None
                fields += [] if field is None or field in fields else [field]
        if whole or len(fields) != 1:  # a frame, or both of its fields
            self._first = None
            return False
        first, self._first = self._first, fields[0]
        if first is not None and first.bottom != fields[0].bottom and first.frame_num == fields[0].frame_num:
            self._first = None
            return True
        return False

    def _units(self, data: bytes) -> Iterator[bytes]:
        """Yield the beginning of every NAL unit."""
        at = 0
        if self._length_bytes:
            while at + self._length_bytes < len(data):
                size = int.from_bytes(data[at : at + self._length_bytes], "big")
                at += self._length_bytes
                if size:
                    yield data[at : at + min(size, _HEADER_BYTES * 4)]
                at += size
            return
        while (at := data.find(b"\0\0\1", at)) >= 0 and at + 3 < len(data):
            at += 3
            yield data[at : at + _HEADER_BYTES * 4]

    def _read_sequence(self, unit: bytes) -> None:
        if not unit or unit[0] & 31 != _SEQUENCE:
            return
        with contextlib.suppress(IndexError):  # damaged: what was known before still holds
            self._sequence = _sequence(_Bits(unit[1:]))

    @staticmethod
    def _field(unit: bytes, sequence: _Sequence) -> _Field | None:
        """Return the field that a slice belongs to; None for a slice of a whole frame."""
        bits = _Bits(unit[1:_HEADER_BYTES])
        try:
            for _ in range(3):  # first macroblock, type, picture parameter set
                bits.unsigned()
            if sequence.colour_planes:
                bits.bits(2)
            frame_num = bits.bits(sequence.frame_num_bits)
            if sequence.frames_only or not bits.bits(1):
                return None
            return _Field(bool(bits.bits(1)), frame_num)
        except IndexError:
            return None


def _sequence(bits: _Bits) -> _Sequence:
    profile = bits.bits(8)
    bits.bits(16)  # constraints, level
    bits.unsigned()
    colour_planes = False
    if profile in _WITH_CHROMA:
        chroma = bits.unsigned()
        colour_planes = chroma == 3 and bool(bits.bits(1))
        bits.unsigned()
        bits.unsigned()
        bits.bits(1)
        if bits.bits(1):
            for i in range(12 if chroma == 3 else 8):
                if bits.bits(1):
                    _skip_scaling_list(bits, 16 if i < 6 else 64)
    frame_num_bits = bits.unsigned() + 4
    order_type = bits.unsigned()
    if order_type == 0:
        bits.unsigned()
    elif order_type == 1:
        bits.bits(1)
        bits.signed()
        bits.signed()
        for _ in range(bits.unsigned() & 255):
            bits.signed()
    bits.unsigned()
    bits.bits(1)
    bits.unsigned()
    bits.unsigned()
    return _Sequence(bool(bits.bits(1)), colour_planes, min(frame_num_bits, 16))


def _skip_scaling_list(bits: _Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last
