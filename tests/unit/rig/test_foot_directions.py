"""Test foot directions from the detector's toes (`pipeline.rig.foot_directions`)."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import ezc3d
import numpy as np
import pandas as pd
import pytest

from pipeline.analysis.curves import TakeCurves
from pipeline.analysis.joint_angles import foot_angle_names
from pipeline.api.take import Take as ApiTake
from pipeline.body.bones import measure_body, with_body
from pipeline.body.stature import STATURE_PER_CHAIN
from pipeline.core.arrays import Floats
from pipeline.core.camera import Camera, VideoInfo
from pipeline.core.geometry import camera_from_world, rotation_world_from_camera
from pipeline.core.poses import PersonTrack
from pipeline.core.skeletons import SKELETONS
from pipeline.core.take import SceneEstimate, Take, Track3D
from pipeline.export.animation.rig_motion import rig_motion
from pipeline.export.base import ExportOptions
from pipeline.export.biomechanics.c3d import C3dExporter
from pipeline.export.biomechanics.markers import JOINTS, markers
from pipeline.export.biomechanics.trc import TrcExporter
from pipeline.export.export_take import export_take
from pipeline.export.tracks import selected
from pipeline.rig.foot_directions import foot_directions, foot_length, sole_directions, soles_of, toe_offsets
from pipeline.rig.skeleton import NAMES, foot_rest, forward_kinematics, rig_from_world
from tests.helpers.fakes import walking

SIZE, FOV, RATE, COUNT = (1280, 720), 60.0, 30.0, 60
CAMERA = Camera(SIZE, FOV, rate_hz=RATE)
SCENE = SceneEstimate(FOV, 8.0, rotation_world_from_camera(8.0), np.array([0.3, -4.0, 1.6]))
FROM_BLAZEPOSE = {0: (23, 24), 1: (24,), 2: (26,), 3: (28,), 4: (23,), 5: (25,), 6: (27,)}


def scene(turn_deg: float, toe_deg: float) -> tuple[np.ndarray, np.ndarray, PersonTrack]:
    """Return joints, feet (T, 2, 3) and 2D of a person turned by `turn_deg`, toes `toe_deg` outward."""
    joints = walking(COUNT).astype(np.float64)
    joints -= joints[:, :1] * [1, 1, 0]
    c, s = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    joints = joints @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
    joints = with_body(joints, measure_body(joints))
    length = np.linalg.norm(foot_rest(measure_body(joints).chain_m * STATURE_PER_CHAIN))
    feet = np.zeros((COUNT, 2, 3))
    for side, sign in enumerate((1, -1)):
        outward = np.radians(turn_deg + sign * toe_deg)
        feet[:, side] = np.array([0.98 * np.sin(outward), -0.98 * np.cos(outward), -np.sqrt(1 - 0.98**2)])
    image = np.full((COUNT, 33, 2), np.nan)

    def seen(points: np.ndarray) -> np.ndarray:
        return CAMERA.project(camera_from_world(points, SCENE.rotation, SCENE.translation))

    for side, (ankle, at, toe) in enumerate(((6, 27, 31), (3, 28, 32))):
        image[:, at] = seen(joints[:, ankle]) + [3.0, -2.0]  # the detector's ankle is another one
        image[:, toe] = seen(joints[:, ankle] + length * feet[:, side]) + [3.0, -2.0]
    scores = np.where(np.isfinite(image[..., 0]), 0.9, 0.0)
    index = np.arange(COUNT)
    track = PersonTrack.of(1, index, index / RATE, image.astype(np.float32), scores.astype(np.float32), "blazepose33")
    return joints, feet, track


def angle_deg(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.degrees(np.arccos(np.clip((a * b).sum(-1), -1, 1)))


@pytest.mark.parametrize("turn_deg", [0.0, 35.0, -70.0, 150.0])
@pytest.mark.parametrize("toe_deg", [0.0, 15.0])
def test_feet_point_where_the_toes_are(turn_deg: float, toe_deg: float) -> None:
    joints, feet, track = scene(turn_deg, toe_deg)
    found = foot_directions(joints, track, SCENE, CAMERA)
    assert angle_deg(found, feet).max() < 15  # in the image plane the two candidates are this near


def test_what_is_not_sure_is_not_known() -> None:
    joints, _, track = scene(20.0, 10.0)
    scores: Floats = track.scores.copy()
    scores[10:20, 31] = 0.1
    found = foot_directions(joints, replace(track, scores=scores), SCENE, CAMERA)
    assert np.isnan(found[10:20, 0]).all()
    assert np.isfinite(found[10:20, 1]).all()


def test_a_foot_cannot_point_along_its_shank() -> None:
    joints, _, track = scene(90.0, 0.0)
    image = track.joints_image.copy()
    image[:, 31] = image[:, 27] - [0, 60]  # the toes up the shin
    found = foot_directions(joints, replace(track, joints_image=image), SCENE, CAMERA)
    shank = joints[:, 6] - joints[:, 5]
    shank /= np.linalg.norm(shank, axis=1, keepdims=True)
    assert angle_deg(found[:, 0], shank).max() < 166


def test_detectors_without_toes_say_nothing() -> None:
    names = len(SKELETONS["coco17"].names)
    track = PersonTrack.of(1, np.arange(3), np.arange(3) / 30, np.zeros((3, names, 2), np.float32),
                    np.ones((3, names), np.float32), "coco17")  # fmt: skip
    assert toe_offsets(track) is None
    for skeleton in ("blazepose33", "halpe26"):
        count = len(SKELETONS[skeleton].names)
        whole = PersonTrack.of(1, np.arange(3), np.arange(3) / 30, np.zeros((3, count, 2), np.float32),
                        np.ones((3, count), np.float32), skeleton)  # fmt: skip
        offsets, scores = toe_offsets(whole)
        assert offsets.shape == (3, 2, 2)
        assert scores.shape == (3, 2)


def test_toes_are_markers_where_they_are_known(tmp_path: Path) -> None:
    joints, feet, track = scene(35.0, 25.0)
    scores: Floats = track.scores.copy()
    scores[10:20, 31] = 0.1
    index = np.arange(COUNT)
    track3d = Track3D(1, index, index / RATE, joints.astype(np.float32), np.ones((COUNT, 17), np.float32), "world")
    info = VideoInfo("x", "", *SIZE, RATE, COUNT, COUNT / RATE)
    take = Take(info, (replace(track, scores=scores),), (track3d,), SCENE, {})
    names, points = markers(selected(take, ExportOptions()).people[0])
    assert names == (*JOINTS, "LBigToe", "RBigToe")
    np.testing.assert_allclose(points[:, :17], joints, atol=1e-6)
    assert np.isnan(points[10:20, 17]).all()
    way = points[:, 17:] - joints[:, [6, 3]]
    known = np.isfinite(way).all(-1)
    assert angle_deg(way / np.linalg.norm(way, axis=-1, keepdims=True), feet)[known].max() < 8
    assert np.linalg.norm(way, axis=-1)[known].max() == pytest.approx(foot_length(joints), rel=1e-5)
    # The files say the same: TRC in OpenSim's axes (-y, z, -x), C3D in millimetres, what is not known not there.
    trc = TrcExporter().write(selected(take, ExportOptions()), tmp_path, "clip")[0].read_text("utf-8").split("\n")
    assert trc[3].split("\t")[2::3][-2:] == ["LBigToe", "RBigToe"]
    cells = np.array([[float(cell) for cell in line.split("\t")] for line in trc[5:-1]])
    x, y, z = cells[:, 2 + 3 * 17 :].reshape(COUNT, 2, 3).transpose(2, 0, 1)
    np.testing.assert_allclose(np.stack([-z, -x, y], -1), points[:, 17:], atol=2e-6)
    file = ezc3d.c3d(str(C3dExporter().write(selected(take, ExportOptions()), tmp_path, "clip")[0]))
    assert file["parameters"]["POINT"]["LABELS"]["value"] == list(names)
    np.testing.assert_allclose(file["data"]["points"][:3].transpose(2, 1, 0) / 1000, points, atol=1e-6)
    report = export_take(take, tmp_path, "told", ["trc", "c3d"], ExportOptions(report=True))[-1]
    assert [export["passed"] for export in json.loads(report.read_text("utf-8"))["exports"]] == [True, True]
    plain = markers(selected(Take(info, (), (track3d,), SCENE, {}), ExportOptions()).people[0])
    assert plain[0] == JOINTS
    assert plain[1].shape == (COUNT, 17, 3)


def test_the_rigs_feet_follow_and_its_joints_stay() -> None:
    joints, feet, track = scene(35.0, 25.0)
    index = np.arange(COUNT)
    track3d = Track3D(1, index, index / RATE, joints.astype(np.float32), np.ones((COUNT, 17), np.float32), "world")
    info = VideoInfo("x", "", *SIZE, RATE, COUNT, COUNT / RATE)
    with_toes, without = (
        rig_motion(selected(Take(info, seen, (track3d,), SCENE, {}), ExportOptions()).people[0], ExportOptions())
        for seen in ((track,), ())
    )
    at, ball = NAMES.index("LeftFoot"), NAMES.index("LeftToeBase")
    places, ends = forward_kinematics(with_toes.rig, with_toes.pose.root, with_toes.pose.rotations)
    plain, plain_ends = forward_kinematics(without.rig, without.pose.root, without.pose.rotations)
    others = [bone for bone in range(len(NAMES)) if "ToeBase" not in NAMES[bone]]
    np.testing.assert_allclose(places[:, others], plain[:, others], atol=1e-6)
    way = ends[ball] - places[:, at]
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    wanted = rig_from_world(feet[:, 0])
    assert angle_deg(way, wanted).max() < 8
    before = plain_ends[ball] - plain[:, at]
    before /= np.linalg.norm(before, axis=1, keepdims=True)
    assert angle_deg(before, wanted).min() > 15


def test_a_detectors_own_depth_turns_a_foot_whose_picture_is_ambiguous() -> None:
    """Toes look the same nearer and farther than the ankle; of those turned inward the wrong one would be taken."""
    joints, feet, track = scene(90.0, 0.0)
    feet[:, 0] = [0.90, -0.35, -np.sqrt(1 - 0.90**2 - 0.35**2)]  # the left toes are turned inward
    length, chain = foot_length(joints), measure_body(joints).chain_m
    toes = camera_from_world(joints[:, 6] + length * feet[:, 0], SCENE.rotation, SCENE.translation)
    ankle = camera_from_world(joints[:, 6], SCENE.rotation, SCENE.translation)
    image = track.joints_image.copy()
    image[:, 31] = CAMERA.project(toes) + [3.0, -2.0]
    depth = np.zeros((COUNT, 33), np.float16)
    depth[:, 31] = (toes - ankle)[:, 2] / chain
    with_depth = PersonTrack.of(
        1, track.frame_index, track.time_s, image, track.scores, "blazepose33", {"depth": depth}
    )
    without = replace(with_depth, extras={})
    off = [angle_deg(foot_directions(joints, one, SCENE, CAMERA)[:, 0], feet[:, 0]) for one in (with_depth, without)]
    assert np.median(off[0]) < 0.75 * np.median(off[1])


def test_soles_are_less_steep_than_the_line_from_the_ankle() -> None:
    joints, _, track = scene(35.0, 10.0)
    toes, soles = (make(joints, track, SCENE, CAMERA) for make in (foot_directions, sole_directions))
    shank = joints[:, [6, 3]] - joints[:, [5, 2]]
    shank /= np.linalg.norm(shank, axis=-1, keepdims=True)
    np.testing.assert_allclose(angle_deg(soles, shank) - angle_deg(toes, shank), 18.0, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(soles, axis=-1), 1, atol=1e-9)


def test_angles_of_feet_are_in_the_files_and_for_python_users_where_toes_are_known(tmp_path: Path) -> None:
    joints, _, track = scene(35.0, 10.0)
    index = np.arange(COUNT)
    track3d = Track3D(1, index, index / RATE, joints.astype(np.float32), np.ones((COUNT, 17), np.float32), "world")
    take = Take(VideoInfo("x", "", *SIZE, RATE, COUNT, COUNT / RATE), (track,), (track3d,), SCENE, {})
    angles = ApiTake.of(take).people[0].angles()
    table, motion = export_take(take, tmp_path, "clip", ["angles", "mot"])
    rows = pd.read_csv(table)
    for name in foot_angle_names():
        np.testing.assert_allclose(rows[name], angles[name], atol=1e-3)
    head, _, body = motion.read_text("utf-8").partition("endheader\n")
    numbers = pd.read_csv(io.StringIO(body), sep="\t")
    np.testing.assert_allclose(numbers["ankle_angle_r"], angles["ankle_r"], atol=1e-3)
    assert f"nColumns={len(numbers.columns)}\n" in head
    curves = TakeCurves(take, partial(soles_of, take)).curves([1], "angle", ["ankle_flexion"])
    assert [curve.side for curve in curves] == ["right", "left"]
    np.testing.assert_allclose(curves[0].values, angles["right_ankle_flexion"], atol=1e-6)
    bare = replace(take, tracks2d=())
    assert "ankle" not in export_take(bare, tmp_path, "bare", ["angles"])[0].read_text("utf-8")
    assert TakeCurves(bare, partial(soles_of, bare)).curves([1], "angle", ["ankle_flexion"]) == []
