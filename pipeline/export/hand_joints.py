"""Gather the hands of a person for exports: joints in the world, points in the image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Doubles, Floats
from ..core.hands.points import HAND_POINTS, MIN_HAND_PX, SIDES, Hands
from ..hands.on_skeleton import HandsMotion
from .tracks import SelectedPerson

HAND_JOINTS = tuple(f"{side}_hand_{point}" for side in SIDES for point in HAND_POINTS)  # left_hand_thumb_tip, ...

_FEW = 0.5  # share of the frames below which the reason is given why a hand was not observed


@dataclass(frozen=True, slots=True)
class HandJoints:
    """Hold the 42 joints of both hands over T frames, in the order of `HAND_JOINTS`."""

    joints_world: Doubles  # (T, 42, 3) m, world space; NaN where the person was not seen
    observed: NDArray[np.bool_]  # (T, 2) left, right; False: the hand takes the relaxed pose, or is on its way there
    joints_image: Floats  # (T, 42, 2) px, NaN = not seen
    scores: Floats  # (T, 42) of the points in the image, 0 = not seen

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the joints: left_hand_wrist, ..., right_hand_little_tip."""
        return HAND_JOINTS

    @property
    def observed_frames(self) -> dict[str, int]:
        """Return in how many frames each hand was observed, by "left" and "right"."""
        return dict(zip(SIDES, self.observed.sum(axis=0).tolist(), strict=True))

    @property
    def joint_observed(self) -> NDArray[np.bool_]:
        """Return `observed` for each joint, (T, 42)."""
        return np.repeat(self.observed, len(HAND_POINTS), axis=1)

    @property
    def observed_world(self) -> Doubles:
        """Return (T, 42, 3) m as `joints_world`, NaN where the hand was not observed."""
        return np.where(self.joint_observed[..., None], self.joints_world, np.nan)


def hand_joints(motion: HandsMotion | None, extras: Mapping[str, NDArray[Any]]) -> HandJoints | None:
    """Join hands in world space with the points in a detector's extras; None without hands."""
    points = Hands.of(extras)
    if motion is None or points is None:
        return None
    count = len(points.scores)
    return HandJoints(
        motion.joints.reshape(count, -1, 3),
        motion.confidence > 0,
        points.joints_image.reshape(count, -1, 2),
        points.scores.reshape(count, -1),
    )


def without_hands(count: int) -> HandJoints:
    """Return `count` frames in which no hand is known, for a person among others who have hands."""
    hands = Hands.unseen(count)
    return HandJoints(
        np.full((count, len(HAND_JOINTS), 3), np.nan),
        hands.observed,
        hands.joints_image.reshape(count, -1, 2),
        hands.scores.reshape(count, -1),
    )


def hand_joints_of(person: SelectedPerson) -> HandJoints | None:
    """Return the hands of an exported person; None where no hand was found."""
    return None if person.track2d is None else hand_joints(person.hands, person.track2d.extras)


def observed_text(hands: HandJoints | None, frames: int) -> str:
    """Describe in how many frames each hand was observed, and why it may be few."""
    seen = {"left": 0, "right": 0} if hands is None else hands.observed_frames
    text = f"hands seen in {seen['left']} (left) and {seen['right']} (right) of {frames} frames"
    if min(seen.values()) < _FEW * frames:
        text += f"; a hand that is hidden or under {MIN_HAND_PX:.0f} px is not seen, and keeps a relaxed pose"
    return text
