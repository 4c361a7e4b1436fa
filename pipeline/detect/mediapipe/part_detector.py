"""Define the base of detectors that add hands or faces to the people of another detector."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Protocol

from ...core.camera import Frame
from ...core.poses import Pose2D
from ..base import Detector, LooksAhead


class PartLocator(Protocol):
    """Locate a part of the body in frames that follow each other."""

    def reset(self) -> None: ...

    def close(self) -> None: ...


class PartDetector(ABC):
    """Implement `Detector`: the people of another detector, with the extras of a part.

    Closing it closes that detector.
    """

    def __init__(self, detector: Detector, locator: PartLocator) -> None:
        self._detector, self._part = detector, locator
        self.name, self.skeleton = detector.name, detector.skeleton
        self.runtime = getattr(detector, "runtime", "")  # inference engine of the body's network, for the provenance

    @property
    def cache_key(self) -> str:
        return f"{self._detector.cache_key}-{self._part_key}"

    def detect(self, frame: Frame) -> Pose2D:
        return self._located(frame, self._detector.detect(frame))

    def reset(self) -> None:
        self._detector.reset()
        self._part.reset()

    def resume(self, pose: Pose2D, time_s: float, size_px: tuple[int, int]) -> None:
        self._detector.resume(pose, time_s, size_px)
        self._resume_part(pose)

    def close(self) -> None:
        self._part.close()
        self._detector.close()

    @property
    @abstractmethod
    def _part_key(self) -> str:
        """Return the key of everything of the part on which results depend."""

    @abstractmethod
    def _resume_part(self, pose: Pose2D) -> None:
        """Go on after a frame with these people."""

    @abstractmethod
    def _located(self, frame: Frame, pose: Pose2D, following: Frame | None = None) -> Pose2D:
        """Return the people of a frame with the part; what only the detector saw of it stays.

        `following`: the frame after it, where it is known already.
        """


class AheadPartDetector(PartDetector):
    """Implement `LooksAhead` too, for a detector that does.

    Such a detector settles a frame with the next one, so the part is located in the frame before, kept until then.
    """

    def __init__(self, detector: Detector, locator: PartLocator) -> None:
        super().__init__(detector, locator)
        if not isinstance(detector, LooksAhead):
            raise TypeError(f"{detector.name} does not look ahead")
        self._ahead: LooksAhead = detector
        self._before: Frame | None = None

    def reset(self) -> None:
        super().reset()
        self._before = None

    def resume(self, pose: Pose2D, time_s: float, size_px: tuple[int, int]) -> None:
        super().resume(pose, time_s, size_px)
        self._before = None

    def detect(self, frame: Frame) -> Pose2D:
        self.finish()
        return super().detect(frame)

    def advance(self, frame: Frame) -> Pose2D | None:
        """Take the next frame; return the people in the frame before it, None if there is none."""
        before, self._before = self._before, frame
        pose = self._ahead.advance(frame)
        return pose if before is None or pose is None else self._located(before, pose, frame)

    def ready(self) -> Pose2D | None:
        """Return None: the part is located when the next frame comes."""
        return None

    def finish(self) -> Pose2D | None:
        """Return the people in the last frame that `advance` took, None if there is none."""
        before, self._before = self._before, None
        pose = self._ahead.finish()
        return pose if before is None or pose is None else self._located(before, pose)
