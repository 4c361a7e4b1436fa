"""Measure bone lengths over a take, equal left and right, and apply them to joints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..core.arrays import Doubles
from ..core.skeletons import H36M17

_TINY = 1e-9  # smallest length that a vector is divided by

# Limb -> (its bones, named by the joint at their end; fraction of the limb's length per bone).
_LIMBS: dict[str, tuple[tuple[int, ...], float]] = {
    "hip_width": ((1, 4), 0.5),
    "thigh": ((2, 5), 1.0),
    "shank": ((3, 6), 1.0),
    "trunk": ((7, 8), 0.5),
    "shoulder_width": ((11, 14), 0.5),
    "upper_arm": ((12, 15), 1.0),
    "forearm": ((13, 16), 1.0),
}


_PARENTS = [max(parent, 0) for parent in H36M17.parents]
_ALONG = np.ones(17)  # sign of a bone along its measured line: both hips, and both shoulders, share one line
_ALONG[[1, 14]] = -1


# Unit vectors that define a pose of constant lengths and that `with_body` keeps, as (end joint, start joint): hip line,
# trunk, shoulder line, neck, head, and the eight limb bones.
DIRECTIONS = (
    (4, 1), (8, 0), (11, 14), (9, 8), (10, 9),
    (2, 1), (3, 2), (5, 4), (6, 5), (12, 11), (13, 12), (15, 14), (16, 15),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Body:
    """Hold the bone lengths of one person in metres.

    `lengths[j]` is the distance of joint j from its H36M-17 parent; [0] is 0.
    """

    lengths: Doubles  # (17,)

    def scaled(self, factor: float) -> Body:
        return Body(self.lengths * factor)

    def with_limbs(self, limbs_m: Mapping[str, float]) -> Body:
        """Return a body with the given limb lengths in metres; keys are those of `config.LIMBS`."""
        lengths = self.lengths.copy()
        for name, length in limbs_m.items():
            joints, share = _LIMBS[name]
            lengths[list(joints)] = length * share
        return Body(lengths)

    @property
    def chain_m(self) -> float:
        """Return the length of leg + pelvis-thorax-nose-head_top in metres, see `stature`."""
        size = self.lengths
        return float(size[2] + size[3] + size[7] + size[8] + size[9] + size[10])


def unit(vectors: Doubles) -> Doubles:
    """Normalise vectors (..., 3) to length 1; zero stays zero, NaN stays NaN."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), _TINY))


def measure_body(joints: Doubles) -> Body:
    """Measure the median bone lengths of joints (T, 17, 3), equal for left and right.

    Frames with a NaN joint (not seen) are left out. The pelvis is the midpoint of the hips, the thorax that of the
    shoulders and the spine that of pelvis and thorax. Hip, shoulder and trunk bones are therefore half of the measured
    distances.
    """
    joints = joints[np.isfinite(joints).all(axis=(1, 2))]
    lengths = np.zeros(17)
    if not len(joints):
        return Body(lengths)
    for child, parent in enumerate(H36M17.parents):
        if parent >= 0:
            lengths[child] = np.median(np.linalg.norm(joints[:, child] - joints[:, parent], axis=-1))
    for left, right in zip(H36M17.left, H36M17.right, strict=True):
        lengths[left] = lengths[right] = (lengths[left] + lengths[right]) / 2
    lengths[[1, 4]] = np.median(np.linalg.norm(joints[:, 4] - joints[:, 1], axis=-1)) / 2
    lengths[[11, 14]] = np.median(np.linalg.norm(joints[:, 11] - joints[:, 14], axis=-1)) / 2
    lengths[[7, 8]] = np.median(np.linalg.norm(joints[:, 8] - joints[:, 0], axis=-1)) / 2
    return Body(lengths)


def with_body(joints: Doubles, body: Body) -> Doubles:
    """Give joints (T, 17, 3) exactly the lengths of `body`; keep directions and pelvis."""
    bones = joints - joints[:, _PARENTS]
    bones[:, [1, 4]] = (joints[:, 4] - joints[:, 1])[:, None]
    bones[:, [7, 8]] = (joints[:, 8] - joints[:, 0])[:, None]
    bones[:, [11, 14]] = (joints[:, 11] - joints[:, 14])[:, None]
    bones = unit(bones) * (body.lengths * _ALONG)[:, None]
    out = np.empty(joints.shape)
    out[:, 0] = joints[:, 0]
    for child in range(1, len(_PARENTS)):  # parents come first in H36M-17
        out[:, child] = out[:, _PARENTS[child]] + bones[:, child]
    return out


def bone_lengths(joints: Doubles) -> Doubles:
    """Return the distance (..., 17) of each joint (..., 17, 3) from its parent; [0] is 0."""
    parents = np.maximum(np.array(H36M17.parents), 0)
    return np.asarray(np.linalg.norm(joints - joints[..., parents, :], axis=-1))
