"""Test that hands leave the program with names, places, and what was observed, and come back in from OpenPose."""

from __future__ import annotations

import dataclasses
import json
import zipfile

import ezc3d
import numpy as np
import pandas as pd
import pytest

from pipeline.api.take import Take as ApiTake
from pipeline.core.camera import VideoInfo
from pipeline.core.poses import PersonTrack
from pipeline.core.take import Take
from pipeline.export.base import ExportOptions
from pipeline.export.biomechanics.c3d import C3dExporter
from pipeline.export.biomechanics.markers import FINGERS, JOINTS
from pipeline.export.biomechanics.trc import TrcExporter
from pipeline.export.data.json_npz import JsonExporter, NpzExporter
from pipeline.export.data.openpose import OpenPoseExporter
from pipeline.export.data.tables import CsvExporter, WideCsvExporter
from pipeline.export.hand_joints import HAND_JOINTS, observed_text
from pipeline.export.tracks import Selection, selected
from pipeline.sources.joints2d.source import Joints2DSource
from tests.helpers.hand_poses import moving_pose
from tests.helpers.motion import CAMERA, clip, facing_camera, make_take, scene

RIGHT_UNSEEN = slice(0, 60)
TIP = HAND_JOINTS.index("left_hand_index_tip")


@pytest.fixture(scope="module")
def take() -> Take:
    """Return a take of a person with a face and both hands; the right hand is not observed in 60 frames."""
    from pipeline.core.geometry import camera_from_world
    from pipeline.hands.model import hand_points, mean_shape

    one = scene(facing_camera(clip("jump")))
    take = make_take([one.person], one.info, one.config)
    world = take.tracks3d[0].joints.astype(np.float64)
    assert take.scene is not None
    in_camera = camera_from_world(world, take.scene.rotation, take.scene.translation)
    count, shape = len(world), mean_shape(0.18)
    both = [
        hand_points(moving_pose(count, side), in_camera[:, wrist], shape, side) for side, wrist in ((0, 13), (1, 16))
    ]
    joints = np.stack(both, axis=1)
    image = CAMERA.project(joints)
    hands = np.concatenate([image, np.full((count, 2, 21, 1), 0.8)], axis=-1).astype(np.float32)
    hands[RIGHT_UNSEEN, 1] = np.nan
    relative = (joints - joints.mean(axis=2, keepdims=True)).astype(np.float16)
    face = np.full((count, 68, 3), 0.7, np.float32)
    face[..., 0], face[..., 1] = 300 + np.arange(68), 200 + 2 * np.arange(68)
    extras = {"hands": hands, "hands_relative": relative, "face": face}
    return dataclasses.replace(take, tracks2d=(dataclasses.replace(take.tracks2d[0], extras=extras),))


@pytest.fixture(scope="module")
def selection(take: Take) -> Selection:
    return selected(take, ExportOptions())


def test_tidy_table_has_the_hands_as_further_joints(selection, tmp_path):
    paths = CsvExporter().write(selection, tmp_path, "clip")
    table = pd.read_csv(paths[0])
    assert list(table.columns)[-1] == "observed"
    assert len(table) == 205 * (17 + 42)
    assert tuple(table.joint[17:59]) == HAND_JOINTS
    hands = selection.first.hands
    tips = table[table.joint == "left_hand_index_tip"]
    assert np.allclose(tips[["x", "y", "z"]], hands.joints[:, 0, 8], atol=1e-6)
    assert np.allclose(tips[["x2d", "y2d"]], selection.first.track2d.extras["hands"][:, 0, 8, :2], atol=0.01)
    assert (tips.observed == 1).all()
    assert tips.confidence.to_numpy() == pytest.approx(0.8)
    right = table[table.joint == "right_hand_thumb_tip"]
    assert list(np.unique(right.observed[:60])) == [0]
    assert (right.confidence[:60] == 0).all()
    assert right.x2d[:60].isna().all()
    assert right.x.notna().all(), "a hand that is not observed has an assumed pose"
    columns = json.loads(paths[1].read_text("utf-8"))["columns"]
    assert "assumed" in columns["observed"]


def test_wide_table(selection, tmp_path):
    table = pd.read_csv(WideCsvExporter().write(selection, tmp_path, "clip")[0])
    assert len(table.columns) == 2 + 3 * (17 + 42) + 2
    assert np.allclose(table.left_hand_index_tip_z, selection.first.hands.joints[:, 0, 8, 2], atol=1e-6)
    assert list(table.right_hand_observed[[0, 59, 60, 204]]) == [0, 0, 1, 1]


def test_json_and_npz(selection, tmp_path):
    document = json.loads(JsonExporter().write(selection, tmp_path, "clip")[0].read_text("utf-8"))
    assert tuple(document["hand_joints"]) == HAND_JOINTS
    hands = document["persons"][0]["hands"]
    joints = np.array(hands["joints"], float)
    assert np.allclose(joints, selection.first.hands.joints.reshape(205, 42, 3), atol=1e-5)
    assert hands["observed"][59:61] == [[1, 0], [1, 1]]
    assert hands["joints_image"][0][21] == [None, None]
    arrays = np.load(NpzExporter().write(selection, tmp_path, "clip")[0])
    assert np.allclose(arrays["hands_world"][:, 0].reshape(205, 42, 3), joints, atol=1e-5)
    assert not arrays["hands_observed"][:60, 0, 1].any()
    assert arrays["hand_points"][4] == "thumb_tip"
    again = Joints2DSource(tmp_path / "clip.npz")
    pose = next(iter(again.poses()))[2]
    assert np.array_equal(pose.extras["hands"][0], selection.first.track2d.extras["hands"][0], equal_nan=True)
    assert {"hands_relative", "face"} <= set(pose.extras)


def test_markers_of_hands(selection, tmp_path):
    names = ["LThumbCMC", "LThumbMCP", "LThumbIP", "LThumbTip", "LIndexMCP", "LIndexPIP", "LIndexDIP", "LIndexTip"]
    assert list(FINGERS[:8]) == names
    assert len(FINGERS) == 40
    file = ezc3d.c3d(str(C3dExporter().write(selection, tmp_path, "clip")[0]))
    labels = file["parameters"]["POINT"]["LABELS"]["value"]
    assert labels == [*JOINTS, *FINGERS]
    points, residuals = file["data"]["points"], file["data"]["meta_points"]["residuals"][0]
    tip = labels.index("LIndexTip")
    assert np.allclose(points[:3, tip].T / 1000, selection.first.hands.joints[:, 0, 8], atol=1e-5)
    unseen = labels.index("RThumbTip")
    assert (residuals[unseen, :60] == -1).all()
    assert (residuals[unseen, 60:] >= 0).all()
    lines = TrcExporter().write(selection, tmp_path, "clip")[0].read_text("utf-8").split("\n")
    at = 2 + 3 * (17 + FINGERS.index("LIndexTip"))
    x, y, z = (float(cell) for cell in lines[5].split("\t")[at : at + 3])
    assert np.allclose([-z, -x, y], selection.first.hands.joints[0, 0, 8], atol=2e-6)
    gone = 2 + 3 * (17 + FINGERS.index("RThumbTip"))
    assert lines[5].split("\t")[gone : gone + 3] == ["NaN"] * 3


def test_openpose_and_back(selection, tmp_path):
    path = OpenPoseExporter().write(selection, tmp_path, "clip")[0]
    with zipfile.ZipFile(path) as archive:
        first = json.loads(archive.read(sorted(archive.namelist())[0]))["people"][0]
    assert len(first["face_keypoints_2d"]) == 3 * 70
    assert first["face_keypoints_2d"][-6:] == [0] * 6, "the pupils are not known"
    assert len(first["hand_left_keypoints_2d"]) == 3 * 21
    assert first["hand_right_keypoints_2d"] == [0] * 63
    again = Joints2DSource(path, fps_hz=30, size_px=(1280, 720))
    extras = selection.first.track2d.extras
    for row, (_, _, pose) in enumerate(again.poses()):
        assert np.allclose(pose.extras["hands"][0], extras["hands"][row], atol=6e-4, equal_nan=True)
        assert np.allclose(pose.extras["face"][0], extras["face"][row], atol=6e-4)


def test_a_take_without_hands_has_no_columns_for_them(take, tmp_path):
    bare = dataclasses.replace(take, tracks2d=(dataclasses.replace(take.tracks2d[0], extras={}),))
    plain = selected(bare, ExportOptions())
    assert "observed" not in CsvExporter().write(plain, tmp_path, "a")[0].read_text("utf-8")
    assert "hand" not in WideCsvExporter().write(plain, tmp_path, "a")[0].read_text("utf-8")
    assert "hand_joints" not in JsonExporter().write(plain, tmp_path, "a")[0].read_text("utf-8")
    assert not [name for name in np.load(NpzExporter().write(plain, tmp_path, "a")[0]) if "hand" in name]
    assert ApiTake.of(bare).people[0].hands is None


def test_python_users_get_names_places_and_what_was_observed(take):
    hands = ApiTake.of(take).people[0].hands
    assert hands is not None
    assert hands.joints_world.shape == (205, 42, 3)
    assert hands.names.index("left_hand_index_tip") == TIP
    assert hands.observed_frames == {"left": 205, "right": 145}
    wrist = hands.joints_world[:, hands.names.index("left_hand_wrist")]
    assert np.allclose(wrist, take.tracks3d[0].joints[:, 13], atol=1e-5)
    assert np.isnan(hands.observed_world[0, 21:]).all()


def test_people_without_hands_beside_one_who_has_them(take, tmp_path):
    count = 205
    other = dataclasses.replace(take.tracks3d[0], person=2)
    track = take.tracks2d[0]
    bare = PersonTrack.of(2, track.frame_index, track.time_s, track.joints_image, track.scores, track.skeleton)
    both = dataclasses.replace(take, tracks2d=(track, bare), tracks3d=(take.tracks3d[0], other), lifted=())
    two = selected(both, ExportOptions())
    table = pd.read_csv(CsvExporter().write(two, tmp_path, "clip")[0])
    assert table.groupby("person").size().to_dict() == {1: count * 59, 2: count * 17}
    arrays = np.load(NpzExporter().write(two, tmp_path, "clip")[0])
    assert np.isnan(arrays["hands_world"][:, 1]).all()
    assert arrays["hands"].shape == (count, 2, 2, 21, 3)
    document = json.loads(JsonExporter().write(two, tmp_path, "clip")[0].read_text("utf-8"))
    assert ["hands" in person for person in document["persons"]] == [True, False]
    assert isinstance(both.info, VideoInfo)


def test_the_summary_says_in_how_many_frames_each_hand_was_observed(take):
    hands = ApiTake.of(take).people[0].hands
    assert observed_text(hands, 205) == "hands seen in 205 (left) and 145 (right) of 205 frames"
    few = observed_text(hands, 400)
    assert few.startswith(
        "hands seen in 205 (left) and 145 (right) of 400 frames; a hand that is hidden or under 25 px"
    )
    assert "0 (left) and 0 (right)" in observed_text(None, 10)
