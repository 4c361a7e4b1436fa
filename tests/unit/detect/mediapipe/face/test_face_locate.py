"""Test how faces are followed, with a network that answers a fixed shape."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.face.points import MESH_POINTS
from pipeline.core.poses import Pose2D
from pipeline.core.skeletons import BLAZEPOSE33
from pipeline.detect.mediapipe.face import locate
from pipeline.detect.mediapipe.face.locate import FaceLocator

SHAPE = np.random.default_rng(5).uniform(0.17, 0.83, (MESH_POINTS, 3)).astype(np.float32)
SHAPE[263, :2], SHAPE[33, :2] = (0.7, 0.4), (0.3, 0.4)  # outer corners of the eyes


class ShapeNetwork:
    """Answer a shape that depends a little on the crop, as a network's does."""

    def mesh(self, rgb: np.ndarray) -> np.ndarray:
        return SHAPE + np.float32(1e-4) * np.float32(rgb.mean())

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locate, "FaceNetwork", ShapeNetwork)


def people(*faces: tuple[float, float, float]) -> Pose2D:
    """Return people with eyes and mouth around (x, y) px, and so many px between the eyes."""
    joints = np.zeros((len(faces), 33, 2), np.float32)
    for person, (x, y, eyes) in enumerate(faces):
        for name, (dx, dy) in {
            "left_eye": (0.5, -0.5), "right_eye": (-0.5, -0.5), "left_ear": (1.1, -0.4), "right_ear": (-1.1, -0.4),
            "mouth_left": (0.35, 0.55), "mouth_right": (-0.35, 0.55),
        }.items():  # fmt: skip
            joints[person, BLAZEPOSE33.index(name)] = x + dx * eyes, y + dy * eyes
    boxes = np.tile(np.array([[0, 0, 600, 600]], np.float32), (len(faces), 1))
    return Pose2D(boxes, joints, np.ones((len(faces), 33), np.float32), "blazepose33")


def frames(count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.integers(0, 255, (600, 600, 3), np.uint8) for _ in range(count)]


def test_a_resumed_run_gives_the_same_numbers() -> None:
    poses = [people((250 + 3 * k, 260, 60)) for k in range(5)]
    whole, resumed = FaceLocator(), FaceLocator()
    found = [whole.locate(bgr, pose) for bgr, pose in zip(frames(5), poses, strict=True)]
    resumed.resume(found[1])
    for k, bgr in enumerate(frames(5)[2:], 2):
        again = resumed.locate(bgr, poses[k])
        for name, values in found[k].items():
            np.testing.assert_array_equal(again[name], values)
    assert np.isfinite(found[4]["expressions"]).all()


def test_two_people_at_one_face_have_it_once() -> None:
    found = FaceLocator().locate(frames(1)[0], people((250, 260, 60), (262, 262, 58)))
    assert np.isfinite(found["expressions"]).all(axis=1).sum() == 1


def test_a_face_under_40_pixels_is_not_observed() -> None:
    small, large = (FaceLocator().locate(frames(1)[0], people((250, 260, eyes))) for eyes in (10, 20))
    assert np.isnan(small["face"][..., :2]).all()
    assert (small["face"][..., 2] == 0).all()
    assert np.isfinite(large["face"]).all()
