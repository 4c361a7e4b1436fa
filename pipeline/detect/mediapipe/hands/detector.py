"""Add hands to the people of any detector whose skeleton has elbows and wrists."""

from __future__ import annotations

import importlib.metadata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from ....core.camera import Frame
from ....core.config import Runtime
from ....core.hands.points import Hands
from ....core.poses import Pose2D
from ...base import Detector, LooksAhead
from ..part_detector import AheadPartDetector, PartDetector
from .locate import HandLocator
from .look_ahead import LONGEST_STEP_S

_ALGORITHM = 2  # raise it when the same frames would give other results


def with_hands(detector: Detector, max_people: int, runtime: Runtime = "auto") -> Detector:
    """Return a detector that gives the people of `detector` with their hands, and closes it.

    Raises `ModelError` if the hand networks are missing or do not run.
    """
    kind = HandsAheadDetector if isinstance(detector, LooksAhead) else HandsDetector
    return kind(detector, HandLocator(max_people, runtime))


class HandsDetector(PartDetector):
    """Implement `Detector`: the people of another detector, with the extras of their hands."""

    def __init__(self, detector: Detector, locator: HandLocator) -> None:
        super().__init__(detector, locator)
        self._locator = locator

    @property
    def _part_key(self) -> str:
        version = importlib.metadata.version("mediapipe")
        return f"hands-mediapipe{version}-{self._locator.runtime or 'tflite'}-a{_ALGORITHM}"

    def _resume_part(self, pose: Pose2D) -> None:
        self._locator.resume(Hands.of(pose.extras) or Hands.unseen(len(pose.scores)))

    def _located(self, frame: Frame, pose: Pose2D, following: Frame | None = None) -> Pose2D:
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


class HandsAheadDetector(HandsDetector, AheadPartDetector):
    """Implement `LooksAhead` too, for a detector that does."""

    def __init__(self, detector: Detector, locator: HandLocator) -> None:
        super().__init__(detector, locator)
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="hands-beside")

    def close(self) -> None:
        self._beside.shutdown()
        super().close()

    def advance(self, frame: Frame) -> Pose2D | None:
        """Take the next frame; return the people in the frame before it, None if there is none.

        Hands of people who are known already are located beside the detector's work on this frame.
        """
        before = self._before
        known = self._ahead.ready() if before is not None else None
        if before is not None and known is not None:
            self._before = frame
            hands = self._beside.submit(self._located, before, known, frame)
            try:
                self._ahead.advance(frame)
            finally:
                located = hands.result()
            return located
        return super().advance(frame)
