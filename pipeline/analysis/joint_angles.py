"""Joint angles as biomechanics has them, from the joints alone. Degrees.

Body axes, right-handed: x forward, y up along the trunk, z to the person's right. The pelvis has the hip line as z, the
chest the shoulder line, both at a right angle to the trunk. H36M-17 does not see the pelvis tilt by itself, so the
trunk stands for it: hip flexion is the angle between trunk and thigh, and there is no lumbar flexion.

Signs (International Society of Biomechanics: Wu et al., J. Biomech. 35:543, 2002 and 38:981, 2005; the order of the
turns is that of OpenSim's models, flexion first): standing with hanging arms is 0 everywhere; flexion takes the limb
forward, abduction away from the body's middle; knee and elbow are 0 when straight and grow as they bend. What cannot be
seen from 17 joints has no column: ankles, wrists, and every turn of a limb about its own axis. Flexion of a limb that
points straight to the side means nothing and is NaN, and so is everything in a frame without the person.
"""

from __future__ import annotations

import numpy as np

from ..body.bones import unit
from ..core.arrays import Doubles

# What is measured of each side, and of the middle.
SIDE_ANGLES = (
    "hip_flexion", "hip_abduction", "knee_flexion", "shoulder_flexion", "shoulder_abduction", "elbow_flexion",
)  # fmt: skip
TRUNK_ANGLES = ("trunk_tilt", "trunk_list", "trunk_rotation", "lumbar_bending", "lumbar_rotation")
ANGLES = (*TRUNK_ANGLES, *(f"{side}_{angle}" for side in ("right", "left") for angle in SIDE_ANGLES))

_ASIDE = np.sin(np.radians(10))  # a limb nearer to the side than this has no flexion


def joint_angles(joints: Doubles) -> dict[str, Doubles]:
    """(T, 17, 3) world joints (z up, +y away from the camera), NaN = not seen -> name -> (T,) degrees for `ANGLES`.

    `trunk_tilt` is negative when leaning forward, `trunk_list` positive when the right side is lower, `trunk_rotation`
    0 when facing the camera and positive when turned to the person's left; `lumbar_bending` is positive to the right
    and `lumbar_rotation` to the left, both of the chest against the pelvis.
    """
    # OpenSim's ground: x toward the camera, y up, z to the left of the picture.
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
        found[f"{name}_knee_flexion"] = _between(thigh, shank)
        found[f"{name}_elbow_flexion"] = _between(upper, fore)
    return {name: np.degrees(found[name]) for name in ANGLES}


def _body_axes(up: Doubles, right: Doubles, keep_side: bool) -> Doubles:
    """(T, 3, 3) with the axes x, y, z as columns. `keep_side`: z is exactly `right`, else y is exactly `up`."""
    forward = unit(np.cross(up, right))
    if keep_side:
        z = unit(right)
        y = np.cross(z, forward)
    else:
        y = up
        z = np.cross(forward, up)
    return np.stack([forward, y, z], axis=2)


def _in_axes(axes: Doubles, vectors: Doubles) -> Doubles:
    """(T, 3) vectors in the coordinates of (T, 3, 3) axes."""
    return np.asarray(np.einsum("tij,ti->tj", axes, vectors))


def _flexion_abduction(limb: Doubles, sign: float) -> tuple[Doubles, Doubles]:
    """(T,) radians of a limb's direction in body axes, hanging down at 0. `sign` 1: right side.

    Flexion about z, then abduction about the turned x: limb = (sin f cos a, -cos f cos a, sign sin a).
    """
    flexion = np.arctan2(limb[:, 0], -limb[:, 1])
    flexion[np.hypot(limb[:, 0], limb[:, 1]) < _ASIDE] = np.nan
    return flexion, np.arcsin(np.clip(sign * limb[:, 2], -1, 1))


def _between(first: Doubles, second: Doubles) -> Doubles:
    """(T,) angle between unit vectors, exact also near 0."""
    return np.asarray(np.arctan2(np.linalg.norm(np.cross(first, second), axis=1), np.einsum("tc,tc->t", first, second)))
