"""Add faces to the people of any detector whose skeleton has eyes.

A detector that looks ahead settles a frame with the next one, so its faces are located in the frame before.
"""

from __future__ import annotations

import importlib.metadata
from dataclasses import replace

import numpy as np

from ....core.camera import Frame
from ....core.face.extras import FACE, MEASURES
from ....core.poses import Pose2D
from ...base import Detector, LooksAhead
from .locate import FaceLocator

_ALGORITHM = 2  # raise it when the same frames would give other results


def with_faces(detector: Detector) -> Detector:
    """Return a detector that gives the people of `detector` with their faces, and closes it.

    Raises `ModelError` if the face network is missing or does not run.
    """
    kind = FaceAheadDetector if isinstance(detector, LooksAhead) else FaceDetector
    return kind(detector, FaceLocator())


class FaceDetector:
    """Implement `Detector`: the people of another detector, with the extras of their faces."""

    def __init__(self, detector: Detector, locator: FaceLocator) -> None:
        self._detector, self._locator = detector, locator
        self.name, self.skeleton = detector.name, detector.skeleton
        self.runtime = getattr(detector, "runtime", "")  # inference engine of the body's network, for the provenance
        self._key = f"face-mediapipe{importlib.metadata.version('mediapipe')}-a{_ALGORITHM}"

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
        self._locator.resume(pose.extras)

    def close(self) -> None:
        self._locator.close()
        self._detector.close()

    def _located(self, frame: Frame, pose: Pose2D) -> Pose2D:
        """Return the people of a frame with their faces; a face that only the detector saw stays."""
        found = self._locator.locate(frame.bgr, pose)
        own = pose.extras.get(FACE)
        if own is not None:
            unseen = np.isnan(found[FACE][:, 0, 0])
            found[FACE][unseen] = own[unseen]
        extras = {name: values for name, values in found.items() if np.isfinite(values[..., 0]).any()}
        return replace(pose, extras={**pose.extras, **extras}) if MEASURES in extras else pose


class FaceAheadDetector(FaceDetector):
    """Implement `LooksAhead` too, for a detector that does."""

    def __init__(self, detector: Detector, locator: FaceLocator) -> None:
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
        return pose if before is None or pose is None else self._located(before, pose)

    def ready(self) -> Pose2D | None:
        """Return None: faces are located when the next frame comes."""
        return None

    def finish(self) -> Pose2D | None:
        """Return the people in the last frame that `advance` took, None if there is none."""
        before, self._before = self._before, None
        pose = self._ahead.finish()
        return pose if before is None or pose is None else self._located(before, pose)
