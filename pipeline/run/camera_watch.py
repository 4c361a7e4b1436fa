"""Measure a video's camera while it is decoded for detection, and keep what was measured.

The points of each block of frames are stored beside the detections, so that a run whose detections are known decodes
nothing for the camera either.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..camera_motion.background_points import BLOCK, BackgroundPoints, FramePoints
from ..core.arrays import Doubles, Ints
from ..core.camera import Frame, VideoInfo
from ..core.concurrency import CancelToken
from ..core.errors import OutputError
from ..sources.base import FrameSource, TimedSource
from ..system.array_file import open_arrays, write_arrays
from ..system.files import atomic_write, make_folder
from ..system.safe_read import DamagedFile

log = logging.getLogger(__name__)

_MAX_BYTES = 8 << 20  # of a block's arrays; 600 frames with 64 points take 650 KB
_SAME_TIME_S = 0.0005
# Name, kind and dimensions of a block's arrays.
_LAYOUT = (
    ("until", "i", 0),
    ("frame_index", "i", 1),
    ("key_index", "i", 1),
    ("count", "i", 1),
    ("in_key", "f", 2),
    ("here", "f", 2),
)


class CameraWatch:
    """Collect the background's points of the frames that a run decodes; one run, one instance.

    `folder`: where blocks are stored; None: nowhere.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._tracker = BackgroundPoints()
        self._blocks: dict[int, list[FramePoints]] = {}

    def watched(self, source: FrameSource) -> FrameSource:
        """Return a source that delivers the frames of `source` and measures each."""
        return _WatchedTimedSource(source, self) if isinstance(source, TimedSource) else _WatchedSource(source, self)

    def push(self, frame: Frame) -> None:
        """Measure the next frame that is decoded."""
        points = self._tracker.push(frame)
        # The first frame of a block belongs to the block before, too: it is measured in that one's keyframe.
        block = points.key_index // BLOCK
        self._blocks.setdefault(block, []).append(points)
        if block != frame.index // BLOCK:
            self._store(block, frame.index)
            nothing = np.zeros((0, 2), np.float32)
            self._blocks[frame.index // BLOCK] = [FramePoints(frame.index, frame.index, nothing, nothing)]

    def points(self, source: FrameSource, frame_index: Ints, time_s: Doubles, cancel: CancelToken) -> list[FramePoints]:
        """Return the points of the frames (T,) at `time_s`, which this run has delivered.

        What it did not decode is read from the store, else decoded now. Raises `Cancelled`.
        """
        blocks = np.unique(frame_index // BLOCK).tolist()
        for block in blocks:
            inside = frame_index[frame_index // BLOCK == block]
            first, last = int(inside[0]), int(inside[-1])
            watched = self._blocks.get(block, [])
            # Decoding the block before reaches into this one by a frame.
            if not _begins_at(watched, first) or watched[-1].frame_index < last:
                stored = self._load(block, last)
                if _begins_at(stored, first) and stored is not None:
                    self._blocks[block] = stored
                else:
                    self._decode(source, frame_index, time_s, block, cancel)
        self._store(blocks[-1], int(frame_index[-1]))
        return [one for block in blocks for one in self._blocks.get(block, [])]

    def _decode(self, source: FrameSource, frame_index: Ints, time_s: Doubles, block: int, cancel: CancelToken) -> None:
        """Track the points of a block, up to the first frame of the next."""
        rows = np.flatnonzero(frame_index // BLOCK == block)
        end = int(rows[-1]) + 1
        until = None if end == len(time_s) else float(time_s[end]) + _SAME_TIME_S
        self._tracker, self._blocks[block] = BackgroundPoints(), []
        last = int(frame_index[min(end, len(frame_index) - 1)])
        for frame in source.frames(float(time_s[rows[0]]), until):
            cancel.check()
            if frame.index <= last:
                self.push(frame)

    def _store(self, block: int, until: int) -> None:
        """Keep a block that was measured from its first frame, up to the frame `until`."""
        entries = self._blocks.get(block)
        if self._folder is None or not entries or not _begins_at(entries, block * BLOCK):
            return
        arrays = {
            "until": np.array(until, np.int64),
            "frame_index": np.array([one.frame_index for one in entries], np.int64),
            "key_index": np.array([one.key_index for one in entries], np.int64),
            "count": np.array([len(one.here) for one in entries], np.int64),
            "in_key": np.concatenate([one.in_key for one in entries]),
            "here": np.concatenate([one.here for one in entries]),
        }
        try:
            make_folder(self._folder)
            with atomic_write(self._folder / _name(block)) as file:
                write_arrays(file, arrays)
        except (OutputError, OSError) as error:
            log.warning("What was seen of the camera is not kept: %s", error)
            self._folder = None

    def _load(self, block: int, last: int) -> list[FramePoints] | None:
        """Return the points of a block that is stored up to the frame `last`; None: it is not."""
        if self._folder is None:
            return None
        path = self._folder / _name(block)
        try:
            with open_arrays(path, _MAX_BYTES) as arrays:
                return _entries(arrays.read_all(), last)
        except FileNotFoundError:
            return None
        except (OSError, DamagedFile) as error:
            log.warning("What was seen of the camera cannot be read and is measured again: %s (%s)", path, error)
            return None


def _begins_at(points: list[FramePoints] | None, frame_index: int) -> bool:
    return bool(points) and points is not None and points[0].frame_index == frame_index


def _name(block: int) -> str:
    return f"{block * BLOCK:08d}.npz"


def _entries(arrays: dict[str, NDArray[Any]], last: int) -> list[FramePoints] | None:
    """Return the points of a block's arrays, or None where it ends before the frame `last`. Raises `DamagedFile`."""
    for name, kind, dimensions in _LAYOUT:
        found = arrays.get(name)
        if found is None or found.dtype.kind != kind or found.ndim != dimensions or found.shape[1:] not in ((), (2,)):
            raise DamagedFile(f"its {name} is not as expected")
    frames, count = arrays["frame_index"], arrays["count"]
    points = len(arrays["here"]), len(arrays["in_key"])
    if len({len(frames), len(count), len(arrays["key_index"])}) > 1 or (count < 0).any() or {*points} != {count.sum()}:
        raise DamagedFile("its parts do not fit together")
    if not (np.isfinite(arrays["here"]).all() and np.isfinite(arrays["in_key"]).all()):
        raise DamagedFile("its points are not finite")
    if arrays["until"] < last:
        return None
    ends = np.cumsum(count)[:-1]
    split = [np.split(arrays[name].astype(np.float32), ends) for name in ("in_key", "here")]
    return [FramePoints(int(f), int(k), *pair) for f, k, *pair in zip(frames, arrays["key_index"], *split, strict=True)]


class _WatchedSource:
    """Deliver the frames of a source and measure each; see `CameraWatch`."""

    def __init__(self, source: FrameSource, watch: CameraWatch) -> None:
        self._source, self._watch = source, watch

    @property
    def info(self) -> VideoInfo:
        return self._source.info

    def frames(self, start_s: float | None = None, end_s: float | None = None) -> Iterator[Frame]:
        """Yield the frames of the range, see `FrameSource`."""
        for frame in self._source.frames(start_s, end_s):
            self._watch.push(frame)
            yield frame

    def frame_at(self, time_s: float) -> Frame:
        return self._source.frame_at(time_s)

    def close(self) -> None:
        self._source.close()


class _WatchedTimedSource(_WatchedSource):
    """Deliver the frames of a `TimedSource` and measure each."""

    @property
    def time_s(self) -> Doubles:
        assert isinstance(self._source, TimedSource)
        return self._source.time_s
