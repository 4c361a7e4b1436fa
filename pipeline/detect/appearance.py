"""Measure clothing colours (trunk, upper arms, thighs, shanks) to re-identify people.

A signature is the median colour of each of these parts in CIE L*a*b*, sampled at points defined by the 2D joints.
Colours depend on the light: under the same light the same clothes differ by 1 to 3, different ones mostly by over 7
(sample video).
"""

from __future__ import annotations

import functools

import numpy as np

from ..core.arrays import Doubles, Floats, Image
from ..core.poses import Pose2D
from ..core.skeletons import SKELETONS

PARTS = 4
LENGTH = 3 * PARTS  # L*, a*, b* of each part
EVERY = 4  # frames from one sample of the colours to the next
_MIN_SCORE = 0.4  # smallest score of the joints between which colours are sampled
_MIN_PIXELS = 6  # smallest number of pixels that define the colour of a part
_ACROSS = np.linspace(0.2, 0.8, 6)  # relative positions of samples across and along the trunk
# relative positions of samples along a limb, without hands, feet and their surroundings
_ALONG = np.linspace(0.15, 0.7, 8)
_LIGHTNESS = 0.5  # weight of L*: light changes more than hue


@functools.cache
def _joints(skeleton: str) -> tuple[tuple[int, ...], tuple[tuple[tuple[int, int], ...], ...]]:
    """Return the trunk joints, and joint pairs of both sides' upper arms, thighs and shanks."""
    at = SKELETONS[skeleton].index
    trunk = tuple(at(name) for name in ("left_shoulder", "right_shoulder", "left_hip", "right_hip"))
    limbs = (("shoulder", "elbow"), ("hip", "knee"), ("knee", "ankle"))
    pairs = tuple(tuple((at(f"{side}_{a}"), at(f"{side}_{b}")) for side in ("left", "right")) for a, b in limbs)
    return trunk, pairs


def colours(bgr: Image, pose: Pose2D) -> Floats:
    """Return the signatures (P, LENGTH) of the people in an image; NaN for unseen parts."""
    out = np.full((len(pose.scores), PARTS, 3), np.nan, np.float32)
    for row, (joints, scores) in enumerate(zip(pose.joints_image, pose.scores, strict=True)):
        for part, points in enumerate(_sample_points(joints, scores, pose.skeleton)):
            out[row, part] = _colour(bgr, points)
    return out.reshape(-1, LENGTH)


def difference(one: Floats | Doubles, other: Floats | Doubles) -> float | None:
    """Return the largest part-wise distance of two signatures (LENGTH,); None if too few known."""
    apart = (np.asarray(one, np.float64) - other).reshape(PARTS, 3) * [_LIGHTNESS, 1.0, 1.0]
    distances = np.linalg.norm(apart, axis=1)
    known = distances[np.isfinite(distances)]
    return float(known.max()) if len(known) >= PARTS - 1 else None


def _sample_points(joints: Floats, scores: Floats, skeleton: str) -> list[Doubles]:
    """Return for each part the points (N, 2) px at which its colour is sampled."""
    trunk, limbs = _joints(skeleton)
    known = np.isfinite(joints).all(axis=-1) & (scores >= _MIN_SCORE)
    nothing = np.zeros((0, 2))
    sampled = [nothing]
    if known[list(trunk)].all():
        left, right, left_hip, right_hip = joints[list(trunk)].astype(np.float64)
        across, along = (grid.reshape(-1, 1) for grid in np.meshgrid(_ACROSS, _ACROSS))
        top, bottom = left + across * (right - left), left_hip + across * (right_hip - left_hip)
        sampled = [top + along * (bottom - top)]
    for pairs in limbs:
        lines = [
            joints[a] + _ALONG[:, None] * (joints[b] - joints[a]).astype(np.float64)
            for a, b in pairs
            if known[a] and known[b]
        ]
        sampled.append(np.concatenate(lines) if lines else nothing)
    return sampled


def _colour(bgr: Image, points: Doubles) -> Floats:
    """Return the median L*, a*, b* at points (N, 2) px; NaN if too few of them are in the image."""
    import cv2

    column, row = np.round(points).astype(np.int64).T
    inside = (column >= 0) & (row >= 0) & (column < bgr.shape[1]) & (row < bgr.shape[0])
    if inside.sum() < _MIN_PIXELS:
        return np.full(3, np.nan, np.float32)
    pixels = bgr[row[inside], column[inside]][None].astype(np.float32) / 255
    return np.asarray(np.median(cv2.cvtColor(pixels, cv2.COLOR_BGR2LAB)[0], axis=0), np.float32)
