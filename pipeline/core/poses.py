"""Hold 2D people: one frame's detections, and one person's track through a take. Image space, pixels."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .arrays import Doubles, Floats, Ints, check_shape
from .skeletons import SKELETONS


@dataclass(frozen=True, slots=True)
class Pose2D:
    """The people found in one frame, in no particular order. Image space, pixels."""

    boxes_image: Floats  # (P, 4) x0, y0, x1, y1 around the joints
    joints_image: Floats  # (P, J, 2)
    scores: Floats  # (P, J) in [0, 1]
    skeleton: str  # key of skeleton.SKELETONS

    def __post_init__(self) -> None:
        persons, joints = self.boxes_image.shape[0], len(SKELETONS[self.skeleton].names)
        check_shape("boxes_image", self.boxes_image, (persons, 4))
        check_shape("joints_image", self.joints_image, (persons, joints, 2))
        check_shape("scores", self.scores, (persons, joints))

    @staticmethod
    def nobody(skeleton: str) -> Pose2D:
        joints = len(SKELETONS[skeleton].names)
        return Pose2D(
            np.zeros((0, 4), np.float32),
            np.zeros((0, joints, 2), np.float32),
            np.zeros((0, joints), np.float32),
            skeleton,
        )


# (frame index, time_s, the people in it), frame by frame; closing it frees what is behind it.
Poses = Generator[tuple[int, float, Pose2D], None, None]


@dataclass(frozen=True, slots=True)
class Track2D:
    """One person over all T frames of a take, as the detector saw it. Image space, pixels.

    Every frame of the take has a row; where the person was not seen the joints are NaN and the scores 0.
    """

    person: int
    frame_index: Ints  # (T,)
    time_s: Doubles  # (T,)
    joints_image: Floats  # (T, J, 2)
    scores: Floats  # (T, J)
    skeleton: str

    def __post_init__(self) -> None:
        frames, joints = len(self.frame_index), len(SKELETONS[self.skeleton].names)
        check_shape("time_s", self.time_s, (frames,))
        check_shape("joints_image", self.joints_image, (frames, joints, 2))
        check_shape("scores", self.scores, (frames, joints))

    @property
    def seen(self) -> NDArray[np.bool_]:
        """(T,) True where at least one joint was seen."""
        return np.asarray(np.isfinite(self.joints_image[..., 0]).any(axis=1))
