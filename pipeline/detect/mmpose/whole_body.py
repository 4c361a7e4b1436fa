"""Turn the points of a whole-body network beyond the body into extras: hands and face.

Jin et al., "Whole-Body Human Pose Estimation in the Wild", ECCV 2020: 133 points, of which 68 of the face and 21 of
each hand follow body and feet.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Floats
from ...core.hands.points import MIN_HAND_PX, Hands
from ...core.poses import Extras

_FACE, _HAND = 68, 21
_SEEN_SCORE = 0.3  # mean score of a hand or a face from which it counts as seen; MMPose draws points from 0.3 on


def beyond_body_extras(points: Floats) -> Extras:
    """Return the extras of P people from points (P, 110, 3): x, y in pixels and the score.

    A hand or face with a low mean score, and a hand too small to show its fingers, is not observed.
    """
    count = len(points)
    face = points[:, :_FACE].copy()
    face[~_sure(face)] = np.nan
    hands = points[:, _FACE:].reshape(count, 2, _HAND, 3).copy()
    large = np.array([[_is_large(hand[:, :2]) for hand in both] for both in hands]).reshape(count, 2)
    hands[~(_sure(hands) & large)] = np.nan
    unknown = np.full(hands.shape, np.nan, np.float32)
    scores = np.nan_to_num(hands[..., 2], nan=0.0)
    return {**Hands(hands[..., :2], scores, unknown).extras, "face": face.astype(np.float32)}


def _is_large(joints: Floats) -> bool:
    """Return whether the points (21, 2) px of a hand are all known and far enough apart."""
    return bool(np.isfinite(joints).all() and np.ptp(joints, axis=0).max() >= MIN_HAND_PX)


def _sure(points: Floats) -> NDArray[np.bool_]:
    known = np.where(np.isfinite(points).all(axis=-1), points[..., 2], 0.0)
    return np.asarray(known.mean(axis=-1) >= _SEEN_SCORE)
