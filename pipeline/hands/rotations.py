"""Compute the rotations of a hand and its fingers from 21 points in 3D.

The hand's rotation is the best fit of the rigid palm (Kabsch 1976). A finger's base turns by flexion and spread so that
its first bone points as observed; its other joints are hinges about the same axis, so what the points say across a
hinge is noise and is dropped. The thumb's base has three freedoms: its twist follows from the plane in which it bends.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..core.arrays import Doubles
from ..core.hands.points import CHAINS
from .model import PALM, HandPose, HandShape, axes_of, mirrored_vectors

# Weight of the palm's points in the fit. The thumb's base moves a little against the palm.
_PALM_WEIGHTS = np.array([1.0, 0.3, 1.0, 1.0, 1.0, 1.0])
_THUMB_TWIST_REST = 0.3  # sum of the sines of the thumb's two bends from which its rest twist has no weight


def palm_rotation(joints: Doubles, shape: HandShape, side: int) -> tuple[Doubles, Doubles]:
    """Return the rotations (T, 3, 3) that fit the palm to points (T, 21, 3).

    Also the root mean square distance (T,) of the palm's points that remains, in metres.
    """
    rest = mirrored_vectors(shape.palm, side)
    weights = _PALM_WEIGHTS / _PALM_WEIGHTS.sum()
    seen = joints[:, PALM]
    seen = seen - np.einsum("p,tpc->tc", weights, seen)[:, None]
    rest = rest - weights @ rest
    u, _, vt = np.linalg.svd(np.einsum("p,tpa,pb->tab", weights, seen, rest))
    u[:, :, 2] *= np.linalg.det(u @ vt)[:, None]
    rotation = u @ vt
    left = seen - np.einsum("tab,pb->tpa", rotation, rest)
    return rotation, np.sqrt(np.einsum("p,tpc->t", weights, left**2))


def solve(joints: Doubles, shape: HandShape, side: int) -> HandPose:
    """Return the rotations of a hand through points (T, 21, 3), without limits.

    The points are in any right-handed axes. Only directions count: the points may have other bone lengths than `shape`.
    """
    hand, _ = palm_rotation(joints, shape, side)
    fingers = np.empty((len(joints), 4, 4))
    for finger in range(1, 5):
        fingers[:, finger - 1] = _finger(_in_hand(joints, hand, finger), finger, side)
    return HandPose(hand, fingers, _thumb(_in_hand(joints, hand, 0), side))


def stretched_length(joints: Doubles) -> Doubles:
    """Return the lengths (N,) of stretched hands (N, 21, 3), wrist to tip of the middle finger."""
    palm = np.linalg.norm(joints[:, PALM[3]] - joints[:, 0], axis=-1)
    bones = np.diff(joints[:, CHAINS[2]], axis=1)
    return np.asarray(palm + np.linalg.norm(bones, axis=-1).sum(axis=-1))


def _in_hand(joints: Doubles, hand: Doubles, finger: int) -> Doubles:
    """Return the points (T, 4, 3) of a finger from its base, in the axes of the hand."""
    points = joints[:, CHAINS[finger]]
    return np.einsum("tba,tpb->tpa", hand, points - points[:, :1])


def _finger(points: Doubles, finger: int, side: int) -> Doubles:
    """Return flexion and spread of the base and both hinges (T, 4) in degrees; `points` (T, 4, 3) in hand axes."""
    from scipy.spatial.transform import Rotation

    axes = axes_of(finger, side)
    bones = _unit(np.diff(points, axis=1)) @ np.stack([axes.along, axes.palm, axes.flexion], axis=1)
    along, palm, across = 0, 1, 2  # columns; flexion is a positive rotation about the last one
    spread = -np.arcsin(np.clip(bones[:, 0, across], -1, 1))
    bend = np.arctan2(bones[:, 0, palm], bones[:, 0, along])
    bend = np.where(bend < -np.pi / 2, bend + 2 * np.pi, bend)  # beyond a fist, not behind the back of the hand
    angles = [bend, -spread if side else spread]
    base = Rotation.from_euler("ZY", np.column_stack([angles[0], spread]))
    for bone in (1, 2):
        local = base.inv().apply(bones[:, bone])
        angles.append(np.arctan2(local[:, palm], local[:, along]))
        base = base * Rotation.from_euler("Z", angles[-1][:, None])
    return np.degrees(np.column_stack(angles))


def _thumb(points: Doubles, side: int) -> Doubles:
    """Return the rotation vector of the thumb's base and both hinges (T, 5) in degrees."""
    from scipy.spatial.transform import Rotation

    axes = axes_of(0, side)
    bones = _unit(np.diff(points, axis=1))
    bends = np.cross(bones[:, :2], bones[:, 1:]).sum(axis=1)
    untwisted = shortest_turns(axes.along, bones[:, 0])
    # The thumb bends into the palm or straight on, never backward: a backward bend is the other side of noise.
    rest = untwisted @ axes.flexion
    bends = bends * np.where(np.einsum("tc,tc->t", bends, rest) < 0, 0.0, 1.0)[:, None]
    axis = bends + np.maximum(_THUMB_TWIST_REST - np.linalg.norm(bends, axis=1), 0.0)[:, None] * rest
    axis = _unit(axis - np.einsum("tc,tc->t", axis, bones[:, 0])[:, None] * bones[:, 0])
    moved = np.stack([bones[:, 0], np.cross(axis, bones[:, 0]), axis], axis=2)
    base = moved @ np.stack([axes.along, axes.palm, axes.flexion], axis=0)
    vector = Rotation.from_matrix(base).as_rotvec(degrees=True) * ([1.0, -1.0, -1.0] if side else [1.0, 1.0, 1.0])
    local = np.einsum("tba,tpb->tpa", moved, bones)  # along, toward the palm, across
    bend = np.arctan2(local[..., 1], local[..., 0])
    hinges = (np.diff(bend, axis=1) + np.pi) % (2 * np.pi) - np.pi
    return np.column_stack([vector, np.degrees(hinges)])


def shortest_turns(start: Doubles, to: Doubles) -> Doubles:
    """Return the shortest rotations (T, 3, 3) of a unit vector (3,) to unit vectors (T, 3)."""
    axis = np.cross(start, to)
    cosine = to @ start
    skew = np.zeros((len(to), 3, 3))
    skew[:, 0, 1], skew[:, 0, 2], skew[:, 1, 2] = -axis[:, 2], axis[:, 1], -axis[:, 0]
    skew -= np.swapaxes(skew, 1, 2)
    return np.asarray(np.eye(3) + skew + skew @ skew / np.maximum(1 + cosine, 1e-3)[:, None, None])


def _unit(vectors: Doubles) -> Doubles:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12))


@dataclass(frozen=True, slots=True)
class ForearmTwist:
    """Hold a hand's rotation against its forearm: a twist, then flexion and deviation."""

    twist_deg: Doubles  # (T,) about the forearm, from elbow to wrist
    swing: Doubles  # (T, 3, 3) of the hand against the twisted forearm, without twist


def split_twist(hand: Doubles, forearm: Doubles, side: int) -> ForearmTwist:
    """Split the hand's rotation (T, 3, 3) against the forearm's (T, 3, 3) into twist and swing.

    A person twists the hand by the two bones of the forearm, so half of the twist belongs to the forearm's skin; the
    wrist itself does not twist.
    """
    from scipy.spatial.transform import Rotation

    relative = Rotation.from_matrix(np.swapaxes(forearm, 1, 2) @ hand)
    along = axes_of(1, side).along
    x, w = relative.as_quat()[:, :3] @ along, relative.as_quat()[:, 3]
    twist = 2 * np.arctan2(x, w)
    twist = (twist + np.pi) % (2 * np.pi) - np.pi
    swing = Rotation.from_rotvec(-twist[:, None] * along) * relative
    return ForearmTwist(np.degrees(twist), swing.as_matrix())
