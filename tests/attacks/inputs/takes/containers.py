"""Damage the archive of a take: cut, flipped bits, bombs, lying sizes, other compression, other kinds of file."""

from __future__ import annotations

import io
import json
import random
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.attacks.harness.case import Case, Cases
from tests.attacks.harness.npy import HEADERS, archive, flipped, npz
from tests.attacks.harness.payload import Payload
from tests.attacks.harness.places import SEED
from tests.attacks.harness.sound_inputs import data
from tests.attacks.inputs.videos.names_and_kinds import SPECIAL

from .pack import exported, pack, parts

Write = Callable[[Path], object]
_LOCAL, _CENTRAL = b"PK\x03\x04", b"PK\x01\x02"  # marks of a zip's entries and of its directory


def cases() -> Cases:
    sound, rng = data("take.pose3d"), random.Random(SEED)
    contents = {"sound": sound}
    contents |= {f"cut at {step} %": sound[: len(sound) * step // 100] for step in range(0, 100, 10)}
    contents |= {f"bits flipped {number}": flipped(sound, rng, 1 + number % 4) for number in range(60)}
    contents |= {
        "encrypted": _encrypted(sound),
        "lying size": _lying_size(sound),
        "empty zip": b"PK\x05\x06" + bytes(18),
        "text": b"hello",
        "zero bytes": b"",
        "zeros": bytes(100_000),
        "a video": data("a.mp4"),
        **{f"compression {number}": _other_method(sound, number) for number in (8, 12, 14, 99)},
    }
    for name, content in contents.items():
        yield Case(name, exported(lambda path, content=content: path.write_bytes(content)))
    header, arrays = parts()
    for name, text in _headers(header).items():
        yield Case(name, exported(lambda path, text=text: pack(path, text, arrays)))
    for name, inner in _inner(header, arrays).items():
        yield Case(name, exported(lambda path, inner=inner: pack(path, header, inner)))
    writes: dict[str, Write] = {
        "zip bomb in arrays": _bomb,
        "63 MB of json": _huge_json,
        "members twice": _twice,
        "path traversal": _traversal,
        **{f"take is {name}": make for name, make in SPECIAL.items()},
    }
    for name, write in writes.items():
        yield Case(name, exported(write))


def _headers(header: dict[str, Any]) -> dict[str, str | bytes]:
    text = json.dumps(header)
    return {
        "json depth bomb": "[" * 200_000,
        "json depth object": '{"a":' * 100_000,
        "json nan": json.dumps({**header, "info": {**header["info"], "fps_hz": float("nan")}}),
        "json utf16": text.encode("utf-16"),
        "json bom": b"\xef\xbb\xbf" + text.encode(),
        "json latin": b'{"format": "\xff"}',
        "json list": "[1]",
        "json string": '"hourglass-pose3d"',
        "json null": "null",
        "json huge number": '{"format": "hourglass-pose3d", "version": ' + "9" * 5000 + "}",
        "json empty": "",
        "json keys twice": text[:-1] + ',"names":{"1":"x"}}',
    }


def _inner(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> dict[str, bytes | None]:
    """Return archives of arrays."""
    damaged = bytearray(npz(arrays, compressed=True))  # the outer checksum is right, the inner streams are not
    for at in range(80, len(damaged) - 3000, 97):
        damaged[at] ^= 0xFF
    found: dict[str, bytes | None] = {
        "damaged deflate": bytes(damaged),
        "object array with payload": npz({**arrays, "time_s": np.array([Payload()], object)}),
        "no arrays": None,
        "arrays are text": b"hello",
        "arrays are a .npy": b"\x93NUMPY\x01\x00",
    }
    for name, description in HEADERS.items():
        found[f"npy {name}"] = archive({f"{key}.npy": description + bytes(64) for key in arrays})
    return found


def _bomb(path: Path) -> None:
    """Pack 4.7 GB of zeros in 5 MB."""
    header = {"descr": "<i8", "fortran_order": False, "shape": (600_000_000,)}
    memory = io.BytesIO()
    with (
        zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as inner,
        inner.open("frame_index.npy", "w", force_zip64=True) as member,
    ):
        np.lib.format.write_array_header_1_0(member, header)
        for _ in range(600):
            member.write(bytes(8_000_000))
    pack(path, parts()[0], memory.getvalue())


def _huge_json(path: Path) -> None:
    text = b"[" + b"0," * (30 << 20) + b"0]"
    path.write_bytes(archive({"take.json": text, "arrays.npz": b""}, zipfile.ZIP_DEFLATED))


def _twice(path: Path) -> None:
    header, arrays = parts()
    warnings.simplefilter("ignore")
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("take.json", json.dumps({**header, "names": {"1": "first"}}))
        opened.writestr("take.json", json.dumps(header))
        opened.writestr("arrays.npz", b"")
        opened.writestr("arrays.npz", npz(arrays))


def _traversal(path: Path) -> None:
    pack(path, *parts())
    with zipfile.ZipFile(path, "a") as opened:
        opened.writestr("../../PWNED", "x")
        opened.writestr("/tmp/PWNED_abs", "x")


def _encrypted(sound: bytes) -> bytes:
    content = bytearray(sound)
    content[6] |= 1
    content[content.find(_CENTRAL) + 8] |= 1
    return bytes(content)


def _lying_size(sound: bytes) -> bytes:
    """Let the directory say that the first member has one byte."""
    content = bytearray(sound)
    at = content.find(_CENTRAL)
    content[at + 24 : at + 28] = struct.pack("<I", 1)
    return bytes(content)


def _other_method(sound: bytes, method: int) -> bytes:
    content = bytearray(sound)
    for mark, offset in ((_LOCAL, 8), (_CENTRAL, 10)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset : at + offset + 2] = struct.pack("<H", method)
            at = content.find(mark, at + 4)
    return bytes(content)
