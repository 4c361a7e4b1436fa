"""What a detector found in a video, on disk: an interrupted run goes on where it was, a second one detects nothing.

Layout: `<cache>/detections/<video key>/<detector key>/<first frame>-<unique>.npz`, a chunk of up to 128 frames each,
and `complete.json` once every frame of the video is known. Files are written whole (temporary name, rename) and never
changed; several processes add files of their own and at worst store the same frames twice. A damaged file is dropped.
Nothing here can fail a run: without space or permission the cache says so once and is off.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..core.errors import OutputError
from ..core.poses import Pose2D
from ..core.skeletons import SKELETONS
from ..system.array_file import ArrayFile, open_arrays
from ..system.files import atomic_write, cache_folder, make_folder
from ..system.safe_read import DamagedFile, read_json

log = logging.getLogger(__name__)

CHUNK_FRAMES = 128
LIMIT_BYTES = 2 * 1024**3  # of all videos together; an hour with two people is about 50 MB

_LARGEST_CHUNK = 64 << 20  # bytes of a chunk's arrays; 128 frames with 20 people take 1 MB
_LARGEST_MARK = 1 << 16  # bytes
_MOST_PEOPLE = 1000  # in one frame
_LAST_FRAME = 1 << 40  # highest frame index that is plausible

DECODED, DAMAGED, FITTED = 0, 1, 2  # what a frame was: as stored, not decodable, of another size than the first

_FOLDER = "detections"
_COMPLETE = "complete.json"
_FORMAT = 1


def open_cache(content_key: str, detector_key: str, root: Path | None = None) -> DetectionCache | None:
    """The cache of one video and detector in the user's cache folder (or under `root`).

    None if the video has no content key or the folder cannot be used. Makes room first: what was unused for longest
    goes, whole videos at a time, until all of it is below `LIMIT_BYTES`.
    """
    if not content_key:
        return None
    try:
        folder = (root or cache_folder()) / _FOLDER
        make_folder(folder)
    except OutputError as error:
        log.warning("Detections are not kept: %s", error)
        return None
    make_room(folder, LIMIT_BYTES, keep=_name(content_key))
    return DetectionCache(folder, content_key, detector_key)


class DetectionCache:
    """Poses by frame index, with their times. One thread at a time; any number of processes."""

    def __init__(self, folder: Path, content_key: str, detector_key: str) -> None:
        self.folder = folder / _name(content_key) / _name(detector_key)
        self._keys = {"content": content_key, "detector": detector_key, "format": _FORMAT}
        self._on = True
        self._waiting: dict[int, tuple[float, Pose2D]] = {}
        self._chunk_of: dict[int, Path] = {}
        self._times: dict[int, float] = {}
        self._states: dict[int, int] = {}  # of the frames that are not `DECODED`
        self._loaded: tuple[Path, dict[int, Pose2D]] | None = None  # the chunk that was read last
        self._complete = False
        try:
            make_folder(self.folder)
            os.utime(self.folder.parent)  # used just now: the last to go
        except (OutputError, OSError) as error:
            self._switch_off(error)  # what is there can still be read
        self._scan()

    @property
    def complete(self) -> bool:
        """All frames of the video are known: nothing needs decoding. Only as long as no chunk turned out damaged."""
        return self._complete

    def get(self, frame_index: int) -> Pose2D | None:
        """The people of that frame, or None if it is not known."""
        waiting = self._waiting.get(frame_index)
        if waiting is not None:
            return waiting[1]
        path = self._chunk_of.get(frame_index)
        if path is None:
            return None
        if self._loaded is None or self._loaded[0] != path:
            try:
                self._loaded = (path, _poses(path))
            except _DAMAGE as error:
                self._drop(path, error)
                return self.get(frame_index)  # another process may have stored the frame too
        return self._loaded[1].get(frame_index)

    def time_s(self, frame_index: int) -> float | None:
        """Timestamp of a frame that is known, else None."""
        waiting = self._waiting.get(frame_index)
        return waiting[0] if waiting is not None else self._times.get(frame_index)

    def state(self, frame_index: int) -> int:
        """Return what a known frame was: `DECODED`, `DAMAGED` or `FITTED`."""
        return self._states.get(frame_index, DECODED)

    def last_time_s(self) -> float | None:
        """The latest timestamp that is known."""
        return max([*self._times.values(), *(time_s for time_s, _ in self._waiting.values())], default=None)

    def frames(self) -> list[int]:
        """Indices of all known frames, sorted."""
        return sorted({*self._chunk_of, *self._waiting})

    def put(self, frame_index: int, time_s: float, pose: Pose2D, state: int = DECODED) -> None:
        """Keep a frame's people and `state`; written to disk a chunk at a time. A known frame stays unchanged."""
        if not self._on or frame_index in self._chunk_of:
            return
        self._waiting[frame_index] = (time_s, pose)
        if state != DECODED:
            self._states[frame_index] = state
        if len(self._waiting) >= CHUNK_FRAMES:
            self.flush()

    def flush(self) -> None:
        """Write what is waiting. Call it at the end of a run, also of one that was cancelled."""
        if not self._on or not self._waiting:
            return
        indices = sorted(self._waiting)
        path = self.folder / f"{indices[0]:08d}-{secrets.token_hex(4)}.npz"
        arrays = _arrays([self._waiting[i] for i in indices], indices)
        states = np.array([self.state(i) for i in indices], np.int8)
        if states.any():
            arrays["state"] = states
        try:
            with atomic_write(path) as file:
                np.savez(file, **arrays)
        except OutputError as error:
            self._switch_off(error)
            return
        for i in indices:
            self._chunk_of[i] = path
            self._times[i] = self._waiting[i][0]
        self._waiting.clear()

    def mark_complete(self) -> None:
        """Note that every frame of the video was put."""
        self.flush()
        if not self._on:
            return
        try:
            with atomic_write(self.folder / _COMPLETE, "w") as file:
                json.dump({**self._keys, "frames": len(self._chunk_of)}, file)
            self._complete = True
        except OutputError as error:
            self._switch_off(error)

    def _scan(self) -> None:
        """Learn which frames the chunks hold. Only indices and times are read; poses follow when they are asked for."""
        for path in sorted(self.folder.glob("*.npz")):
            try:
                with open_arrays(path, _LARGEST_CHUNK) as arrays:
                    pairs = _frames(arrays)
                    states = _frame_states(arrays, len(pairs))
            except _DAMAGE as error:
                self._drop(path, error)
                continue
            for (i, time_s), state in zip(pairs.items(), states, strict=True):
                if i not in self._chunk_of:
                    self._chunk_of[i], self._times[i] = path, time_s
                    if state != DECODED:
                        self._states[i] = state
        try:
            mark = read_json(self.folder / _COMPLETE, _LARGEST_MARK)
            self._complete = mark == {**self._keys, "frames": len(self._chunk_of)}
        except FileNotFoundError:
            pass
        except _DAMAGE as error:
            log.warning("A mark in the detection cache cannot be read and is dropped: %s", error)
            _remove(self.folder / _COMPLETE)

    def _drop(self, path: Path, error: Exception) -> None:
        log.warning("A file of the detection cache is damaged and is dropped: %s (%s)", path, error)
        self._complete = False
        _remove(path)
        self._chunk_of = {i: p for i, p in self._chunk_of.items() if p != path}
        self._times = {i: t for i, t in self._times.items() if i in self._chunk_of}
        self._states = {i: s for i, s in self._states.items() if i in self._chunk_of or i in self._waiting}

    def _switch_off(self, error: Exception) -> None:
        log.warning("Detections are not kept from here on: %s", error)
        self._on = False
        self._waiting.clear()


_DAMAGE = (OSError, ValueError)  # for files that were cut off, overwritten or never were chunks


def _remove(path: Path) -> None:
    """Remove what lies at `path`, also a folder, a pipe or a link; do nothing if the system refuses."""
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()


def make_room(folder: Path, limit_bytes: int, keep: str = "") -> None:
    """Remove the videos that were unused for longest until all together take no more than `limit_bytes`."""
    videos = []
    for video in _listed(folder):
        with contextlib.suppress(OSError):
            videos.append(
                (video.stat().st_mtime, video, sum(f.stat().st_size for f in video.rglob("*") if f.is_file()))
            )
    total = sum(size for _, _, size in videos)
    for _, video, size in sorted(videos, key=lambda item: item[0]):
        if total <= limit_bytes:
            return
        if video.name != keep:
            log.info("The detection cache is full: dropping %s", video)
            shutil.rmtree(video, ignore_errors=True)
            total -= size


def _listed(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from (path for path in folder.iterdir() if path.is_dir())


def _name(key: str) -> str:
    """A key as a folder's name: readable at its start, unique by its hash, the same on every file system."""
    readable = re.sub(r"[^A-Za-z0-9.]+", "-", key)[:24].strip("-.")
    return f"{readable}-{hashlib.sha256(key.encode()).hexdigest()[:20]}"


def _arrays(entries: list[tuple[float, Pose2D]], indices: list[int]) -> dict[str, Any]:
    """One chunk: the people of all its frames one after another, and how many there are in each."""
    poses = [pose for _, pose in entries]
    return {
        "frame_index": np.array(indices, np.int64),
        "time_s": np.array([time_s for time_s, _ in entries], np.float64),
        "count": np.array([len(pose.scores) for pose in poses], np.int64),
        "boxes_image": np.concatenate([pose.boxes_image for pose in poses]),
        "joints_image": np.concatenate([pose.joints_image for pose in poses]),
        "scores": np.concatenate([pose.scores for pose in poses]),
        "skeleton": np.array(poses[0].skeleton),
    }


def _frames(arrays: ArrayFile) -> dict[int, float]:
    """Read the indices of a chunk's frames and their times. Raises `DamagedFile`."""
    count = _checked(arrays, "frame_index", "i", None)[0]
    _checked(arrays, "time_s", "f", (count,))
    index, time_s = arrays.read("frame_index"), arrays.read("time_s")
    if not count or index[0] < 0 or index[-1] > _LAST_FRAME or (np.diff(index) <= 0).any():
        raise DamagedFile("its frame_index does not rise from 0 or more")
    if not np.isfinite(time_s).all():
        raise DamagedFile("its time_s is not finite")
    return dict(zip(index.tolist(), time_s.tolist(), strict=True))


def _frame_states(arrays: ArrayFile, count: int) -> list[int]:
    """Read what a chunk's frames were; chunks without damage, and older ones, do not say. Raises `DamagedFile`."""
    if "state" not in arrays.headers:
        return [DECODED] * count
    _checked(arrays, "state", "i", (count,))
    states = arrays.read("state")
    if states.min() < DECODED or states.max() > FITTED:
        raise DamagedFile("its states are not known")
    return [int(state) for state in states]


def _poses(path: Path) -> dict[int, Pose2D]:
    """Read the people of a chunk by frame index. Raises `OSError` and `DamagedFile`."""
    with open_arrays(path, _LARGEST_CHUNK) as arrays:
        frames = list(_frames(arrays))
        _checked(arrays, "skeleton", "U", ())
        skeleton = str(arrays.read("skeleton"))
        if skeleton not in SKELETONS:
            raise DamagedFile("its skeleton is not known")
        joints = len(SKELETONS[skeleton].names)
        _checked(arrays, "count", "i", (len(frames),))
        count = arrays.read("count")
        if count.min() < 0 or count.max() > _MOST_PEOPLE:
            raise DamagedFile("its counts of people are impossible")
        people = int(count.sum())
        chunk = {}
        for name, shape in (("boxes_image", (4,)), ("joints_image", (joints, 2)), ("scores", (joints,))):
            _checked(arrays, name, "f", (people, *shape))
            chunk[name] = arrays.read(name)
            if np.isinf(chunk[name]).any():
                raise DamagedFile(f"its {name} is infinite somewhere")
    poses = {}
    ends = np.cumsum(count)
    for index, begin, end in zip(frames, ends - count, ends, strict=True):
        part = slice(int(begin), int(end))
        poses[index] = Pose2D(chunk["boxes_image"][part], chunk["joints_image"][part], chunk["scores"][part], skeleton)
    return poses


def _checked(arrays: ArrayFile, name: str, kinds: str, shape: tuple[int, ...] | None) -> tuple[int, ...]:
    """Return the shape of an array of a chunk; None as `shape`: any number of values. Raises `DamagedFile`."""
    header = arrays.headers.get(name)
    if header is None:
        raise DamagedFile(f"its {name} is missing")
    if header.dtype.kind not in kinds or (len(header.shape) != 1 if shape is None else header.shape != shape):
        raise DamagedFile(f"its {name} is of type {header.dtype} and shape {header.shape}")
    return header.shape
