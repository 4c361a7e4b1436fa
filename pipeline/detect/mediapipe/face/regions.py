"""Compute the squares in which a face is searched, from body points or the last mesh.

The rules for the next square follow MediaPipe's face graph (`face_landmark_landmarks_to_roi`).

Lugaresi et al., "MediaPipe: A Framework for Building Perception Pipelines", 2019.
"""

from __future__ import annotations

import numpy as np

from ....core.arrays import Floats
from ....core.face.points import EYE_OUTER
from ....core.skeletons import Skeleton
from ...crops import Square

_SCALE = 1.5  # square / box of the mesh, as the network was trained
# Side of the square / distance between two points of an adult's face: 280 mm over 65 mm between the eyes, 70 mm from
# eyes to mouth and 145 mm between the ears. The largest is taken, because all but one shrink when the head turns.
_PER_EYES, _PER_EYES_TO_MOUTH, _PER_EARS = 4.3, 4.0, 1.9
_DOWN = 0.04  # sides from the middle of a face's points to that of the square, where the mouth is not known
_FOREHEAD = 0.25  # height of the mesh above the brows / height of the 68 points, on an upright face
_IBUG_EYE_OUTER = (45, 36)  # left, right
_MIN_SCORE = 0.1  # smallest score of eyes at which a face is searched, as for hands


def body_square(skeleton: Skeleton, joints: Floats, scores: Floats) -> Square | None:
    """Return the square of a face from a body's image points (J, 2) and scores (J,).

    None if an eye is not seen, or the face has no size.
    """
    names = skeleton.names
    if not {"left_eye", "right_eye"} <= set(names):
        return None
    left, right = (joints[names.index(f"{side}_eye")] for side in ("left", "right"))
    sure = min(float(scores[names.index(f"{side}_eye")]) for side in ("left", "right"))
    if sure < _MIN_SCORE or not np.isfinite([left, right]).all():
        return None
    eyes = (left + right) / 2
    sides = [_PER_EYES * float(np.linalg.norm(left - right))]
    if {"left_ear", "right_ear"} <= set(names):
        ears = joints[names.index("left_ear")] - joints[names.index("right_ear")]
        sides.append(_PER_EARS * float(np.linalg.norm(ears)))
    across = left - right
    if {"mouth_left", "mouth_right"} <= set(names):
        mouth = (joints[names.index("mouth_left")] + joints[names.index("mouth_right")]) / 2
        sides.append(_PER_EYES_TO_MOUTH * float(np.linalg.norm(mouth - eyes)))
        middle, up = (eyes + mouth) / 2, eyes - mouth
    else:
        nose = joints[names.index("nose")]
        middle, up = (eyes + nose) / 2, np.array([across[1], -across[0]])
    side = float(np.nanmax(sides))
    length = float(np.linalg.norm(up))
    if not np.isfinite([*middle, side, length]).all() or side <= 0 or length <= 0:
        return None
    up = up / length
    if not {"mouth_left", "mouth_right"} <= set(names):
        middle = middle - _DOWN * side * up
    return Square(float(middle[0]), float(middle[1]), side, (float(up[0]), float(up[1])))


def tracked_square(points: Floats) -> Square | None:
    """Return the next frame's square from a mesh (478, 2) px; None without a size."""
    across = points[EYE_OUTER[0]] - points[EYE_OUTER[1]]
    length = float(np.linalg.norm(across))
    if not np.isfinite(points).all() or length <= 0:
        return None
    low, high = points.min(axis=0), points.max(axis=0)
    x, y = (low + high) / 2
    up = across / length
    return Square(float(x), float(y), _SCALE * float((high - low).max()), (float(up[1]), float(-up[0])))


def face_size_px(points: Floats) -> float:
    """Return the size of a face in pixels: the longer side of the box of its points (N, 2)."""
    return float(np.ptp(points, axis=0).max())


def from_68(points: Floats) -> Square | None:
    """Return about `tracked_square` from the 68 points (68, 2) px of a face; None if unseen.

    They have no forehead, so the box is carried on beyond the brows along the face.
    """
    if not np.isfinite(points).all():
        return None
    across = points[_IBUG_EYE_OUTER[0]] - points[_IBUG_EYE_OUTER[1]]
    length = float(np.linalg.norm(across))
    if length <= 0:
        return None
    up = np.array([across[1], -across[0]]) / length
    local = points @ np.stack([across / length, up]).T
    high = local.max(axis=0) + [0, _FOREHEAD * float(np.ptp(local[:, 1]))]
    low = local.min(axis=0)
    x, y = (low + high) / 2 @ np.stack([across / length, up])
    return Square(float(x), float(y), _SCALE * float((high - low).max()), (float(up[0]), float(up[1])))
