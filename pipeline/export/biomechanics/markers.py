"""Markers of a person for the formats of laboratories (TRC, C3D): the joints, and the tips of the toes where known."""

from __future__ import annotations

import numpy as np

from ...core.arrays import Doubles
from ...core.take import Take, Track3D
from ...rig.foot_directions import ANKLES, foot_directions, foot_length
from ..tracks import world_joints

# Pose2Sim's names in the order of H36M-17. Its neck is the middle of the shoulders, its head the top of the head.
JOINTS = (
    "Hip", "RHip", "RKnee", "RAnkle", "LHip", "LKnee", "LAnkle", "Spine", "Neck", "Nose", "Head", "LShoulder", "LElbow",
    "LWrist", "RShoulder", "RElbow", "RWrist",
)  # fmt: skip
TOES = ("LBigToe", "RBigToe")


def feet(take: Take, track: Track3D, world: Doubles) -> Doubles | None:
    """Unit vectors from the ankles to the toes (T, 2, 3), left and right, world, NaN = not known, for the joints
    (T, 17, 3) of the whole track; None if the detector finds no toes."""
    track2d, scene = take.track2d(track.person), take.scene
    if track2d is None or scene is None or len(track2d.joints_image) != len(world):
        return None
    return foot_directions(world, track2d, scene, take.camera)


def markers(take: Take, track: Track3D) -> tuple[tuple[str, ...], Doubles]:
    """Names and places (T, M, 3), world, metres, NaN = not known. Toes only if they are known in some frame.

    Raises `OutputError` if the take has no world.
    """
    world = world_joints(take, track)
    ways = feet(take, track, world)
    if ways is None or not np.isfinite(ways).any():
        return JOINTS, world
    return JOINTS + TOES, np.concatenate([world, world[:, ANKLES] + foot_length(world) * ways], axis=1)
