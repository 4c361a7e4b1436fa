"""Change single atoms of an MP4 file: missing, huge, contradictory."""

from __future__ import annotations

import struct

from tests.attacks.harness.case import Build, Case, Cases, file
from tests.attacks.harness.sound_inputs import data
from tests.attacks.inputs.read_through import read_inputs

_STBL = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
_MDHD = (b"moov", b"trak", b"mdia", b"mdhd")
_TKHD = (b"moov", b"trak", b"tkhd")
_SIZE_AT = 8 + 8 + 24  # of the image, in the first entry of stsd
_ALL_ONES = b"\xff\xff\xff\xff"

Change = tuple[tuple[bytes, ...], int, bytes]  # path of an atom, offset in it, new bytes


def atoms(content: bytes, start: int = 0, end: int | None = None) -> list[tuple[int, int, bytes]]:
    """Return (offset, size, kind) of the atoms in a range."""
    found, at, end = [], start, end or len(content)
    while at + 8 <= end:
        size, kind = struct.unpack(">I4s", content[at : at + 8])
        size = size or end - at
        if size < 8:
            break
        found.append((at, size, kind))
        at += size
    return found


def inside(content: bytes, *path: bytes) -> tuple[int, int]:
    """Return the range of what an atom holds."""
    start, end = 0, len(content)
    for kind in path:
        at, size, _ = next(atom for atom in atoms(content, start, end) if atom[2] == kind)
        start, end = at + 8, at + size
    return start, end


def patched(*changes: Change) -> Build:
    content = bytearray(data("a.mp4"))
    for path, offset, new in changes:
        start, _ = inside(bytes(content), *path)
        content[start + offset : start + offset + len(new)] = new
    return file("v.mp4", bytes(content))


def cases() -> Cases:
    sound = data("a.mp4")
    tops = atoms(sound)
    pieces = [sound[at : at + size] for at, size, _ in tops]
    named: dict[str, Build] = {
        f"without {tops[i][2].decode()}": file("v.mp4", b"".join(p for j, p in enumerate(pieces) if j != i))
        for i in range(len(pieces))
    }
    named["atoms reversed"] = file("v.mp4", b"".join(reversed(pieces)))
    named["moov twice"] = file("v.mp4", b"".join(pieces) + next(p for p in pieces if p[4:8] == b"moov"))
    for at, size, kind in atoms(sound, *inside(sound, *_STBL)):
        name = kind.decode()
        named[f"no {name}"] = _overwritten(at + 4, b"free")
        named[f"{name} of 4 GB"] = _overwritten(at, _ALL_ONES)
        named[f"{name} with 4e9 entries"] = _overwritten(at + 12, _ALL_ONES)
        named[f"{name} all ones"] = _overwritten(at + 16, b"\xff" * (size - 16))
        named[f"{name} all zeros"] = _overwritten(at + 16, bytes(size - 16))
    for name, changes in _changes().items():
        named[name] = patched(*changes)
    for name, build in named.items():
        yield Case(f"mp4 {name}", build, read_inputs)


def _overwritten(at: int, new: bytes) -> Build:
    content = bytearray(data("a.mp4"))
    content[at : at + len(new)] = new
    return file("v.mp4", bytes(content))


def _changes() -> dict[str, tuple[Change, ...]]:
    stts = (*_STBL, b"stts")
    found: dict[str, tuple[Change, ...]] = {
        "tkhd 65535 x 65535": ((_TKHD, 76, struct.pack(">II", 65535 << 16, 65535 << 16)),),
        "avc1 65535 x 65535": (((*_STBL, b"stsd"), _SIZE_AT, _ALL_ONES),),
        "avc1 0 x 0": (((*_STBL, b"stsd"), _SIZE_AT, bytes(4)),),
        "duration of years": (((b"moov", b"mvhd"), 16, _ALL_ONES), (_MDHD, 16, _ALL_ONES)),
        "one frame of 2**31 ticks": ((stts, 12, struct.pack(">I", 2**31 - 1)),),
        "frames of 0 ticks": ((stts, 12, bytes(4)),),
        "4e9 frames": ((stts, 8, _ALL_ONES),),
    }
    for scale in (0, 1, 2**31, 2**32 - 1):
        found[f"timescale {scale}"] = ((_MDHD, 12, struct.pack(">I", scale)),)
    sheared = struct.pack(">9i", 65536, 65536, 0, 65536, 65536, 0, 0, 0, 1 << 30)
    for name, matrix in (("zero", bytes(36)), ("ones", b"\xff" * 36), ("sheared", sheared)):
        found[f"matrix {name}"] = ((_TKHD, 40, matrix),)
    return found
