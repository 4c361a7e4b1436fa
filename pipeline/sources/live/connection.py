"""Define the connection to a live device and the time limits for its failures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ...core.arrays import Image

_SMALLEST_PX, _LARGEST_PX = 16, 16384  # px, limits of a plausible image side


@dataclass(frozen=True, slots=True)
class Patience:
    """Limit how long each kind of device failure is tolerated before the source reacts."""

    open_s: float = 20.0  # s from the first attempt to the first frame: some webcams take 10 s
    first_s: float = 6.0  # s that an open device may take to its first readable frame
    bad_s: float = 1.5  # s of failed grabs after a good frame; then the device is opened again
    silent_s: float = 0.8  # s without a frame until `notice` reports it
    hang_s: float = 12.0  # s in one driver call until it is abandoned (OpenCV's own limit for V4L2 is 10 s)
    retry_s: float = 0.5  # s before the first reconnection attempt; doubles after each failure
    max_retry_s: float = 4.0  # s, longest wait between reconnection attempts
    max_hung_workers: int = 3  # number of abandoned threads that still hang at which the source fails


class ConnectionLost(Exception):  # noqa: N818 - the ordinary end of a connection, not an error
    """Signal that the device is gone or unusable and has to be connected again.

    The text is shown to the user and ends without a full stop.
    """


class Connection(Protocol):
    """Grab frames from an open device; one thread uses it, and every method may block."""

    @property
    def rate_hz(self) -> float:
        """Return the frame rate that the device reports, in Hz; 0 = unknown."""
        ...

    def grab(self) -> tuple[float, object]:
        """Return (capture time in s on the clock of `time.monotonic`, image or None on failure).

        Raises `ConnectionLost`, or `Closed` at the end of a finite stream.
        """
        ...

    def release(self) -> None: ...


def as_bgr(grabbed: object) -> Image | None:
    """Convert a grabbed object to an (H, W, 3) uint8 image, or None if it is not an image."""
    if not isinstance(grabbed, np.ndarray) or grabbed.dtype != np.uint8 or grabbed.ndim not in (2, 3):
        return None
    if not all(_SMALLEST_PX <= size <= _LARGEST_PX for size in grabbed.shape[:2]):
        return None
    if grabbed.ndim == 2 or grabbed.shape[2] == 1:  # infrared cameras
        return np.repeat(grabbed.reshape(*grabbed.shape[:2], 1), 3, axis=2)
    return np.ascontiguousarray(grabbed[..., :3]) if grabbed.shape[2] in (3, 4) else None
