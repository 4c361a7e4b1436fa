"""Detect 2D poses in every frame of a source; decoding runs in parallel, results are cached.

Topology: reader thread (decodes) -> `StopQueue` of a few frames (it waits, nothing is dropped) -> the caller's thread
(detects). The start of the range that the cache holds is neither decoded nor detected again.

A run that was cancelled and goes on gives the numbers of one that was not: at every frame whose index is a multiple of
`ANCHOR`, each run makes the detector forget all but the people of the frame before, and a cancelled run goes on from
such a frame.

A detector's result depends on earlier frames. A run from the middle of a video therefore has a separate cache, and its
results never enter a run from the start, where a person may have been tracked for long.
"""

from __future__ import annotations

import hashlib
import itertools
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from ..core.arrays import Doubles
from ..core.camera import Frame, VideoInfo
from ..core.concurrency import CancelToken, Closed, StopQueue
from ..core.poses import Pose2D, Poses
from ..sources.base import FrameSource, TimedSource
from .appearance import EVERY, colours
from .base import Detector, LooksAhead
from .cache import DAMAGED, DECODED, FITTED, DetectionCache, open_cache

ANCHOR = 600  # frames: so many are detected again, at most, when a run goes on
_QUEUED_FRAMES = 4
_SAME_TIME_S = 0.0005  # s: timestamps closer than this are one instant


@dataclass(slots=True)
class ObserveStats:
    """Collect statistics of detection.

    `detect_s` is the time spent inside the detector, without waiting for frames.
    """

    detect_s: float = 0.0
    detected: int = 0
    cached: int = 0
    damaged: list[int] = field(default_factory=list)  # frames that could not be decoded, now or when they were cached
    fitted: list[int] = field(default_factory=list)  # frames of another size than the first, see `Frame.fitted`

    def count(self, frame_index: int, state: int) -> None:
        if state == DAMAGED:
            self.damaged.append(frame_index)
        elif state == FITTED:
            self.fitted.append(frame_index)


def cache_for(
    info: VideoInfo, detector: Detector, start_s: float | None = None, end_s: float | None = None
) -> DetectionCache | None:
    """Open the cache for a run over the range.

    It is the cache of the whole video if the range starts there or that cache holds all of the range.
    """
    key, made = _cache_key(info), f"{detector.cache_key}-anchor{ANCHOR}"
    whole = open_cache(key, made)
    if not start_s or whole is None:
        return whole
    run = list(_cached_start(whole, info, start_s, end_s))
    if run and (whole.complete or whole.time_s(run[-1][0] + 1) is not None):
        return whole
    return open_cache(key, f"{made}-from{start_s:.3f}s")


def _cache_key(info: VideoInfo) -> str:
    """Return the key of the pixels and of the frame numbering, on which the results depend."""
    if not info.content_key:
        return ""
    turned = f"-turned{info.turned_deg}" if info.turned_deg else ""
    if not info.notes and info.slow_motion == 1:
        return info.content_key + turned
    frames = hashlib.sha256(repr((info.notes, info.slow_motion)).encode()).hexdigest()
    return f"{info.content_key}-{frames}{turned}"


def observe(
    source: FrameSource,
    detector: Detector,
    cache: DetectionCache | None,
    cancel: CancelToken,
    stats: ObserveStats,
    start_s: float | None = None,
    end_s: float | None = None,
) -> Poses:
    """Yield (frame index, time_s, people) for every frame of the range, once, in order.

    Frames that cannot be decoded have no people; `stats` lists them. Closing the generator, an error or a cancel ends
    the reader thread and keeps the detections so far in the cache.
    """
    detector.reset()
    decode_from = start_s
    times = source.time_s if isinstance(source, TimedSource) else np.zeros(0)
    expected = 0 if start_s is None else int(np.searchsorted(times, start_s))
    last: tuple[Pose2D, float] | None = None
    if cache is not None:
        run = list(_cached_start(cache, source.info, start_s, end_s))
        whole = _is_whole(cache, run, times, end_s)
        for index, time_s, pose in _read_blocks(cache, run, whole):
            cancel.check()
            stats.cached += 1
            stats.count(index, cache.state(index))
            expected = index + 1
            last = (pose, time_s)
            yield index, time_s, pose
        if whole and expected == run[-1][0] + 1:
            return
        if last is not None:
            decode_from = last[1] + _SAME_TIME_S

    queue: StopQueue[Frame] = StopQueue(_QUEUED_FRAMES)
    reader = threading.Thread(target=_read, args=(source, decode_from, end_s, queue), name="frame-reader", daemon=True)
    reader.start()
    try:
        rows = _with_damaged(queue, times, expected, end_s)
        size_px = (source.info.width_px, source.info.height_px)
        for frame, pose in _anchored(rows, detector, cancel, stats, last, size_px):
            state = DAMAGED if isinstance(frame, _Damaged) else FITTED if frame.fitted else DECODED
            stats.count(frame.index, state)
            if cache is not None:
                cache.put(frame.index, frame.time_s, pose, state)
            yield frame.index, frame.time_s, pose
        if cache is not None and start_s is None and end_s is None:
            cache.mark_complete()
    finally:
        queue.stop()
        reader.join()
        if cache is not None:
            cache.flush()


def _anchored(
    frames: Iterator[Frame | _Damaged],
    detector: Detector,
    cancel: CancelToken,
    stats: ObserveStats,
    last: tuple[Pose2D, float] | None,
    size_px: tuple[int, int],
) -> Iterator[tuple[Frame | _Damaged, Pose2D]]:
    """Yield the frames with their people; anchor the detector at the start and at multiples of `ANCHOR`.

    `last`: people and time (s) of the frame before, None if there is none. `size_px`: width and height of the frames.
    """
    for _, part in itertools.groupby(frames, lambda frame: frame.index // ANCHOR):
        if last is not None:
            detector.resume(*last, size_px)
        for frame, pose in _detected(part, detector, cancel, stats):
            last = (pose, frame.time_s)
            yield frame, pose


def _detected(
    frames: Iterator[Frame | _Damaged], detector: Detector, cancel: CancelToken, stats: ObserveStats
) -> Iterator[tuple[Frame | _Damaged, Pose2D]]:
    """Yield the frames with their people, in order; a damaged frame has none.

    A detector that looks ahead settles a frame with the next one, or at the end of the unbroken run.
    """
    ahead = detector if isinstance(detector, LooksAhead) else None
    waiting: Frame | None = None
    for frame in itertools.chain(frames, (None,)):
        cancel.check()
        begun = time.perf_counter()
        done, pose = waiting, None
        if not isinstance(frame, Frame):
            pose = ahead.finish() if ahead is not None else None
            waiting = None
        elif ahead is not None:
            pose, waiting = ahead.advance(frame), frame
        else:
            done, pose = frame, detector.detect(frame)
        if done is not None and pose is not None:
            if len(pose.scores) and done.index % EVERY == 0:
                pose = replace(pose, colours=colours(done.bgr, pose))
            stats.detected += 1
        stats.detect_s += time.perf_counter() - begun
        if done is not None and pose is not None:
            yield done, pose
        if isinstance(frame, _Damaged):
            yield frame, Pose2D.nobody(detector.skeleton)


@dataclass(frozen=True, slots=True)
class _Damaged:
    """Mark a frame that could not be decoded."""

    index: int
    time_s: float


def _with_damaged(
    frames: StopQueue[Frame], times: Doubles, expected: int, end_s: float | None
) -> Iterator[Frame | _Damaged]:
    """Yield the decoded frames, and a mark for every missing one from index `expected` on.

    `times` (T,) are those of all frames of the source; if empty, missing frames cannot be recognised.
    """
    end = len(times) if end_s is None else int(np.searchsorted(times, end_s))
    for frame in frames:
        for index in range(expected, min(frame.index, end)):
            yield _Damaged(index, float(times[index]))
        expected = frame.index + 1
        yield frame
    for index in range(expected, end):
        yield _Damaged(index, float(times[index]))


def _read(source: FrameSource, start_s: float | None, end_s: float | None, queue: StopQueue[Frame]) -> None:
    try:
        for frame in source.frames(start_s, end_s):
            queue.put(frame)
        queue.close()
    except Closed:
        pass
    except BaseException as error:  # noqa: BLE001 - handed to the consumer, which raises it
        queue.fail(error)


def _is_whole(cache: DetectionCache, run: list[tuple[int, float]], times: Doubles, end_s: float | None) -> bool:
    """Return whether a run of cached frames, (index, time), from the start of the range reaches its end."""
    if not run:
        return False
    last, last_s = run[-1]
    end = len(times) if end_s is None else int(np.searchsorted(times, end_s))
    if len(times) > 0 and last + 1 >= end:
        return True
    return cache.complete and not _frames_after(cache, last_s + _SAME_TIME_S, end_s)


def _read_blocks(
    cache: DetectionCache, run: list[tuple[int, float]], whole: bool
) -> Iterator[tuple[int, float, Pose2D]]:
    """Read the cached frames, (index, time, people), up to the last one after which a run can be continued.

    A run continues only at a multiple of `ANCHOR`: frames beyond, and blocks with a damaged chunk, are detected again.
    """
    for _, block in itertools.groupby(run, lambda row: row[0] // ANCHOR):
        rows = list(block)
        if (rows[-1][0] + 1) % ANCHOR and not (whole and rows[-1] == run[-1]):
            return
        poses = [pose for index, _ in rows if (pose := cache.get(index)) is not None]
        if len(poses) < len(rows):
            return
        for (index, time_s), pose in zip(rows, poses, strict=True):
            yield index, time_s, pose


def _cached_start(
    cache: DetectionCache, info: VideoInfo, start_s: float | None, end_s: float | None
) -> Iterator[tuple[int, float]]:
    """Yield (index, time) of the unbroken run of cached frames at the start of the range."""
    previous, started = -1, False
    for index in range(info.frame_count):
        time_s = cache.time_s(index)
        if time_s is None:
            if started:
                return
            continue
        if start_s is not None and time_s < start_s:
            previous = index
            continue
        if end_s is not None and time_s >= end_s:
            return
        if index != previous + 1 and not (start_s and not info.variable_rate and time_s - start_s < 1 / info.fps_hz):
            return  # the frames missing before it may belong to the range too
        previous, started = index, True
        yield index, time_s


def _frames_after(cache: DetectionCache, time_s: float, end_s: float | None) -> bool:
    last = cache.last_time_s()
    return last is not None and last > time_s and (end_s is None or end_s > time_s)
