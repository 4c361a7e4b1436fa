"""Look at people in every second frame where motion allows it, and interpolate between.

The landmark network takes nearly all of a run's time. Where a person moves slowly and evenly, the joints halfway
between two frames differ from those that the network finds there by 0.4 % of the body's size on average, as two frames
of a person who stands still do. A person is skipped in every second frame at most, and only while the next frame lies
ahead, as in files: if the motion then turns out to be fast or uneven, the network looks at the skipped frame after all.

`docs/detectors.md` has what was measured.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Floats
from .landmarks import Person

_BODY = [11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]  # joints of trunk and limbs, whose motion decides
_LOWEST_SCORE = 0.3  # joints below do not decide: they tremble where the image does not show them
_LONGEST_S = 0.09  # s between two looks: videos of 23 frames a second and more
_FARTHEST = 0.15  # body sizes that a joint may move between two looks
_MOST_UNEVEN = 0.008  # body sizes, error of the point halfway if the acceleration is constant


def may_rest(person: Person, step_s: float) -> bool:
    """Return whether a person may be skipped in a frame `step_s` after the one before."""
    if person.skipped_s or len(person.past) < 2 or not 0 < 2 * step_s <= _LONGEST_S:
        return False
    return _share_of_size(person, 2 * (person.joints - person.past[0]), person.scores) < _FARTHEST


def skip(person: Person, step_s: float) -> Person:
    """Return the person in a frame in which they are skipped, `step_s` after the last look."""
    return replace(person, skipped_s=step_s, moved=0.0, frames=person.frames + 1)


def is_far(person: Person, found: Person | None) -> bool:
    """Return whether a skipped person was `found` far away in the next frame, or not at all."""
    if found is None:
        return True
    return _share_of_size(person, found.joints - person.joints, _surer(person, found)) >= _FARTHEST


def moved_evenly(person: Person, found: Person, step_s: float) -> bool:
    """Return whether a skipped person moved little and evenly until `found`, `step_s` later."""
    if is_far(person, found) or person.skipped_s + step_s > _LONGEST_S:
        return False
    bend = (found.joints - 2 * person.joints + person.past[1]) / 8
    return _share_of_size(person, bend, _surer(person, found)) < _MOST_UNEVEN


def between(person: Person, found: Person, step_s: float) -> Person:
    """Interpolate a skipped person between the last look and the next frame, `step_s` later."""
    share = np.float32(person.skipped_s / (person.skipped_s + step_s))

    def mixed(before: NDArray[Any], after: NDArray[Any]) -> NDArray[Any]:
        middle = (1 - share) * before.astype(np.float32) + share * after.astype(np.float32)
        return middle.astype(before.dtype)

    depth = None if person.depth is None or found.depth is None else mixed(person.depth, found.depth)
    return replace(
        person,
        joints=mixed(person.joints, found.joints),
        scores=mixed(person.scores, found.scores),
        confidence=min(person.confidence, found.confidence),
        depth=depth,
    )


def settle(person: Person, there: Person) -> None:
    """Give a skipped person, in place, what was found or interpolated in that frame."""
    person.past = (person.joints, *person.past)[:2]
    person.square, person.joints, person.scores = there.square, there.joints, there.scores
    person.confidence, person.depth, person.skipped_s = there.confidence, there.depth, 0.0


def _surer(person: Person, found: Person) -> Floats:
    return np.minimum(person.scores, found.scores)


def _share_of_size(person: Person, moves: Floats, scores: Floats) -> float:
    """Return the longest of the moves (33, 2) of the body's seen joints, in body sizes; infinite if none is seen."""
    seen = scores[_BODY] >= _LOWEST_SCORE
    size = float(np.ptp(person.joints[_BODY], axis=0).max())
    longest = np.linalg.norm(moves[_BODY][seen], axis=-1).max(initial=-np.inf)
    return float(longest) / size if seen.any() and size > 0 else np.inf
