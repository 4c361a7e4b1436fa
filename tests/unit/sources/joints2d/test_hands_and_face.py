"""Test that hands and face in files of other programs come in with the people, by side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.core.errors import SourceError
from pipeline.sources.joints2d.source import Joints2DSource

POINTS = np.random.default_rng(5).uniform(50, 300, (136, 3)).round(2)
POINTS[:, 2] = np.random.default_rng(6).uniform(0.5, 1, 136).round(3)
FACE, LEFT, RIGHT = POINTS[-110:-42], POINTS[-42:-21], POINTS[-21:]


def listed(points: np.ndarray) -> list[float]:
    return points.ravel().tolist()


def openpose(**changes: Any) -> dict[str, Any]:
    person = {
        "pose_keypoints_2d": listed(POINTS[:25]),
        "face_keypoints_2d": listed(np.concatenate([FACE, POINTS[:2]])),
        "hand_left_keypoints_2d": listed(LEFT),
        "hand_right_keypoints_2d": listed(RIGHT),
    }
    return {"people": [{**person, **changes}]}


def mmpose(whole: np.ndarray, names: list[str] | None = None) -> Any:
    frame = {
        "frame_id": 0,
        "instances": [{"keypoints": whole[:, :2].tolist(), "keypoint_scores": whole[:, 2].tolist()}],
    }
    if names is None:
        return [frame]
    return {"meta_info": {"keypoint_id2name": dict(enumerate(names))}, "instance_info": [frame]}


def whole_body_names() -> list[str]:
    from pipeline.core.skeletons import SKELETONS

    return [*SKELETONS["coco23"].names, *(f"face-{i}" for i in range(68)), *(f"hand{i}" for i in range(42))]


def coco_whole_body() -> dict[str, Any]:
    whole = POINTS[-133:].copy()
    parts = {"keypoints": whole[:17], "foot_kpts": whole[17:23], "face_kpts": FACE}
    parts |= {"lefthand_kpts": LEFT, "righthand_kpts": RIGHT}
    record = {"image_id": 3, "id": 1, "category_id": 1, **{name: listed(part) for name, part in parts.items()}}
    return {"images": [{"id": 3, "file_name": "a_0001.jpg"}], "annotations": [record]}


def read(tmp_path: Path, value: Any, **size: Any) -> Any:
    path = tmp_path / "r.json"
    path.write_text(json.dumps(value))
    return next(iter(Joints2DSource(path, **size).poses()))[2]


@pytest.mark.parametrize(
    "value",
    [
        openpose(),
        mmpose(POINTS[-133:]),
        mmpose(POINTS),
        mmpose(POINTS[-133:], whole_body_names()),
        [{"image_id": "0.jpg", "keypoints": listed(POINTS[-133:])}],
        [{"image_id": "0.jpg", "keypoints": listed(POINTS)}],
        coco_whole_body(),
    ],
    ids=["openpose", "mmpose 133", "mmpose 136", "mmpose names", "alphapose 133", "alphapose 136", "coco-wholebody"],
)
def test_hands_and_face_come_in(value: Any, tmp_path: Path) -> None:
    pose = read(tmp_path, value)
    assert set(pose.extras) == {"hands", "face"}
    np.testing.assert_allclose(pose.extras["hands"][0], [LEFT, RIGHT], atol=1e-4)
    np.testing.assert_allclose(pose.extras["face"][0], FACE, atol=1e-4)


def test_hands_without_a_face(tmp_path: Path) -> None:
    whole = np.concatenate([POINTS[:26], LEFT, RIGHT])
    pose = read(tmp_path, [{"image_id": "0.jpg", "keypoints": listed(whole)}])
    assert set(pose.extras) == {"hands"}
    np.testing.assert_allclose(pose.extras["hands"][0], [LEFT, RIGHT], atol=1e-4)


def test_a_hand_that_was_not_seen_is_unknown_and_a_part_of_one_is_kept(tmp_path: Path) -> None:
    part = LEFT.copy()
    part[8:12] = 0
    pose = read(tmp_path, openpose(hand_left_keypoints_2d=listed(part), hand_right_keypoints_2d=[0] * 63))
    hands = pose.extras["hands"][0]
    assert np.isnan(hands[1]).all()
    assert np.isnan(hands[0, 8:12, :2]).all()
    np.testing.assert_allclose(hands[0, :8], LEFT[:8], atol=1e-4)
    unsure = LEFT * [1, 1, 0.1]
    assert (
        "hands"
        not in read(tmp_path, openpose(hand_left_keypoints_2d=listed(unsure), hand_right_keypoints_2d=[])).extras
    )


def test_shares_of_the_image_become_pixels(tmp_path: Path) -> None:
    scale = [1 / 640, 1 / 480, 1]
    value = openpose(
        pose_keypoints_2d=listed(POINTS[:25] * scale), hand_left_keypoints_2d=listed(LEFT * scale),
        hand_right_keypoints_2d=listed(RIGHT * scale), face_keypoints_2d=listed(POINTS[:70] * scale),
    )  # fmt: skip
    pose = read(tmp_path, value, size_px=(640, 480))
    np.testing.assert_allclose(pose.extras["hands"][0], [LEFT, RIGHT], atol=1e-2)


def test_frames_without_the_person_stay_empty(tmp_path: Path) -> None:
    for frame, value in ((2, openpose()), (4, openpose(hand_left_keypoints_2d=[], hand_right_keypoints_2d=[]))):
        (tmp_path / f"a_{frame:012d}_keypoints.json").write_text(json.dumps(value))
    poses = [pose for _, _, pose in Joints2DSource(tmp_path, fps_hz=30).poses()]
    assert [len(pose.scores) for pose in poses] == [0, 0, 1, 0, 1]
    np.testing.assert_allclose(poses[2].extras["hands"][0, 0], LEFT, atol=1e-4)
    assert np.isnan(poses[4].extras["hands"]).all()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"hand_left_keypoints_2d": [1, 2]}, "has 2 values"),
        ({"hand_left_keypoints_2d": [1, 2, 3]}, "hand_left_keypoints_2d of a person in .* has 1 points, expected 21"),
        ({"face_keypoints_2d": ["a", 2, 3]}, "not all numbers"),
        ({"hand_right_keypoints_2d": 7}, "has 1 values"),
        ({"face_keypoints_2d": {"a": 1}}, "not all numbers"),
    ],
)
def test_every_fault_is_named(changes: dict[str, Any], says: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        read(tmp_path, openpose(**changes))
    assert caught.value.hint


def test_points_far_outside_are_unknown(tmp_path: Path) -> None:
    wild = LEFT.copy()
    wild[3, 0] = 1e12
    pose = read(tmp_path, openpose(hand_left_keypoints_2d=listed(wild)))
    assert np.isnan(pose.extras["hands"][0, 0, 3, :2]).all()
    assert np.isfinite(pose.extras["hands"][0, 0, 4]).all()
