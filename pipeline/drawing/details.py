"""Compute the lines and dots of small parts of a person in the image.

The body's joints are drawn by their own rules; what a detector gives beside them (`core.poses.EXTRAS`) is drawn by
these: one entry of `_KINDS` each.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import numpy as np

from ..core.arrays import Floats
from ..core.face.expressions import EXPRESSIONS
from ..core.face.extras import FACE, MEASURES
from ..core.hands.points import CHAINS, INDEX_BASE, LITTLE_BASE, MIDDLE_BASE, RING_BASE, SIDES, WRIST, Hands
from ..core.poses import Extras
from ..core.skeletons import SKELETONS

HANDS = "hands"
_FINGERTIPS = tuple(chain[-1] for chain in CHAINS)
# Outline of the palm, then the fingers.
HAND_LINES: tuple[tuple[int, int], ...] = (
    (WRIST, CHAINS[0][0]), (WRIST, INDEX_BASE), (INDEX_BASE, MIDDLE_BASE), (MIDDLE_BASE, RING_BASE),
    (RING_BASE, LITTLE_BASE), (LITTLE_BASE, WRIST),
    *((a, b) for chain in CHAINS for a, b in itertools.pairwise(chain)),
)  # fmt: skip
_HAND_SIZES_PER_WIDTH = 32.0  # size of a hand / width of its lines
# Jaw, brows, nose, eyes, lips: points in a row, and whether the row is closed.
_FACE_ROWS = (
    (0, 17, False), (17, 22, False), (22, 27, False), (27, 31, False), (31, 36, False), (36, 42, True), (42, 48, True),
    (48, 60, True), (60, 68, True),
)  # fmt: skip
FACE_LINES: tuple[tuple[int, int], ...] = tuple(
    (point, point + 1 if point + 1 < end else first)
    for first, end, closed in _FACE_ROWS
    for point in range(first, end if closed else end - 1)
)
_EYE_CORNERS = ((45, 42), (36, 39))  # outer and inner, left and right
_FACE_SIZES_PER_WIDTH = 90.0  # size of a face / width of its lines
_SURE = 0.3  # smallest score of a face's points at which they are drawn
_OWN_FINGERS = ("thumb", "index", "pinky")  # points of hands that body detectors give, by the end of their names


@dataclass(frozen=True, slots=True)
class Detail:
    """Describe how one part is drawn."""

    points: Floats  # (N, 2) px of the video, all known
    lines: tuple[tuple[int, int], ...]  # pairs of points
    dots: tuple[int, ...]  # points
    size_px: float  # longer side of the part's box
    sizes_per_width: float  # size of the part / width of its lines

    def width_px(self, scale: float, thickest_px: float) -> float:
        """Return the width of the lines in an image that is `scale` times as large as the video."""
        return min(max(self.size_px * scale / self.sizes_per_width, 1.0), thickest_px)


def details(extras: Extras, shown: Collection[str]) -> Iterator[Detail]:
    """Yield the parts of one person in one frame.

    They come from the `shown` extras of that frame, without the frame axis.
    """
    for name, find in _KINDS.items():
        if name in shown and name in extras:
            yield from find(extras)


def drawn_over(extras: Extras, shown: Collection[str], skeleton: str) -> frozenset[int]:
    """Return the joints of the body that the `shown` extras have more precisely."""
    hands = _hands(extras) if HANDS in shown else None
    if hands is None:
        return frozenset()
    names = SKELETONS[skeleton].names
    own = {
        f"{side}_{end}" for side, there in zip(SIDES, hands.observed[0], strict=True) if there for end in _OWN_FINGERS
    }
    return frozenset(joint for joint, name in enumerate(names) if name in own)


def _hands(extras: Extras) -> Hands | None:
    return Hands.of({name: extras[name][None] for name in ("hands",) if name in extras})


def _hand_details(extras: Extras) -> Iterator[Detail]:
    hands = _hands(extras)
    for points, there in zip(hands.joints_image[0], hands.observed[0], strict=True) if hands is not None else ():
        if there and np.isfinite(points).all():
            size = float(np.ptp(points, axis=0).max())
            yield Detail(points, HAND_LINES, _FINGERTIPS, size, _HAND_SIZES_PER_WIDTH)


def _face_details(extras: Extras) -> Iterator[Detail]:
    points, scores = extras[FACE][:, :2], extras[FACE][:, 2]
    if np.isfinite(points).all() and scores.min() >= _SURE:
        size = float(np.ptp(points, axis=0).max())
        irises = _irises(points, extras.get(MEASURES))
        dots = tuple(range(len(points), len(points) + len(irises)))
        yield Detail(np.concatenate([points, irises]), FACE_LINES, dots, size, _FACE_SIZES_PER_WIDTH)


def _irises(points: Floats, measures: Floats | None) -> Floats:
    """Return the centres (2, 2) of the irises of a face (68, 2) from the measures of its gaze; (0, 2) without them."""
    if measures is None or not np.isfinite(measures).all():
        return np.zeros((0, 2), np.float32)
    found = []
    for side, (outer, inner) in zip(("Left", "Right"), _EYE_CORNERS, strict=True):
        outward = points[outer] - points[inner]
        down = np.array([-outward[1], outward[0]]) * (1 if side == "Left" else -1)  # the left eye is right in the image
        out_by, down_by = (float(measures[EXPRESSIONS.index(f"eyeLook{way}{side}")]) for way in ("Out", "Down"))
        found.append((points[outer] + points[inner]) / 2 + out_by * outward + down_by * down)
    return np.array(found, np.float32)


_KINDS: dict[str, Callable[[Extras], Iterator[Detail]]] = {HANDS: _hand_details, FACE: _face_details}
