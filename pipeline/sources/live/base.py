"""The contract of a live source: frames as they come, with the clock of their capture."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from ...core.camera import Frame, VideoInfo


@runtime_checkable
class LiveSource(Protocol):
    """Upright BGR frames of a camera, a network stream, or a file that is played as if it were one.

    Opening is all or nothing: the constructor raises `SourceError` with what to do and leaves nothing open. `info`
    may change its size after a reconnection. `Frame.time_s` is monotonic, seconds since the source was opened, the
    moment of capture as well as it is known; `index` counts the frames delivered.
    """

    @property
    def info(self) -> VideoInfo: ...

    @property
    def notice(self) -> str:
        """For people: why no frame comes ("Camera unplugged: waiting for it to come back"); "" if all is well."""
        ...

    def read(self, timeout_s: float) -> Frame | None:
        """The next frame, or None if none came in time; an interrupted source tries to come back by itself.

        Raises `flow.Closed` at the end (of a file, or after `close`), `SourceError` if it cannot come back. Called
        from one thread; returns within `timeout_s` and a little, whatever the device does.
        """
        ...

    def close(self) -> None:
        """From any thread; a `read` that waits returns at once. Never waits longer than a second for the device."""
        ...
