"""The contract of a 2D detector."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from ..core.camera import Frame
from ..core.poses import Pose2D


@runtime_checkable
class Detector(Protocol):
    """Finds people and their joints in upright BGR frames. Image space, pixels.

    Frames of one video arrive in order of time; a detector may use what it saw before. `reset` forgets that, and
    after it times may start again. A frame without a person gives `Pose2D.nobody`, never an error. Joints outside
    the picture may have coordinates outside it. One thread at a time; `close` frees the model.
    """

    name: str
    skeleton: str  # key of skeleton.SKELETONS

    @property
    def cache_key(self) -> str:
        """Changes whenever the results could: model, version, settings. Part of the 2D cache's key."""
        ...

    def detect(self, frame: Frame) -> Pose2D: ...

    def reset(self) -> None: ...

    def resume(self, pose: Pose2D, time_s: float, size_px: tuple[int, int]) -> None:
        """Go on as if `pose` had just been found at `time_s` in a picture of `size_px` (width, height).

        For a run whose first part comes from the cache: whoever was followed there is followed on.
        """
        ...

    def close(self) -> None: ...
