"""Test the squares in which faces are searched, and the network's answer to a picture without a face."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.config import DetectConfig
from pipeline.core.face.points import EYE_OUTER, IBUG_FROM_MESH, MESH_POINTS
from pipeline.core.poses import Pose2D
from pipeline.core.skeletons import BLAZEPOSE33, COCO17
from pipeline.detect.mediapipe.face.locate import FaceLocator
from pipeline.detect.mediapipe.face.network import CROP_PX, FaceNetwork, missing_network
from pipeline.detect.mediapipe.face.regions import body_square, from_68, tracked_square

PLACES = {"left_eye": (232, 100), "right_eye": (168, 100), "left_ear": (272, 110), "right_ear": (128, 110),
          "mouth_left": (222, 170), "mouth_right": (178, 170), "nose": (200, 135)}  # fmt: skip


@pytest.mark.parametrize("skeleton", [BLAZEPOSE33, COCO17])
def test_the_square_of_an_upright_face(skeleton) -> None:
    joints = np.zeros((len(skeleton.names), 2), np.float32)
    for name, place in PLACES.items():
        if name in skeleton.names:
            joints[skeleton.names.index(name)] = place
    square = body_square(skeleton, joints, np.ones(len(joints), np.float32))
    assert square is not None
    assert abs(square.x - 200) < 2
    assert abs(square.y - 130) < 12
    assert 260 < square.side < 300
    np.testing.assert_allclose(square.up, (0, -1), atol=0.01)


def test_no_square_without_eyes_or_size() -> None:
    joints = np.zeros((33, 2), np.float32)
    assert body_square(BLAZEPOSE33, joints, np.ones(33, np.float32)) is None
    assert body_square(BLAZEPOSE33, joints + np.nan, np.ones(33, np.float32)) is None
    assert body_square(BLAZEPOSE33, joints, np.zeros(33, np.float32)) is None
    assert tracked_square(np.zeros((MESH_POINTS, 2), np.float32)) is None
    assert from_68(np.full((68, 2), np.nan)) is None


def test_the_tracked_square_is_half_as_large_again_as_the_mesh_and_turns_with_the_eyes() -> None:
    points = np.random.default_rng(0).uniform(50, 150, (MESH_POINTS, 2)).astype(np.float32)
    points[:2] = [[50, 50], [150, 150]]
    points[EYE_OUTER[1]], points[EYE_OUTER[0]] = (100, 60), (100, 120)  # the person lies on the side
    square = tracked_square(points)
    assert square is not None
    assert (square.x, square.y, square.side) == pytest.approx((100, 100, 150))
    assert square.up == pytest.approx((1, 0), abs=1e-6)
    assert IBUG_FROM_MESH.max() < 468


def test_a_picture_without_a_face_has_none() -> None:
    assert missing_network() == ""
    network = FaceNetwork()
    noise = np.random.default_rng(0).integers(0, 255, (CROP_PX, CROP_PX, 3), np.uint8)
    assert network.mesh(noise) is None
    network.close()
    locator = FaceLocator()
    joints = np.zeros((1, 33, 2), np.float32)
    for name, place in PLACES.items():
        joints[0, BLAZEPOSE33.names.index(name)] = place
    pose = Pose2D(np.array([[0, 0, 400, 400]], np.float32), joints, np.ones((1, 33), np.float32), "blazepose33")
    extras = locator.locate(np.zeros((400, 400, 3), np.uint8), pose)
    assert np.isnan(extras["face"][0, :, :2]).all()
    assert np.isnan(extras["expressions"]).all()
    locator.close()


def test_faces_are_off_by_default() -> None:
    assert DetectConfig().face is False
