"""Hold 2D people: one frame's detections (`Pose2D`) and one person's track (`PersonTrack`). Image space, pixels."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .arrays import Doubles, Floats, Ints, check_shape
from .skeletons import SKELETONS, h36m17_from


@dataclass(frozen=True)  # without slots: `h36m17` is computed once and kept
class Pose2D:
    """The people found in one frame, in no particular order. Image space, pixels."""

    boxes_image: Floats  # (P, 4) x0, y0, x1, y1 around the joints
    joints_image: Floats  # (P, J, 2)
    scores: Floats  # (P, J) in [0, 1]
    skeleton: str  # key of `skeletons.SKELETONS`
    identity: Ints | None = None  # (P,) who is who over the frames, from 1; None: a tracker has to find out

    @cached_property
    def h36m17(self) -> tuple[Floats, Floats]:
        """The same people as H36M-17 by the `hourglass` rule: joints (P, 17, 2), scores (P, 17)."""
        return h36m17_from(self.skeleton, self.joints_image, self.scores)

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
class PersonTrack:
    """One person's 2D joints over T frames, as detected and as H36M-17. Image space, pixels.

    The tracks of a take have a row for every frame; where the person was not seen the joints are NaN and the scores 0.
    Made by the tracker (which converts each frame once) or by `of`; `rows` and `where` keep both halves together.
    """

    person: int  # its number in the take, from 1; while a run goes on, the tracker's identity
    frame_index: Ints  # (T,)
    time_s: Doubles  # (T,)
    joints_image: Floats  # (T, J, 2)
    scores: Floats  # (T, J)
    skeleton: str  # key of `skeletons.SKELETONS`
    h36m17: tuple[Floats, Floats]  # joints (T, 17, 2) and scores (T, 17) by the `hourglass` rule

    def __post_init__(self) -> None:
        frames, joints = len(self.frame_index), len(SKELETONS[self.skeleton].names)
        check_shape("time_s", self.time_s, (frames,))
        check_shape("joints_image", self.joints_image, (frames, joints, 2))
        check_shape("scores", self.scores, (frames, joints))
        check_shape("h36m17 joints", self.h36m17[0], (frames, 17, 2))
        check_shape("h36m17 scores", self.h36m17[1], (frames, 17))

    @classmethod
    def of(
        cls, person: int, frame_index: Ints, time_s: Doubles, joints_image: Floats, scores: Floats, skeleton: str
    ) -> PersonTrack:
        """Make a track of a detector's joints: (T,), (T,), (T, J, 2), (T, J), and convert them to H36M-17 once."""
        h36m17 = h36m17_from(skeleton, joints_image, scores)
        return cls(person, frame_index, time_s, joints_image, scores, skeleton, h36m17)

    @classmethod
    def of_h36m17(cls, person: int, time_s: Doubles, joints_image: Floats, scores: Floats) -> PersonTrack:
        """Make a track of joints that are a lifter's H36M-17 already, (T, 17, 2) and (T, 17): they are kept unchanged.

        For motion capture and test sets, whose pelvis, spine and thorax are those that a lifter was trained with.
        """
        index = np.arange(len(time_s))
        return cls(person, index, time_s, joints_image, scores, "h36m17", (joints_image, scores))

    @property
    def seen(self) -> NDArray[np.bool_]:
        """(T,) True where at least one joint was seen."""
        return np.asarray(np.isfinite(self.joints_image[..., 0]).any(axis=1))

    def rows(self, chosen: slice | Ints) -> PersonTrack:
        """Return the track of some of the frames."""
        joints, scores = self.h36m17
        return PersonTrack(
            self.person,
            self.frame_index[chosen],
            self.time_s[chosen],
            self.joints_image[chosen],
            self.scores[chosen],
            self.skeleton,
            (joints[chosen], scores[chosen]),
        )

    def where(self, mine: NDArray[np.bool_], other: PersonTrack | None = None) -> PersonTrack:
        """Return the same frames with this track's joints where `mine` (T,) holds, elsewhere those of `other`.

        Without `other` the person is not seen there. Both tracks have the same frames and the same skeleton.
        """

        def mixed(own: Floats, others: Floats | None, fill: float) -> Floats:
            here = mine.reshape(-1, *[1] * (own.ndim - 1))
            return np.where(here, own, fill if others is None else others).astype(np.float32)

        theirs = (None,) * 4 if other is None else (other.joints_image, other.scores, *other.h36m17)
        return replace(
            self,
            joints_image=mixed(self.joints_image, theirs[0], np.nan),
            scores=mixed(self.scores, theirs[1], 0),
            h36m17=(mixed(self.h36m17[0], theirs[2], np.nan), mixed(self.h36m17[1], theirs[3], 0)),
        )

    def mirrored(self) -> PersonTrack:
        """Return the track with the left joints as right ones and the other way round."""
        order = SKELETONS[self.skeleton].mirror
        return PersonTrack.of(
            self.person,
            self.frame_index,
            self.time_s,
            self.joints_image[:, order],
            self.scores[:, order],
            self.skeleton,
        )
