"""Compute the joint angles of biomechanics, in degrees, from the 17 joints.

Body axes, right-handed: x forward, y up along the trunk, z to the person's right. The pelvis has the hip line as z, the
chest the shoulder line, both at a right angle to the trunk. H36M-17 does not show the tilt of the pelvis, so the trunk
stands for it: hip flexion is the angle between trunk and thigh, and there is no lumbar flexion.

Signs (International Society of Biomechanics: Wu et al., J. Biomech. 35:543, 2002 and 38:981, 2005; rotations in the
order of OpenSim's models, flexion first): standing with hanging arms is 0 in every angle; flexion moves the limb
forward, abduction away from the body's midline; knee and elbow are 0 when straight and grow as they bend. Angles that
17 joints cannot show have no column: ankles, wrists, and every rotation of a limb about its own axis. The flexion of a
limb that points straight to the side is undefined and NaN; all angles are NaN in a frame without the person.
"""

from __future__ import annotations

import numpy as np

from ..body.bones import unit
from ..core.arrays import Doubles

# Angles of each side, and of the trunk.
SIDE_ANGLES = (
    "hip_flexion", "hip_abduction", "knee_flexion", "shoulder_flexion", "shoulder_abduction", "elbow_flexion",
)  # fmt: skip
TRUNK_ANGLES = ("trunk_tilt", "trunk_list", "trunk_rotation", "lumbar_bending", "lumbar_rotation")
ANGLES = (*TRUNK_ANGLES, *(f"{side}_{angle}" for side in ("right", "left") for angle in SIDE_ANGLES))

_MIN_SAGITTAL = np.sin(np.radians(10))  # smallest sagittal component of a limb's unit vector that has a flexion


def joint_angles(joints: Doubles) -> dict[str, Doubles]:
    """Compute all `ANGLES`, (T,) degrees each, from world joints (T, 17, 3).

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
    return {name: np.degrees(found[name]) for name in ANGLES}


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
