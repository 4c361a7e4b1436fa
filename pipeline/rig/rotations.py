"""Joint rotations from joint positions.

Positions fix where each bone points; they do not fix how it is turned about itself. What can be seen is used: the hip
line and the shoulder line turn pelvis and chest, the plane in which a knee or an elbow bends turns thigh and upper arm,
and nose and head top turn the head. When a limb is (nearly) straight its plane means nothing, so it is carried over
from the times around it. Hands, which H36M-17 does not have, rest on the forearm; feet on the shank, unless it is told
where they point (`toes`): nothing is made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..body.bones import unit
from ..core.arrays import Doubles
from .skeleton import HEAD_REST, NAMES, NECK_REST, PARENTS, foot_rest
from .twist import calmed

_X, _Y = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
_NEXT, _LAST = [1, 2, 0], [2, 0, 1]  # the coordinate after each one, and the one after that

# A limb's plane is not trusted below the first and fully trusted above the second bend (sine: 9 and 30 degrees).
_BENT = (0.15, 0.5)
NEAR_S, FAR_S = 0.08, 0.6  # planes are averaged over the first time and carried over the second
CARRY, REST = 0.1, 0.03  # weight of what is carried, and of the rest pose
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


class Turning(Protocol):
    """How a bone is turned about itself where its own frame does not say. `name`: whose state is meant."""

    def held(self, name: str, vectors: Doubles) -> Doubles:
        """(T, 3) -> unit vectors; where one has no length, that of another frame."""
        ...

    def carried(self, name: str, along: Doubles, normal: Doubles, rest: Doubles, forward_only: bool = False) -> Doubles:
        """(T, 3) unit side vectors perpendicular to `along`: the plane normal where the limb is bent, else carried on.

        `normal` has the sine of the bend as its length; `rest` is the side without any twist. `forward_only`: the
        joint cannot bend backward (knee), so a plane that says so is noise.
        """
        ...

    def settled(self, directions: Doubles) -> Doubles:
        """(T, 3) without leaps where something begins or ends to be known."""
        ...

    def calmed(self, name: str, turn: Doubles, parent: Doubles, axis: Doubles) -> Doubles:
        """(T, 3, 3) rotations of a bone and of its parent -> the bone's, turned about its rest direction evenly."""
        ...


def solve(joints: Doubles, times_s: Doubles, rate_hz: float, feet: Doubles | None = None) -> RigPose:
    """(T, 17, 3) joints in rig axes (see `rig`), all known -> the rig's motion through exactly these joints.

    `feet` (T, 2, 3): unit vectors from the left and the right ankle to the toes, NaN where that is not known.

    Exact for joints with constant bones, the pelvis in the middle of the hips, the thorax in that of the shoulders and
    the spine in the middle of those two, which is what `bones.with_body` makes.
    """
    rotations = local_rotations(joints, _WholeTake(rate_hz), feet)
    for bone in range(len(NAMES)):
        rotations[:, bone] = same_sign(rotations[:, bone])
    return RigPose(np.asarray(times_s, np.float64), joints[:, 0].astype(np.float64), rotations)


def local_rotations(joints: Doubles, turning: Turning, feet: Doubles | None = None) -> Doubles:
    """(T, 17, 3) joints in rig axes -> (T, 21, 4) quaternions x y z w against the parent bone, of either sign.

    `feet`: as for `solve`.
    """
    from scipy.spatial.transform import Rotation

    turns = _global_rotations(joints, turning)
    if feet is not None:
        for side, name in enumerate(("Left", "Right")):
            turns[f"{name}Foot"] = turns[f"{name}ToeBase"] = _pointed(turns[f"{name}Leg"], feet[:, side], turning)
    rotations = np.zeros((len(joints), len(NAMES), 4))
    rotations[..., 3] = 1
    # Hands and feet rest on what they hang on. All others in one call: a live run solves one frame at a time.
    moving = [b for b, p in enumerate(PARENTS) if p < 0 or turns[NAMES[p]] is not turns[NAMES[b]]]
    whole = np.stack([turns[NAMES[bone]] for bone in moving], axis=1)
    above = np.stack([turns[NAMES[PARENTS[bone]]] for bone in moving[1:]], axis=1)
    local = np.concatenate([whole[:, :1], np.swapaxes(above, 2, 3) @ whole[:, 1:]], axis=1)
    rotations[:, moving] = Rotation.from_matrix(local.reshape(-1, 3, 3)).as_quat().reshape(len(joints), -1, 4)
    return rotations


def _global_rotations(joints: Doubles, turning: Turning) -> dict[str, Doubles]:
    """Rotation matrices (T, 3, 3) of every bone in rig axes."""

    def bone(start: int, end: int) -> Doubles:
        return unit(joints[:, end] - joints[:, start])

    hip_line, shoulder_line, trunk = bone(1, 4), bone(14, 11), bone(0, 8)
    turns: dict[str, Doubles] = {}
    hips_side = turning.held("Hips", _across(hip_line, trunk))
    chest_side = turning.held("Spine1", _across(shoulder_line, trunk))
    turns["Spine"] = _frame(trunk, _half_twisted(hips_side, chest_side, trunk), _Y, _X)
    chest, turns["Hips"] = _chest_and_hips(trunk, hip_line, chest_side, turning.held("Trunk", _across(trunk, hip_line)))
    turns["Spine1"] = chest

    neck, head = bone(8, 9), bone(9, 10)
    rest = swung(chest, NECK_REST, neck, _X)
    side = turning.carried("Neck", neck, _cross(head, neck), rest, forward_only=True)
    turns["Neck"] = _frame(neck, side, NECK_REST, _X)
    turns["Head"] = _frame(head, turning.held("Head", _across(side, head)), HEAD_REST, _X)

    for name, sign, shoulder, elbow, wrist in (("Left", 1.0, 11, 12, 13), ("Right", -1.0, 14, 15, 16)):
        collar, upper, fore, along = bone(8, shoulder), bone(shoulder, elbow), bone(elbow, wrist), sign * _X
        turns[f"{name}Shoulder"] = _frame(collar, swung(chest, along, collar, _Y), along, _Y)
        rest = swung(turns[f"{name}Shoulder"], along, upper, _Y)
        normal = turning.carried(f"{name}Arm", upper, sign * _cross(fore, upper), rest)
        turns[f"{name}Arm"] = _frame(upper, normal, along, _Y)
        turns[f"{name}ForeArm"] = _frame(fore, turning.held(f"{name}ForeArm", _across(normal, fore)), along, _Y)

    for name, hip, knee, ankle in (("Left", 4, 5, 6), ("Right", 1, 2, 3)):
        thigh, shank = bone(hip, knee), bone(knee, ankle)
        rest = swung(turns["Hips"], -_Y, thigh, _X)
        normal = turning.carried(f"{name}UpLeg", thigh, _cross(thigh, shank), rest, forward_only=True)
        turns[f"{name}UpLeg"] = _frame(thigh, normal, -_Y, _X)
        turns[f"{name}Leg"] = _frame(shank, turning.held(f"{name}Leg", _across(normal, shank)), -_Y, _X)
    turns["Hips"] = turning.calmed("Hips", turns["Hips"], np.broadcast_to(np.eye(3), turns["Hips"].shape), _X)
    for name, axis in _LIMBS:
        turns[name] = turning.calmed(name, turns[name], turns[NAMES[PARENTS[NAMES.index(name)]]], axis)
    for name in ("Left", "Right"):
        turns[f"{name}Hand"] = turns[f"{name}ForeArm"]
        turns[f"{name}Foot"] = turns[f"{name}ToeBase"] = turns[f"{name}Leg"]
    return turns


def _pointed(shank: Doubles, foot: Doubles, turning: Turning) -> Doubles:
    """(T, 3, 3) of the shank, (T, 3) where the foot points, NaN: not known -> (T, 3, 3) of the foot, upright as the
    shank's side; at rest where nothing is known."""
    rest = unit(foot_rest(1.0)[None])[0]
    local = np.where(np.isfinite(foot), np.einsum("tba,tb->ta", shank, foot), rest)
    along = unit(np.einsum("tab,tb->ta", shank, turning.settled(local)))
    return _frame(along, shank @ _X, rest, _X)


def chest_and_hips(joints: Doubles) -> tuple[Doubles, Doubles]:
    """(T, 17, 3) in any right-handed axes -> rotations (T, 3, 3) of chest and pelvis from the rest pose of `rig`."""
    trunk = unit(joints[:, 8] - joints[:, 0])
    hip_line, shoulder_line = unit(joints[:, 4] - joints[:, 1]), unit(joints[:, 11] - joints[:, 14])
    return _chest_and_hips(trunk, hip_line, _held(_across(shoulder_line, trunk)), _held(_across(trunk, hip_line)))


def _chest_and_hips(trunk: Doubles, hip_line: Doubles, chest_side: Doubles, up: Doubles) -> tuple[Doubles, Doubles]:
    """`chest_side` is perpendicular to the trunk, `up` to the hip line; all (T, 3) unit vectors."""
    return _frame(trunk, chest_side, _Y, _X), _frame(hip_line, up, _X, _Y)


def _half_twisted(start: Doubles, end: Doubles, axis: Doubles) -> Doubles:
    """(T, 3) half way from `start` to `end` about `axis`; both are perpendicular to it.

    Half of the sine instead of half of the angle: much the same for a spine, and without a jump at 180 degrees.
    """
    third = _cross(axis, start)
    half = np.einsum("tc,tc->t", end, third)[:, None] / 2
    return np.asarray(np.cos(half) * start + np.sin(half) * third)


def _cross(a: Doubles, b: Doubles) -> Doubles:
    """(..., 3) cross product; for single frames ten times as fast as NumPy's general one."""
    return np.asarray(a[..., _NEXT] * b[..., _LAST] - a[..., _LAST] * b[..., _NEXT])


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
    moved = np.stack([along, side, _cross(along, side)], axis=2)
    rest = np.stack([rest_along, rest_side, _cross(rest_along, rest_side)], axis=1)
    return np.asarray(moved @ rest.T)


def swung(parent: Doubles, rest_along: Doubles, along: Doubles, rest_side: Doubles) -> Doubles:
    """(T, 3) where `rest_side` goes when the parent's bone swings to `along` the short way, without twist."""
    start, side = parent @ rest_along, parent @ rest_side
    both = start + along
    cosine = np.einsum("tc,tc->t", start, along)
    share = np.einsum("tc,tc->t", both, side) / np.maximum(1 + cosine, 1e-3)
    turned = side - share[:, None] * both + 2 * np.einsum("tc,tc->t", start, side)[:, None] * along
    return _held(_across(turned, along))


def seen_twist(along: Doubles, normal: Doubles, rest: Doubles, forward_only: bool) -> NDArray[np.complex128]:
    """(T,) how the limb's plane is turned about `along` against `rest`, as complex numbers; arguments: `carried`.

    The length is the trust in it, 0 where the limb is straight. Complex numbers average without a seam at 180 degrees.
    """
    third = _cross(along, rest)
    twist = np.einsum("tc,tc->t", normal, rest) + 1j * np.einsum("tc,tc->t", normal, third)
    sine = np.abs(twist)
    trust = np.clip((sine - _BENT[0]) / (_BENT[1] - _BENT[0]), 0, 1)
    twist = trust**2 * (3 - 2 * trust) * twist / np.maximum(sine, 1e-9)
    if forward_only:
        twist = np.maximum(twist.real, 0) + 1j * twist.imag
    return np.asarray(twist)


def twisted(along: Doubles, rest: Doubles, angle: Doubles) -> Doubles:
    """(T, 3) `rest`, which is perpendicular to the unit `along`, turned about it by `angle` (T,) radians."""
    return np.asarray(np.cos(angle)[:, None] * rest + np.sin(angle)[:, None] * _cross(along, rest))


class _WholeTake:
    """`Turning` from the frames before and after."""

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz

    def held(self, name: str, vectors: Doubles) -> Doubles:
        return _held(vectors)

    def carried(self, name: str, along: Doubles, normal: Doubles, rest: Doubles, forward_only: bool = False) -> Doubles:
        twist = seen_twist(along, normal, rest, forward_only)
        parts = np.stack([twist.real, twist.imag], axis=1)
        parts = self._averaged(parts, NEAR_S) + CARRY * self._averaged(parts, FAR_S) + [REST, 0.0]
        angle = np.unwrap(np.arctan2(parts[:, 1], parts[:, 0]))
        return twisted(along, rest, self._averaged(angle, _SETTLE_S))

    def settled(self, directions: Doubles) -> Doubles:
        return self._averaged(directions, NEAR_S)

    def calmed(self, name: str, turn: Doubles, parent: Doubles, axis: Doubles) -> Doubles:
        return calmed(turn, parent, axis)

    def _averaged(self, values: Doubles, time_s: float) -> Doubles:
        from scipy.ndimage import gaussian_filter1d

        return np.asarray(gaussian_filter1d(values, max(time_s * self._rate_hz, 0.1), axis=0, mode="nearest"))


def same_sign(quaternions: Doubles) -> Doubles:
    """(T, 4) -> the same rotations with signs chosen so that neighbours are near each other."""
    turned = np.einsum("tc,tc->t", quaternions[1:], quaternions[:-1]) < 0
    signs = np.concatenate([[1.0], np.where(np.cumsum(turned) % 2 == 1, -1.0, 1.0)])
    if quaternions[0, 3] < 0:
        signs = -signs
    return np.asarray(quaternions * signs[:, None])
