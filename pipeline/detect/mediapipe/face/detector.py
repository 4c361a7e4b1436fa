"""Add faces to the people of any detector whose skeleton has eyes."""

from __future__ import annotations

import importlib.metadata
from dataclasses import replace

import numpy as np

from ....core.camera import Frame
from ....core.face.extras import FACE, MEASURES
from ....core.poses import Pose2D
from ...base import Detector, LooksAhead
from ..part_detector import AheadPartDetector, PartDetector
from .locate import FaceLocator

_ALGORITHM = 2  # raise it when the same frames would give other results


def with_faces(detector: Detector) -> Detector:
    """Return a detector that gives the people of `detector` with their faces, and closes it.

    Raises `ModelError` if the face network is missing or does not run.
    """
    kind = FaceAheadDetector if isinstance(detector, LooksAhead) else FaceDetector
    return kind(detector, FaceLocator())


class FaceDetector(PartDetector):
    """Implement `Detector`: the people of another detector, with the extras of their faces."""

    def __init__(self, detector: Detector, locator: FaceLocator) -> None:
        super().__init__(detector, locator)
        self._locator = locator

    @property
    def _part_key(self) -> str:
        return f"face-mediapipe{importlib.metadata.version('mediapipe')}-a{_ALGORITHM}"

    def _resume_part(self, pose: Pose2D) -> None:
        self._locator.resume(pose.extras)

    def _located(self, frame: Frame, pose: Pose2D, following: Frame | None = None) -> Pose2D:
        found = self._locator.locate(frame.bgr, pose)
        own = pose.extras.get(FACE)
        if own is not None:
            unseen = np.isnan(found[FACE][:, 0, 0])
            found[FACE][unseen] = own[unseen]
        extras = {name: values for name, values in found.items() if np.isfinite(values[..., 0]).any()}
        return replace(pose, extras={**pose.extras, **extras}) if MEASURES in extras else pose


class FaceAheadDetector(FaceDetector, AheadPartDetector):
    """Implement `LooksAhead` too, for a detector that does."""
