"""Read and write zip archives and `.npz` arrays; stated sizes are checked before allocating.

`ArrayFile.headers` describes the arrays: callers check names, types and shapes there first, so that a zip bomb or a
header that claims terabytes costs nothing. Only plain numbers, text and dates are read, never Python objects.
Specifications: APPNOTE.TXT 4.3 (zip), NEP 1 (the header of an array).
"""

from __future__ import annotations

import contextlib
import errno
import math
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from .memory import available_memory_bytes
from .safe_read import DamagedFile, open_regular, quoted

_NPY: Any = np.lib.format  # without types in NumPy 1.26
_LARGEST_HEADER = 4096  # bytes of one array's description; NumPy writes 118 for plain arrays
_LARGEST_DIRECTORY = 4 << 20  # bytes of an archive's list of members
_MOST_MEMBERS = 10_000
_MOST_DIMENSIONS = 8
_MOST_VALUES = 1 << 48  # values in one array
_BEST_DEFLATE = 1100  # largest expansion of deflated data (1032 in theory)
_MEMORY_SHARE = 0.5  # share of the free memory that the arrays of one file may take
_PIECE = 1 << 20  # bytes that are unpacked at a time
_KINDS = "biufcUSMm"  # kinds of dtype that hold plain values, never Python objects or records
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # compression methods that NumPy writes
_DESCR = re.compile(r"['\"]descr['\"]\s*:\s*['\"]([<>|=]?[a-zA-Z]\d{0,9}(?:\[\w{1,4}\])?)['\"]")
_ORDER = re.compile(r"['\"]fortran_order['\"]\s*:\s*(True|False)")
_SHAPE = re.compile(r"['\"]shape['\"]\s*:\s*\(((?:\s*\d{1,19}L?\s*,)*\s*(?:\d{1,19}L?)?\s*)\)")
# Errors of zipfile and zlib for truncated, overwritten, encrypted or invalid archives.
_ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, IndexError, ValueError, NotImplementedError, RuntimeError,
    struct.error, OverflowError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ArrayHeader:
    """Describe an array as stated in its file."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    fortran_order: bool
    begin: int  # bytes of the member before the values

    @property
    def nbytes(self) -> int:
        """Return the size of the values in bytes."""
        return math.prod(self.shape) * self.dtype.itemsize


class ArrayFile:
    """Read the arrays of an `.npz` on demand; a context manager that owns `file`.

    `limit` bounds the bytes of all values together. The constructor raises `OSError` and `DamagedFile`.
    """

    def __init__(self, file: IO[bytes], limit: int) -> None:
        self._file = file
        with _damage_named():
            self._archive = _archive(file)
            self._members = {info.filename.removesuffix(".npy"): info for info in self._archive.infolist()}
            headers = {name: self._header(name, info) for name, info in self._members.items()}
        self.headers: Mapping[str, ArrayHeader] = headers
        limit = min(limit, int(available_memory_bytes() * _MEMORY_SHARE))
        if sum(header.nbytes for header in headers.values()) > limit:
            raise DamagedFile(f"its arrays would take more than {limit >> 20} MiB")

    def __enter__(self) -> ArrayFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()
        self._file.close()

    def _header(self, name: str, info: zipfile.ZipInfo) -> ArrayHeader:
        check_member(info)
        with self._archive.open(info) as member:
            header = _read_header(name, member)
        if header.begin + header.nbytes != info.file_size:
            raise DamagedFile(f"the array {quoted(name)} is said to have shape {header.shape}, but it has another size")
        return header

    def read(self, name: str) -> NDArray[Any]:
        """Read the values of an array.

        Raises `OSError`, and `DamagedFile`, also for a missing name.
        """
        if name not in self.headers:
            raise DamagedFile(f"the array {quoted(name)} is missing")
        header = self.headers[name]
        try:
            flat = np.empty(math.prod(header.shape), header.dtype)
        except MemoryError as error:
            raise DamagedFile(f"the array {quoted(name)} needs more memory than there is") from error
        with _damage_named(), self._archive.open(self._members[name]) as member:
            member.read(header.begin)
            _fill(flat.view(np.uint8).data, member)  # as bytes, because dates have no buffer
        return flat.reshape(header.shape[::-1]).T if header.fortran_order else flat.reshape(header.shape)

    def read_all(self) -> dict[str, NDArray[Any]]:
        """Read every array. Raises `OSError` and `DamagedFile`."""
        return {name: self.read(name) for name in self.headers}


def open_arrays(path: Path, limit: int) -> ArrayFile:
    """Open an `.npz` file whose values take at most `limit` bytes.

    Raises `OSError` and `DamagedFile`.
    """
    file = open_regular(path)
    try:
        return ArrayFile(file, limit)
    except BaseException:
        file.close()
        raise


@contextlib.contextmanager
def open_zip(path: Path, most: int = _MOST_MEMBERS, list_bytes: int = _LARGEST_DIRECTORY) -> Iterator[zipfile.ZipFile]:
    """Open a zip archive with at most `most` members in a list of `list_bytes`.

    Raises `OSError` and `DamagedFile`.
    """
    with open_regular(path) as file:
        with _damage_named():
            archive = _archive(file, most, list_bytes)
        with archive:
            yield archive


def open_member(archive: zipfile.ZipFile, name: str, limit: int) -> IO[bytes]:
    """Open a member of at most `limit` bytes. Raises `DamagedFile`."""
    if name not in archive.NameToInfo:
        raise DamagedFile(f"{name} is missing in it")
    info = archive.getinfo(name)
    check_member(info)
    if info.file_size > limit:
        raise DamagedFile(f"{name} in it is larger than {limit >> 20} MiB")
    with _damage_named():
        return archive.open(info)


def read_member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """Read a whole member of at most `limit` bytes. Raises `DamagedFile`."""
    with open_member(archive, name, limit) as member, _damage_named():
        return member.read(limit + 1)


def check_member(info: zipfile.ZipInfo) -> None:
    """Raise `DamagedFile` unless a member is stored or deflated, and its size is possible."""
    name = quoted(info.filename)
    if info.flag_bits & 0x1:
        raise DamagedFile(f"{name} in it is encrypted")
    if info.compress_type not in _METHODS:
        raise DamagedFile(f"{name} in it is compressed by an unknown method")
    most = info.compress_size * (1 if info.compress_type == zipfile.ZIP_STORED else _BEST_DEFLATE)
    if info.file_size > most + 1024:
        raise DamagedFile(f"{name} in it is said to be larger than it can be")


def _archive(file: IO[bytes], most: int = _MOST_MEMBERS, list_bytes: int = _LARGEST_DIRECTORY) -> zipfile.ZipFile:
    _check_directory(file, list_bytes)
    archive = zipfile.ZipFile(file)
    if len(archive.infolist()) > most:
        raise DamagedFile(f"it has more than {most} members")
    return archive


def _check_directory(file: IO[bytes], list_bytes: int) -> None:
    """Check the archive's end, because `zipfile` reads a list of members of any stated length."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 22 - 0xFFFF))
    tail = file.read(22 + 0xFFFF)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise DamagedFile("it is not a zip archive")
    claims = [struct.unpack_from("<I", tail, at + 12)[0]]
    wide = tail.rfind(b"PK\x06\x06", 0, at)  # the record of archives above 4 GiB
    if wide >= 0 and at >= wide + 56:
        claims.append(struct.unpack_from("<Q", tail, wide + 40)[0])
    if any(list_bytes < claim != 0xFFFFFFFF for claim in claims):
        raise DamagedFile("its list of members is too long")
    file.seek(0)


def _read_header(name: str, member: IO[bytes]) -> ArrayHeader:
    """Read the description in front of an array's values: formats 1, 2 and 3 of NumPy, plain types only."""
    magic = member.read(8)
    if len(magic) < 8 or magic[:6] != b"\x93NUMPY" or magic[6] not in (1, 2, 3):
        raise DamagedFile(f"{quoted(name)} in it is not an array")
    width, form = (2, "<H") if magic[6] == 1 else (4, "<I")
    length = struct.unpack(form, member.read(width))[0]
    if length > _LARGEST_HEADER:
        raise DamagedFile(f"the description of the array {quoted(name)} is too long")
    text = member.read(length).decode("latin-1")
    descr, order, shape = _DESCR.search(text), _ORDER.search(text), _SHAPE.search(text)
    if not (descr and order and shape):
        raise DamagedFile(f"the array {quoted(name)} does not hold plain values")
    try:
        dtype = np.dtype(descr[1])
    except TypeError as error:
        raise DamagedFile(f"the array {quoted(name)} is of an unknown type") from error
    sizes = tuple(int(part.strip().rstrip("L")) for part in shape[1].split(",") if part.strip())
    if dtype.kind not in _KINDS or not dtype.itemsize:
        raise DamagedFile(f"the array {quoted(name)} does not hold plain values")
    if len(sizes) > _MOST_DIMENSIONS or math.prod(max(size, 1) for size in sizes) > _MOST_VALUES:
        raise DamagedFile(f"the array {quoted(name)} has an impossible shape")
    return ArrayHeader(dtype, sizes, order[1] == "True", 8 + width + length)


def _fill(target: memoryview, member: IO[bytes]) -> None:
    """Fill `target` and read to the end of the member, where its checksum is compared."""
    at = 0
    while at < len(target):
        piece = member.read(min(_PIECE, len(target) - at))
        if not piece:
            raise DamagedFile("it ends in the middle of an array")
        target[at : at + len(piece)] = piece
        at += len(piece)
    if member.read(1):
        raise DamagedFile("there is more behind an array than it says")


@contextlib.contextmanager
def _damage_named() -> Iterator[None]:
    """Convert the errors of `zipfile` and `zlib` for damaged archives to `DamagedFile`."""
    try:
        yield
    except DamagedFile:
        raise
    except _ZIP_ERRORS as error:
        raise DamagedFile(f"the archive is damaged: {error}") from error
    except OSError as error:
        if error.errno == errno.EINVAL:  # it names a place in front of its beginning
            raise DamagedFile("the archive is damaged: it names an impossible place") from error
        raise


def write_arrays(file: IO[bytes], arrays: Mapping[str, Any], *, compressed: bool = True) -> None:
    """Write arrays as `.npz`. Raises `OSError`.

    Unlike `numpy.savez`, it leaves no open archive when the disk is full.
    """
    method = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                _NPY.write_array(entry, np.asanyarray(array), allow_pickle=False)
