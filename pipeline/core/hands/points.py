"""Hold the points of left and right hands as a detector saw them, in image space."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arrays import Floats, Ints, check_shape

SIDES = ("left", "right")  # order of the hand axis everywhere
FINGERS = ("thumb", "index", "middle", "ring", "little")
# Order of MediaPipe Hands and of each hand in COCO-WholeBody: from the wrist and the base of each finger to its tip.
HAND_POINTS = (
    "wrist", "thumb_cmc", "thumb_mcp", "thumb_ip", "thumb_tip",
    *(f"{finger}_{joint}" for finger in FINGERS[1:] for joint in ("mcp", "pip", "dip", "tip")),
)  # fmt: skip
WRIST = 0
MIN_HAND_PX = 25.0  # px, longer side of the box of the smallest hand whose fingers a network sees
CHAINS = tuple(tuple(range(4 * finger + 1, 4 * finger + 5)) for finger in range(5))  # points of each finger
PARENTS = tuple(-1 if p == 0 else 0 if p % 4 == 1 else p - 1 for p in range(21))
INDEX_BASE, MIDDLE_BASE, RING_BASE, LITTLE_BASE = (chain[0] for chain in CHAINS[1:])


@dataclass(frozen=True, slots=True)
class Hands:
    """Hold both hands of N people in one frame, or of one person in N frames.

    The first hand is the left one of the person, by the arm that it was found at. A hand that was not observed is NaN
    with scores 0.
    """

    joints_image: Floats  # (N, 2, 21, 2) px
    scores: Floats  # (N, 2, 21) in [0, 1]
    relative: Floats  # (N, 2, 21, 3) m, camera axes, origin in the hand; NaN where the detector gives no 3D points

    def __post_init__(self) -> None:
        count = len(self.joints_image)
        check_shape("joints_image of hands", self.joints_image, (count, 2, 21, 2))
        check_shape("scores of hands", self.scores, (count, 2, 21))
        check_shape("relative of hands", self.relative, (count, 2, 21, 3))

    @classmethod
    def unseen(cls, count: int) -> Hands:
        """Return `count` rows in which no hand was observed."""
        return cls(
            np.full((count, 2, 21, 2), np.nan, np.float32),
            np.zeros((count, 2, 21), np.float32),
            np.full((count, 2, 21, 3), np.nan, np.float32),
        )

    @classmethod
    def of(cls, extras: Mapping[str, NDArray[Any]]) -> Hands | None:
        """Return the hands among the extras of people (`core.poses.EXTRAS`), or None without any."""
        hands = extras.get("hands")
        if hands is None:
            return None
        relative = extras.get("hands_relative")
        unknown = np.full(hands.shape, np.nan, np.float32)
        return cls(
            hands[..., :2],
            np.nan_to_num(hands[..., 2], nan=0.0),
            unknown if relative is None else relative.astype(np.float32),
        )

    @property
    def extras(self) -> dict[str, NDArray[Any]]:
        """Return the hands as extras of people; without 3D points where no hand has any."""
        scores = np.where(self.observed[..., None], self.scores, np.nan)
        hands = {"hands": np.concatenate([self.joints_image, scores[..., None]], axis=-1).astype(np.float32)}
        if np.isfinite(self.relative).any():
            hands["hands_relative"] = self.relative.astype(np.float16)
        return hands

    @property
    def observed(self) -> NDArray[np.bool_]:
        """Return (N, 2) True where a hand was observed."""
        return np.asarray((self.scores > 0).any(axis=-1))

    def rows(self, chosen: slice | Ints | NDArray[np.bool_]) -> Hands:
        """Return the chosen rows."""
        return Hands(self.joints_image[chosen], self.scores[chosen], self.relative[chosen])

    def mirrored(self) -> Hands:
        """Return the rows with left and right hands exchanged."""
        return Hands(self.joints_image[:, ::-1], self.scores[:, ::-1], self.relative[:, ::-1])
