"""Define the contract of a frame source: upright BGR frames with true timestamps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from ..core.arrays import Doubles
from ..core.camera import Frame, VideoInfo


@runtime_checkable
class FrameSource(Protocol):
    """Deliver upright BGR frames with true timestamps.

    Opening is all or nothing: the constructor raises `SourceError` and leaves nothing open. `frames` delivers every
    frame of the range exactly once, in order of time, with its index in the whole source, and may be called again.
    A stream that breaks off in the middle ends with the frames before the break; it raises a `SourceError` only if
    there were none. `frame_at` gives the frame shown at `time_s` (the last one whose timestamp is not later, within
    half a millisecond) and is cheap when called with slowly rising times. Only one thread may use a source at a time.
    """

    @property
    def info(self) -> VideoInfo: ...

    def frames(self, start_s: float | None = None, end_s: float | None = None) -> Iterator[Frame]:
        """Yield the frames with start_s <= time_s < end_s (None: from the first, to the last)."""
        ...

    def frame_at(self, time_s: float) -> Frame: ...

    def close(self) -> None: ...


@runtime_checkable
class TimedSource(FrameSource, Protocol):
    """A frame source that knows the times of all its frames in advance.

    `frames` leaves out frames that cannot be decoded; their indices and times stay free.
    """

    @property
    def time_s(self) -> Doubles:
        """(T,) seconds, strictly rising, the first is 0."""
        ...
