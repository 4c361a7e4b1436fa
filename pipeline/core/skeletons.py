"""Define skeletons, and the conversion of detector joints to Human3.6M-17.

The `hourglass` rule: pelvis = middle of the hips, thorax = middle of the shoulders, spine = middle of those two, nose =
nose tip, head_top = ear middle + 0.6 x (ear middle - shoulder middle). Scores are the minimum of the parents'. The rule
is the same for every detector and for the training data, so that the lifter's input has one body definition.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Hold joint names in file order, the parent of each joint (-1: none), and the sides."""

    key: str
    names: tuple[str, ...]
    parents: tuple[int, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]  # right[i] mirrors left[i]

    @property
    def bones(self) -> tuple[tuple[int, int], ...]:
        """Return (parent, child) pairs: the lines to draw."""
        return tuple((p, c) for c, p in enumerate(self.parents) if p >= 0)

    @property
    def mirror(self) -> NDArray[np.int64]:
        """Return the (J,) index that swaps left and right."""
        index = np.arange(len(self.names))
        index[list(self.left)], index[list(self.right)] = list(self.right), list(self.left)
        return index

    def index(self, name: str) -> int:
        return self.names.index(name)


H36M17 = Skeleton(
    "h36m17",
    (
        "pelvis", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle", "spine", "thorax",
        "nose", "head_top", "left_shoulder", "left_elbow", "left_wrist", "right_shoulder", "right_elbow", "right_wrist",
    ),
    (-1, 0, 1, 2, 0, 4, 5, 0, 7, 8, 9, 8, 11, 12, 8, 14, 15),
    left=(4, 5, 6, 11, 12, 13),
    right=(1, 2, 3, 14, 15, 16),
)  # fmt: skip

COCO17 = Skeleton(
    "coco17",
    (
        "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
        "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
        "right_ankle",
    ),
    (-1, 0, 0, 1, 2, -1, 5, 5, 6, 7, 8, 5, 6, 11, 12, 13, 14),
    left=(1, 3, 5, 7, 9, 11, 13, 15),
    right=(2, 4, 6, 8, 10, 12, 14, 16),
)  # fmt: skip

HALPE26 = Skeleton(
    "halpe26",
    (
        *COCO17.names, "head_top", "neck", "pelvis", "left_big_toe", "right_big_toe", "left_small_toe",
        "right_small_toe", "left_heel", "right_heel",
    ),
    (18, 0, 0, 1, 2, 18, 18, 5, 6, 7, 8, 19, 19, 11, 12, 13, 14, 0, 19, -1, 15, 16, 15, 16, 15, 16),
    left=(1, 3, 5, 7, 9, 11, 13, 15, 20, 22, 24),
    right=(2, 4, 6, 8, 10, 12, 14, 16, 21, 23, 25),
)  # fmt: skip

# Body and feet of COCO-WholeBody's 133 joints; lifters do not use its face and hands.
COCO23 = Skeleton(
    "coco23",
    (
        *COCO17.names, "left_big_toe", "left_small_toe", "left_heel", "right_big_toe", "right_small_toe", "right_heel",
    ),
    (*COCO17.parents, 15, 15, 15, 16, 16, 16),
    left=(*COCO17.left, 17, 18, 19),
    right=(*COCO17.right, 20, 21, 22),
)  # fmt: skip

BLAZEPOSE33 = Skeleton(
    "blazepose33",
    (
        "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye", "right_eye_outer",
        "left_ear", "right_ear", "mouth_left", "mouth_right", "left_shoulder", "right_shoulder", "left_elbow",
        "right_elbow", "left_wrist", "right_wrist", "left_pinky", "right_pinky", "left_index", "right_index",
        "left_thumb", "right_thumb", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
        "left_heel", "right_heel", "left_foot_index", "right_foot_index",
    ),
    (
        -1, 0, 1, 2, 0, 4, 5, 3, 6, -1, 9, -1, 11, 11, 12, 13, 14, 15, 16, 15, 16, 15, 16, 11, 12, 23, 24, 25, 26, 27,
        28, 29, 30,
    ),
    left=(1, 2, 3, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31),
    right=(4, 5, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32),
)  # fmt: skip

# OpenPose's default order (doc/02_output.md); "neck" is OpenPose's name for the middle of the shoulders.
BODY25 = Skeleton(
    "body25",
    (
        "nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist",
        "pelvis", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle", "right_eye",
        "left_eye", "right_ear", "left_ear", "left_big_toe", "left_small_toe", "left_heel", "right_big_toe",
        "right_small_toe", "right_heel",
    ),
    (1, 8, 1, 2, 3, 1, 5, 6, -1, 8, 9, 10, 8, 12, 13, 0, 0, 15, 16, 14, 14, 14, 11, 11, 11),
    left=(5, 6, 7, 12, 13, 14, 16, 18, 19, 20, 21),
    right=(2, 3, 4, 9, 10, 11, 15, 17, 22, 23, 24),
)  # fmt: skip

# OpenPose's COCO model, also the order of AlphaPose when it writes OpenPose's format.
OPENPOSE18 = Skeleton(
    "openpose18",
    (
        "nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist",
        "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle", "right_eye", "left_eye",
        "right_ear", "left_ear",
    ),
    (1, -1, 1, 2, 3, 1, 5, 6, 1, 8, 9, 1, 11, 12, 0, 0, 14, 15),
    left=(5, 6, 7, 11, 12, 13, 15, 17),
    right=(2, 3, 4, 8, 9, 10, 14, 16),
)  # fmt: skip

SKELETONS: dict[str, Skeleton] = {s.key: s for s in (H36M17, COCO17, COCO23, HALPE26, BLAZEPOSE33, BODY25, OPENPOSE18)}

# Order of the 68 points of a face (iBUG 300-W) with left and right exchanged: jaw, brows, nose, eyes, lips.
FACE_MIRROR = np.array(
    [
        *range(16, -1, -1), *range(26, 16, -1), *range(27, 31), *range(35, 30, -1), 45, 44, 43, 42, 47, 46,
        39, 38, 37, 36, 41, 40, *range(54, 47, -1), *range(59, 54, -1), *range(64, 59, -1), *range(67, 64, -1),
    ]
)  # fmt: skip

# H36M-17 limb joint -> name of the same joint in every detector skeleton.
_LIMBS = {i: H36M17.names[i] for i in (1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16)}
_HEAD_BEYOND_EARS = 0.6


def h36m17_from(skeleton: str, joints: Floats, scores: Floats) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Convert detector joints (..., J, D), scores (..., J) to H36M-17 (..., 17, D), (..., 17).

    Follows the `hourglass` rule, for image points and 3D points alike. A joint with an unseen (NaN) parent is NaN with
    score 0, but one ear stands for both where the other is unseen (in profile they are near each other), and the
    skeleton's own head_top where neither is seen. `h36m17` input keeps its limbs, nose and head and gets its pelvis,
    thorax and spine by the rule.
    """
    source = SKELETONS[skeleton]
    at = source.index
    out = np.full((*joints.shape[:-2], 17, joints.shape[-1]), np.nan, np.float32)
    conf = np.zeros((*joints.shape[:-2], 17), np.float32)
    for target, name in _LIMBS.items():
        out[..., target, :] = joints[..., at(name), :]
        conf[..., target] = scores[..., at(name)]
    out[..., 9, :], conf[..., 9] = joints[..., at("nose"), :], scores[..., at("nose")]
    out[..., 0, :] = (out[..., 1, :] + out[..., 4, :]) / 2
    conf[..., 0] = np.minimum(conf[..., 1], conf[..., 4])
    out[..., 8, :] = (out[..., 11, :] + out[..., 14, :]) / 2
    conf[..., 8] = np.minimum(conf[..., 11], conf[..., 14])
    out[..., 7, :] = (out[..., 0, :] + out[..., 8, :]) / 2
    conf[..., 7] = np.minimum(conf[..., 0], conf[..., 8])
    if skeleton == "h36m17":
        out[..., 10, :], conf[..., 10] = joints[..., 10, :], scores[..., 10]
    else:
        ears, sure = _ears(joints, scores, at("left_ear"), at("right_ear"))
        out[..., 10, :] = ears + _HEAD_BEYOND_EARS * (ears - out[..., 8, :])
        conf[..., 10] = np.minimum(sure, conf[..., 8])
        if "head_top" in source.names:
            head, known = at("head_top"), np.isfinite(out).all(axis=-1)
            lost = known[..., 8] & ~known[..., 10]
            out[..., 10, :] = np.where(lost[..., None], joints[..., head, :], out[..., 10, :])
            conf[..., 10] = np.where(lost, scores[..., head], conf[..., 10])
    unseen = ~np.isfinite(out).all(axis=-1)
    out[unseen], conf[unseen] = np.nan, 0
    return out, np.nan_to_num(conf, nan=0.0)


def _ears(joints: Floats, scores: Floats, left: int, right: int) -> tuple[Floats, Floats]:
    """Return the middle of the ears (..., D) and its score (...), or the one ear that is seen."""
    one, other = joints[..., left, :], joints[..., right, :]
    sees_one, sees_other = np.isfinite(one).all(axis=-1), np.isfinite(other).all(axis=-1)
    alone = (sees_one & ~sees_other, sees_other & ~sees_one)
    middle = np.select([which[..., None] for which in alone], [one, other], (one + other) / 2)
    both = np.minimum(scores[..., left], scores[..., right])
    return middle, np.select(alone, [scores[..., left], scores[..., right]], both)


# H36M-17 joints at the ends of the bones of a body's chain: those of both legs, which count half, then the others.
CHAIN_LEGS = ((1, 2), (2, 3), (4, 5), (5, 6))
CHAIN_TRUNK = ((0, 8), (8, 9), (9, 10))


def chain_length(joints: Floats) -> NDArray[np.float64]:
    """Return leg length (mean of both) + pelvis-thorax-nose-head_top, (...) of (..., 17, 3).

    The unit is that of the joints.
    """

    def bone(a: int, b: int) -> NDArray[np.float64]:
        return np.asarray(np.linalg.norm(joints[..., a, :] - joints[..., b, :], axis=-1))

    length = sum(bone(*ends) for ends in CHAIN_LEGS) / 2
    for ends in CHAIN_TRUNK:
        length = length + bone(*ends)
    return np.asarray(length)
