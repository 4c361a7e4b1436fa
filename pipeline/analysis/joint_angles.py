"""Compute the joint angles of biomechanics, in degrees, from the 17 joints.

Body axes, right-handed: x forward, y up along the trunk, z to the person's right. The pelvis has the hip line as z, the
chest the shoulder line, both at a right angle to the trunk. H36M-17 does not show the tilt of the pelvis, so the trunk
stands for it: hip flexion is the angle between trunk and thigh, and there is no lumbar flexion.

Signs (International Society of Biomechanics: Wu et al., J. Biomech. 35:543, 2002 and 38:981, 2005; rotations in the
order of OpenSim's models, flexion first): standing with hanging arms is 0 in every angle; flexion moves the limb
forward, abduction away from the body's midline; knee and elbow are 0 when straight and grow as they bend. Angles that
17 joints cannot show have no column: wrists, and every rotation of a limb about its own axis. The flexion of a
limb that points straight to the side is undefined and NaN; all angles are NaN in a frame without the person.

Where a detector finds toes, the soles give the angles of the feet: `ankle_flexion` is 0 with the sole at a right angle
to the shank, positive in dorsiflexion and negative in plantarflexion; `ankle_abduction` is positive with the toes
turned outward from the shank; `foot_progression` is the angle of the foot on the floor against the direction of
walking, positive with the toes outward (of a person who stands or walks on the spot, against the direction that the
pelvis faces). Inversion, the roll of a foot about its own length, is not to be seen in a line from heel to toes.
"""

from __future__ import annotations

import numpy as np

from ..body.bones import unit
from ..body.filters import runs
from ..core.arrays import Doubles

# Angles of each side, and of the trunk.
SIDE_ANGLES = (
    "hip_flexion", "hip_abduction", "knee_flexion", "shoulder_flexion", "shoulder_abduction", "elbow_flexion",
)  # fmt: skip
TRUNK_ANGLES = ("trunk_tilt", "trunk_list", "trunk_rotation", "lumbar_bending", "lumbar_rotation")
FOOT_ANGLES = ("ankle_flexion", "ankle_abduction", "foot_progression")  # of each side, where toes are known
ANGLES = (*TRUNK_ANGLES, *(f"{side}_{angle}" for side in ("right", "left") for angle in SIDE_ANGLES))

_WALKING_SIGMA_S = 0.4  # s, standard deviation of the Gaussian that smooths the path of the pelvis
_MIN_SPEED_M_S = 0.3  # m/s of the pelvis above which its path is the direction of walking
_MIN_SAGITTAL = np.sin(np.radians(10))  # smallest sagittal component of a limb's unit vector that has a flexion


def joint_angles(joints: Doubles, soles: Doubles | None = None, rate_hz: float = 30.0) -> dict[str, Doubles]:
    """Compute all `ANGLES`, (T,) degrees each, from world joints (T, 17, 3).

    With `soles` (T, 2, 3), the unit vectors from heel to toes of the left and the right foot (NaN = unknown,
    `rig.foot_directions.sole_directions`) at `rate_hz`, the `FOOT_ANGLES` of both sides follow.

    World: z up, +y away from the camera, NaN = not seen. `trunk_tilt` is negative when leaning forward, `trunk_list`
    positive when the right side is lower, `trunk_rotation` 0 when facing the camera and positive when turned to the
    person's left. `lumbar_bending` is positive to the right and `lumbar_rotation` to the left, both of the chest
    relative to the pelvis.
    """
    # OpenSim's ground axes: x toward the camera, y up, z to the left of the image.
    points = np.stack([-joints[..., 1], joints[..., 2], -joints[..., 0]], axis=-1)
    trunk = unit(points[:, 8] - points[:, 0])
    pelvis = _body_axes(trunk, points[:, 1] - points[:, 4], keep_side=True)
    chest = _body_axes(trunk, points[:, 14] - points[:, 11], keep_side=False)
    found = {
        "trunk_tilt": np.arctan2(-pelvis[:, 0, 1], pelvis[:, 1, 1]),
        "trunk_list": np.arcsin(np.clip(pelvis[:, 2, 1], -1, 1)),
        "trunk_rotation": np.arctan2(-pelvis[:, 2, 0], pelvis[:, 2, 2]),
    }
    leaning = _in_axes(pelvis, trunk)
    bend = np.arctan2(leaning[:, 2], leaning[:, 1])
    side = _in_axes(pelvis, chest[:, :, 2])
    straight = side[:, 2] * np.cos(bend) - side[:, 1] * np.sin(bend)
    found["lumbar_bending"], found["lumbar_rotation"] = bend, np.arctan2(side[:, 0], straight)
    for name, sign, hip, knee, ankle, shoulder, elbow, wrist in (
        ("right", 1.0, 1, 2, 3, 14, 15, 16),
        ("left", -1.0, 4, 5, 6, 11, 12, 13),
    ):
        thigh, shank = unit(points[:, knee] - points[:, hip]), unit(points[:, ankle] - points[:, knee])
        upper, fore = unit(points[:, elbow] - points[:, shoulder]), unit(points[:, wrist] - points[:, elbow])
        for joint, axes, limb in (("hip", pelvis, thigh), ("shoulder", chest, upper)):
            flexion, abduction = _flexion_abduction(_in_axes(axes, limb), sign)
            found[f"{name}_{joint}_flexion"], found[f"{name}_{joint}_abduction"] = flexion, abduction
        found[f"{name}_knee_flexion"] = _angle_between(thigh, shank)
        found[f"{name}_elbow_flexion"] = _angle_between(upper, fore)
    angles = {name: np.degrees(found[name]) for name in ANGLES}
    return angles if soles is None else angles | _foot_angles(joints, soles, rate_hz)


def foot_angle_names() -> tuple[str, ...]:
    """Return the names of the feet's angles, those of the right one first."""
    return tuple(f"{side}_{angle}" for side in ("right", "left") for angle in FOOT_ANGLES)


def _foot_angles(joints: Doubles, soles: Doubles, rate_hz: float) -> dict[str, Doubles]:
    """Return the angles of both feet, (T,) degrees each, of world joints (T, 17, 3) and soles (T, 2, 3)."""
    right = unit(joints[:, 1] - joints[:, 4])
    ahead = _walking_direction(joints, rate_hz)
    found = {}
    for side, sign, at, knee, ankle in (("right", 1.0, 1, 2, 3), ("left", -1.0, 0, 5, 6)):
        up = unit(joints[:, knee] - joints[:, ankle])
        forward = unit(np.cross(up, right))
        across = np.cross(forward, up)
        x, y, z = ((soles[:, at] * axis).sum(axis=-1) for axis in (forward, up, across))
        found[f"{side}_ankle_flexion"] = np.arctan2(y, np.hypot(x, z))
        found[f"{side}_ankle_abduction"] = np.arctan2(sign * z, x)
        foot = soles[:, at, :2]
        turn = ahead[:, 0] * foot[:, 1] - ahead[:, 1] * foot[:, 0]  # positive: to the left
        flat = np.linalg.norm(foot, axis=-1) >= _MIN_SAGITTAL
        found[f"{side}_foot_progression"] = np.where(
            flat, np.arctan2(-sign * turn, (ahead * foot).sum(axis=-1)), np.nan
        )
    return {name: np.degrees(found[name]) for name in foot_angle_names()}


def _walking_direction(joints: Doubles, rate_hz: float) -> Doubles:
    """Return the horizontal unit vectors (T, 2) in which the person walks, or faces if they stay in place.

    Of a person who walks backward it is the direction that they face.
    """
    from scipy.ndimage import gaussian_filter1d

    right = joints[:, 1] - joints[:, 4]
    out = unit(np.stack([-right[:, 1], right[:, 0]], axis=1))
    for run in runs(np.isfinite(joints[:, [0, 1, 4]]).all(axis=(1, 2))):
        if run.stop - run.start < 2:
            continue
        smooth = gaussian_filter1d(joints[run, 0, :2], _WALKING_SIGMA_S * rate_hz, axis=0, mode="nearest")
        velocity = np.gradient(smooth, axis=0) * rate_hz
        facing = gaussian_filter1d(out[run], _WALKING_SIGMA_S * rate_hz, axis=0, mode="nearest")
        along = velocity * np.sign((velocity * facing).sum(axis=1, keepdims=True))
        fast = np.linalg.norm(velocity, axis=1, keepdims=True) >= _MIN_SPEED_M_S
        out[run] = unit(np.where(fast, along, facing))
    return out


def _body_axes(up: Doubles, right: Doubles, keep_side: bool) -> Doubles:
    """Build body axes (T, 3, 3) with x, y, z as columns.

    With `keep_side`, z is exactly `right`; otherwise y is exactly `up`.
    """
    forward = unit(np.cross(up, right))
    if keep_side:
        z = unit(right)
        y = np.cross(z, forward)
    else:
        y = up
        z = np.cross(forward, up)
    return np.stack([forward, y, z], axis=2)


def _in_axes(axes: Doubles, vectors: Doubles) -> Doubles:
    """Express vectors (T, 3) in the coordinates of axes (T, 3, 3)."""
    return np.asarray(np.einsum("tij,ti->tj", axes, vectors))


def _flexion_abduction(limb: Doubles, sign: float) -> tuple[Doubles, Doubles]:
    """Return flexion and abduction, (T,) radians each, of a limb's direction in body axes.

    A hanging limb has 0; `sign` is 1 on the right side and -1 on the left. Flexion rotates about z, then abduction
    about the rotated x: limb = (sin f cos a, -cos f cos a, sign sin a).
    """
    flexion = np.arctan2(limb[:, 0], -limb[:, 1])
    flexion[np.hypot(limb[:, 0], limb[:, 1]) < _MIN_SAGITTAL] = np.nan
    return flexion, np.arcsin(np.clip(sign * limb[:, 2], -1, 1))


def _angle_between(first: Doubles, second: Doubles) -> Doubles:
    """Return the angle (T,) between unit vectors in radians, exact also near 0."""
    return np.asarray(np.arctan2(np.linalg.norm(np.cross(first, second), axis=1), np.einsum("tc,tc->t", first, second)))
