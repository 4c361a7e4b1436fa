"""Define the contract of a 2D detector."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from ..core.camera import Frame
from ..core.poses import Pose2D


@runtime_checkable
class Detector(Protocol):
    """Find people and their joints in upright BGR frames. Image space, pixels.

    Frames of one video arrive in order of time; a detector may use the earlier ones. `reset` clears that memory, and
    after it times may start again. A frame without a person gives `Pose2D.nobody`, never an error. Joints outside the
    image may have coordinates outside it. One thread at a time; `close` frees the model.
    """

    name: str
    skeleton: str  # key of skeleton.SKELETONS

    @property
    def cache_key(self) -> str:
        """Return a key that changes whenever the results could: model, version, settings.

        It is part of the 2D cache's key.
        """
        ...

    def detect(self, frame: Frame) -> Pose2D: ...

    def reset(self) -> None: ...

    def resume(self, pose: Pose2D, time_s: float, size_px: tuple[int, int]) -> None:
        """Continue as if `pose` had been detected at `time_s` in an image of `size_px` = (w, h).

        For a run whose first part comes from the cache: the people tracked there remain tracked.
        """
        ...

    def close(self) -> None: ...


@runtime_checkable
class LooksAhead(Protocol):
    """Find people as `Detector` does, but a frame later and faster: the next frame helps."""

    def advance(self, frame: Frame) -> Pose2D | None:
        """Take the next frame; return the people in the frame before it, None if there is none."""
        ...

    def ready(self) -> Pose2D | None:
        """Return the people in the last frame that `advance` took, if they are final.

        None if the next frame can change them, or there is no such frame.
        """
        ...

    def finish(self) -> Pose2D | None:
        """Return the people in the last frame that `advance` took, None if there is none."""
        ...
