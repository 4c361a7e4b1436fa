"""Joint rotations from joint positions.

Positions fix where each bone points; they do not fix how it is turned about itself. What can be seen is used: the hip
line and the shoulder line turn pelvis and chest, the plane in which a knee or an elbow bends turns thigh and upper arm,
and nose and head top turn the head. When a limb is (nearly) straight its plane means nothing, so it is carried over
from the times around it. Hands and feet, which H36M-17 does not have, rest on forearm and shank: nothing is made up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.post.bones import unit
from pipeline.post.rig import HEAD_REST, NAMES, NECK_REST, PARENTS
from pipeline.post.twist import calmed
from pipeline.types import Doubles

_X, _Y = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])

# A limb's plane is not trusted below the first and fully trusted above the second bend (sine: 9 and 30 degrees).
_BENT = (0.15, 0.5)
_NEAR_S, _FAR_S = 0.08, 0.6  # planes are averaged over the first time and carried over the second
_CARRY, _REST = 0.1, 0.03  # weight of what is carried, and of the rest pose
_SETTLE_S = 0.06

# Bones whose turn about themselves is found from a plane, with their rest direction; parents first.
_LIMBS = (
    ("Spine1", _Y), ("Neck", NECK_REST), ("Head", HEAD_REST),
    *((f"{side}{part}", sign * _X) for side, sign in (("Left", 1.0), ("Right", -1.0)) for part in ("Arm", "ForeArm")),
    *((f"{side}{part}", -_Y) for side in ("Left", "Right") for part in ("UpLeg", "Leg")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RigPose:
    """A rig in motion. `times_s` may have gaps; quaternions are continuous in sign."""

    times_s: Doubles  # (T,)
    root: Doubles  # (T, 3) rig axes, metres
    rotations: Doubles  # (T, 21, 4) local, x y z w; order of rig.NAMES


def solve(joints: Doubles, times_s: Doubles, rate_hz: float) -> RigPose:
    """(T, 17, 3) joints in rig axes (see `rig`), all known -> the rig's motion through exactly these joints.

    Exact for joints with constant bones, the pelvis in the middle of the hips, the thorax in that of the shoulders and
    the spine in the middle of those two, which is what `bones.constant_bones` makes.
    """
    turns = _global_rotations(joints, rate_hz)
    from scipy.spatial.transform import Rotation

    rotations = np.zeros((len(joints), len(NAMES), 4))
    rotations[..., 3] = 1
    for bone, (name, parent) in enumerate(zip(NAMES, PARENTS, strict=True)):
        above = turns[NAMES[parent]] if parent >= 0 else None
        if above is turns[name]:  # hands and feet rest on what they hang on
            continue
        local = turns[name] if above is None else np.swapaxes(above, 1, 2) @ turns[name]
        rotations[:, bone] = _same_sign(Rotation.from_matrix(local).as_quat())
    return RigPose(np.asarray(times_s, np.float64), joints[:, 0].astype(np.float64), rotations)


def resample(pose: RigPose, times_s: Doubles) -> RigPose:
    """The pose at other times: gaps are bridged by turning evenly (slerp), the ends hold the nearest pose."""
    known = pose.times_s
    if np.array_equal(known, times_s):
        return pose
    after = np.clip(np.searchsorted(known, times_s), 1, max(len(known) - 1, 1))
    before = after - 1
    after = np.minimum(after, len(known) - 1)
    span = np.maximum(known[after] - known[before], 1e-9)
    share = np.clip((times_s - known[before]) / span, 0.0, 1.0)[:, None]
    root = pose.root[before] * (1 - share) + pose.root[after] * share
    start, end = pose.rotations[before], pose.rotations[after]
    dot = np.einsum("tjc,tjc->tj", start, end)
    end = end * np.where(dot < 0, -1.0, 1.0)[..., None]
    angle = np.arccos(np.clip(np.abs(dot), 0, 1))
    sine = np.sin(angle)
    small = sine < 1e-6
    safe = np.where(small, 1.0, sine)
    first = np.where(small, 1 - share, np.sin((1 - share) * angle) / safe)
    second = np.where(small, share, np.sin(share * angle) / safe)
    mixed = first[..., None] * start + second[..., None] * end
    mixed /= np.linalg.norm(mixed, axis=-1, keepdims=True)
    for bone in range(mixed.shape[1]):
        mixed[:, bone] = _same_sign(mixed[:, bone])
    return RigPose(np.asarray(times_s, np.float64), root, mixed)


def euler_zxy(quaternions: Doubles) -> Doubles:
    """(T, ..., 4) x y z w -> (T, ..., 3) degrees about z, x, y (matrix Rz Rx Ry), continuous over T.

    Every rotation has two such triples, and each angle is only known up to whole turns: from frame to frame the nearer
    choice is taken, so that a file interpolated by others never spins around.
    """
    x, y, z, w = (quaternions[..., i] for i in range(4))
    sin_x = np.clip(2 * (y * z + w * x), -1, 1)
    about_x = np.arcsin(sin_x)
    about_z = np.arctan2(-2 * (x * y - w * z), 1 - 2 * (x * x + z * z))
    about_y = np.arctan2(-2 * (x * z - w * y), 1 - 2 * (x * x + y * y))
    locked = np.abs(sin_x) > 1 - 1e-12  # z and y turn about the same axis there: all of it goes to z
    about_z = np.where(locked, np.arctan2(2 * (x * y + w * z), 1 - 2 * (y * y + z * z)), about_z)
    about_y = np.where(locked, 0.0, about_y)
    angles = np.degrees(np.stack([about_z, about_x, about_y], axis=-1))
    other = np.stack([angles[..., 0] + 180, 180 - angles[..., 1], angles[..., 2] + 180], axis=-1)

    def step(target: Doubles) -> Doubles:
        """Size of the turn from each frame of `angles` to the next of `target`."""
        return np.asarray(np.abs((target[1:] - angles[:-1] + 180) % 360 - 180).sum(axis=-1))

    # The distance between two frames only depends on whether both use the same kind of triple: one pass settles all.
    changes = step(other) < step(angles)
    flipped = np.concatenate([np.zeros((1, *changes.shape[1:]), np.int64), np.cumsum(changes, axis=0)]) % 2 == 1
    return np.unwrap(np.where(flipped[..., None], other, angles), axis=0, period=360)


def _global_rotations(joints: Doubles, rate_hz: float) -> dict[str, Doubles]:
    """Rotation matrices (T, 3, 3) of every bone in rig axes."""

    def bone(start: int, end: int) -> Doubles:
        return unit(joints[:, end] - joints[:, start])

    hip_line, shoulder_line, trunk = bone(1, 4), bone(14, 11), bone(0, 8)
    turns: dict[str, Doubles] = {}
    hips_side, chest_side = _held(_across(hip_line, trunk)), _held(_across(shoulder_line, trunk))
    turns["Spine"] = _frame(trunk, _half_twisted(hips_side, chest_side, trunk), _Y, _X)
    chest, turns["Hips"] = chest_and_hips(joints)
    turns["Spine1"] = chest

    neck, head = bone(8, 9), bone(9, 10)
    side = _carried(neck, np.cross(head, neck), swung(chest, NECK_REST, neck, _X), rate_hz, forward_only=True)
    turns["Neck"] = _frame(neck, side, NECK_REST, _X)
    turns["Head"] = _frame(head, _held(_across(side, head)), HEAD_REST, _X)

    for name, sign, shoulder, elbow, wrist in (("Left", 1.0, 11, 12, 13), ("Right", -1.0, 14, 15, 16)):
        collar, upper, fore, along = bone(8, shoulder), bone(shoulder, elbow), bone(elbow, wrist), sign * _X
        turns[f"{name}Shoulder"] = _frame(collar, swung(chest, along, collar, _Y), along, _Y)
        rest = swung(turns[f"{name}Shoulder"], along, upper, _Y)
        normal = _carried(upper, sign * np.cross(fore, upper), rest, rate_hz)
        turns[f"{name}Arm"] = _frame(upper, normal, along, _Y)
        turns[f"{name}ForeArm"] = _frame(fore, _held(_across(normal, fore)), along, _Y)

    for name, hip, knee, ankle in (("Left", 4, 5, 6), ("Right", 1, 2, 3)):
        thigh, shank = bone(hip, knee), bone(knee, ankle)
        rest = swung(turns["Hips"], -_Y, thigh, _X)
        normal = _carried(thigh, np.cross(thigh, shank), rest, rate_hz, forward_only=True)
        turns[f"{name}UpLeg"] = _frame(thigh, normal, -_Y, _X)
        turns[f"{name}Leg"] = _frame(shank, _held(_across(normal, shank)), -_Y, _X)
    turns["Hips"] = calmed(turns["Hips"], np.broadcast_to(np.eye(3), turns["Hips"].shape), _X)
    for name, axis in _LIMBS:
        turns[name] = calmed(turns[name], turns[NAMES[PARENTS[NAMES.index(name)]]], axis)
    for name in ("Left", "Right"):
        turns[f"{name}Hand"] = turns[f"{name}ForeArm"]
        turns[f"{name}Foot"] = turns[f"{name}ToeBase"] = turns[f"{name}Leg"]
    return turns


def chest_and_hips(joints: Doubles) -> tuple[Doubles, Doubles]:
    """(T, 17, 3) in any right-handed axes -> rotations (T, 3, 3) of chest and pelvis from the rest pose of `rig`."""
    trunk = unit(joints[:, 8] - joints[:, 0])
    hip_line, shoulder_line = unit(joints[:, 4] - joints[:, 1]), unit(joints[:, 11] - joints[:, 14])
    hips = _frame(hip_line, _held(_across(trunk, hip_line)), _X, _Y)
    return _frame(trunk, _held(_across(shoulder_line, trunk)), _Y, _X), hips


def _half_twisted(start: Doubles, end: Doubles, axis: Doubles) -> Doubles:
    """(T, 3) half way from `start` to `end` about `axis`; both are perpendicular to it.

    Half of the sine instead of half of the angle: much the same for a spine, and without a jump at 180 degrees.
    """
    third = np.cross(axis, start)
    half = np.einsum("tc,tc->t", end, third)[:, None] / 2
    return np.asarray(np.cos(half) * start + np.sin(half) * third)


def _across(vectors: Doubles, axis: Doubles) -> Doubles:
    """(T, 3) the part of `vectors` that is perpendicular to the unit `axis`."""
    return np.asarray(vectors - np.einsum("tc,tc->t", vectors, axis)[:, None] * axis)


def _held(vectors: Doubles) -> Doubles:
    """(T, 3) -> unit vectors; where one has no length, the last good one is held (the next one at the start)."""
    good = np.linalg.norm(vectors, axis=1) > 1e-3
    if good.all() or not good.any():
        return unit(vectors)
    last = np.maximum.accumulate(np.where(good, np.arange(len(vectors)), -1))
    return unit(vectors[np.where(last < 0, np.argmax(good), last)])


def _frame(along: Doubles, side: Doubles, rest_along: Doubles, rest_side: Doubles) -> Doubles:
    """(T, 3, 3) rotations that take `rest_along` to `along` exactly and `rest_side` as near to `side` as possible."""
    side = _across(side, along)
    # A held side may have become parallel: anything perpendicular is then as good.
    lost = np.linalg.norm(side, axis=1) < 1e-6
    if lost.any():
        least = np.eye(3)[np.argmin(np.abs(along[lost]), axis=1)]
        side[lost] = _across(least, along[lost])
    side = unit(side)
    moved = np.stack([along, side, np.cross(along, side)], axis=2)
    rest = np.stack([rest_along, rest_side, np.cross(rest_along, rest_side)], axis=1)
    return np.asarray(moved @ rest.T)


def swung(parent: Doubles, rest_along: Doubles, along: Doubles, rest_side: Doubles) -> Doubles:
    """(T, 3) where `rest_side` goes when the parent's bone swings to `along` the short way, without twist."""
    start, side = parent @ rest_along, parent @ rest_side
    both = start + along
    cosine = np.einsum("tc,tc->t", start, along)
    share = np.einsum("tc,tc->t", both, side) / np.maximum(1 + cosine, 1e-3)
    turned = side - share[:, None] * both + 2 * np.einsum("tc,tc->t", start, side)[:, None] * along
    return _held(_across(turned, along))


def _carried(along: Doubles, normal: Doubles, rest: Doubles, rate_hz: float, forward_only: bool = False) -> Doubles:
    """(T, 3) unit side vectors perpendicular to `along`: the plane normal where the limb is bent, else carried on.

    `normal` has the sine of the bend as its length; `rest` is the side without any twist. The twist is handled as a
    complex number relative to `rest`, which averages without a seam at 180 degrees. `forward_only`: the joint
    cannot bend backward (knee), so a plane that says so is noise.
    """
    from scipy.ndimage import gaussian_filter1d

    third = np.cross(along, rest)
    twist = np.einsum("tc,tc->t", normal, rest) + 1j * np.einsum("tc,tc->t", normal, third)
    sine = np.abs(twist)
    trust = np.clip((sine - _BENT[0]) / (_BENT[1] - _BENT[0]), 0, 1)
    twist = trust**2 * (3 - 2 * trust) * twist / np.maximum(sine, 1e-9)
    if forward_only:
        twist = np.maximum(twist.real, 0) + 1j * twist.imag

    def averaged(values: NDArray, time_s: float) -> NDArray:
        sigma = max(time_s * rate_hz, 0.1)
        return np.asarray(gaussian_filter1d(values, sigma, axis=0, mode="nearest"))

    parts = np.stack([twist.real, twist.imag], axis=1)
    parts = averaged(parts, _NEAR_S) + _CARRY * averaged(parts, _FAR_S) + [_REST, 0.0]
    angle = averaged(np.unwrap(np.arctan2(parts[:, 1], parts[:, 0])), _SETTLE_S)
    return np.asarray(np.cos(angle)[:, None] * rest + np.sin(angle)[:, None] * third)


def _same_sign(quaternions: Doubles) -> Doubles:
    """(T, 4) -> the same rotations with signs chosen so that neighbours are near each other."""
    turned = np.einsum("tc,tc->t", quaternions[1:], quaternions[:-1]) < 0
    signs = np.concatenate([[1.0], np.where(np.cumsum(turned) % 2 == 1, -1.0, 1.0)])
    if quaternions[0, 3] < 0:
        signs = -signs
    return np.asarray(quaternions * signs[:, None])
