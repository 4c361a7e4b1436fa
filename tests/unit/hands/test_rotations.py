"""Test the hand model and the rotations that are computed from points."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from pipeline.core.hands.points import CHAINS, HAND_POINTS, PARENTS
from pipeline.hands.model import (
    FINGER_LIMITS,
    PALM,
    HandPose,
    axes_of,
    bone_rotations,
    hand_points,
    mirrored_vectors,
    relaxed,
)
from pipeline.hands.rotations import palm_rotation, solve, split_twist, stretched_length
from tests.helpers.hand_poses import LENGTH_M, SHAPE, random_pose

SIDES = [0, 1]


def at(name: str) -> int:
    return HAND_POINTS.index(name)


@pytest.mark.parametrize("side", SIDES)
def test_the_rest_pose_is_that_of_a_t_pose(side: int) -> None:
    flat = HandPose(np.eye(3)[None], np.zeros((1, 4, 4)), np.zeros((1, 5)))
    (joints,) = hand_points(flat, np.zeros((1, 3)), SHAPE, side)
    out = -1.0 if side else 1.0
    finger = joints[at("middle_tip")] - joints[at("middle_mcp")]
    np.testing.assert_allclose(finger / np.linalg.norm(finger), [out, 0, 0], atol=1e-9)
    thumb = joints[at("thumb_tip")] - joints[at("thumb_cmc")]
    np.testing.assert_allclose(thumb / np.linalg.norm(thumb), np.array([out, 0, 1]) / np.sqrt(2), atol=1e-9)
    assert joints[at("index_mcp"), 2] > joints[at("little_mcp"), 2]
    assert stretched_length(joints[None])[0] == pytest.approx(LENGTH_M, rel=0.02)
    fist = HandPose(np.eye(3)[None], np.tile([80.0, 0, 90, 60], (1, 4, 1)), np.zeros((1, 5)))
    (bent,) = hand_points(fist, np.zeros((1, 3)), SHAPE, side)
    assert bent[at("middle_pip"), 1] < -0.03  # fingers bend into the palm, which looks down
    np.testing.assert_allclose(joints[list(PALM)], mirrored_vectors(SHAPE.palm, side))


@pytest.mark.parametrize("side", SIDES)
def test_the_points_are_those_of_the_bones_rotations(side: int) -> None:
    """An animation file walks along the bones; the take has the points. They agree within 0.01 mm."""
    pose = random_pose(200)
    local = bone_rotations(pose, side)
    joints = hand_points(pose, np.zeros((200, 3)), SHAPE, side)
    for finger, chain in enumerate(CHAINS):
        whole = pose.hand
        for bone in range(3):
            whole = whole @ local[:, finger, bone]
            assert PARENTS[chain[bone + 1]] == chain[bone]
            step = SHAPE.bones[finger, bone] * (whole @ axes_of(finger, side).along)
            np.testing.assert_allclose(joints[:, chain[bone]] + step, joints[:, chain[bone + 1]], atol=1e-5)


@pytest.mark.parametrize("side", SIDES)
def test_rotations_to_points_and_back(side: int) -> None:
    pose = random_pose(500, seed=3)
    wrist = np.random.default_rng(0).normal(size=(500, 3))
    joints = hand_points(pose, wrist, SHAPE, side)
    back = solve(joints, SHAPE, side)
    again = hand_points(back.limited(), wrist, SHAPE, side)
    assert np.linalg.norm(again - joints, axis=-1).max() < 0.0055
    assert np.linalg.norm(again[:, 5:] - joints[:, 5:], axis=-1).max() < 1e-6
    np.testing.assert_allclose(back.fingers, pose.fingers, atol=1e-4)
    np.testing.assert_allclose(back.hand, pose.hand, atol=1e-7)


def test_another_size_of_the_points_does_not_change_the_rotations() -> None:
    pose = random_pose(50)
    joints = hand_points(pose, np.zeros((50, 3)), SHAPE, 0)
    back = solve(1.3 * joints + [1.0, 2.0, 3.0], SHAPE, 0)
    np.testing.assert_allclose(back.fingers, pose.fingers, atol=1e-4)


def test_noise_does_not_bend_joints_beyond_their_limits() -> None:
    rng = np.random.default_rng(1)
    joints = hand_points(random_pose(300), np.zeros((300, 3)), SHAPE, 0) + rng.normal(0, 0.02, (300, 21, 3))
    pose = solve(joints, SHAPE, 0).limited()
    assert (pose.fingers >= FINGER_LIMITS[:, 0] - 1e-9).all()
    assert (pose.fingers <= FINGER_LIMITS[:, 1] + 1e-9).all()
    assert (np.linalg.norm(pose.thumb[:, :3], axis=1) < 80.001).all()


def test_the_palm_fit_states_its_distance() -> None:
    joints = hand_points(random_pose(20), np.zeros((20, 3)), SHAPE, 1)
    _, left = palm_rotation(joints, SHAPE, 1)
    assert left.max() < 1e-9
    _, wrong = palm_rotation(joints, SHAPE, 0)
    assert wrong.min() > 0.002


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("twist_deg", [-100.0, -30.0, 0.0, 75.0])
def test_the_forearms_twist_is_split_from_the_wrist(side: int, twist_deg: float) -> None:
    arm = Rotation.random(1, random_state=5)
    along = axes_of(1, side).along
    bend = Rotation.from_euler("zy", [25.0, -12.0], degrees=True)
    hand = arm * Rotation.from_rotvec(np.radians(twist_deg) * along) * bend
    split = split_twist(hand.as_matrix(), arm.as_matrix(), side)
    whole = Rotation.from_rotvec(np.radians(split.twist_deg)[:, None] * along).as_matrix() @ split.swing
    np.testing.assert_allclose(arm.as_matrix() @ whole, hand.as_matrix(), atol=1e-9)
    assert split.twist_deg[0] == pytest.approx(twist_deg, abs=4.0)
    swing = Rotation.from_matrix(split.swing).as_rotvec(degrees=True)[0]
    assert abs(swing @ along) < 1e-6


def test_the_relaxed_hand_is_within_the_limits() -> None:
    pose = relaxed(np.eye(3)[None])
    np.testing.assert_array_equal(pose.limited().fingers, pose.fingers)
    np.testing.assert_array_equal(pose.limited().thumb, pose.thumb)
