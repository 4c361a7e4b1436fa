"""One connection to a live device, as `feed.LiveFeed` uses it, and how much trouble with it is borne."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ...core.arrays import Image

_SMALLEST_PX, _LARGEST_PX = 16, 16384


@dataclass(frozen=True, slots=True)
class Patience:
    """How long which trouble is borne, in seconds."""

    open_s: float = 20.0  # from the first attempt to the first picture: some webcams take 10 s
    first_s: float = 6.0  # of them without a readable picture, once the device is open
    bad_s: float = 1.5  # nothing but failures, later on: the device is opened anew
    silent_s: float = 0.8  # without a picture, then `notice` says so
    hang_s: float = 12.0  # in one call of the driver (OpenCV's own limit for V4L2 is 10 s), then it is given up
    retry_s: float = 0.5  # between attempts to come back; doubles ...
    retry_most_s: float = 4.0  # ... up to here
    hung_workers: int = 3  # given up and still stuck, then the source fails


class Lost(Exception):  # noqa: N818 - the ordinary end of a connection, not an error
    """The device is gone or useless: connect anew. The text is for people and ends without a full stop."""


class Connection(Protocol):
    """An open device, used by one thread. Every method may block for as long as the device likes."""

    @property
    def rate_hz(self) -> float:
        """What the device says its rate is; 0 = unknown."""
        ...

    def grab(self) -> tuple[float, object]:
        """(capture on the clock of `time.monotonic`, picture; None for one that failed).

        Raises `Lost`, or `Closed` at the end of something that has one.
        """
        ...

    def release(self) -> None: ...


def as_bgr(picture: object) -> Image | None:
    """(H, W, 3) uint8 of whatever a device gave, or None if that was no picture."""
    if not isinstance(picture, np.ndarray) or picture.dtype != np.uint8 or picture.ndim not in (2, 3):
        return None
    if not all(_SMALLEST_PX <= size <= _LARGEST_PX for size in picture.shape[:2]):
        return None
    if picture.ndim == 2 or picture.shape[2] == 1:  # infrared cameras
        return np.repeat(picture.reshape(*picture.shape[:2], 1), 3, axis=2)
    return np.ascontiguousarray(picture[..., :3]) if picture.shape[2] in (3, 4) else None
