"""Test hands in 3D: placement by camera and network, the fit, smoothing, gaps; on hands whose truth is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from pipeline.core.hands.points import Hands
from pipeline.hands.fit import Evidence, fitted
from pipeline.hands.model import HAND_PER_FOREARM, hand_points, relaxed
from pipeline.hands.motion import smoothed
from pipeline.hands.on_skeleton import hands_on_skeleton
from pipeline.hands.place import points_from_wrist
from pipeline.hands.rotations import solve, stretched_length
from tests.helpers.hand_poses import CAMERA, LENGTH_M, SHAPE, forearm, hands_in_motion, moving_pose, seen_by_detector

RATE_HZ = 30.0
FRAMES = 90


def distance_mm(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.norm(one - other, axis=-1) * 1000)


def forearms(frames: int) -> np.ndarray:
    return np.stack([forearm(side, frames) for side in (0, 1)], axis=1)


def test_perfect_points_come_back_at_any_place_in_the_image() -> None:
    joints, wrists = hands_in_motion(40)
    hands = seen_by_detector(joints, np.ones((40, 2), bool))
    placed = points_from_wrist(hands, CAMERA, LENGTH_M)
    assert distance_mm(placed, joints - wrists[:, :, None]).max() < 8
    assert np.median(distance_mm(placed, joints - wrists[:, :, None])) < 3
    none = points_from_wrist(Hands.unseen(3), CAMERA, LENGTH_M)
    assert np.isnan(none).all()


@pytest.mark.parametrize("side", [0, 1])
def test_the_fit_finds_the_hand_behind_its_image(side: int) -> None:
    """Exact image points and no depth: near the truth, and nearer than a relaxed hand."""
    truth, wrists = hands_in_motion(60, seed=4)
    truth, wrists = truth[:, side], wrists[:, side]
    evidence = Evidence(
        CAMERA.rays(CAMERA.project(truth)),
        np.ones((60, 21)),
        np.full((60, 21), np.nan),
        wrists[:, 2],
        forearm(side, 60),
    )
    pose = fitted(evidence, [], SHAPE, side)
    found = distance_mm(hand_points(pose, wrists, SHAPE, side), truth)
    start = distance_mm(hand_points(relaxed(forearm(side, 60)), wrists, SHAPE, side), truth)
    assert np.median(found) < 10
    assert np.median(found) < 0.5 * np.median(start)
    again = fitted(evidence, [], SHAPE, side)
    np.testing.assert_array_equal(again.fingers, pose.fingers)


def test_noisy_hands_stand_on_the_wrists_near_the_truth() -> None:
    joints, wrists = hands_in_motion(FRAMES, seed=1)
    hands = seen_by_detector(joints, np.ones((FRAMES, 2), bool), noise_px=1.5, depth_noise_m=0.02)
    found = hands_on_skeleton(
        hands, wrists, forearms(FRAMES), LENGTH_M / HAND_PER_FOREARM, CAMERA, RATE_HZ, cutoff_hz=6.0
    )
    np.testing.assert_allclose(found.joints[:, :, 0], wrists, atol=1e-9)
    assert np.median(distance_mm(found.joints, joints)[:, :, 1:]) < 14
    np.testing.assert_allclose(stretched_length(found.joints.reshape(-1, 21, 3)), LENGTH_M, rtol=0.02)
    assert found.confidence.min() == pytest.approx(0.95)


def test_an_unseen_hand_is_relaxed_and_an_unseen_person_has_none() -> None:
    joints, wrists = hands_in_motion(FRAMES, seed=2)
    observed = np.ones((FRAMES, 2), bool)
    observed[:, 1] = False
    wrists[:10] = np.nan
    hands = seen_by_detector(joints, observed)
    found = hands_on_skeleton(hands, wrists, forearms(FRAMES), LENGTH_M / HAND_PER_FOREARM, CAMERA, RATE_HZ, 6.0)
    assert np.isnan(found.joints[:10]).all()
    assert np.isfinite(found.joints[10:]).all()
    assert (found.confidence[:, 1] == 0).all()
    assert (found.confidence[10:, 0] > 0).all()
    rest = hand_points(relaxed(forearm(1, FRAMES)[10:]), wrists[10:, 1], SHAPE, 1)
    np.testing.assert_allclose(found.joints[10:, 1], rest, atol=1e-6)


def test_a_long_gap_eases_into_the_relaxed_pose_and_a_short_one_does_not() -> None:
    truth = moving_pose(200, 0, seed=3)
    arm = forearm(0, 200)
    weights = np.full(200, 0.9)
    weights[60:120] = 0  # 2 s
    weights[160:164] = 0  # 0.13 s
    spoilt = moving_pose(200, 0, seed=9)
    for name in ("hand", "fingers", "thumb"):
        getattr(truth, name)[weights == 0] = getattr(spoilt, name)[weights == 0]
    even = smoothed(truth, weights, arm, RATE_HZ, 6.0)
    rest = relaxed(arm)
    assert np.abs(even.fingers - rest.fingers)[85:95].max() < 2.0
    steps = np.abs(np.diff(even.fingers, axis=0)).max(axis=(1, 2))
    assert steps[55:125].max() < 6.0  # degrees a frame: no jump at the ends of the gap
    clean = moving_pose(200, 0, seed=3)
    assert np.abs(even.fingers - clean.fingers)[160:164].mean() < 4.0
    assert np.abs(even.fingers - clean.fingers)[20:50].mean() < 2.0


def test_smoothing_has_no_delay_and_ignores_single_wrong_hands() -> None:
    truth, arm = moving_pose(120, 1, seed=5), forearm(1, 120)
    noisy = moving_pose(120, 1, seed=5)
    rng = np.random.default_rng(0)
    noisy.hand[:] = noisy.hand @ Rotation.from_rotvec(rng.normal(0, np.radians(6), (120, 3))).as_matrix()
    noisy.hand[50] = noisy.hand[50] @ Rotation.from_euler("x", 110, degrees=True).as_matrix()
    even = smoothed(noisy, np.full(120, 0.9), arm, RATE_HZ, 4.0)

    def off(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.degrees(Rotation.from_matrix(np.swapaxes(a, 1, 2) @ b).magnitude())

    assert np.median(off(even.hand, truth.hand)) < 0.6 * np.median(off(noisy.hand, truth.hand))
    assert off(even.hand, truth.hand)[48:53].max() < 15
    shifts = [np.median(off(even.hand[10:-10], truth.hand[10 + k : 110 + k])) for k in (-2, -1, 0, 1, 2)]
    assert int(np.argmin(shifts)) == 2


def test_without_a_cut_off_observed_frames_are_unchanged() -> None:
    truth, arm = moving_pose(60, 0), forearm(0, 60)
    weights = np.full(60, 0.9)
    weights[30:] = 0
    kept = smoothed(truth, weights, arm, RATE_HZ, 0.0)
    np.testing.assert_array_equal(kept.fingers[:30], truth.fingers[:30])
    assert np.abs(kept.fingers[50:] - relaxed(arm).fingers[50:]).max() < 3


def test_the_network_s_own_hands_have_possible_rotations(sample_path: Path) -> None:
    """Real hands: the rotations, within their limits, give back the network's 3D points."""
    from pipeline.detect.mediapipe.detector import MediaPipeDetector
    from pipeline.detect.mediapipe.hands.locate import HandLocator
    from pipeline.sources.file.video import VideoSource

    source, detector, locator = VideoSource(sample_path), MediaPipeDetector(), HandLocator(2)
    left = []
    for frame in source.frames(0.8, 2.0):
        hands = locator.locate(frame.bgr, detector.detect(frame))
        for side in (0, 1):
            joints = hands.relative[hands.observed[:, side], side].astype(np.float64)
            if len(joints):
                joints = joints * (LENGTH_M / stretched_length(joints))[:, None, None]
                pose = solve(joints, SHAPE, side).limited()
                left.append(distance_mm(hand_points(pose, joints[:, 0], SHAPE, side), joints).ravel())
    for part in (source, detector, locator):
        part.close()
    assert len(left) >= 15
    assert np.median(np.concatenate(left)) < 15
