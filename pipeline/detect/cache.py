"""Cache 2D detections on disk: interrupted runs resume, repeated runs detect nothing.

Layout: `<cache>/detections/<video key>/<detector key>/<first frame>-<unique>.npz`, a chunk of up to 128 frames each,
and `complete.json` once every frame of the video is known. Files are written atomically (temporary name, rename) and
never changed; several processes add separate files and at worst store the same frames twice. A damaged file is deleted.
The cache cannot fail a run: without space or permission it logs one warning and switches itself off.
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
from ..core.poses import EXTRAS, Pose2D, check_read_extras, joined_extras
from ..core.skeletons import SKELETONS
from ..system.array_file import ArrayFile, open_arrays, write_arrays
from ..system.files import atomic_write, cache_folder, make_folder
from ..system.safe_read import DamagedFile, read_json
from .appearance import LENGTH

log = logging.getLogger(__name__)

CHUNK_FRAMES = 128
LIMIT_BYTES = 2 * 1024**3  # bytes of all videos together; an hour with two people is about 50 MB

_MAX_CHUNK_BYTES = 64 << 20  # bytes of a chunk's arrays; 128 frames with 20 people take 1 MB
_MAX_MARK_BYTES = 1 << 16  # bytes of `complete.json`
_MAX_PEOPLE = 1000  # people in one frame, upper limit of plausible values
_MAX_FRAME_INDEX = 1 << 40  # highest plausible frame index

DECODED, DAMAGED, FITTED = 0, 1, 2  # state of a frame: decoded, not decodable, or of another size than the first

_FOLDER = "detections"
_COMPLETE = "complete.json"
_FORMAT = 1


def open_cache(content_key: str, detector_key: str, root: Path | None = None) -> DetectionCache | None:
    """Open the cache of one video and detector in the user's cache folder (or under `root`).

    None if the video has no content key or the folder cannot be used. Makes room first: the videos unused for longest
    are deleted until the total is below `LIMIT_BYTES`.
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
    """Store poses and timestamps by frame index. One thread at a time; any number of processes."""

    def __init__(self, folder: Path, content_key: str, detector_key: str) -> None:
        self.folder = folder / _name(content_key) / _name(detector_key)
        self._keys = {"content": content_key, "detector": detector_key, "format": _FORMAT}
        self._on = True
        self._waiting: dict[int, tuple[float, Pose2D]] = {}
        self._chunk_of: dict[int, Path] = {}
        self._times: dict[int, float] = {}
        self._states: dict[int, int] = {}  # states of the frames that are not `DECODED`
        self._loaded: tuple[Path, dict[int, Pose2D]] | None = None  # the chunk that was read last
        self._complete = False
        try:
            make_folder(self.folder)
            os.utime(self.folder.parent)  # marks the video as used now: the last one to be deleted
        except (OutputError, OSError) as error:
            self._switch_off(error)  # stored detections can still be read
        self._scan()

    @property
    def complete(self) -> bool:
        """Return whether all frames of the video are known, so that nothing needs decoding.

        False as soon as a chunk turns out damaged.
        """
        return self._complete

    def get(self, frame_index: int) -> Pose2D | None:
        """Return the people of that frame, or None if the frame is not in the cache."""
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
        """Return the timestamp of a known frame, else None."""
        waiting = self._waiting.get(frame_index)
        return waiting[0] if waiting is not None else self._times.get(frame_index)

    def state(self, frame_index: int) -> int:
        """Return the state of a known frame: `DECODED`, `DAMAGED` or `FITTED`."""
        return self._states.get(frame_index, DECODED)

    def last_time_s(self) -> float | None:
        """Return the latest known timestamp."""
        return max([*self._times.values(), *(time_s for time_s, _ in self._waiting.values())], default=None)

    def frames(self) -> list[int]:
        """Return the sorted indices of all known frames."""
        return sorted({*self._chunk_of, *self._waiting})

    def put(self, frame_index: int, time_s: float, pose: Pose2D, state: int = DECODED) -> None:
        """Store a frame's people and `state`; written to disk in chunks.

        A known frame stays unchanged.
        """
        if not self._on or frame_index in self._chunk_of:
            return
        self._waiting[frame_index] = (time_s, pose)
        if state != DECODED:
            self._states[frame_index] = state
        if len(self._waiting) >= CHUNK_FRAMES:
            self.flush()

    def flush(self) -> None:
        """Write the pending frames to disk. Call it at the end of a run, also of a cancelled one."""
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
                write_arrays(file, arrays, compressed=False)
        except OutputError as error:
            self._switch_off(error)
            return
        for i in indices:
            self._chunk_of[i] = path
            self._times[i] = self._waiting[i][0]
        self._waiting.clear()

    def mark_complete(self) -> None:
        """Record that every frame of the video was put."""
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
        """Read which frames the chunks hold: indices and times only; poses are read on demand."""
        for path in sorted(self.folder.glob("*.npz")):
            try:
                with open_arrays(path, _MAX_CHUNK_BYTES) as arrays:
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
            mark = read_json(self.folder / _COMPLETE, _MAX_MARK_BYTES)
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


_DAMAGE = (OSError, ValueError)  # errors of files that were truncated, overwritten or never were chunks


def _remove(path: Path) -> None:
    """Delete the file, folder, pipe or link at `path`; do nothing if the system refuses."""
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()


def make_room(folder: Path, limit_bytes: int, keep: str = "") -> None:
    """Delete the videos unused for longest until the total is at most `limit_bytes`."""
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
    """Convert a key to a folder name: readable start, unique hash, valid on all file systems."""
    readable = re.sub(r"[^A-Za-z0-9.]+", "-", key)[:24].strip("-.")
    return f"{readable}-{hashlib.sha256(key.encode()).hexdigest()[:20]}"


def _arrays(entries: list[tuple[float, Pose2D]], indices: list[int]) -> dict[str, Any]:
    """Pack one chunk: the people of all its frames in sequence, and the count for each frame."""
    poses = [pose for _, pose in entries]
    return {
        "frame_index": np.array(indices, np.int64),
        "time_s": np.array([time_s for time_s, _ in entries], np.float64),
        "count": np.array([len(pose.scores) for pose in poses], np.int64),
        "boxes_image": np.concatenate([pose.boxes_image for pose in poses]),
        "joints_image": np.concatenate([pose.joints_image for pose in poses]),
        "scores": np.concatenate([pose.scores for pose in poses]),
        "skeleton": np.array(poses[0].skeleton),
        **_colours(poses),
        **joined_extras([(len(pose.scores), pose.extras) for pose in poses], poses[0].skeleton),
    }


def _colours(poses: list[Pose2D]) -> dict[str, Any]:
    """Return the clothing colours of all people, NaN where not sampled; {} if none were sampled."""
    if all(pose.colours is None for pose in poses):
        return {}
    blank = [np.full((len(pose.scores), LENGTH), np.nan, np.float32) for pose in poses]
    known = [empty if pose.colours is None else pose.colours for pose, empty in zip(poses, blank, strict=True)]
    return {"colours": np.concatenate(known)}


def _frames(arrays: ArrayFile) -> dict[int, float]:
    """Read the frame indices of a chunk and their times. Raises `DamagedFile`."""
    count = _checked(arrays, "frame_index", "i", None)[0]
    _checked(arrays, "time_s", "f", (count,))
    index, time_s = arrays.read("frame_index"), arrays.read("time_s")
    if not count or index[0] < 0 or index[-1] > _MAX_FRAME_INDEX or (np.diff(index) <= 0).any():
        raise DamagedFile("its frame_index does not rise from 0 or more")
    if not np.isfinite(time_s).all():
        raise DamagedFile("its time_s is not finite")
    return dict(zip(index.tolist(), time_s.tolist(), strict=True))


def _frame_states(arrays: ArrayFile, count: int) -> list[int]:
    """Read the states of a chunk's frames; older chunks and those without damage have none.

    Raises `DamagedFile`.
    """
    if "state" not in arrays.headers:
        return [DECODED] * count
    _checked(arrays, "state", "i", (count,))
    states = arrays.read("state")
    if states.min() < DECODED or states.max() > FITTED:
        raise DamagedFile("its states are not known")
    return [int(state) for state in states]


def _poses(path: Path) -> dict[int, Pose2D]:
    """Read the people of a chunk by frame index. Raises `OSError` and `DamagedFile`."""
    with open_arrays(path, _MAX_CHUNK_BYTES) as arrays:
        frames = list(_frames(arrays))
        _checked(arrays, "skeleton", "U", ())
        skeleton = str(arrays.read("skeleton"))
        if skeleton not in SKELETONS:
            raise DamagedFile("its skeleton is not known")
        joints = len(SKELETONS[skeleton].names)
        _checked(arrays, "count", "i", (len(frames),))
        count = arrays.read("count")
        if count.min() < 0 or count.max() > _MAX_PEOPLE:
            raise DamagedFile("its counts of people are impossible")
        people = int(count.sum())
        chunk = {}
        for name, shape in (("boxes_image", (4,)), ("joints_image", (joints, 2)), ("scores", (joints,))):
            _checked(arrays, name, "f", (people, *shape))
            chunk[name] = arrays.read(name)
            if np.isinf(chunk[name]).any():
                raise DamagedFile(f"its {name} is infinite somewhere")
        colours = None
        if "colours" in arrays.headers:  # older chunks have none
            _checked(arrays, "colours", "f", (people, LENGTH))
            colours = arrays.read("colours")
            if np.isinf(colours).any():
                raise DamagedFile("its colours are infinite somewhere")
        extras = {name: arrays.read(name) for name in EXTRAS if name in arrays.headers}
        try:
            check_read_extras(extras, people, skeleton)
        except ValueError as error:
            raise DamagedFile(f"its {error}") from error
    poses = {}
    ends = np.cumsum(count)
    for index, begin, end in zip(frames, ends - count, ends, strict=True):
        part = slice(int(begin), int(end))
        boxes, joints_image, scores = (chunk[name][part] for name in ("boxes_image", "joints_image", "scores"))
        clothes = None if colours is None or np.isnan(colours[part]).all() else colours[part]
        known = {name: values[part] for name, values in extras.items() if not np.isnan(values[part]).all()}
        poses[index] = Pose2D(boxes, joints_image, scores, skeleton, colours=clothes, extras=known)
    return poses


def _checked(arrays: ArrayFile, name: str, kinds: str, shape: tuple[int, ...] | None) -> tuple[int, ...]:
    """Return the shape of a chunk's array after checking it; `shape` None permits any length.

    Raises `DamagedFile`.
    """
    header = arrays.headers.get(name)
    if header is None:
        raise DamagedFile(f"its {name} is missing")
    if header.dtype.kind not in kinds or (len(header.shape) != 1 if shape is None else header.shape != shape):
        raise DamagedFile(f"its {name} is of type {header.dtype} and shape {header.shape}")
    return header.shape
