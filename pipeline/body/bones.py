"""Constant bone lengths: one body for the whole take, left and right alike; the lifter's directions are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..core.arrays import Doubles
from ..core.skeletons import H36M17

_TINY = 1e-9

# Limb -> the bones, by the joint they end in, and which share of the limb each is.
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
_ALONG = np.ones(17)  # which way a bone lies on the line that is measured: hips and shoulders share one
_ALONG[[1, 14]] = -1


# The unit vectors that a body of constant lengths consists of, which `with_body` keeps: (joint it points to, joint it
# comes from). Hip line, trunk, shoulder line, neck, head, and the eight limb bones.
DIRECTIONS = (
    (4, 1), (8, 0), (11, 14), (9, 8), (10, 9),
    (2, 1), (3, 2), (5, 4), (6, 5), (12, 11), (13, 12), (15, 14), (16, 15),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Body:
    """Lengths of one person's bones. `lengths[j]` joins joint j to its H36M-17 parent, metres; [0] is 0."""

    lengths: Doubles  # (17,)

    def scaled(self, factor: float) -> Body:
        return Body(self.lengths * factor)

    def with_limbs(self, limbs_m: Mapping[str, float]) -> Body:
        """The same with lengths that are known, metres: the keys are those of `config.LIMBS`."""
        lengths = self.lengths.copy()
        for name, length in limbs_m.items():
            joints, share = _LIMBS[name]
            lengths[list(joints)] = length * share
        return Body(lengths)

    @property
    def chain_m(self) -> float:
        """Leg + pelvis-thorax-nose-head_top, see `stature`."""
        size = self.lengths
        return float(size[2] + size[3] + size[7] + size[8] + size[9] + size[10])


def unit(vectors: Doubles) -> Doubles:
    """(..., 3) -> the same directions with length 1 (zero stays zero, NaN stays NaN)."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), _TINY))


def measure_body(joints: Doubles) -> Body:
    """(T, 17, 3) joints, NaN = not seen -> the body: medians over the take, the same for left and right.

    The pelvis is the middle of the hips, the thorax that of the shoulders and the spine the middle of those two, so
    hips, shoulders and the two halves of the trunk are half of the whole distances.
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
    """(T, 17, 3) joints -> the same directions with exactly the lengths of `body`; the pelvis stays where it is."""
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
    """(..., 17, 3) -> (..., 17) length of the bone from each joint to its parent, [0] is 0."""
    parents = np.maximum(np.array(H36M17.parents), 0)
    return np.asarray(np.linalg.norm(joints - joints[..., parents, :], axis=-1))
