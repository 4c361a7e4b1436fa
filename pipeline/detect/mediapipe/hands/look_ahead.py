"""Decide where a hand may be interpolated between two frames in which it is located.

The landmark network takes nearly all of the time that hands cost. A hand that moves little and evenly is located in
every second frame; the points halfway differ from those that the network finds there by less than the network's own
trembling. The same is done for bodies (`detect.mediapipe.look_ahead`); `docs/detectors.md` has what was measured.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ....core.arrays import Floats
from .regions import hand_size_px

LONGEST_STEP_S = 0.045  # s between two frames: videos of 23 frames a second and more
_FARTHEST = 0.4  # hand sizes that points may move between two looks, on average
_MOST_UNEVEN = 0.03  # hand sizes, error of the points halfway if the acceleration is constant


def may_rest(joints: Floats, past: Sequence[Floats]) -> bool:
    """Return whether a hand may be interpolated in this frame.

    `joints` (21, 2) px are its points in the last frame, `past` those in the two frames before.
    """
    return len(past) == 2 and _share_of_size(joints, 2 * (joints - past[0])) < _FARTHEST


def moved_evenly(before: Floats, after: Floats, past: Sequence[Floats]) -> bool:
    """Return whether a hand moved little and evenly between two looks.

    The points are those in the frames `before` and `after` this one; `past` has those in the two frames before them.
    """
    bend = (after - 2 * before + past[1]) / 8
    return _share_of_size(before, after - before) < _FARTHEST and _share_of_size(before, bend) < _MOST_UNEVEN


def halfway(before: Floats, after: Floats) -> Floats:
    """Interpolate points halfway between two frames."""
    return np.asarray((before + after) / 2, np.float32)


def _share_of_size(joints: Floats, moves: Floats) -> float:
    """Return the mean length of moves (21, 2), in hand sizes."""
    return float(np.linalg.norm(moves, axis=-1).mean()) / hand_size_px(joints)
