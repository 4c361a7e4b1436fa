"""Store the 2D and 3D joints of every frame of a recording in an append-only file of chunks.

A chunk is `magic, length, crc32`, followed by the concatenated arrays of some frames (an `.npz` per fifth of a second
would be mostly zip headers, and an hour of them slow to open). After a crash the file can be read up to its last
complete chunk; the partial chunk after it is left out.

A chunk whose detections have extras (`core.poses.EXTRAS`) has another magic; after the arrays follow the number of
extras, and for each its name and values.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import (
    FARTHEST_M,
    FARTHEST_PX,
    HIGHEST_SCORE,
    LATEST_S,
    Doubles,
    Floats,
    Ints,
    check_numbers,
    check_shape,
)
from ...core.live import LivePerson
from ...core.poses import EXTRAS, Extras, Pose2D, check_extras, check_read_extras, joined_extras
from ...core.skeletons import SKELETONS
from ...system.files import output_error
from ...system.safe_read import open_regular

log = logging.getLogger(__name__)

_HEAD = struct.Struct("<4sII")  # magic, length of the payload in bytes, its crc32
_COUNTS = struct.Struct("<III20s")  # frames, detections, skeletons, name of the 2D skeleton
_MAGIC, _MAGIC_EXTRAS = b"HGr1", b"HGr2"  # chunks without and with extras
_EXTRA_COUNT = struct.Struct("<I")
_EXTRA_NAME = struct.Struct("<20s")
_LARGEST = 64 << 20  # bytes, largest chunk that is read; written ones have about 20 kB
_MOST_PEOPLE = 1000  # people or detections in one frame; more means a damaged chunk
_LAST_IDENTITY = 1 << 40  # highest identity number; a higher one means a damaged chunk


def _layout(frames: int, seen: int, lifted: int, joints: int) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Return the arrays of a chunk in file order: name -> type (little-endian), shape."""
    return {
        "source_index": ("<i8", (frames,)),
        "time_s": ("<f8", (frames,)),
        "people_time_s": ("<f8", (frames,)),
        "detected": ("|b1", (frames,)),
        "count2d": ("<i8", (frames,)),
        "count3d": ("<i8", (frames,)),
        "identity2d": ("<i8", (seen,)),
        "boxes_image": ("<f4", (seen, 4)),
        "joints_image": ("<f4", (seen, joints, 2)),
        "scores": ("<f4", (seen, joints)),
        "person3d": ("<i8", (lifted,)),
        "joints": ("<f4", (lifted, 17, 3)),
        "scores3d": ("<f4", (lifted, 17)),
    }


@dataclass(frozen=True, slots=True)
class Row:
    """Hold the recorded values of one frame. Times count from the recording's first frame."""

    source_index: int
    time_s: float
    pose: Pose2D  # in pixels of the recorded video
    identities: tuple[int, ...]
    detected: bool  # False: the 2D was predicted
    people: tuple[LivePerson, ...]
    people_time_s: float

    def __post_init__(self) -> None:
        check_shape("identities", np.asarray(self.identities), (len(self.pose.scores),))
        for person in self.people:
            check_shape("joints", person.joints, (17, 3))
            check_shape("scores", person.scores, (17,))


@dataclass(frozen=True, slots=True)
class Rows:
    """Hold all N frames of a recording, with M detections of people and K skeletons.

    Row i is frame i of the video.
    """

    skeleton: str
    source_index: Ints  # (N,)
    time_s: Doubles  # (N,) s, strictly rising from 0
    detected: NDArray[np.bool_]  # (N,)
    people_time_s: Doubles  # (N,) s, time that the skeletons are of
    count2d: Ints  # (N,) detections per frame; the M rows are sorted by frame
    identity2d: Ints  # (M,)
    boxes_image: Floats  # (M, 4) px
    joints_image: Floats  # (M, J, 2) px
    scores: Floats  # (M, J)
    count3d: Ints  # (N,) skeletons per frame; the K rows are sorted by frame
    person3d: Ints  # (K,)
    joints: Floats  # (K, 17, 3) m
    scores3d: Floats  # (K, 17)
    extras: Extras = field(default_factory=dict)  # name -> (M, ...)

    def __post_init__(self) -> None:
        check_extras(self.extras, len(self.identity2d), self.skeleton)
        joints = len(SKELETONS[self.skeleton].names)
        layout = _layout(len(self.time_s), int(self.count2d.sum()), int(self.count3d.sum()), joints)
        for name, (_, shape) in layout.items():
            check_shape(name, getattr(self, name), shape)

    def __len__(self) -> int:
        return len(self.time_s)

    @property
    def row2d(self) -> Ints:
        """Return the frame (M,) of each detection."""
        return np.repeat(np.arange(len(self)), self.count2d)

    @property
    def row3d(self) -> Ints:
        """Return the frame (K,) at which each skeleton became known."""
        return np.repeat(np.arange(len(self)), self.count3d)


class RowWriter:
    """Append chunks to `path`, which must not exist. Raises `OutputError`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = path.open("xb", buffering=0)  # unbuffered: written bytes survive a crash of this process
        except OSError as error:
            raise output_error(path, error) from error

    def append(self, rows: list[Row]) -> None:
        if not rows:
            return
        payload, magic = _packed(rows)
        block = memoryview(_HEAD.pack(magic, len(payload), zlib.crc32(payload)) + payload)
        begin = self._file.tell()
        try:
            while block:  # a nearly full disk may accept only a part
                block = block[self._file.write(block) :]
        except OSError as error:
            with contextlib.suppress(OSError):
                self._file.truncate(begin)  # a partial chunk would hide all chunks after it
                self._file.seek(begin)
            raise output_error(self._path, error) from error

    def close(self) -> None:
        try:
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:
            raise output_error(self._path, error) from error


def _packed(rows: list[Row]) -> tuple[bytes, bytes]:
    """Encode rows: the payload of a chunk, and its magic."""
    poses, people = [row.pose for row in rows], [person for row in rows for person in row.people]
    skeleton, seen = poses[0].skeleton, sum(len(pose.scores) for pose in poses)
    values: dict[str, Any] = {
        "source_index": [row.source_index for row in rows],
        "time_s": [row.time_s for row in rows],
        "people_time_s": [row.people_time_s for row in rows],
        "detected": [row.detected for row in rows],
        "count2d": [len(pose.scores) for pose in poses],
        "count3d": [len(row.people) for row in rows],
        "identity2d": [identity for row in rows for identity in row.identities],
        "boxes_image": np.concatenate([pose.boxes_image for pose in poses]),
        "joints_image": np.concatenate([pose.joints_image for pose in poses]),
        "scores": np.concatenate([pose.scores for pose in poses]),
        "person3d": [person.person for person in people],
        "joints": [person.joints for person in people],
        "scores3d": [person.scores for person in people],
    }
    parts = [_COUNTS.pack(len(rows), seen, len(people), skeleton.encode())]
    for name, (kind, shape) in _layout(len(rows), seen, len(people), len(SKELETONS[skeleton].names)).items():
        parts.append(np.asarray(values[name], kind).reshape(shape).tobytes())
    extras = joined_extras([(len(pose.scores), pose.extras) for pose in poses], skeleton)
    if not extras:
        return b"".join(parts), _MAGIC
    parts.append(_EXTRA_COUNT.pack(len(extras)))
    for name, numbers in extras.items():
        parts += [_EXTRA_NAME.pack(name.encode()), numbers.astype(_stored(name)).tobytes()]
    return b"".join(parts), _MAGIC_EXTRAS


def _stored(extra: str) -> np.dtype[Any]:
    """Return the type, little-endian, that an extra has in the file."""
    return np.dtype(EXTRAS[extra].dtype).newbyteorder("<")


def _unpacked(payload: bytes, with_extras: bool) -> Rows:
    """Decode the payload of a chunk.

    Raises ValueError, KeyError or struct.error if it is invalid.
    """
    frames, seen, lifted, name = _COUNTS.unpack_from(payload)
    skeleton = name.rstrip(b"\0").decode("ascii")
    arrays: dict[str, NDArray[Any]] = {}
    at = _COUNTS.size
    for member, (kind, shape) in _layout(frames, seen, lifted, len(SKELETONS[skeleton].names)).items():
        count = math.prod(shape)
        arrays[member] = np.frombuffer(payload, kind, count, at).reshape(shape)
        at += count * np.dtype(kind).itemsize
    rows = Rows(skeleton, **arrays, extras=_extras(payload, at, seen, skeleton) if with_extras else {})
    _check_values(rows)
    return rows


def _extras(payload: bytes, at: int, seen: int, skeleton: str) -> Extras:
    """Decode the extras of `seen` detections, which begin at byte `at`."""
    extras: dict[str, NDArray[Any]] = {}
    (number,) = _EXTRA_COUNT.unpack_from(payload, at)
    at += _EXTRA_COUNT.size
    for _ in range(min(number, len(EXTRAS) + 1)):
        name = _EXTRA_NAME.unpack_from(payload, at)[0].rstrip(b"\0").decode("ascii")
        at += _EXTRA_NAME.size
        shape = (seen, *EXTRAS[name].shape(SKELETONS[skeleton]))  # KeyError: made by a newer program
        numbers = np.frombuffer(payload, _stored(name), math.prod(shape), at).reshape(shape)
        at += numbers.nbytes
        extras[name] = numbers.astype(EXTRAS[name].dtype)
    return extras


def read_rows(path: Path) -> tuple[Rows | None, int]:
    """Read all complete chunks of a file; return their rows and the number of bytes after them.

    The rows are None without a complete chunk. Raises OSError if the file cannot be read.
    """
    chunks: list[Rows] = []
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        read = 0
        while (found := _next_payload(file)) is not None:
            try:
                chunk = _unpacked(*found)
            except (ValueError, KeyError, struct.error) as error:
                log.warning("%s: a chunk cannot be understood (%s)", path.name, error)
                break
            if chunks and chunk.skeleton != chunks[0].skeleton:
                break
            chunks.append(chunk)
            read = file.tell()
    if not chunks:
        return None, size
    names = [name for name in Rows.__dataclass_fields__ if name not in ("skeleton", "extras")]
    together: dict[str, Any] = {name: np.concatenate([getattr(chunk, name) for chunk in chunks]) for name in names}
    skeleton = chunks[0].skeleton
    extras = joined_extras([(len(chunk.identity2d), chunk.extras) for chunk in chunks], skeleton)
    return Rows(skeleton, **together, extras=extras), size - read


def _next_payload(file: BinaryIO) -> tuple[bytes, bool] | None:
    """Read the payload of the next chunk, and whether it has extras; None if there is no complete one."""
    head = file.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    magic, length, checksum = _HEAD.unpack(head)
    if magic not in (_MAGIC, _MAGIC_EXTRAS) or length > _LARGEST:
        return None
    payload = file.read(length)
    whole = len(payload) == length and zlib.crc32(payload) == checksum
    return (payload, magic == _MAGIC_EXTRAS) if whole else None


def _check_values(rows: Rows) -> None:
    """Raise a ValueError that names the field if a value of a chunk is out of range."""
    if not len(rows):
        raise ValueError("it holds no frame")
    for name in ("time_s", "people_time_s"):
        check_numbers(name, getattr(rows, name), -LATEST_S, LATEST_S)
    for name in ("count2d", "count3d"):
        check_numbers(name, getattr(rows, name), 0, _MOST_PEOPLE)
    for name in ("identity2d", "person3d"):
        check_numbers(name, getattr(rows, name), 0, _LAST_IDENTITY)
    for name in ("boxes_image", "joints_image"):
        check_numbers(name, getattr(rows, name), -FARTHEST_PX, FARTHEST_PX, gaps=True)
    check_read_extras(rows.extras, len(rows.identity2d), rows.skeleton)
    check_numbers("joints", rows.joints, -FARTHEST_M, FARTHEST_M, gaps=True)
    for name in ("scores", "scores3d"):
        check_numbers(name, getattr(rows, name), 0.0, HIGHEST_SCORE)
