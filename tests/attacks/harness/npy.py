"""Write arrays and archives of arrays whose descriptions lie."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import Any

import numpy as np

MAGIC = b"\x93NUMPY"


def npy(array: Any) -> bytes:
    memory = io.BytesIO()
    np.save(memory, array)
    return memory.getvalue()


def npz(arrays: dict[str, Any], compressed: bool = False) -> bytes:
    memory = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(memory, **arrays)
    return memory.getvalue()


def archive(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", method) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return memory.getvalue()


def head(shape: str, descr: str = "'<f4'") -> bytes:
    """Return the header of an array; its shape and type are text, right or wrong."""
    return raw_head(f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}\n".encode())


def raw_head(text: bytes) -> bytes:
    return MAGIC + b"\x01\x00" + struct.pack("<H", len(text)) + text


HEADERS = {
    "shape 1e12": head("(1000000000000, 17, 2)"),
    "shape 2**62": head("(4611686018427387904, 17, 2)"),
    "shape negative": head("(-1, 17, 2)"),
    "shape of text": head("('a', 17, 2)"),
    "shape float": head("(4.0, 17, 2)"),
    "shape empty": head("()"),
    "descr object": head("(1,)", "'|O'"),
    "descr S0": head("(99999999999,)", "'|S0'"),
    "descr V": head("(3,)", "'|V99999999'"),
    "descr nonsense": head("(3,)", "'zzz'"),
    "descr list": head("(1,)", "[('a', '<f4', (2, 2))]"),
    "header cut": MAGIC + b"\x01\x00\xff\xff{'descr'",
    "header open": raw_head(b"{'descr': (((\n   "),
    "version 9": MAGIC + b"\x09\x00\x10\x00{}",
    "header v2 of 4 GB": MAGIC + b"\x02\x00\xff\xff\xff\xff{",
    "header null": raw_head(bytes(4)),
    "header deep": raw_head(b"(" * 9800),
    "header deep and closed": raw_head(b"(" * 9000 + b")" * 9000),
    "header unary": raw_head(b"-" * 9000),
    "header code": raw_head(b"__import__('os').system('touch PWNED')   \n"),
    "header bytes": raw_head(b"\xff" * 60),
    "header v3 not UTF-8": MAGIC + b"\x03\x00" + struct.pack("<I", 8) + b"\xff" * 8,
    "magic only": MAGIC,
    "nothing": b"",
}


def flipped(content: bytes, rng: Any, count: int = 1) -> bytes:
    changed = bytearray(content)
    for _ in range(count):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)
