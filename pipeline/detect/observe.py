"""From a source to 2D poses, frame by frame: decoding beside detecting, and nothing detected twice.

Topology: reader thread (decodes) -> `StopQueue` of a few frames (it waits, nothing is dropped) -> the caller's thread
(detects). Poses that the cache holds are not detected again; a start of the range that it holds is not even decoded.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.detect.base import Detector
from pipeline.detect.cache import DetectionCache
from pipeline.flow import CancelToken, Closed, StopQueue
from pipeline.types import Frame, Poses

if TYPE_CHECKING:
    from pipeline.sources.base import FrameSource

_QUEUED_FRAMES = 4
_PAST = 0.0005  # s: timestamps closer than this are one instant


@dataclass(slots=True)
class ObserveStats:
    """Filled while observing. `detect_s` is time spent inside the detector, not waiting for frames."""

    detect_s: float = 0.0
    detected: int = 0
    cached: int = 0


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

    Closing the generator, an error or a cancel ends the reader thread and keeps what was detected in the cache.
    """
    detector.reset()
    decode_from = start_s
    if cache is not None:
        for index, time_s in _cached_start(cache, source.info.frame_count, start_s, end_s):
            cancel.check()
            pose = cache.get(index)
            if pose is None:  # a damaged chunk: detect from here
                break
            stats.cached += 1
            decode_from = time_s + _PAST
            yield index, time_s, pose
        if cache.complete and stats.cached and decode_from is not None and not _frames_after(cache, decode_from, end_s):
            return

    queue: StopQueue[Frame] = StopQueue(_QUEUED_FRAMES)
    reader = threading.Thread(target=_read, args=(source, decode_from, end_s, queue), name="frame-reader", daemon=True)
    reader.start()
    try:
        for frame in queue:
            cancel.check()
            pose = cache.get(frame.index) if cache is not None else None
            if pose is None:
                begun = time.perf_counter()
                pose = detector.detect(frame)
                stats.detect_s += time.perf_counter() - begun
                stats.detected += 1
                if cache is not None:
                    cache.put(frame.index, frame.time_s, pose)
            else:
                stats.cached += 1
            yield frame.index, frame.time_s, pose
        if cache is not None and start_s is None and end_s is None:
            cache.mark_complete()
    finally:
        queue.stop()
        reader.join()
        if cache is not None:
            cache.flush()


def _read(source: FrameSource, start_s: float | None, end_s: float | None, queue: StopQueue[Frame]) -> None:
    try:
        for frame in source.frames(start_s, end_s):
            queue.put(frame)
        queue.close()
    except Closed:
        pass
    except BaseException as error:  # noqa: BLE001 - handed to the consumer, which raises it
        queue.fail(error)


def _cached_start(
    cache: DetectionCache, frame_count: int, start_s: float | None, end_s: float | None
) -> Iterator[tuple[int, float]]:
    """The unbroken run of cached frames at the start of the range, as (index, time)."""
    previous, started = -1, False
    for index in range(frame_count):
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
        if index != previous + 1:
            return  # the frames missing before it may belong to the range too
        previous, started = index, True
        yield index, time_s


def _frames_after(cache: DetectionCache, time_s: float, end_s: float | None) -> bool:
    last = cache.last_time_s()
    return last is not None and last > time_s and (end_s is None or end_s > time_s)
