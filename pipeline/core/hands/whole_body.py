"""Turn whole-body points beyond the body into extras: hands and face.

Jin et al., "Whole-Body Human Pose Estimation in the Wild", ECCV 2020: 133 points, of which 68 of the face and 21 of
each hand follow body and feet.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..arrays import Floats
from ..poses import Extras
from .points import MIN_HAND_PX, Hands

_FACE, _HAND = 68, 21
BEYOND_COUNT = _FACE + 2 * _HAND  # face, left hand, right hand
_SEEN_SCORE = 0.3  # mean score of a hand or a face from which it counts as seen; MMPose draws points from 0.3 on


def beyond_body_extras(points: Floats, parts_of_hands: bool = False) -> Extras:
    """Return the extras of P people from points (P, 110, 3): x, y in pixels and the score.

    A hand or face with a low mean score, and a hand too small to show its fingers, is not observed; nor is one with an
    unknown point, unless `parts_of_hands` count.
    """
    count = len(points)
    face = points[:, :_FACE].copy()
    face[~_sure(face)] = np.nan
    hands = points[:, _FACE:].reshape(count, 2, _HAND, 3).copy()
    large = np.array([[_is_large(hand[:, :2]) for hand in both] for both in hands]).reshape(count, 2)
    if not parts_of_hands:
        large &= np.isfinite(hands).all(axis=(2, 3))
    hands[~(_sure(hands) & large)] = np.nan
    unknown = np.full(hands.shape, np.nan, np.float32)
    scores = np.nan_to_num(hands[..., 2], nan=0.0)
    return {**Hands(hands[..., :2], scores, unknown).extras, "face": face.astype(np.float32)}


def beyond_body(points: NDArray[np.floating]) -> NDArray[np.floating] | None:
    """Return the points (110, 3) that follow the body in a file, from its rest (N, 3).

    None: it is neither. 110 are face and hands (COCO-WholeBody, Halpe-136), 42 the hands alone (Halpe-68). Unknown
    points are 0.
    """
    if len(points) not in (BEYOND_COUNT, 2 * _HAND):
        return None
    return np.concatenate([np.zeros((BEYOND_COUNT - len(points), 3)), points])


def _is_large(joints: Floats) -> bool:
    """Return whether the known points (21, 2) px of a hand are far enough apart."""
    known = joints[np.isfinite(joints).all(axis=-1)]
    return bool(len(known) and np.ptp(known, axis=0).max() >= MIN_HAND_PX)


def _sure(points: Floats) -> NDArray[np.bool_]:
    known = np.where(np.isfinite(points).all(axis=-1), points[..., 2], 0.0)
    return np.asarray(known.mean(axis=-1) >= _SEEN_SCORE)
