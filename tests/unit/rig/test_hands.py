"""Test the hands of a take: on a person in a T-pose before a level camera, whose hands are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from pipeline.core.camera import Camera
from pipeline.core.geometry import camera_from_world, rotation_world_from_camera
from pipeline.core.hands.points import Hands
from pipeline.core.poses import PersonTrack
from pipeline.core.take import SceneEstimate, Track3D
from pipeline.hands.model import HAND_PER_FOREARM, HandPose, hand_points, mean_shape
from pipeline.rig.hands import hands_in_world

FRAMES = 40
CAMERA = Camera((1920, 1080), 60.0)
FOREARM_M = 0.25
SHAPE = mean_shape(HAND_PER_FOREARM * FOREARM_M)
# World: x right in the image, y away from the camera. The person faces the camera, so their left is at +x.
T_POSE = {
    0: (0, 0, 1.0), 1: (-0.1, 0, 0.95), 2: (-0.1, -0.02, 0.5), 3: (-0.1, 0, 0.08), 4: (0.1, 0, 0.95),
    5: (0.1, -0.02, 0.5), 6: (0.1, 0, 0.08), 7: (0, 0, 1.2), 8: (0, 0, 1.45), 9: (0, -0.1, 1.6), 10: (0, 0, 1.75),
    11: (0.18, 0, 1.45), 12: (0.46, 0, 1.45), 13: (0.46 + FOREARM_M, 0, 1.45),
    14: (-0.18, 0, 1.45), 15: (-0.46, 0, 1.45), 16: (-0.46 - FOREARM_M, 0, 1.45),
}  # fmt: skip


def scene() -> SceneEstimate:
    return SceneEstimate(60.0, 4.0, rotation_world_from_camera(4.0), np.array([0.1, -3.0, 1.5]))


def skeleton() -> Track3D:
    joints = np.repeat(np.array([T_POSE[joint] for joint in range(17)], np.float32)[None], FRAMES, axis=0)
    joints[:5] = np.nan
    scores = np.ones((FRAMES, 17), np.float32)
    return Track3D(1, np.arange(FRAMES), np.arange(FRAMES) / 30, joints, scores, "world")


def hands_of_t_pose() -> np.ndarray:
    """Return the hands (T, 2, 21, 3) in the world: flat, palms down, fingers slightly bent and moving."""
    bend = 15 + 10 * np.sin(np.arange(FRAMES) / 6)
    fingers = np.stack([bend, 0 * bend, bend, bend / 2], axis=-1)[:, None].repeat(4, axis=1)
    turn = Rotation.from_euler("x", 20 * np.sin(np.arange(FRAMES)[:, None] / 10), degrees=True).as_matrix()
    both = []
    for side, joint in ((0, 13), (1, 16)):
        rig = hand_points(HandPose(turn, fingers, np.zeros((FRAMES, 5))), np.zeros((FRAMES, 3)), SHAPE, side)
        world = np.stack([rig[..., 0], -rig[..., 2], rig[..., 1]], axis=-1)
        both.append(world + np.array(T_POSE[joint]))
    return np.stack(both, axis=1)


def track(extras: dict[str, np.ndarray]) -> PersonTrack:
    joints, scores = np.zeros((FRAMES, 17, 2), np.float32), np.ones((FRAMES, 17), np.float32)
    return PersonTrack.of(1, np.arange(FRAMES), np.arange(FRAMES) / 30, joints, scores, "coco17", extras)


def observed_hands(world: np.ndarray) -> Hands:
    place = scene()
    camera = camera_from_world(world, place.rotation, place.translation)
    image = CAMERA.project(camera).astype(np.float32)
    relative = (camera - camera.mean(axis=2, keepdims=True)).astype(np.float32)
    return Hands(image, np.full(image.shape[:3], 0.9, np.float32), relative)


def test_hands_stand_on_the_wrists_in_the_world() -> None:
    truth = hands_of_t_pose()
    found = hands_in_world(track(observed_hands(truth).extras), skeleton(), scene(), CAMERA)
    assert found is not None
    assert np.isnan(found.joints[:5]).all()
    np.testing.assert_allclose(found.joints[5:, 0, 0], np.repeat([T_POSE[13]], FRAMES - 5, axis=0), atol=1e-5)
    away = np.linalg.norm(found.joints - truth, axis=-1)[5:] * 1000
    assert np.median(away[:, :, 1:]) < 14
    assert found.shape.length_m == pytest.approx(HAND_PER_FOREARM * FOREARM_M, rel=0.02)
    assert (found.confidence[:5] == 0).all()
    assert found.confidence[5:].min() == pytest.approx(0.9)


def test_rotations_are_those_from_the_t_pose_in_rig_axes() -> None:
    found = hands_in_world(track(observed_hands(hands_of_t_pose()).extras), skeleton(), scene(), CAMERA)
    assert found is not None
    turn = 20 * np.sin(np.arange(FRAMES) / 10)
    for pose in found.poses:
        true = Rotation.from_euler("x", turn[5:, None], degrees=True)
        off = np.degrees((Rotation.from_matrix(pose.hand[5:]).inv() * true).magnitude())
        assert np.median(off) < 15


def test_hands_are_the_same_before_a_camera_that_turns() -> None:
    truth = hands_of_t_pose()
    hands = observed_hands(truth)
    turn = np.radians(np.linspace(-15, 15, FRAMES))[:, None] * [0.2, 1.0, 0.0]
    from_turned = Rotation.from_rotvec(turn).as_matrix()
    rays = np.concatenate([CAMERA.rays(hands.joints_image), np.ones((*hands.scores.shape, 1))], -1)
    rays = np.einsum("tji,t...j->t...i", from_turned, rays)
    image = rays[..., :2] / rays[..., 2:] * CAMERA.focal_px + CAMERA.middle_px
    turned = replace(
        hands,
        joints_image=image.astype(np.float32),
        relative=np.einsum("tji,t...j->t...i", from_turned, hands.relative).astype(np.float32),
    )
    still = hands_in_world(track(hands.extras), skeleton(), scene(), CAMERA)
    found = hands_in_world(track(turned.extras), skeleton(), replace(scene(), turn=turn), CAMERA)
    assert still is not None
    assert found is not None
    assert np.nanmedian(np.linalg.norm(found.joints - still.joints, axis=-1)) < 0.003
    for one, other in zip(still.poses, found.poses, strict=True):
        off = Rotation.from_matrix(one.hand[5:]).inv() * Rotation.from_matrix(other.hand[5:])
        assert np.degrees(np.median(off.magnitude())) < 1


def test_a_take_without_hands_has_none() -> None:
    assert hands_in_world(track({}), skeleton(), scene(), CAMERA) is None
    assert hands_in_world(track(Hands.unseen(FRAMES).extras), skeleton(), scene(), CAMERA) is None
