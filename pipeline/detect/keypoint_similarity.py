"""Measure the similarity of detections: keypoint similarity (OKS) and box overlap (IoU).

OKS is the similarity of the COCO keypoint challenge (Ronchi and Perona, "Benchmarking and Error Diagnosis in
Multi-Instance Pose Estimation", ICCV 2017): a Gaussian of each joint's distance, as wide as annotators disagree on that
joint, relative to the size of the body.
"""

from __future__ import annotations

import functools

import numpy as np

from ..core.arrays import Doubles, Floats
from ..core.skeletons import SKELETONS

# Standard deviations of COCO's annotators (x 2, as in OKS), by a word in the joint's name; the first match counts.
_SIGMAS = (
    ("nose", 0.052), ("eye", 0.05), ("mouth", 0.06), ("ear", 0.07), ("head", 0.1), ("neck", 0.158), ("thorax", 0.158),
    ("shoulder", 0.158), ("elbow", 0.144), ("wrist", 0.124), ("hip", 0.214), ("pelvis", 0.214), ("spine", 0.214),
    ("knee", 0.174), ("ankle", 0.178), ("heel", 0.178), ("foot", 0.178), ("toe", 0.178),
    ("pinky", 0.15), ("index", 0.15), ("thumb", 0.15),
)  # fmt: skip
_BODY = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")


@functools.cache
def sigmas(skeleton: str) -> Doubles:
    """Return each joint's Gaussian width (J,), relative to the square root of the body's area."""
    names = SKELETONS[skeleton].names
    return np.array([next((s for word, s in _SIGMAS if word in name), 0.15) for name in names])


@functools.cache
def body_joints(skeleton: str) -> tuple[int, ...]:
    """Return the twelve joints of trunk and limbs, which every detector skeleton has.

    Face joints are left out because their number would dominate the similarity.
    """
    return tuple(i for i, name in enumerate(SKELETONS[skeleton].names) if name.split("_")[-1] in _BODY)


def box_diagonal(joints: Floats, scores: Floats) -> float:
    """Return the diagonal (px) of the box around the seen joints (J, 2); 0 if none was seen.

    Joints count at any confidence.
    """
    seen = np.isfinite(joints).all(axis=-1) & (scores > 0)
    if not seen.any():
        return 0.0
    extent = joints[seen].max(axis=0) - joints[seen].min(axis=0)
    return float(np.hypot(*extent))


def oks(
    joints_a: Floats, scores_a: Floats, joints_b: Floats, scores_b: Floats, skeleton: str, tolerance: float = 1.0
) -> float:
    """Return the similarity in [0, 1] of two detections (J, 2), (J,).

    It covers trunk and limbs, weighted by both confidences. `tolerance` widens the Gaussians (for people who moved in
    between). 0 if no joint was seen in both.
    """
    index = list(body_joints(skeleton))
    weight = np.sqrt(np.clip(scores_a[index], 0, 1) * np.clip(scores_b[index], 0, 1))
    known = np.isfinite(joints_a[index]).all(axis=-1) & np.isfinite(joints_b[index]).all(axis=-1)
    weight = np.where(known, weight, 0.0)
    total = float(weight.sum())
    size = (box_diagonal(joints_a, scores_a) + box_diagonal(joints_b, scores_b)) / 2
    if total <= 0 or size <= 0:
        return 0.0
    # A standing person's area is about a tenth of the squared diagonal; COCO's scale is the square root of the area.
    scale = 0.35 * size * sigmas(skeleton)[index] * tolerance
    offset = np.where(known[:, None], joints_a[index] - joints_b[index], 0.0)
    gauss = np.exp(-(offset**2).sum(axis=-1) / (2 * scale**2))
    return float((weight * gauss).sum() / total)


def iou(box_a: Floats, box_b: Floats) -> float:
    """Return the intersection over union of two boxes (x0, y0, x1, y1)."""
    low, high = np.maximum(box_a[:2], box_b[:2]), np.minimum(box_a[2:], box_b[2:])
    inside = float(np.prod(np.clip(high - low, 0, None)))
    union = float(np.prod(box_a[2:] - box_a[:2])) + float(np.prod(box_b[2:] - box_b[:2])) - inside
    return inside / union if union > 0 else 0.0


def joint_box(joints: Floats, scores: Floats, minimum_score: float = 0.3) -> Floats:
    """Return the box (4,) x0, y0, x1, y1 around the confident joints, else around all known."""
    known = np.isfinite(joints).all(axis=-1)
    chosen = known & (scores >= minimum_score)
    points = joints[chosen] if chosen.any() else joints[known]
    if len(points) == 0:
        return np.zeros(4, np.float32)
    return np.concatenate([points.min(axis=0), points.max(axis=0)]).astype(np.float32)
