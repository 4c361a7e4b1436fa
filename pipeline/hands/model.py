"""Define the model of a hand: rest pose, joint axes and limits, and forward kinematics.

Rig axes (`rig.skeleton`): right-handed, y up, z forward, x to the character's left; metres. Zero rotation is the hand
of a T-pose: fingers along x, palm down, thumb 45 degrees forward, as in VRM's rest pose. A left hand is described;
`side` 1 (right) mirrors it in x.

A finger bends about an axis across the palm at its three joints, and its base also spreads: four angles. The thumb has
three freedoms at its base and two hinges. Proportions and limits are means of adults (Buryanov and Kotiuk 2010,
Proportions of Hand Segments; Norkin and White, Measurement of Joint Motion), with the wrist where the network of
MediaPipe puts it, nearer to the fingers than the joint. All people have the same proportions: those measured on the
network's 3D points of small hands were worse (rendered hands of 60 px: 32 mm from the truth instead of 28).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

import numpy as np

from ..core.arrays import Doubles
from ..core.hands.points import CHAINS, INDEX_BASE, LITTLE_BASE, MIDDLE_BASE, RING_BASE

PALM = (0, 1, INDEX_BASE, MIDDLE_BASE, RING_BASE, LITTLE_BASE)  # points that move with the hand, as one body

# Hand lengths (wrist to tip of the middle finger), left hand: points of `PALM`, and the three bones of each finger.
_PALM_REST = np.array(
    [[0, 0, 0], [0.12, -0.05, 0.15], [0.48, 0, 0.12], [0.47, 0, 0.01], [0.44, -0.01, -0.09], [0.40, -0.03, -0.18]]
)
_BONES_REST = np.array(
    [[0.21, 0.20, 0.15], [0.22, 0.13, 0.12], [0.25, 0.16, 0.12], [0.23, 0.15, 0.12], [0.18, 0.10, 0.10]]
)
HAND_PER_FOREARM = 0.108 / 0.146  # hand's length / forearm's (Drillis and Contini 1966, shares of the stature)

# Degrees: limits of flexion and spread at the base of a finger, and of its two hinges; of the thumb's two hinges.
FINGER_LIMITS = np.array([[-35.0, 100.0], [-25.0, 25.0], [-5.0, 115.0], [-10.0, 90.0]])
THUMB_LIMITS = np.array([[-15.0, 75.0], [-20.0, 90.0]])
MAX_THUMB_BASE_DEG = 80.0  # degrees, largest rotation of the thumb's base from the rest pose

# Degrees: relaxed hand of a person who does nothing with it; index to little finger, then the thumb's hinges.
RELAXED_FINGERS = np.array([[18.0, 0, 28, 12], [24.0, 0, 32, 15], [28.0, 0, 34, 16], [30.0, 0, 34, 16]])
RELAXED_THUMB = np.array([0.0, -15.0, 0.0, 12.0, 15.0])  # rotation vector of the base, then both hinges


@dataclass(frozen=True, slots=True)
class HandShape:
    """Hold the measures of a person's hands, as of a left one; both are assumed equal."""

    palm: Doubles  # (6, 3) m, points of `PALM` from the wrist in the rest pose
    bones: Doubles  # (5, 3) m, lengths of the bones of each finger, thumb first

    def scaled(self, factor: float) -> HandShape:
        return replace(self, palm=self.palm * factor, bones=self.bones * factor)

    @property
    def length_m(self) -> float:
        """Return the length from the wrist to the tip of the stretched middle finger."""
        return float(np.linalg.norm(self.palm[3]) + self.bones[2].sum())


def mean_shape(length_m: float = 1.0) -> HandShape:
    """Return the mean hand of adults with that length."""
    return HandShape(_PALM_REST * length_m, _BONES_REST * length_m)


@dataclass(frozen=True, slots=True)
class HandPose:
    """Hold the rotations of one hand over T frames, degrees except for the hand's matrices."""

    hand: Doubles  # (T, 3, 3) rotation of the hand from the rest pose
    fingers: Doubles  # (T, 4, 4) index to little: flexion and spread of the base, then both hinges
    thumb: Doubles  # (T, 5) rotation vector of the base, then both hinges

    def limited(self) -> HandPose:
        """Return the pose with every angle within its limits."""
        base = self.thumb[:, :3]
        length = np.linalg.norm(base, axis=1, keepdims=True)
        base = base * np.minimum(1, MAX_THUMB_BASE_DEG / np.maximum(length, 1e-9))
        hinges = np.clip(self.thumb[:, 3:], *THUMB_LIMITS.T)
        return replace(
            self, fingers=np.clip(self.fingers, *FINGER_LIMITS.T), thumb=np.concatenate([base, hinges], axis=1)
        )


def relaxed(hand: Doubles) -> HandPose:
    """Return relaxed fingers on the hands (T, 3, 3)."""
    count = len(hand)
    return HandPose(hand, np.tile(RELAXED_FINGERS, (count, 1, 1)), np.tile(RELAXED_THUMB, (count, 1)))


def mirrored_vectors(vectors: Doubles, side: int) -> Doubles:
    """Mirror vectors (..., 3) in x for a right hand; a left one (`side` 0) keeps them."""
    return vectors * [-1.0, 1.0, 1.0] if side else vectors


@dataclass(frozen=True, slots=True)
class Axes:
    """Hold the rest directions of a finger's bones."""

    along: Doubles  # (3,)
    palm: Doubles  # (3,)
    flexion: Doubles  # (3,) along x palm: a positive rotation bends the finger into the palm


@functools.cache
def axes_of(finger: int, side: int) -> Axes:
    """Return the rest directions of a finger (0 = thumb) of a left (0) or right (1) hand."""
    along, palm = ((1.0, 0.0, 1.0), (1.0, 0.0, -1.0)) if finger == 0 else ((1.0, 0.0, 0.0), (0.0, -1.0, 0.0))
    a, p = (mirrored_vectors(np.array(v) / np.linalg.norm(v), side) for v in (along, palm))
    return Axes(a, p, np.cross(a, p))


def bone_rotations(pose: HandPose, side: int) -> Doubles:
    """Return rotations (T, 5, 3, 3, 3) of finger bones relative to their parents, thumb first."""
    from scipy.spatial.transform import Rotation

    def about(axis: Doubles, degrees: Doubles) -> Rotation:
        return Rotation.from_rotvec(np.radians(degrees)[:, None] * axis)

    out = np.empty((len(pose.hand), 5, 3, 3, 3))
    axes = axes_of(0, side)
    base = np.radians(pose.thumb[:, :3]) * ([1.0, -1.0, -1.0] if side else [1.0, 1.0, 1.0])
    out[:, 0, 0] = Rotation.from_rotvec(base).as_matrix()
    for joint in (0, 1):
        out[:, 0, 1 + joint] = about(axes.flexion, pose.thumb[:, 3 + joint]).as_matrix()
    for finger in range(1, 5):
        axes, angles = axes_of(finger, side), pose.fingers[:, finger - 1]
        spread = -angles[:, 1] if side else angles[:, 1]
        out[:, finger, 0] = (about(axes.flexion, angles[:, 0]) * about(axes.palm, spread)).as_matrix()
        for joint in (0, 1):
            out[:, finger, 1 + joint] = about(axes.flexion, angles[:, 2 + joint]).as_matrix()
    return out


def hand_points(pose: HandPose, wrist: Doubles, shape: HandShape, side: int) -> Doubles:
    """Return the 21 points (T, 21, 3) of a hand with its wrist at `wrist` (T, 3).

    The same as a walk along `bone_rotations`, in closed form: a fit calls this thousands of times.
    """
    fingers, thumb = np.radians(pose.fingers), np.radians(pose.thumb)
    spread = fingers[..., 1]
    bends = np.cumsum(np.stack([np.zeros_like(spread), fingers[..., 2], fingers[..., 3]], axis=-1), axis=-1)
    steps = np.empty((len(pose.hand), 5, 3, 3))  # finger, bone; along, toward the palm, across
    ahead, down = np.cos(spread)[..., None] * np.cos(bends), np.sin(bends)
    steps[:, 1:, :, 2] = -np.sin(spread)[..., None] * np.cos(bends)
    cosine, sine = np.cos(fingers[..., 0])[..., None], np.sin(fingers[..., 0])[..., None]
    steps[:, 1:, :, 0], steps[:, 1:, :, 1] = cosine * ahead - sine * down, sine * ahead + cosine * down
    bends = np.cumsum(np.stack([np.zeros(len(thumb)), thumb[:, 3], thumb[:, 4]], axis=-1), axis=-1)
    steps[:, 0] = np.stack([np.cos(bends), np.sin(bends), np.zeros_like(bends)], axis=-1)

    joints = np.empty((len(pose.hand), 21, 3))
    joints[:, PALM] = shape.palm
    for finger, chain in enumerate(CHAINS):
        axes = axes_of(finger, 0)
        moved = steps[:, finger] @ np.stack([axes.along, axes.palm, axes.flexion])
        if finger == 0:
            moved = moved @ np.swapaxes(rotation_of(thumb[:, :3]), 1, 2)
        joints[:, chain[1:]] = joints[:, chain[:1]] + np.cumsum(shape.bones[finger][:, None] * moved, axis=1)
    return np.asarray(mirrored_vectors(joints, side) @ np.swapaxes(pose.hand, 1, 2) + wrist[:, None])


def rotation_of(vectors: Doubles) -> Doubles:
    """Return the matrices (T, 3, 3) of rotation vectors (T, 3) in radians (Rodrigues)."""
    square = np.einsum("tc,tc->t", vectors, vectors)
    angle = np.sqrt(square)
    small = angle < 1e-4
    safe = np.where(small, 1.0, angle)
    one = np.where(small, 1 - square / 6, np.sin(safe) / safe)[:, None, None]
    two = np.where(small, 0.5 - square / 24, (1 - np.cos(safe)) / safe**2)[:, None, None]
    x, y, z = vectors.T
    skew = np.zeros((len(vectors), 3, 3))
    skew[:, 0, 1], skew[:, 0, 2], skew[:, 1, 2] = -z, y, -x
    skew -= np.swapaxes(skew, 1, 2)
    return np.asarray(np.eye(3) + one * skew + two * (skew @ skew))
