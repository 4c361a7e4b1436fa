"""The body of a take's person: its joints are the take's, in every frame with the person."""

from __future__ import annotations

import dataclasses

import numpy as np

from pipeline.human.motion import BONES, human_motion
from pipeline.human.skinning import move_points
from pipeline.rig.skeleton import BONE_OF_JOINT, rig_from_world
from tests.helpers.motion import clip, facing_camera, scene

GAP = slice(90, 100)


def test_the_joints_of_the_moved_body_are_those_of_the_take() -> None:
    take = scene(facing_camera(clip("jump"))).take()
    (track,) = take.tracks3d
    joints = track.joints.copy()
    joints[GAP] = np.nan
    track = dataclasses.replace(track, joints=joints)
    motion = human_motion(track, take.track2d(track.person), take.scene, take.camera)
    assert motion is not None
    seen = 0
    for row, joints in enumerate(track.joints.astype(np.float64)):
        motions = motion.at(row)
        assert (motions is not None) == np.isfinite(joints).all()
        if motions is None:
            continue
        seen += 1
        for joint, name in BONE_OF_JOINT.items():
            bone = [BONES.index(name)]
            place = move_points(motions[bone].astype(np.float64), motion.figure.rest[bone])[0]
            assert np.linalg.norm(place - rig_from_world(joints[joint])) < 0.001, (row, name)
    assert 0 < seen < len(track.joints)
