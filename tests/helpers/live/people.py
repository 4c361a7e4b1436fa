"""Make live results from real motion."""

from __future__ import annotations

import numpy as np

from pipeline.body.bones import measure_body
from pipeline.body.stature import chain_length
from pipeline.core.camera import Frame
from pipeline.core.live import LivePerson, LiveResult, LiveStats
from pipeline.core.poses import Pose2D
from pipeline.rig.skeleton import NAMES, forward_kinematics, h36m_from_rig, rig_for, rig_from_world
from tests.helpers.motion import RATE_HZ, clip, constant_bones, facing_camera

IMAGE = np.zeros((4, 6, 3), np.uint8)


def walk(name: str = "walk") -> np.ndarray:
    """Return (T, 17, 3) world, metres: a walk with constant bones that starts facing the camera."""
    joints = facing_camera(clip(name))
    return constant_bones(joints, float(np.median(chain_length(joints))))


def t_pose() -> np.ndarray:
    """Return (17, 3) world, metres: the rest pose on the floor, facing the camera."""
    rig = rig_for(measure_body(rig_from_world(walk())))
    rest = np.zeros((1, len(NAMES), 4))
    rest[..., 3] = 1
    joints = h36m_from_rig(*forward_kinematics(rig, np.array([[0.0, rig.hips_m, 0.0]]), rest))[0]
    return np.stack([joints[:, 0], -joints[:, 2], joints[:, 1]], axis=-1)


def person(joints: np.ndarray, number: int = 1) -> LivePerson:
    return LivePerson(
        number, joints.astype(np.float32), np.full(17, 0.9, np.float32), np.full((17, 2), np.nan, np.float32)
    )


def result(index: int, *people: LivePerson, time_s: float | None = None) -> LiveResult:
    time_s = index / RATE_HZ if time_s is None else time_s
    pose = Pose2D(
        np.zeros((len(people), 4), np.float32), np.zeros((len(people), 17, 2), np.float32),
        np.ones((len(people), 17), np.float32), "h36m17",
    )  # fmt: skip
    numbers = tuple(one.person for one in people)
    return LiveResult(Frame(index, time_s, IMAGE), pose, numbers, people, time_s, False, LiveStats())
