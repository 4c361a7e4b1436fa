"""Make a take of a person whose hands turn and bend, seen by a detector in some frames."""

from __future__ import annotations

import dataclasses

import numpy as np

from pipeline.core.geometry import camera_from_world
from pipeline.core.take import Take
from pipeline.hands.model import HandPose, hand_points
from pipeline.rig.rotations import solve
from pipeline.rig.skeleton import rig_for, rig_from_world
from pipeline.rig.with_hands import global_rotation
from tests.helpers.hand_poses import SHAPE, forearm, moving_pose
from tests.helpers.motion import CAMERA, clip, facing_camera, make_take, scene

WRISTS = (13, 16)


def world_from_rig(points: np.ndarray) -> np.ndarray:
    return np.stack([points[..., 0], -points[..., 2], points[..., 1]], axis=-1)


def hands_on(joints_world: np.ndarray, rate_hz: float, seed: int = 0) -> np.ndarray:
    """Return points (T, 2, 21, 3), world, of hands that move on the wrists of joints (T, 17, 3), constant bones."""
    from pipeline.body.bones import measure_body

    joints = rig_from_world(joints_world.astype(np.float64))
    count = len(joints)
    body = solve(joints, np.arange(count) / rate_hz, rate_hz)
    rig = rig_for(measure_body(joints))
    both = []
    for side, name in enumerate(("Left", "Right")):
        moving = moving_pose(count, side, seed)
        turn = np.swapaxes(forearm(side, count), 1, 2) @ moving.hand
        along = global_rotation(rig, body.rotations, rig.names.index(f"{name}ForeArm"))
        pose = HandPose(along @ turn, moving.fingers, moving.thumb)
        both.append(hand_points(pose, joints[:, WRISTS[side]], SHAPE, side))
    return world_from_rig(np.stack(both, axis=1))


def take_with_hands(gap: np.ndarray | None = None, rate_hz: float = 60.0, right_unseen: slice = slice(0, 60)) -> Take:
    """Return the jump with hands; `gap` (205,) are frames without the person, `right_unseen` without the right hand."""
    from tests.helpers.motion import hidden

    one = scene(facing_camera(clip("jump")), rate_hz=rate_hz)
    take = make_take([one.person], one.info, one.config)
    world = take.tracks3d[0].joints.astype(np.float64)
    assert take.scene is not None
    points = camera_from_world(hands_on(world, rate_hz), take.scene.rotation, take.scene.translation)
    hands = np.concatenate([CAMERA.project(points), np.full((*points.shape[:3], 1), 0.8)], axis=-1).astype(np.float32)
    hands[right_unseen, 1] = np.nan
    relative = (points - points.mean(axis=2, keepdims=True)).astype(np.float16)
    extras = {"hands": hands, "hands_relative": relative}
    if gap is not None:
        take = make_take([hidden(one.person, gap)], one.info, one.config)
    return dataclasses.replace(take, tracks2d=(dataclasses.replace(take.tracks2d[0], extras=extras),))
