"""Hold 2D people in image space (pixels): detections of one frame, and one person's track."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .arrays import Doubles, Floats, Ints, check_shape
from .skeletons import SKELETONS, h36m17_from


@dataclass(frozen=True)  # without slots: `h36m17` is computed once and cached
class Pose2D:
    """Hold the people found in one frame, in no particular order. Image space, pixels."""

    boxes_image: Floats  # (P, 4) x0, y0, x1, y1 around the joints
    joints_image: Floats  # (P, J, 2)
    scores: Floats  # (P, J) in [0, 1]
    skeleton: str  # key of `skeletons.SKELETONS`
    identity: Ints | None = None  # (P,) identities over the frames, from 1; None: the tracker assigns them
    colours: Floats | None = None  # (P, C) clothing colours, see `detect.appearance`; NaN or None: not sampled

    @cached_property
    def h36m17(self) -> tuple[Floats, Floats]:
        """Return the people as H36M-17 by the `hourglass` rule: joints (P, 17, 2), scores (P, 17)."""
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


# (frame index, time_s, people in the frame), frame by frame; closing the generator frees its reader and cache.
Poses = Generator[tuple[int, float, Pose2D], None, None]


@dataclass(frozen=True, slots=True)
class PersonTrack:
    """Hold one person's 2D joints over T frames, as detected and as H36M-17, in pixels.

    The tracks of a take have a row for every frame; where the person was not seen the joints are NaN and the scores 0.
    Made by the tracker (which converts each frame once) or by `of`; `rows` and `where` keep both halves consistent.
    """

    person: int  # number of the person in the take, from 1; during a run, the tracker's identity
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
        """Make a track of a detector's joints and convert them to H36M-17 once.

        Shapes: `frame_index`, `time_s` (T,), `joints_image` (T, J, 2) px, `scores` (T, J).
        """
        h36m17 = h36m17_from(skeleton, joints_image, scores)
        return cls(person, frame_index, time_s, joints_image, scores, skeleton, h36m17)

    @classmethod
    def of_h36m17(cls, person: int, time_s: Doubles, joints_image: Floats, scores: Floats) -> PersonTrack:
        """Make a track of a lifter's own H36M-17 joints (T, 17, 2), (T, 17), kept unchanged.

        For motion capture and test sets, whose pelvis, spine and thorax are those that a lifter was trained with.
        """
        index = np.arange(len(time_s))
        return cls(person, index, time_s, joints_image, scores, "h36m17", (joints_image, scores))

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Return (T,) True where at least one joint was seen."""
        return np.asarray(np.isfinite(self.joints_image[..., 0]).any(axis=1))

    def rows(self, chosen: slice | Ints) -> PersonTrack:
        """Return the track restricted to the chosen frames."""
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
        """Combine two tracks: this track's joints where `mine` (T,) holds, else those of `other`.

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
        """Return the track with left and right joints swapped."""
        order = SKELETONS[self.skeleton].mirror
        return PersonTrack.of(
            self.person,
            self.frame_index,
            self.time_s,
            self.joints_image[:, order],
            self.scores[:, order],
            self.skeleton,
        )
