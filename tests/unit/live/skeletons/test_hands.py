"""Test hands of a live run: on the wrist, as observed, unknown after a while, carried with the wrist in the picture."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.camera import Camera, VideoInfo
from pipeline.core.config import SceneConfig
from pipeline.core.hands.points import Hands
from pipeline.hands.model import HAND_PER_FOREARM, HandPose, hand_points, mean_shape
from pipeline.live.skeletons.hands import LivePersonHands

CAMERA = Camera.of(VideoInfo("", "", 1280, 720, 30.0, 0, 0.0), SceneConfig(fov_deg=60.0))
FOREARM_M, LEFT_WRIST = 0.25, 13


def skeleton() -> np.ndarray:
    joints = np.zeros((17, 3))
    joints[[12, 15]] = [[-0.32, 0.0, 3.0], [-0.92, 0.0, 3.0]]  # the left hand is near the middle of the picture
    joints[[13, 16]] = joints[[12, 15]] + [[FOREARM_M, 0, 0], [-FOREARM_M, 0, 0]]
    return joints


def truth() -> np.ndarray:
    """Return a bent left hand (21, 3) on its wrist, camera axes."""
    from scipy.spatial.transform import Rotation

    turn = Rotation.from_euler("xyz", [200, 20, 10], degrees=True).as_matrix()[None]
    pose = HandPose(turn, np.tile([20.0, 0.0, 40.0, 20.0], (1, 4, 1)), np.array([[0.0, 0.0, 0.0, 20.0, 20.0]]))
    shape = mean_shape(HAND_PER_FOREARM * FOREARM_M)
    return hand_points(pose, skeleton()[None, LEFT_WRIST], shape, 0)[0]


def observed(points: np.ndarray) -> Hands:
    hands = Hands.unseen(1)
    hands.joints_image[0, 0] = CAMERA.project(points)
    hands.scores[0, 0] = 0.9
    hands.relative[0, 0] = points - points.mean(axis=0)
    return hands


def test_a_seen_hand_is_on_its_wrist_as_it_was_seen():
    own = LivePersonHands()
    for index in range(10):
        own.push(index / 30, observed(truth()), CAMERA)
    shown = own.shown(9 / 30, skeleton())
    assert np.linalg.norm(shown[0] - truth(), axis=-1).max() < 0.012
    assert shown[0, 0] == pytest.approx(skeleton()[LEFT_WRIST], abs=1e-9)
    assert np.isnan(shown[1]).all()


def test_a_hand_that_is_lost_is_held_for_a_moment_only():
    own = LivePersonHands()
    own.push(0.0, observed(truth()), CAMERA)
    own.push(0.1, Hands.unseen(1), CAMERA)
    assert np.isfinite(own.shown(0.2, skeleton())[0]).all()
    assert np.isnan(own.shown(0.5, skeleton())[0]).all()
