"""Build a plain body mesh around a rig in the rest pose: one rounded limb per bone.

For formats that contain a skinned mesh. Each limb follows its bone rigidly. The round ends of two limbs that meet share
a centre, the joint, so that no gap opens in any pose; a body with blended skin weights would need the shape of a real
person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...body.bones import unit
from ...core.arrays import Doubles, Floats
from ...rig.skeleton import Rig
from ...rig.with_hands import FINGERS

_SIDES = 14  # vertices around a limb
_CAP = 5  # rings of a round end
_HIPS_M = 0.9  # m, hip height of the body for which the radii below are given

# m, radii at the start and the end of a bone.
_LIMBS = {
    "Spine": (0.105, 0.100), "Spine1": (0.105, 0.080), "Shoulder": (0.055, 0.052), "Arm": (0.050, 0.038),
    "ForeArm": (0.038, 0.028), "Hand": (0.034, 0.022), "UpLeg": (0.085, 0.055), "Leg": (0.055, 0.036),
    "Foot": (0.040, 0.034), "ToeBase": (0.034, 0.026),
}  # fmt: skip
_HIP_LINE, _NECK, _HEAD = 0.085, 0.050, 0.095
# Fractions of the hand's bone from the wrist to the middle finger: radii of the palm at the wrist and at the bases of
# the fingers, and of a finger's four ends of bones.
_PALM, _FINGER = (0.18, 0.13), (0.105, 0.097, 0.086, 0.070)
_THUMB = (0.125, 0.115, 0.105, 0.080)


_Limb = tuple[Doubles, Doubles, NDArray[np.int64]]  # points (V, 3), unit normals (V, 3), bones (V,)


@dataclass(frozen=True, slots=True)
class Body:
    """Hold a body mesh in rig axes, metres, in the rest pose with the hips at `rig.hips_m`.

    Every vertex follows one bone.
    """

    vertices: Floats  # (V, 3)
    normals: Floats  # (V, 3)
    bones: NDArray[np.uint8]  # (V,)
    faces: NDArray[np.uint16]  # (N, 3)


def rest_positions(rig: Rig) -> tuple[Doubles, dict[int, Doubles]]:
    """Return bone starts (B, 3) and free ends (3,) in the rest pose, standing on the floor."""
    positions = np.zeros((len(rig.names), 3))
    positions[0] = [0, rig.hips_m, 0]
    for bone, parent in enumerate(rig.parents):
        if parent >= 0:
            positions[bone] = positions[parent] + rig.offsets[bone]
    return positions, {bone: positions[bone] + end for bone, end in rig.ends.items()}


def body_for(rig: Rig) -> Body:
    """Build the body with the rig's proportions."""
    positions, ends = rest_positions(rig)
    at, size = rig.names.index, rig.hips_m / _HIPS_M
    top = ends[at("Head")]
    centre = np.array([0.0, top[1] - _HEAD * size, (top[2] + positions[at("Head"), 2]) / 2 - 0.02 * size])
    parts = [
        _limb(at("Hips"), positions[at("RightUpLeg")], positions[at("LeftUpLeg")], _HIP_LINE * size, _HIP_LINE * size),
        _limb(at("Neck"), positions[at("Neck")], centre, _NECK * size, _NECK * size),
        _limb(at("Head"), centre - [0, 0.04 * size, 0], centre, 0.8 * _HEAD * size, _HEAD * size),
    ]
    for bone, name in enumerate(rig.names):
        radii = _LIMBS.get(name.removeprefix("Left").removeprefix("Right"))
        if radii is not None and len(rig.children(bone)) < len(FINGERS):
            end = ends[bone] if bone in ends else positions[rig.parents.index(bone)]
            parts.append(_limb(bone, positions[bone], end, radii[0] * size, radii[1] * size))
    for side in ("Left", "Right"):
        if f"{side}HandThumb1" in rig.names:
            parts += _hand(rig, side, positions, ends)
    vertices, normals, bones = (np.concatenate([part[i] for part in parts]) for i in range(3))
    each = len(parts[0][0])
    faces = np.concatenate([_faces() + i * each for i in range(len(parts))])
    return Body(
        vertices.astype(np.float32), normals.astype(np.float32), bones.astype(np.uint8), faces.astype(np.uint16)
    )


def _hand(rig: Rig, side: str, positions: Doubles, ends: dict[int, Doubles]) -> list[_Limb]:
    """Return the limbs of the palm, which follow the hand, and of the fingers."""
    at = rig.names.index
    hand = at(f"{side}Hand")
    wrist = positions[hand]
    size = float(np.linalg.norm(positions[at(f"{side}HandMiddle1")] - wrist))
    parts = []
    for finger in FINGERS:
        bones = [at(f"{side}Hand{finger}{joint}") for joint in (1, 2, 3)]
        points = [*positions[bones], ends[bones[2]]]
        radii = _THUMB if finger == "Thumb" else _FINGER
        parts.append(_limb(hand, wrist, points[0], _PALM[0] * size, _PALM[1] * size))
        for joint, bone in enumerate(bones):
            parts.append(_limb(bone, points[joint], points[joint + 1], radii[joint] * size, radii[joint + 1] * size))
    return parts


def _limb(bone: int, start: Doubles, end: Doubles, r0: float, r1: float) -> _Limb:
    """Return points (V, 3), unit normals (V, 3) and bone (V,) of a tapered capsule."""
    axis = unit(end - start)
    across = unit(np.cross(axis, np.eye(3)[np.argmin(np.abs(axis))]))
    around = np.linspace(0, 2 * np.pi, _SIDES, endpoint=False)
    ring = np.cos(around)[:, None] * across + np.sin(around)[:, None] * np.cross(axis, across)
    rise = np.concatenate([np.linspace(-np.pi / 2, 0, _CAP), np.linspace(0, np.pi / 2, _CAP)])
    normals = np.sin(rise)[:, None, None] * axis + np.cos(rise)[:, None, None] * ring
    first = np.arange(2 * _CAP) < _CAP
    middle, radius = np.where(first[:, None], start, end), np.where(first, r0, r1)
    points = (middle[:, None] + radius[:, None, None] * normals).reshape(-1, 3)
    return points, normals.reshape(-1, 3), np.full(len(points), bone)


def _faces() -> NDArray[np.int64]:
    """Return the triangles of one limb, counter-clockwise seen from outside."""
    ring, side = np.meshgrid(np.arange(2 * _CAP - 1), np.arange(_SIDES), indexing="ij")
    a, b = ring * _SIDES + side, ring * _SIDES + (side + 1) % _SIDES
    return np.stack([a, b, a + _SIDES, b, b + _SIDES, a + _SIDES], axis=-1).reshape(-1, 3)
