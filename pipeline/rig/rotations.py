"""Compute bone rotations from joint positions.

Positions determine each bone's direction, but not its twist (rotation about its long axis). Twist is taken from what is
observed: hip line and shoulder line give the rotation of pelvis and chest, the plane in which a knee or an elbow bends
gives the twist of thigh and upper arm, and nose and head top give the rotation of the head. When a limb is (nearly)
straight, its plane is undefined, so the twist is carried over from the times around it. Hands, which H36M-17 does not
have, keep the rest pose relative to the forearm (`with_hands` turns those that a take has); feet relative to the shank,
unless their directions are given (`foot_directions`). No rotation is invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..body.bones import unit
from ..core.arrays import Doubles
from .skeleton import HEAD_REST, NAMES, NECK_REST, PARENTS, foot_rest
from .twist import limit_twist

_X, _Y = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
_NEXT, _LAST = [1, 2, 0], [2, 0, 1]  # cyclic coordinate indices of the cross product

# Sine of the bend (9 and 30 degrees): a limb's plane has no weight below the first and full weight above the second.
_BEND_RANGE = (0.15, 0.5)
AVERAGE_S, CARRY_S = 0.08, 0.6  # s over which planes are averaged, and over which they are carried to straight limbs
CARRY_WEIGHT, REST_WEIGHT = 0.1, 0.03  # weights of the carried plane and of the rest pose, relative to a full bend
_ANGLE_SIGMA_S = 0.06  # s, standard deviation of the Gaussian over the resulting twist angle

# Bones whose twist is limited per frame, with their rest direction; parents first.
_LIMBS = (
    ("Spine1", _Y), ("Neck", NECK_REST), ("Head", HEAD_REST),
    *((f"{side}{part}", sign * _X) for side, sign in (("Left", 1.0), ("Right", -1.0)) for part in ("Arm", "ForeArm")),
    *((f"{side}{part}", -_Y) for side in ("Left", "Right") for part in ("UpLeg", "Leg")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RigPose:
    """Hold a rig's motion; `times_s` may have gaps, and quaternions are continuous in sign."""

    times_s: Doubles  # (T,)
    root: Doubles  # (T, 3) rig axes, metres
    rotations: Doubles  # (T, B, 4) local quaternions x y z w, in the order of the rig's bones


class TwistModel(Protocol):
    """Determine the twist of the bone `name` in frames that do not show it."""

    def hold(self, name: str, vectors: Doubles) -> Doubles:
        """Normalise vectors (T, 3); a vector of length 0 is replaced by that of another frame."""
        ...

    def side_of_limb(
        self, name: str, along: Doubles, normal: Doubles, rest: Doubles, forward_only: bool = False
    ) -> Doubles:
        """Return unit side vectors (T, 3) perpendicular to `along`, which define the limb's twist.

        Where the limb is bent, the side is the plane's `normal`, whose length is the sine of the bend; elsewhere it is
        carried over from other frames. `rest` is the side without twist. With `forward_only` the joint cannot bend
        backward (knee), so a backward bend counts as noise.
        """
        ...

    def smooth(self, directions: Doubles) -> Doubles:
        """Smooth directions (T, 3), which jump where a foot's direction becomes known or unknown."""
        ...

    def limit_twist(self, name: str, rotation: Doubles, parent: Doubles, axis: Doubles) -> Doubles:
        """Limit the twist rate of a bone's rotations (T, 3, 3) about its rest direction `axis`."""
        ...


def solve(joints: Doubles, times_s: Doubles, rate_hz: float, feet: Doubles | None = None) -> RigPose:
    """Compute the rig's motion through joints (T, 17, 3) in rig axes (`skeleton`), all known.

    `feet` (T, 2, 3) are unit vectors from the left and the right ankle to the toes, NaN = unknown. The rig reproduces
    the joints exactly if bones are constant, the pelvis is the midpoint of the hips, the thorax that of the shoulders
    and the spine that of pelvis and thorax; `bones.with_body` makes such joints.
    """
    rotations = local_rotations(joints, _OfflineTwist(rate_hz), feet)
    for bone in range(len(NAMES)):
        rotations[:, bone] = same_sign(rotations[:, bone])
    return RigPose(np.asarray(times_s, np.float64), joints[:, 0].astype(np.float64), rotations)


def local_rotations(joints: Doubles, twist_model: TwistModel, feet: Doubles | None = None) -> Doubles:
    """Compute each bone's rotation relative to its parent from joints (T, 17, 3) in rig axes.

    The result is quaternions (T, 21, 4), x y z w, of either sign. `feet`: see `solve`.
    """
    from scipy.spatial.transform import Rotation

    matrices = _global_rotations(joints, twist_model)
    if feet is not None:
        for side, name in enumerate(("Left", "Right")):
            matrices[f"{name}Foot"] = matrices[f"{name}ToeBase"] = _foot_rotation(
                matrices[f"{name}Leg"], feet[:, side], twist_model
            )
    rotations = np.zeros((len(joints), len(NAMES), 4))
    rotations[..., 3] = 1
    # Bones with their parent's rotation (hands, feet) keep the identity. All others are converted in one call, because
    # a live run solves one frame at a time.
    moving = [b for b, p in enumerate(PARENTS) if p < 0 or matrices[NAMES[p]] is not matrices[NAMES[b]]]
    whole = np.stack([matrices[NAMES[bone]] for bone in moving], axis=1)
    above = np.stack([matrices[NAMES[PARENTS[bone]]] for bone in moving[1:]], axis=1)
    local = np.concatenate([whole[:, :1], np.swapaxes(above, 2, 3) @ whole[:, 1:]], axis=1)
    rotations[:, moving] = Rotation.from_matrix(local.reshape(-1, 3, 3)).as_quat().reshape(len(joints), -1, 4)
    return rotations


def _global_rotations(joints: Doubles, twist_model: TwistModel) -> dict[str, Doubles]:
    """Compute the rotation matrices (T, 3, 3) of every bone in rig axes."""

    def bone(start: int, end: int) -> Doubles:
        return unit(joints[:, end] - joints[:, start])

    hip_line, shoulder_line, trunk = bone(1, 4), bone(14, 11), bone(0, 8)
    matrices: dict[str, Doubles] = {}
    hips_side = twist_model.hold("Hips", _across(hip_line, trunk))
    chest_side = twist_model.hold("Spine1", _across(shoulder_line, trunk))
    matrices["Spine"] = _frame(trunk, _halfway(hips_side, chest_side, trunk), _Y, _X)
    chest, matrices["Hips"] = _chest_and_hips(
        trunk, hip_line, chest_side, twist_model.hold("Trunk", _across(trunk, hip_line))
    )
    matrices["Spine1"] = chest

    neck, head = bone(8, 9), bone(9, 10)
    rest = swung(chest, NECK_REST, neck, _X)
    side = twist_model.side_of_limb("Neck", neck, _cross(head, neck), rest, forward_only=True)
    matrices["Neck"] = _frame(neck, side, NECK_REST, _X)
    matrices["Head"] = _frame(head, twist_model.hold("Head", _across(side, head)), HEAD_REST, _X)

    for name, sign, shoulder, elbow, wrist in (("Left", 1.0, 11, 12, 13), ("Right", -1.0, 14, 15, 16)):
        collar, upper, fore, along = bone(8, shoulder), bone(shoulder, elbow), bone(elbow, wrist), sign * _X
        matrices[f"{name}Shoulder"] = _frame(collar, swung(chest, along, collar, _Y), along, _Y)
        rest = swung(matrices[f"{name}Shoulder"], along, upper, _Y)
        normal = twist_model.side_of_limb(f"{name}Arm", upper, sign * _cross(fore, upper), rest)
        matrices[f"{name}Arm"] = _frame(upper, normal, along, _Y)
        matrices[f"{name}ForeArm"] = _frame(fore, twist_model.hold(f"{name}ForeArm", _across(normal, fore)), along, _Y)

    for name, hip, knee, ankle in (("Left", 4, 5, 6), ("Right", 1, 2, 3)):
        thigh, shank = bone(hip, knee), bone(knee, ankle)
        rest = swung(matrices["Hips"], -_Y, thigh, _X)
        normal = twist_model.side_of_limb(f"{name}UpLeg", thigh, _cross(thigh, shank), rest, forward_only=True)
        matrices[f"{name}UpLeg"] = _frame(thigh, normal, -_Y, _X)
        matrices[f"{name}Leg"] = _frame(shank, twist_model.hold(f"{name}Leg", _across(normal, shank)), -_Y, _X)
    matrices["Hips"] = twist_model.limit_twist(
        "Hips", matrices["Hips"], np.broadcast_to(np.eye(3), matrices["Hips"].shape), _X
    )
    for name, axis in _LIMBS:
        matrices[name] = twist_model.limit_twist(
            name, matrices[name], matrices[NAMES[PARENTS[NAMES.index(name)]]], axis
        )
    for name in ("Left", "Right"):
        matrices[f"{name}Hand"] = matrices[f"{name}ForeArm"]
        matrices[f"{name}Foot"] = matrices[f"{name}ToeBase"] = matrices[f"{name}Leg"]
    return matrices


def _foot_rotation(shank: Doubles, foot: Doubles, twist_model: TwistModel) -> Doubles:
    """Compute the foot's rotations (T, 3, 3) from the shank's and the foot's directions (T, 3).

    The foot's side follows the shank's side. Where the direction is NaN, the foot keeps its rest pose.
    """
    rest = unit(foot_rest(1.0)[None])[0]
    local = np.where(np.isfinite(foot), np.einsum("tba,tb->ta", shank, foot), rest)
    along = unit(np.einsum("tab,tb->ta", shank, twist_model.smooth(local)))
    return _frame(along, shank @ _X, rest, _X)


def chest_and_hips(joints: Doubles) -> tuple[Doubles, Doubles]:
    """Compute the rotations (T, 3, 3) of chest and pelvis from the rest pose of the rig.

    `joints` (T, 17, 3) may be in any right-handed axes.
    """
    trunk = unit(joints[:, 8] - joints[:, 0])
    hip_line, shoulder_line = unit(joints[:, 4] - joints[:, 1]), unit(joints[:, 11] - joints[:, 14])
    return _chest_and_hips(trunk, hip_line, _hold(_across(shoulder_line, trunk)), _hold(_across(trunk, hip_line)))


def _chest_and_hips(trunk: Doubles, hip_line: Doubles, chest_side: Doubles, up: Doubles) -> tuple[Doubles, Doubles]:
    """Build chest and pelvis rotations; all inputs are unit vectors (T, 3).

    `chest_side` is perpendicular to the trunk, `up` to the hip line.
    """
    return _frame(trunk, chest_side, _Y, _X), _frame(hip_line, up, _X, _Y)


def _halfway(start: Doubles, end: Doubles, axis: Doubles) -> Doubles:
    """Rotate `start` (T, 3) about `axis` half of the way to `end`; both are perpendicular to it.

    The angle is half of the sine instead of half of the angle: nearly equal for a spine, and without a jump at 180
    degrees.
    """
    third = _cross(axis, start)
    half = np.einsum("tc,tc->t", end, third)[:, None] / 2
    return np.asarray(np.cos(half) * start + np.sin(half) * third)


def _cross(a: Doubles, b: Doubles) -> Doubles:
    """Compute the cross product of (..., 3) arrays; ten times faster than NumPy for one frame."""
    return np.asarray(a[..., _NEXT] * b[..., _LAST] - a[..., _LAST] * b[..., _NEXT])


def _across(vectors: Doubles, axis: Doubles) -> Doubles:
    """Return the component of `vectors` (T, 3) that is perpendicular to the unit vectors `axis`."""
    return np.asarray(vectors - np.einsum("tc,tc->t", vectors, axis)[:, None] * axis)


def _hold(vectors: Doubles) -> Doubles:
    """Normalise vectors (T, 3); replace those of length 0 by the last valid one, else the next."""
    good = np.linalg.norm(vectors, axis=1) > 1e-3
    if good.all() or not good.any():
        return unit(vectors)
    last = np.maximum.accumulate(np.where(good, np.arange(len(vectors)), -1))
    return unit(vectors[np.where(last < 0, np.argmax(good), last)])


def _frame(along: Doubles, side: Doubles, rest_along: Doubles, rest_side: Doubles) -> Doubles:
    """Build rotations (T, 3, 3) that map `rest_along` to `along` and `rest_side` toward `side`."""
    still = ~along.any(axis=1)  # bones without a length, whose ends coincide: they point as in the rest pose
    if still.any():
        along = np.where(still[:, None], rest_along, along)
    side = _across(side, along)
    # A side taken from another frame may be parallel to `along`: then any perpendicular vector will do.
    lost = np.linalg.norm(side, axis=1) < 1e-6
    if lost.any():
        least = np.eye(3)[np.argmin(np.abs(along[lost]), axis=1)]
        side[lost] = _across(least, along[lost])
    side = unit(side)
    moved = np.stack([along, side, _cross(along, side)], axis=2)
    rest = np.stack([rest_along, rest_side, _cross(rest_along, rest_side)], axis=1)
    return np.asarray(moved @ rest.T)


def swung(parent: Doubles, rest_along: Doubles, along: Doubles, rest_side: Doubles) -> Doubles:
    """Return the image (T, 3) of `rest_side` under the shortest rotation of the bone to `along`.

    The bone starts from its rest direction `rest_along` in the axes of `parent` (T, 3, 3); the rotation has no twist.
    """
    start, side = parent @ rest_along, parent @ rest_side
    both = start + along
    cosine = np.einsum("tc,tc->t", start, along)
    share = np.einsum("tc,tc->t", both, side) / np.maximum(1 + cosine, 1e-3)
    turned = side - share[:, None] * both + 2 * np.einsum("tc,tc->t", start, side)[:, None] * along
    return _hold(_across(turned, along))


def observed_twist(along: Doubles, normal: Doubles, rest: Doubles, forward_only: bool) -> NDArray[np.complex128]:
    """Return the twist (T,) of the limb's plane about `along` from `rest` as complex numbers.

    The argument is the twist angle and the modulus its weight, 0 where the limb is straight. Complex numbers can be
    averaged without a jump at 180 degrees. Parameters: see `TwistModel.side_of_limb`.
    """
    third = _cross(along, rest)
    twist = np.einsum("tc,tc->t", normal, rest) + 1j * np.einsum("tc,tc->t", normal, third)
    sine = np.abs(twist)
    trust = np.clip((sine - _BEND_RANGE[0]) / (_BEND_RANGE[1] - _BEND_RANGE[0]), 0, 1)
    twist = trust**2 * (3 - 2 * trust) * twist / np.maximum(sine, 1e-9)
    if forward_only:
        twist = np.maximum(twist.real, 0) + 1j * twist.imag
    return np.asarray(twist)


def rotate_about(along: Doubles, rest: Doubles, angle: Doubles) -> Doubles:
    """Rotate `rest` (T, 3) about the perpendicular unit vectors `along` by `angle` (T,) radians."""
    return np.asarray(np.cos(angle)[:, None] * rest + np.sin(angle)[:, None] * _cross(along, rest))


class _OfflineTwist:
    """Implement `TwistModel` for a whole take, with the frames before and after."""

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz

    def hold(self, name: str, vectors: Doubles) -> Doubles:
        return _hold(vectors)

    def side_of_limb(
        self, name: str, along: Doubles, normal: Doubles, rest: Doubles, forward_only: bool = False
    ) -> Doubles:
        twist = observed_twist(along, normal, rest, forward_only)
        parts = np.stack([twist.real, twist.imag], axis=1)
        parts = (
            self._smooth_over(parts, AVERAGE_S) + CARRY_WEIGHT * self._smooth_over(parts, CARRY_S) + [REST_WEIGHT, 0.0]
        )
        angle = np.unwrap(np.arctan2(parts[:, 1], parts[:, 0]))
        return rotate_about(along, rest, self._smooth_over(angle, _ANGLE_SIGMA_S))

    def smooth(self, directions: Doubles) -> Doubles:
        return self._smooth_over(directions, AVERAGE_S)

    def limit_twist(self, name: str, rotation: Doubles, parent: Doubles, axis: Doubles) -> Doubles:
        return limit_twist(rotation, parent, axis)

    def _smooth_over(self, values: Doubles, time_s: float) -> Doubles:
        from scipy.ndimage import gaussian_filter1d

        return np.asarray(gaussian_filter1d(values, max(time_s * self._rate_hz, 0.1), axis=0, mode="nearest"))


def same_sign(quaternions: Doubles) -> Doubles:
    """Choose the signs of quaternions (T, 4) so that neighbouring frames are near each other."""
    turned = np.einsum("tc,tc->t", quaternions[1:], quaternions[:-1]) < 0
    signs = np.concatenate([[1.0], np.where(np.cumsum(turned) % 2 == 1, -1.0, 1.0)])
    if quaternions[0, 3] < 0:
        signs = -signs
    return np.asarray(quaternions * signs[:, None])
