"""Define the contract of a live source: frames in real time with their capture times."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from ...core.camera import Frame, VideoInfo


@runtime_checkable
class LiveSource(Protocol):
    """Deliver upright BGR frames of a camera, a network stream, or a file played in real time.

    Opening is all or nothing: the constructor raises `SourceError` with a hint and leaves nothing open. The size in
    `info` may change after a reconnection. `Frame.time_s` is monotonic: the best estimate of the moment of capture, in
    seconds since the source was opened. `Frame.index` counts the frames delivered.
    """

    @property
    def info(self) -> VideoInfo: ...

    @property
    def notice(self) -> str:
        """Return a message for the user while no frame comes; "" if the source works.

        Example: "Camera unplugged: waiting for it to come back".
        """
        ...

    def read(self, timeout_s: float) -> Frame | None:
        """Return the next frame, or None if none came in time.

        An interrupted source reconnects by itself. Raises `concurrency.Closed` at the end of a file or after `close`,
        and `SourceError` if the source cannot reconnect. Only one thread may call this. The call returns soon after
        `timeout_s`, also when the device hangs.
        """
        ...

    def close(self) -> None:
        """Close the source from any thread; a waiting `read` returns at once.

        The call never waits longer than a second for the device.
        """
        ...
