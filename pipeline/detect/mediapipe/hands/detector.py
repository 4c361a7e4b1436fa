"""Add hands to the people of any detector whose skeleton has elbows and wrists.

A detector that looks ahead settles a frame with the next one, so its hands are located in the frame before, which is
kept until then.
"""

from __future__ import annotations

import importlib.metadata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from ....core.camera import Frame
from ....core.config import Runtime
from ....core.hands.points import Hands
from ....core.poses import Pose2D
from ...base import Detector, LooksAhead
from .locate import HandLocator
from .look_ahead import LONGEST_STEP_S

_ALGORITHM = 2  # raise it when the same frames would give other results


def with_hands(detector: Detector, max_people: int, runtime: Runtime = "auto") -> Detector:
    """Return a detector that gives the people of `detector` with their hands, and closes it.

    Raises `ModelError` if the hand networks are missing or do not run.
    """
    kind = HandsAheadDetector if isinstance(detector, LooksAhead) else HandsDetector
    return kind(detector, HandLocator(max_people, runtime))


class HandsDetector:
    """Implement `Detector`: the people of another detector, with the extras of their hands."""

    def __init__(self, detector: Detector, locator: HandLocator) -> None:
        self._detector, self._locator = detector, locator
        self.name, self.skeleton = detector.name, detector.skeleton
        self.runtime = getattr(detector, "runtime", "")  # inference engine of the body's network, for the provenance
        version = importlib.metadata.version("mediapipe")
        self._key = f"hands-mediapipe{version}-{locator.runtime or 'tflite'}-a{_ALGORITHM}"

    @property
    def cache_key(self) -> str:
        return f"{self._detector.cache_key}-{self._key}"

    def detect(self, frame: Frame) -> Pose2D:
        return self._located(frame, self._detector.detect(frame))

    def reset(self) -> None:
        self._detector.reset()
        self._locator.reset()

    def resume(self, pose: Pose2D, time_s: float, size_px: tuple[int, int]) -> None:
        self._detector.resume(pose, time_s, size_px)
        self._locator.resume(Hands.of(pose.extras) or Hands.unseen(len(pose.scores)))

    def close(self) -> None:
        self._locator.close()
        self._detector.close()

    def _located(self, frame: Frame, pose: Pose2D, following: Frame | None = None) -> Pose2D:
        """Return the people of a frame with their hands; a hand that only the detector saw stays.

        `following`: the frame after it, where it is known already.
        """
        soon = following is not None and 0 < following.time_s - frame.time_s <= LONGEST_STEP_S
        hands = self._locator.locate(frame.bgr, pose, following.bgr if following is not None and soon else None)
        own = Hands.of(pose.extras)
        if own is not None:
            keep = own.observed & ~hands.observed
            for mine, other in zip(
                (hands.joints_image, hands.scores, hands.relative),
                (own.joints_image, own.scores, own.relative),
                strict=True,
            ):
                mine[keep] = other[keep]
        if not hands.observed.any():
            return pose
        return replace(pose, extras={**pose.extras, **hands.extras})


class HandsAheadDetector(HandsDetector):
    """Implement `LooksAhead` too, for a detector that does."""

    def __init__(self, detector: Detector, locator: HandLocator) -> None:
        super().__init__(detector, locator)
        if not isinstance(detector, LooksAhead):
            raise TypeError(f"{detector.name} does not look ahead")
        self._ahead: LooksAhead = detector
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="hands-beside")
        self._before: Frame | None = None

    def close(self) -> None:
        self._beside.shutdown()
        super().close()

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
        """Take the next frame; return the people in the frame before it, None if there is none.

        Hands of people who are known already are located beside the detector's work on this frame.
        """
        before, self._before = self._before, frame
        known = self._ahead.ready() if before is not None else None
        if before is not None and known is not None:
            hands = self._beside.submit(self._located, before, known, frame)
            try:
                self._ahead.advance(frame)
            finally:
                located = hands.result()
            return located
        pose = self._ahead.advance(frame)
        return pose if before is None or pose is None else self._located(before, pose, frame)

    def ready(self) -> Pose2D | None:
        """Return None: the hands of the last frame depend on the next one."""
        return None

    def finish(self) -> Pose2D | None:
        """Return the people in the last frame that `advance` took, None if there is none."""
        before, self._before = self._before, None
        pose = self._ahead.finish()
        return pose if before is None or pose is None else self._located(before, pose)
