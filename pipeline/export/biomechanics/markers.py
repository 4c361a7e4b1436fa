"""Make the markers of a person for TRC and C3D: the joints, and the toe tips where known."""

from __future__ import annotations

import numpy as np

from ...core.arrays import Doubles
from ...rig.foot_directions import ANKLES, foot_directions, foot_length
from ..tracks import SelectedPerson

# Pose2Sim's names in the order of H36M-17. Its neck is the middle of the shoulders, its head the top of the head.
JOINTS = (
    "Hip", "RHip", "RKnee", "RAnkle", "LHip", "LKnee", "LAnkle", "Spine", "Neck", "Nose", "Head", "LShoulder", "LElbow",
    "LWrist", "RShoulder", "RElbow", "RWrist",
)  # fmt: skip
TOES = ("LBigToe", "RBigToe")


def feet(person: SelectedPerson) -> Doubles | None:
    """Return unit vectors from ankles to toes (T, 2, 3), left and right, world, NaN = unknown.

    None if the detector finds no toes.
    """
    track2d, scene, world = person.track2d, person.scene, person.joints_world
    if track2d is None or scene is None or len(track2d.joints_image) != len(world):
        return None
    return foot_directions(world, track2d, scene, person.camera)


def markers(person: SelectedPerson) -> tuple[tuple[str, ...], Doubles]:
    """Return names and positions (T, M, 3), world, metres, NaN = unknown.

    Toes are included only if known in some frame. Raises `OutputError` if the take has no world space.
    """
    world, ways = person.joints_world, feet(person)
    if ways is None or not np.isfinite(ways).any():
        return JOINTS, world
    return JOINTS + TOES, np.concatenate([world, world[:, ANKLES] + foot_length(world) * ways], axis=1)
