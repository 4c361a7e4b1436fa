"""Fit the shape of the human body to the bone lengths of a person.

The shapes are standard deviations of a population of all ages, so that their squares are the prior: regularised least
squares by Gauss and Newton. What bone lengths do not tell (sex, weight, build) stays at the population's mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..body.bones import Body
from ..core.arrays import Doubles
from ..rig.skeleton import BONE_OF_JOINT, NAMES, Rig
from .asset import HumanAsset

# Measured line of the mesh -> the bones of H36M-17 whose lengths it has, and its uncertainty as a share of the length.
# Detectors place hips and shoulders on the surface, and the head's top is a guess: they say less than knees and elbows.
_LINES: tuple[tuple[str, str, tuple[int, ...], float], ...] = (
    ("LeftUpLeg", "LeftLeg", (5,), 0.04), ("LeftLeg", "LeftFoot", (6,), 0.04),
    ("LeftArm", "LeftForeArm", (12,), 0.05), ("LeftForeArm", "LeftHand", (13,), 0.05),
    ("Hips", "Neck", (7, 8), 0.06), ("RightArm", "LeftArm", (11, 14), 0.10), ("RightUpLeg", "LeftUpLeg", (1, 4), 0.20),
)  # fmt: skip
_ROUNDS = 6
_MOST = 3.0  # standard deviations, limit of each shape
_SMALLEST_M = 0.05  # m: lengths below are of no person, and the mean body is kept


@dataclass(frozen=True, slots=True)
class Shape:
    """Hold a fitted body in the T-pose, soles at 0; metres."""

    points: Doubles  # (V, 3)
    joints: dict[str, Doubles]  # (3,) by the asset's names
    scale: float  # by which the population's body was multiplied


def body_of(rig: Rig) -> Body:
    """Return the bone lengths of a rig."""
    lengths = np.zeros(17)
    for joint, name in BONE_OF_JOINT.items():
        lengths[joint] = np.linalg.norm(rig.offsets[NAMES.index(name)])
    lengths[10] = np.linalg.norm(rig.ends[NAMES.index("Head")])
    return Body(lengths)


def fit_shape(asset: HumanAsset, body: Body) -> Shape:
    """Return the body with the proportions nearest to the lengths of `body`.

    Persons beyond the population (giants, or units that are not metres) are scaled copies of one within it.
    """
    at = {name: k for k, name in enumerate(asset.joints)}
    start, end = [at[line[0]] for line in _LINES], [at[line[1]] for line in _LINES]
    wanted = np.array([body.lengths[list(line[2])].sum() for line in _LINES])
    share = np.array([line[3] for line in _LINES])
    amount, scale = np.zeros(len(asset.shapes)), 1.0
    mean = asset.joint_mean[end] - asset.joint_mean[start]
    each = asset.joint_shapes[:, end] - asset.joint_shapes[:, start]
    if wanted.min() > _SMALLEST_M:
        for _ in range(_ROUNDS):
            lines = mean + np.einsum("k,klc->lc", amount, each)
            lengths = np.linalg.norm(lines, axis=1)
            slope = np.einsum("klc,lc->lk", each, lines / lengths[:, None])
            error = (wanted - lengths + slope @ amount) / (share * wanted)
            scaled = slope / (share * wanted)[:, None]
            amount = np.linalg.solve(scaled.T @ scaled + np.eye(len(amount)), scaled.T @ error).clip(-_MOST, _MOST)
        lengths = np.linalg.norm(mean + np.einsum("k,klc->lc", amount, each), axis=1)
        scale = float(np.sum(wanted / share) / np.sum(lengths / share))
    points = (asset.mean + np.einsum("k,kvc->vc", amount, asset.shapes)) * scale
    joints = (asset.joint_mean + np.einsum("k,kjc->jc", amount, asset.joint_shapes)) * scale
    return Shape(points, dict(zip(asset.joints, joints, strict=True)), scale)
