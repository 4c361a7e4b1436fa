"""Test rotations: exact joints, no flips, no invented twist."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from pipeline.body.bones import measure_body
from pipeline.body.stature import chain_length
from pipeline.rig.euler import euler_zxy
from pipeline.rig.resample import resample
from pipeline.rig.rotations import RigPose, solve
from pipeline.rig.skeleton import NAMES, PARENTS, forward_kinematics, h36m_from_rig, rig_for, rig_from_world
from tests.helpers.motion import RATE_HZ, clip, constant_bones, facing_camera


def in_rig(name: str, noise_m: float = 0.0) -> np.ndarray:
    joints = facing_camera(clip(name))
    noise = np.random.default_rng(0).normal(size=joints.shape) * noise_m
    noise[:, 0] = 0
    joints = constant_bones(joints + noise, float(np.median(chain_length(joints))))
    return rig_from_world(joints)


def pose_of(joints: np.ndarray) -> RigPose:
    return solve(joints, np.arange(len(joints)) / RATE_HZ, RATE_HZ)


def turn_per_frame(rotations: np.ndarray) -> np.ndarray:
    """Return the rotation of each bone from frame to frame, (T - 1, 21) degrees."""
    dot = np.abs((rotations[1:] * rotations[:-1]).sum(axis=-1))
    return np.degrees(2 * np.arccos(np.clip(dot, 0, 1)))


@pytest.mark.parametrize("name", ["jump", "walk"])
@pytest.mark.parametrize("noise_m", [0.0, 0.02])
def test_all_17_joints_come_back(name, noise_m):
    joints = in_rig(name, noise_m)
    pose = pose_of(joints)
    again = h36m_from_rig(*forward_kinematics(rig_for(measure_body(joints)), pose.root, pose.rotations))
    assert np.abs(again - joints).max() < 1e-6


@pytest.mark.parametrize("name", ["jump", "walk"])
def test_nothing_flips(name):
    pose = pose_of(in_rig(name))
    assert turn_per_frame(pose.rotations).max() < 15
    assert (pose.rotations[1:] * pose.rotations[:-1]).sum(axis=-1).min() > 0  # signs are continuous too


def test_t_pose_is_zero_rotation():
    rig = rig_for(measure_body(in_rig("jump")))
    rest = np.zeros((4, len(NAMES), 4))
    rest[..., 3] = 1
    joints = h36m_from_rig(*forward_kinematics(rig, np.zeros((4, 3)), rest))
    pose = pose_of(joints)
    assert np.degrees(Rotation.from_quat(pose.rotations.reshape(-1, 4)).magnitude()).max() < 0.1


def limb(elbow_deg: np.ndarray) -> np.ndarray:
    """Build a T-pose with the left arm hanging and its elbow bent forward by the given angles."""
    rig = rig_for(measure_body(in_rig("jump")))
    turns = np.zeros((len(elbow_deg), len(NAMES), 4))
    turns[..., 3] = 1
    turns[:, NAMES.index("LeftArm")] = Rotation.from_euler("z", -80, degrees=True).as_quat()
    turns[:, NAMES.index("LeftForeArm")] = Rotation.from_euler("y", -elbow_deg[:, None], degrees=True).as_quat()
    return h36m_from_rig(*forward_kinematics(rig, np.zeros((len(elbow_deg), 3)), turns))


def test_a_bent_elbow_is_a_hinge():
    pose = pose_of(limb(np.full(60, 70.0)))
    found = Rotation.from_quat(pose.rotations[30, NAMES.index("LeftForeArm")])
    assert found.as_euler("YXZ", degrees=True) == pytest.approx([-70, 0, 0], abs=0.5)


def test_a_straight_arm_keeps_the_plane_it_had():
    """The arm swings out with a twist of 50 degrees and is straight (and noisy) for half a second."""
    bend = np.concatenate(
        [np.full(40, 60.0), np.linspace(60, 0, 10), np.zeros(30), np.linspace(0, 60, 10), np.full(40, 60.0)]
    )
    joints = limb(bend)
    # Twist the bend plane: turn the forearm about the upper arm.
    axis = joints[:, 12] - joints[:, 11]
    axis /= np.linalg.norm(axis, axis=1, keepdims=True)
    joints[:, 13] = joints[:, 12] + Rotation.from_rotvec(axis * np.radians(50)).apply(joints[:, 13] - joints[:, 12])
    noise = np.random.default_rng(0).normal(size=(len(bend), 3)) * 0.01
    joints[:, 13] += noise
    pose = pose_of(joints)
    upper = Rotation.from_quat(pose.rotations[:, NAMES.index("LeftArm")])
    bent_before = upper[20]
    twist = np.degrees((bent_before.inv() * upper).magnitude())
    assert twist[:130].max() < 25  # noise alone would send it anywhere between 0 and 180
    assert turn_per_frame(pose.rotations)[:, NAMES.index("LeftArm")].max() < 6


def test_a_knee_that_bends_backward_by_noise_does_not_turn_the_leg():
    joints = limb(np.zeros(60))
    joints[:, 6] += [0, 0, 0.08]  # the left ankle in front of the straight leg: 11 degrees the wrong way
    pose = pose_of(joints)
    forward = Rotation.from_quat(pose.rotations[:, NAMES.index("LeftUpLeg")]).apply([0, 0, 1.0])
    assert forward[:, 2].min() > 0.9


def test_hands_and_feet_rest():
    pose = pose_of(in_rig("walk"))
    for name in ("LeftHand", "RightHand", "LeftFoot", "RightFoot", "LeftToeBase", "RightToeBase"):
        assert np.allclose(pose.rotations[:, NAMES.index(name)], [0, 0, 0, 1], atol=1e-6)


def test_knees_and_toes_point_forward_when_walking():
    joints = in_rig("walk")
    pose = pose_of(joints)
    places, ends = forward_kinematics(rig_for(measure_body(joints)), pose.root, pose.rotations)
    going = joints[-1, 0] - joints[0, 0]
    going /= np.linalg.norm(going)
    for side in ("Left", "Right"):
        toes = ends[NAMES.index(f"{side}ToeBase")] - places[:, NAMES.index(f"{side}Foot")]
        assert ((toes @ going) / np.linalg.norm(toes, axis=1)).mean() > 0.7


def test_euler_angles_are_the_same_rotations_and_continuous():
    rng = np.random.default_rng(0)
    steps = Rotation.from_rotvec(rng.normal(size=(400, 3)) * 0.15)
    turns = [Rotation.identity()]
    for step in steps:
        turns.append(step * turns[-1])
    quaternions = Rotation.concatenate(turns).as_quat()[:, None]
    angles = euler_zxy(quaternions)
    again = Rotation.from_euler("ZXY", angles[:, 0], degrees=True)
    assert (again * Rotation.from_quat(quaternions[:, 0]).inv()).magnitude().max() < 1e-6
    assert np.abs(np.diff(angles, axis=0)).max() < 180


def test_spinning_is_unwrapped():
    spin = np.arange(0, 1440, 7.0)
    angles = euler_zxy(Rotation.from_euler("y", spin[:, None], degrees=True).as_quat()[:, None])
    assert np.allclose(angles[:, 0, 2], spin, atol=1e-6)
    # Past 90 degrees about x the other triple of angles is used, so x does not bounce at 90.
    angles = euler_zxy(Rotation.from_euler("x", spin[:, None], degrees=True).as_quat()[:, None])
    assert np.allclose(angles[:, 0, 1], spin, atol=1e-5)


def test_gimbal_lock_is_still_the_right_rotation():
    locked = Rotation.from_euler("ZXY", [[30, 90, 20], [10, -90, 50]], degrees=True)
    again = Rotation.from_euler("ZXY", euler_zxy(locked.as_quat()[:, None])[:, 0], degrees=True)
    assert (again * locked.inv()).magnitude().max() < 1e-5


def test_resample_bridges_gaps_and_holds_ends():
    turns = np.zeros((2, len(NAMES), 4))
    turns[..., 3] = 1
    turns[1, 0] = Rotation.from_euler("y", 90, degrees=True).as_quat()
    pose = RigPose(np.array([1.0, 2.0]), np.array([[0.0, 1, 0], [2.0, 1, 0]]), turns)
    out = resample(pose, np.array([0.0, 1.0, 1.5, 2.0, 9.0]))
    assert np.allclose(out.root[:, 0], [0, 0, 1, 2, 2])
    yaw = Rotation.from_quat(out.rotations[:, 0]).as_euler("yxz", degrees=True)[:, 0]
    assert np.allclose(yaw, [0, 0, 45, 90, 90], atol=1e-6)


def test_one_frame():
    joints = in_rig("jump")[:1]
    pose = resample(pose_of(joints), np.arange(5) / 30)
    assert pose.rotations.shape == (5, len(NAMES), 4)
    assert np.ptp(pose.rotations, axis=0).max() == 0


def test_left_stays_left_on_the_way_to_the_rig():
    turn = np.stack([rig_from_world(axis) for axis in np.eye(3)], axis=1)
    assert np.linalg.det(turn) == pytest.approx(1)  # no mirror
    assert np.allclose(rig_from_world(np.array([0.0, -1, 0])), [0, 0, 1])  # facing the camera is facing +z
    assert np.allclose(rig_from_world(np.array([0.0, 0, 1])), [0, 1, 0])


def test_the_rig_has_the_shape_that_automatic_mapping_wants():
    def children(name: str) -> set[str]:
        return {NAMES[i] for i, parent in enumerate(PARENTS) if parent == NAMES.index(name)}

    assert children("Hips") == {"Spine", "LeftUpLeg", "RightUpLeg"}
    assert children("Spine1") == {"Neck", "LeftShoulder", "RightShoulder"}
    assert all(parent < bone for bone, parent in enumerate(PARENTS))
