"""Test that hands and face of a whole-body network arrive in the detector's extras, by side and in image pixels."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.camera import Frame
from pipeline.core.config import DetectConfig
from pipeline.core.hands.points import HAND_POINTS, Hands
from pipeline.core.hands.whole_body import beyond_body_extras
from pipeline.core.poses import PersonTrack, Pose2D
from pipeline.core.skeletons import FACE_MIRROR, SKELETONS
from pipeline.detect.mmpose.topdown import MMPoseTopDown
from tests.helpers.mmpose_models import HALPE, RTMPOSE, WHOLEBODY, config_of, random_network

HAND_NAMES = (
    "hand_root", *(f"{name}{number}" for name in ("thumb", "forefinger", "middle_finger", "ring_finger", "pinky_finger")
                   for number in (1, 2, 3, 4)),
)  # fmt: skip


def whole_person() -> tuple[np.ndarray, np.ndarray]:
    """Return points (133, 2) in crop pixels of a person whose every point is elsewhere, and scores (133,)."""
    rng = np.random.default_rng(0)
    joints = np.column_stack([rng.uniform(40, 150, 133), rng.uniform(20, 230, 133)])
    return joints.astype(np.float32), np.linspace(0.6, 0.9, 133).astype(np.float32)


def test_the_order_is_that_of_the_data_set() -> None:
    """Names by MMPose's own description of COCO-WholeBody."""
    from mmengine.config import Config

    from pipeline.detect.mmpose.config import config_file

    listed = Config.fromfile(config_file("mmpose::_base_/datasets/coco_wholebody.py")).dataset_info.keypoint_info
    names = [listed[number]["name"] for number in range(133)]
    assert names[91:112] == [f"left_{name}" for name in HAND_NAMES]
    assert names[112:] == [f"right_{name}" for name in HAND_NAMES]
    assert len(HAND_NAMES) == len(HAND_POINTS)
    swaps = {names[23 + i]: names[23 + int(FACE_MIRROR[i])] for i in range(68)}
    for number in range(68):
        theirs = listed[23 + number]["swap"] or names[23 + number]
        assert swaps[names[23 + number]] == theirs


def test_only_whole_body_networks_have_more_than_a_body() -> None:
    assert list(config_of(WHOLEBODY).beyond_body) == list(range(23, 133))
    assert not config_of(RTMPOSE).beyond_body
    assert not config_of(HALPE).beyond_body


def test_hands_and_face_come_back_in_image_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    network = random_network(WHOLEBODY)
    joints, scores = whole_person()

    def poses(crops: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        return np.repeat(joints[None], len(crops), axis=0), np.repeat(scores[None], len(crops), axis=0)

    monkeypatch.setattr(network, "poses", poses)
    detector = MMPoseTopDown(network, "random", "0" * 16, DetectConfig())
    start = Pose2D(
        np.array([[100, 50, 300, 350]], np.float32),
        np.random.default_rng(1).uniform((100, 50), (300, 350), (1, 23, 2)).astype(np.float32),
        np.full((1, 23), 0.9, np.float32),
        "coco23",
    )
    detector.reset()
    detector.resume(start, 0.0, (640, 480))
    seen = detector.detect(Frame(1, 0.1, np.zeros((480, 640, 3), np.uint8)))
    detector.close()
    assert seen.joints_image.shape == (1, 23, 2)
    # The affine map of the crop follows from the body's points, and holds for hands and face.
    design = np.column_stack([joints[:23], np.ones(23)])
    image_from_crop = np.linalg.lstsq(design, seen.joints_image[0], rcond=None)[0]
    expected = np.column_stack([joints, np.ones(133)]) @ image_from_crop
    hands = Hands.of(seen.extras)
    assert hands is not None
    np.testing.assert_allclose(seen.extras["face"][0, :, :2], expected[23:91], atol=1e-2)
    np.testing.assert_allclose(hands.joints_image[0, 0], expected[91:112], atol=1e-2)
    np.testing.assert_allclose(hands.joints_image[0, 1], expected[112:], atol=1e-2)
    np.testing.assert_allclose(hands.scores[0, 1], scores[112:], atol=1e-6)
    assert np.isnan(hands.relative).all()


def test_unsure_and_small_parts_are_not_observed() -> None:
    joints, scores = whole_person()
    points = np.column_stack([joints, scores])[23:].astype(np.float32)
    unsure, small, lost = points.copy(), points.copy(), points.copy()
    unsure[:, 2] = 0.2
    small[:, :2] /= 10
    lost[70] = np.nan
    hands = Hands.of(beyond_body_extras(np.stack([points, unsure, small, lost])))
    assert hands is not None
    assert hands.observed.tolist() == [[True, True], [False, False], [False, False], [False, True]]
    faces = beyond_body_extras(np.stack([points, unsure]))["face"]
    assert np.isfinite(faces[0]).all()
    assert np.isnan(faces[1]).all()


def test_mirroring_a_track_exchanges_its_hands_and_halves_of_the_face() -> None:
    joints, scores = whole_person()
    points = np.column_stack([joints, scores])[23:].astype(np.float32)
    extras = beyond_body_extras(points[None])
    names = len(SKELETONS["coco23"].names)
    body = np.zeros((1, names, 2), np.float32)
    track = PersonTrack.of(1, np.arange(1), np.zeros(1), body, np.ones((1, names), np.float32), "coco23", extras)
    other = track.mirrored().extras
    np.testing.assert_array_equal(other["hands"][0, 0], extras["hands"][0, 1])
    np.testing.assert_array_equal(other["face"][0, 0], extras["face"][0, 16])
    np.testing.assert_array_equal(other["face"][0, FACE_MIRROR], extras["face"][0])


def test_hands_move_with_the_image_and_keep_their_scores() -> None:
    joints, scores = whole_person()
    points = np.column_stack([joints, scores])[23:].astype(np.float32)
    body = np.zeros((1, 23, 2), np.float32)
    extras = beyond_body_extras(points[None])
    pose = Pose2D(np.zeros((1, 4), np.float32), body, np.ones((1, 23), np.float32), "coco23", extras=extras)
    moved = pose.scaled(2.0, np.array([10.0, -5.0], np.float32))
    for name in ("hands", "face"):
        np.testing.assert_allclose(moved.extras[name][..., :2], extras[name][..., :2] * 2 + [10, -5], rtol=1e-6)
        np.testing.assert_array_equal(moved.extras[name][..., 2], extras[name][..., 2])
