"""Hold 2D people in image space (pixels): detections of one frame, and one person's track."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arrays import FARTHEST_PX, Doubles, Floats, Halves, Ints, check_numbers, check_shape
from .face.expressions import EXPRESSION_MIRROR, EXPRESSIONS
from .skeletons import FACE_MIRROR, SKELETONS, Skeleton, h36m17_from


@dataclass(frozen=True, slots=True)
class Extra:
    """Describe values that only some detectors give for a person, beside joints and scores.

    Everything that cuts, joins, mirrors, stores or reads people goes through the table `EXTRAS`, so a new kind is one
    row of it. An unknown value is NaN.
    """

    shape: Callable[[Skeleton], tuple[int, ...]]  # of one person in one frame
    mirror: Callable[[Skeleton], Ints]  # order of the first axis with left and right exchanged
    dtype: type  # also that of files
    limits: tuple[float, float]  # plausible values; readers of files refuse others
    pixels: bool = False  # True: x and y of the last axis are pixels of the image, and move with it


EXTRAS: Mapping[str, Extra] = {
    # The detector's own depth of its joints: how far they are behind the middle of the hips along the camera's axis, as
    # a share of the body's chain (`skeletons.chain_length` of the detector's own 3D joints in that frame). A detector's
    # 3D has no reliable scale, and its chain removes it. Rounded to float16 where it arises, 0.4 mm of a body at most,
    # so that caches and files keep it exactly.
    "depth": Extra(lambda skeleton: (len(skeleton.names),), lambda skeleton: skeleton.mirror, np.float16, (-8.0, 8.0)),
    # Points of the left and the right hand: x, y in pixels and the score. See `core.hands.points.Hands`.
    "hands": Extra(lambda _: (2, 21, 3), lambda _: np.array([1, 0]), np.float32, (-FARTHEST_PX, FARTHEST_PX), True),
    # The same points in 3D: metres along the camera's axes, from an origin in the hand; 0.06 mm exact.
    "hands_relative": Extra(lambda _: (2, 21, 3), lambda _: np.array([1, 0]), np.float16, (-10.0, 10.0)),
    # The 68 points of a face in the order of iBUG 300-W: x, y in pixels and the score.
    "face": Extra(lambda _: (68, 3), lambda _: FACE_MIRROR, np.float32, (-FARTHEST_PX, FARTHEST_PX), True),
    # Measures of the face's expression in the order of `core.face.expressions.EXPRESSIONS`; 0.0005 of them exact.
    "expressions": Extra(lambda _: (len(EXPRESSIONS),), lambda _: EXPRESSION_MIRROR, np.float16, (-8.0, 8.0)),
}

Extras = Mapping[str, NDArray[Any]]  # name in `EXTRAS` -> one array of people or frames; absent: none has it


def blank_extra(name: str, count: int, skeleton: str) -> NDArray[Any]:
    """Return `count` rows of unknown values of an extra."""
    extra = EXTRAS[name]
    return np.full((count, *extra.shape(SKELETONS[skeleton])), np.nan, extra.dtype)


def joined_extras(parts: Sequence[tuple[int, Extras]], skeleton: str) -> dict[str, NDArray[Any]]:
    """Concatenate the extras of parts (number of rows, extras); where one is absent, it is NaN."""
    names = [name for name in EXTRAS if any(name in extras for _, extras in parts)]
    return {
        name: np.concatenate(
            [extras[name] if name in extras else blank_extra(name, count, skeleton) for count, extras in parts]
        )
        for name in names
    }


def check_extras(extras: Extras, count: int, skeleton: str) -> None:
    """Raise ValueError unless every extra is known and has `count` rows of its shape and type."""
    for name, values in extras.items():
        if name not in EXTRAS:
            raise ValueError(f"the extra {name} is not known; known: {', '.join(EXTRAS)}")
        check_shape(name, values, (count, *EXTRAS[name].shape(SKELETONS[skeleton])))
        if values.dtype != EXTRAS[name].dtype:
            raise ValueError(f"{name} is of type {values.dtype}, expected {np.dtype(EXTRAS[name].dtype)}")


def check_read_extras(extras: Extras, count: int, skeleton: str) -> None:
    """Raise ValueError unless extras of a file are as in `check_extras`, with plausible values."""
    check_extras(extras, count, skeleton)
    for name, values in extras.items():
        check_numbers(name, values, *EXTRAS[name].limits, gaps=True)


def depth_h36m17_from(skeleton: str, depth: Halves | Floats) -> Floats:
    """Convert a detector's own depth (..., J) to H36M-17 (..., 17), relative to the pelvis.

    In chain lengths, see `EXTRAS`; NaN: unknown.
    """
    known = depth.astype(np.float32)[..., None]
    joints = h36m17_from(skeleton, known, np.ones(depth.shape, np.float32))[0][..., 0]
    return np.asarray(joints - joints[..., :1])


@dataclass(frozen=True)  # without slots: `h36m17` is computed once and cached
class Pose2D:
    """Hold the people found in one frame, in no particular order. Image space, pixels."""

    boxes_image: Floats  # (P, 4) x0, y0, x1, y1 around the joints
    joints_image: Floats  # (P, J, 2)
    scores: Floats  # (P, J) in [0, 1]
    skeleton: str  # key of `skeletons.SKELETONS`
    identity: Ints | None = None  # (P,) identities over the frames, from 1; None: the tracker assigns them
    colours: Floats | None = None  # (P, C) clothing colours, see `detect.appearance`; NaN or None: not sampled
    extras: Extras = field(default_factory=dict)  # name -> (P, ...), see `EXTRAS`

    @property
    def depth(self) -> Halves | None:
        """Return the detector's own depth (P, J) of the joints, see `EXTRAS`; None: it has none."""
        return self.extras.get("depth")

    @cached_property
    def h36m17(self) -> tuple[Floats, Floats]:
        """Return the people as H36M-17 by the `hourglass` rule: joints (P, 17, 2), scores (P, 17)."""
        return h36m17_from(self.skeleton, self.joints_image, self.scores)

    @cached_property
    def depth_h36m17(self) -> Floats:
        """Return the detector's own depth (P, 17) of the H36M-17 joints, see `depth_h36m17_from`.

        NaN throughout without one.
        """
        if self.depth is None:
            return np.full((len(self.scores), 17), np.nan, np.float32)
        return depth_h36m17_from(self.skeleton, self.depth)

    def __post_init__(self) -> None:
        persons, joints = self.boxes_image.shape[0], len(SKELETONS[self.skeleton].names)
        check_shape("boxes_image", self.boxes_image, (persons, 4))
        check_shape("joints_image", self.joints_image, (persons, joints, 2))
        check_shape("scores", self.scores, (persons, joints))
        check_extras(self.extras, persons, self.skeleton)

    def people(self, chosen: slice | Ints | list[int]) -> Pose2D:
        """Return only the chosen people."""
        return replace(
            self,
            boxes_image=self.boxes_image[chosen],
            joints_image=self.joints_image[chosen],
            scores=self.scores[chosen],
            identity=None if self.identity is None else self.identity[chosen],
            colours=None if self.colours is None else self.colours[chosen],
            extras={name: values[chosen] for name, values in self.extras.items()},
        )

    def scaled(self, scale: float, offset_px: Floats) -> Pose2D:
        """Return the people in an image that is scaled, then shifted by `offset_px` (2,)."""

        def moved(points: NDArray[Any]) -> NDArray[Any]:
            return np.asarray(points * scale + offset_px).astype(points.dtype)

        extras = dict(self.extras)
        for name in extras:
            if EXTRAS[name].pixels:
                rest = extras[name][..., 2:]
                extras[name] = np.concatenate([moved(extras[name][..., :2]), rest], axis=-1)
        return replace(
            self,
            boxes_image=moved(self.boxes_image.reshape(-1, 2, 2)).reshape(-1, 4),
            joints_image=moved(self.joints_image),
            extras=extras,
        )

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
    extras: Extras = field(default_factory=dict)  # name -> (T, ...), see `EXTRAS`

    def __post_init__(self) -> None:
        frames, joints = len(self.frame_index), len(SKELETONS[self.skeleton].names)
        check_shape("time_s", self.time_s, (frames,))
        check_shape("joints_image", self.joints_image, (frames, joints, 2))
        check_shape("scores", self.scores, (frames, joints))
        check_shape("h36m17 joints", self.h36m17[0], (frames, 17, 2))
        check_shape("h36m17 scores", self.h36m17[1], (frames, 17))
        check_extras(self.extras, frames, self.skeleton)

    @classmethod
    def of(
        cls,
        person: int,
        frame_index: Ints,
        time_s: Doubles,
        joints_image: Floats,
        scores: Floats,
        skeleton: str,
        extras: Extras | None = None,
    ) -> PersonTrack:
        """Make a track of a detector's joints and convert them to H36M-17 once.

        Shapes: `frame_index`, `time_s` (T,), `joints_image` (T, J, 2) px, `scores` (T, J).
        """
        h36m17 = h36m17_from(skeleton, joints_image, scores)
        return cls(person, frame_index, time_s, joints_image, scores, skeleton, h36m17, extras or {})

    @classmethod
    def of_h36m17(
        cls, person: int, time_s: Doubles, joints_image: Floats, scores: Floats, extras: Extras | None = None
    ) -> PersonTrack:
        """Make a track of a lifter's own H36M-17 joints (T, 17, 2), (T, 17), kept unchanged.

        For motion capture and test sets, whose pelvis, spine and thorax are those that a lifter was trained with.
        """
        index = np.arange(len(time_s))
        return cls(person, index, time_s, joints_image, scores, "h36m17", (joints_image, scores), extras or {})

    @property
    def depth(self) -> Halves | None:
        """Return the detector's own depth (T, J) of the joints, see `EXTRAS`; None: it has none."""
        return self.extras.get("depth")

    @property
    def depth_h36m17(self) -> Floats:
        """Return the detector's own depth (T, 17) of the H36M-17 joints, see `depth_h36m17_from`.

        NaN throughout without one.
        """
        if self.depth is None:
            return np.full((len(self.frame_index), 17), np.nan, np.float32)
        return depth_h36m17_from(self.skeleton, self.depth)

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
            {name: values[chosen] for name, values in self.extras.items()},
        )

    def where(self, mine: NDArray[np.bool_], other: PersonTrack | None = None) -> PersonTrack:
        """Combine two tracks: this track's joints where `mine` (T,) holds, else those of `other`.

        Without `other` the person is not seen there. Both tracks have the same frames and the same skeleton.
        """

        def mixed(own: NDArray[Any], others: NDArray[Any] | None, fill: float) -> NDArray[Any]:
            here = mine.reshape(-1, *[1] * (own.ndim - 1))
            return np.where(here, own, fill if others is None else others).astype(own.dtype)

        def extra(track: PersonTrack, name: str) -> NDArray[Any]:
            known = track.extras.get(name)
            return blank_extra(name, len(track.frame_index), track.skeleton) if known is None else known

        theirs = (None,) * 4 if other is None else (other.joints_image, other.scores, *other.h36m17)
        return replace(
            self,
            joints_image=mixed(self.joints_image, theirs[0], np.nan),
            scores=mixed(self.scores, theirs[1], 0),
            h36m17=(mixed(self.h36m17[0], theirs[2], np.nan), mixed(self.h36m17[1], theirs[3], 0)),
            extras={
                name: mixed(extra(self, name), None if other is None else extra(other, name), np.nan)
                for name in EXTRAS
                if name in self.extras or (other is not None and name in other.extras)
            },
        )

    def mirrored(self) -> PersonTrack:
        """Return the track with left and right joints swapped."""
        skeleton = SKELETONS[self.skeleton]
        order = skeleton.mirror
        return PersonTrack.of(
            self.person,
            self.frame_index,
            self.time_s,
            self.joints_image[:, order],
            self.scores[:, order],
            self.skeleton,
            {name: values[:, EXTRAS[name].mirror(skeleton)] for name, values in self.extras.items()},
        )
