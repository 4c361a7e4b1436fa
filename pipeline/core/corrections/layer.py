"""Describe corrections of a person's 2D joints, kept apart from what the detector found.

A correction names joints of the detector's skeleton and frames of the video, so that it outlives another choice of
frames, another lifter, and (`take.corrections.replay`) another detector. Applying it is `corrections.apply`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from ..arrays import FARTHEST_PX

Kind = Literal["move", "hide", "sides", "shift", "scale"]
Point = tuple[float, float]  # x, y in pixels

WHOLE_PERSON: tuple[Kind, ...] = ("sides", "shift", "scale")  # kinds that name no joints
FALLOFF_S = 0.2  # s, usual time over which a move fades outside its keys
LONGEST_FALLOFF_S = 60.0
FACTORS = (0.05, 20.0)  # limits of the factor of a scaled person
MOST_KEYS = 10_000
MOST_JOINTS = 200
LONGEST_NAME = 200
LAST_FRAME = 1 << 40


@dataclass(frozen=True, slots=True)
class Key:
    """Hold how far joints are moved in one frame, and where the detector had them.

    One entry for each of the correction's joints, pixels. `detected_px` None: the detector did not see that joint.
    """

    frame: int  # `PersonTrack.frame_index`
    offset_px: tuple[Point, ...]
    detected_px: tuple[Point | None, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """Hold one correction of one person over the frames `first` to `last`, both included.

    `move`: the joints are moved by the offsets of `keys`; between keys the offset is interpolated, before the first and
    after the last it fades over `falloff_s`, and every joint that was moved counts as certain (score 1). `hide`: the
    joints are not seen. `sides`: left and right are exchanged. `shift`, `scale`: all joints are moved by `offset_px`,
    or scaled by `factor` about the middle of the person's joints; both fade as a move does.

    `asked`: another detection disagrees, and the user was not asked yet; such a correction is off. `note` says why.
    `limits`: frames, both included, outside of which nothing is changed, after a track was split or joined there.
    Raises ValueError for values that do not fit together.
    """

    person: int
    kind: Kind
    first: int
    last: int
    joints: tuple[str, ...] = ()  # names in the detector's skeleton
    keys: tuple[Key, ...] = ()  # by frame
    falloff_s: float = FALLOFF_S
    offset_px: Point = (0.0, 0.0)
    factor: float = 1.0
    on: bool = True
    name: str = ""
    asked: bool = False
    note: str = ""
    limits: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.first <= self.last <= LAST_FRAME:
            raise ValueError(f"a correction of frames {self.first} to {self.last}")
        if not 0 <= self.falloff_s <= LONGEST_FALLOFF_S:
            raise ValueError(f"a falloff of {self.falloff_s} s, expected 0 to {LONGEST_FALLOFF_S:g}")
        if (self.kind in WHOLE_PERSON) == bool(self.joints) or len(self.joints) > MOST_JOINTS:
            raise ValueError(f"the correction {self.kind} names {len(self.joints)} joints")
        if len(set(self.joints)) != len(self.joints):
            raise ValueError("a correction names a joint twice")
        if self.on and self.asked:
            raise ValueError("a correction that was not decided is on")
        if not FACTORS[0] <= self.factor <= FACTORS[1]:
            raise ValueError(f"a factor of {self.factor}, expected {FACTORS[0]:g} to {FACTORS[1]:g}")
        _check_points((self.offset_px,))
        if self.kind == "move":
            self._check_keys()
        elif self.keys:
            raise ValueError(f"the correction {self.kind} has keys")

    def _check_keys(self) -> None:
        frames = [key.frame for key in self.keys]
        if not frames or len(frames) > MOST_KEYS or any(b <= a for a, b in pairwise(frames)):
            raise ValueError(f"a move has {len(frames)} keys, expected 1 to {MOST_KEYS} of rising frames")
        if (frames[0], frames[-1]) != (self.first, self.last):
            raise ValueError("the keys of a move do not begin and end with it")
        for key in self.keys:
            if not len(key.offset_px) == len(key.detected_px) == len(self.joints):
                raise ValueError(f"the key at frame {key.frame} does not have a point for every joint")
            _check_points((*key.offset_px, *(point for point in key.detected_px if point is not None)))

    @property
    def frames(self) -> range:
        """Return the corrected frames, without the falloff."""
        return range(self.first, self.last + 1)


def _check_points(points: tuple[Point, ...]) -> None:
    for point in points:
        if len(point) != 2 or not all(math.isfinite(x) and abs(x) <= 2 * FARTHEST_PX for x in point):
            raise ValueError(f"a point at {point}, expected pixels up to {2 * FARTHEST_PX:g}")


def mirrored(correction: Correction) -> Correction:
    """Return the correction for the same person with left and right exchanged throughout."""

    def other(name: str) -> str:
        for side, opposite in (("left", "right"), ("right", "left")):
            if side in name:
                return name.replace(side, opposite)
        return name

    return replace(correction, joints=tuple(other(name) for name in correction.joints))


def as_person(correction: Correction, person: int) -> Correction:
    """Return the correction for another person."""
    return replace(correction, person=person)
