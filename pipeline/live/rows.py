"""The numbers of a recording on disk: 2D and 3D of every frame, in chunks that are only ever appended.

A chunk is `magic, length, crc32` and an uncompressed `.npz` of some frames. After a crash everything up to the last
whole chunk can be read; what follows is half of one, and is left out.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.files import output_error
from pipeline.skeleton import SKELETONS
from pipeline.types import Doubles, Floats, Ints, LivePerson, Pose2D, check_shape

log = logging.getLogger(__name__)

_HEAD = struct.Struct("<4sII")
_MAGIC = b"HGr1"
_LARGEST = 64 << 20  # bytes of a chunk; ours are some 20 kB


@dataclass(frozen=True, slots=True)
class Row:
    """What is kept of one frame. Times count from the first frame of the recording."""

    source_index: int
    time_s: float
    pose: Pose2D  # in pixels of the recorded picture
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
    """All frames of a recording: N of them, M detections of people, K skeletons. The i-th is the video's i-th."""

    skeleton: str
    source_index: Ints  # (N,)
    time_s: Doubles  # (N,) strictly rising from 0
    detected: NDArray[np.bool_]  # (N,)
    people_time_s: Doubles  # (N,)
    count2d: Ints  # (N,) how many of the M are of each frame, one frame after another
    identity2d: Ints  # (M,)
    boxes_image: Floats  # (M, 4)
    joints_image: Floats  # (M, J, 2)
    scores: Floats  # (M, J)
    count3d: Ints  # (N,)
    person3d: Ints  # (K,)
    joints: Floats  # (K, 17, 3)
    scores3d: Floats  # (K, 17)

    def __post_init__(self) -> None:
        frames, joints = len(self.time_s), len(SKELETONS[self.skeleton].names)
        seen, lifted = int(self.count2d.sum()), int(self.count3d.sum())
        for name in ("source_index", "detected", "people_time_s", "count2d", "count3d"):
            check_shape(name, getattr(self, name), (frames,))
        for name, shape in (
            ("identity2d", (seen,)), ("boxes_image", (seen, 4)), ("joints_image", (seen, joints, 2)),
            ("scores", (seen, joints)),
            ("person3d", (lifted,)), ("joints", (lifted, 17, 3)), ("scores3d", (lifted, 17)),
        ):  # fmt: skip
            check_shape(name, getattr(self, name), shape)

    def __len__(self) -> int:
        return len(self.time_s)

    @property
    def row2d(self) -> Ints:
        """(M,) the frame of each detection."""
        return np.repeat(np.arange(len(self)), self.count2d)

    @property
    def row3d(self) -> Ints:
        """(K,) the frame at which each skeleton was known."""
        return np.repeat(np.arange(len(self)), self.count3d)


class RowWriter:
    """Appends chunks to `path`, which must not exist. Raises `OutputError`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = path.open("xb", buffering=0)  # what is written is the system's: it outlives this process
        except OSError as error:
            raise output_error(path, error) from error

    def append(self, rows: list[Row]) -> None:
        if not rows:
            return
        content = io.BytesIO()
        np.savez(content, **_arrays(rows))
        payload = content.getvalue()
        block = memoryview(_HEAD.pack(_MAGIC, len(payload), zlib.crc32(payload)) + payload)
        begin = self._file.tell()
        try:
            while block:  # a disk that is nearly full takes a part
                block = block[self._file.write(block) :]
        except OSError as error:
            with contextlib.suppress(OSError):
                self._file.truncate(begin)  # nothing may follow half a chunk
                self._file.seek(begin)
            raise output_error(self._path, error) from error

    def close(self) -> None:
        try:
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:
            raise output_error(self._path, error) from error


def _arrays(rows: list[Row]) -> dict[str, NDArray[Any]]:
    people = [person for row in rows for person in row.people]
    poses = [row.pose for row in rows]
    return {
        "skeleton": np.array(poses[0].skeleton),
        "source_index": np.array([row.source_index for row in rows], np.int64),
        "time_s": np.array([row.time_s for row in rows], np.float64),
        "detected": np.array([row.detected for row in rows], np.bool_),
        "people_time_s": np.array([row.people_time_s for row in rows], np.float64),
        "count2d": np.array([len(pose.scores) for pose in poses], np.int64),
        "identity2d": np.array([identity for row in rows for identity in row.identities], np.int64),
        "boxes_image": np.concatenate([pose.boxes_image for pose in poses]),
        "joints_image": np.concatenate([pose.joints_image for pose in poses]),
        "scores": np.concatenate([pose.scores for pose in poses]),
        "count3d": np.array([len(row.people) for row in rows], np.int64),
        "person3d": np.array([person.person for person in people], np.int64),
        "joints": np.array([person.joints for person in people], np.float32).reshape(-1, 17, 3),
        "scores3d": np.array([person.scores for person in people], np.float32).reshape(-1, 17),
    }


def read_rows(path: Path) -> tuple[Rows | None, int]:
    """(all whole chunks together, bytes behind them that are none). None if there is not one; OSError as it comes."""
    chunks: list[Rows] = []
    data = path.read_bytes()
    at = 0
    while at + _HEAD.size <= len(data):
        magic, length, checksum = _HEAD.unpack_from(data, at)
        payload = data[at + _HEAD.size : at + _HEAD.size + length]
        if magic != _MAGIC or length > _LARGEST or len(payload) < length or zlib.crc32(payload) != checksum:
            break
        try:
            with np.load(io.BytesIO(payload), allow_pickle=False) as arrays:
                fields = {name: arrays[name] for name in arrays.files}
            chunk = Rows(**{**fields, "skeleton": str(fields["skeleton"])})
        except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            log.warning("%s: a chunk cannot be understood (%s)", path.name, error)
            break
        if chunks and chunk.skeleton != chunks[0].skeleton:
            break
        chunks.append(chunk)
        at += _HEAD.size + length
    if not chunks:
        return None, len(data)
    names = [name for name in Rows.__dataclass_fields__ if name != "skeleton"]
    together = {name: np.concatenate([getattr(chunk, name) for chunk in chunks]) for name in names}
    return Rows(chunks[0].skeleton, **together), len(data) - at
