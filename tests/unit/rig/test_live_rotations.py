"""Test live rotations: exact joints, as steady as for a whole take, no jump after a gap."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from pipeline.rig.live_rotations import LivePose, LiveSolver
from pipeline.rig.rotations import solve
from pipeline.rig.skeleton import NAMES, forward_kinematics, h36m_from_rig, rig_from_world
from tests.helpers.live.people import t_pose, walk
from tests.helpers.motion import RATE_HZ


def poses(joints: np.ndarray, rate_hz: float = RATE_HZ) -> list[LivePose]:
    solver = LiveSolver()
    return [solver(frame, index / rate_hz) for index, frame in enumerate(joints)]


def rotations(joints: np.ndarray, rate_hz: float = RATE_HZ) -> np.ndarray:
    return np.stack([pose.rotations for pose in poses(joints, rate_hz)])


def placed(pose: LivePose) -> np.ndarray:
    return h36m_from_rig(*forward_kinematics(pose.rig, pose.root[None], pose.rotations[None]))[0]


def turn_deg(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.degrees(2 * np.arccos(np.clip(np.abs((one * other).sum(axis=-1)), 0, 1)))


@pytest.mark.parametrize("name", ["jump", "walk"])
@pytest.mark.parametrize("every", [1, 2])
def test_exact_and_as_steady_as_the_whole_take(name, every):
    joints, rate_hz = walk(name)[::every], RATE_HZ / every
    found = poses(joints, rate_hz)
    again = np.stack([placed(pose) for pose in found])
    assert np.abs(again - rig_from_world(joints)).max() < 1e-6
    turns = np.stack([pose.rotations for pose in found])
    whole = solve(rig_from_world(joints), np.arange(len(joints)) / rate_hz, rate_hz).rotations
    assert turn_deg(turns[1:], turns[:-1]).max() < 1.1 * turn_deg(whole[1:], whole[:-1]).max()
    assert np.percentile(turn_deg(turns, whole), 95) < 4
    assert (turns[1:] * turns[:-1]).sum(axis=-1).min() > 0.9


def test_bones_that_tremble_become_constant_and_the_pose_stays_exact():
    joints = walk() + np.random.default_rng(0).normal(size=walk().shape) * 0.01
    found = poses(joints)
    for pose, frame in list(zip(found, joints, strict=True))[20::20]:
        assert np.abs(placed(pose) - pose.joints).max() < 1e-6
        assert np.abs(pose.joints - rig_from_world(frame)).max() < 0.12
    lengths = np.array([np.linalg.norm(pose.rig.offsets[NAMES.index("LeftForeArm")]) for pose in found[30:]])
    assert np.ptp(lengths) < 0.01  # in the frames themselves it is 0.05


def test_t_pose_is_zero_rotation():
    pose = poses(np.repeat(t_pose()[None], 3, axis=0))[-1]
    assert turn_deg(pose.rotations, np.array([0, 0, 0, 1.0])).max() < 0.1


def arm(bend_deg: float, twist_deg: float) -> np.ndarray:
    """Build a T-pose with the left elbow bent in a plane rotated about the upper arm."""
    joints = t_pose()
    along = joints[12] - joints[11]
    along /= np.linalg.norm(along)
    fore = joints[13] - joints[12]
    forward = np.array([0, -1.0, 0])
    fore = Rotation.from_rotvec(np.cross(along, forward) * np.radians(bend_deg)).apply(fore)
    joints[13] = joints[12] + Rotation.from_rotvec(along * np.radians(twist_deg)).apply(fore)
    return joints


def test_a_straight_arm_keeps_the_plane_it_had_and_then_rests():
    bent, straight = [arm(60, 50)] * 30, [arm(0, 50)] * 120
    noise = np.random.default_rng(0).normal(size=(150, 3)) * 0.005
    joints = np.stack(bent + straight)
    joints[:, 13] += noise
    upper = rotations(joints)[:, NAMES.index("LeftArm")]
    twist = np.degrees(Rotation.from_quat(upper).as_rotvec()[:, 0])
    assert twist[29] == pytest.approx(-50, abs=8) or twist[29] == pytest.approx(50, abs=8)
    assert np.abs(twist[30:60] - twist[29]).max() < 25  # straight for half a second
    assert abs(twist[-1]) < 25  # two seconds later nothing is known any more
    assert np.abs(np.diff(twist)).max() < 6


def test_the_plane_that_swings_round_at_once_turns_the_arm_in_steps():
    joints = np.stack([arm(40, 0)] * 20 + [arm(40, 175)] * 60)
    upper = rotations(joints)[:, NAMES.index("LeftArm")]
    steps = turn_deg(upper[1:], upper[:-1])
    assert steps.max() < 10.5  # 600 degrees a second
    assert steps.sum() > 150  # and it arrives


@pytest.mark.parametrize("gap_s", [0.3, 5.0])
def test_the_first_frame_after_a_gap_does_not_spin(gap_s):
    """A returning pose has the same rotations and signs at once, without settling."""
    joints, solver = walk(), LiveSolver()
    for index in range(40):
        before = solver(joints[index], index / RATE_HZ).rotations
    after = [solver(joints[39], 40 / RATE_HZ + gap_s + index / RATE_HZ).rotations for index in range(10)]
    assert turn_deg(after[0], before).max() < 12
    assert (after[0] * before).sum(axis=-1).min() > 0.9
    assert turn_deg(np.stack(after[1:]), np.stack(after[:-1])).max() < 4


def test_turned_round_during_a_gap_the_body_is_there_at_once():
    joints, solver = walk(), LiveSolver()
    solver(joints[0], 0.0)
    about = joints[0, 0] * [1, 1, 0]
    back = (joints[0] - about) * [-1, -1, 1] + about
    first = solver(back, 4.0).rotations
    later = [solver(back, 4.0 + index / RATE_HZ).rotations for index in range(1, 20)]
    assert turn_deg(np.stack(later), first).max() < 4


def test_a_clock_that_is_set_back_is_a_gap():
    joints, solver = walk(), LiveSolver()
    for index in range(20):
        solver(joints[index], 100 + index / RATE_HZ)
    turns = np.stack([solver(joints[index], index / RATE_HZ).rotations for index in range(20)])
    assert np.isfinite(turns).all()
    assert turn_deg(turns[1:], turns[:-1]).max() < 15
