"""Test the BVH exporter with an independent reader."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.poses import PersonTrack
from pipeline.core.take import Take, Track3D
from pipeline.export.animation.bvh import BvhExporter
from pipeline.export.base import ExportOptions
from pipeline.export.tracks import selected
from tests.helpers.bvh_reader import Bvh, read_bvh
from tests.helpers.motion import clip, facing_camera, scene

JOINTS = {
    "Hips": 0, "RightUpLeg": 1, "RightLeg": 2, "RightFoot": 3, "LeftUpLeg": 4, "LeftLeg": 5, "LeftFoot": 6, "Spine1": 7,
    "Neck": 8, "Head": 9, "HeadEnd": 10, "LeftArm": 11, "LeftForeArm": 12, "LeftHand": 13, "RightArm": 14,
    "RightForeArm": 15, "RightHand": 16,
}  # fmt: skip
GAP = np.isin(np.arange(205), [*range(12), *range(110, 130), *range(200, 205)])


@pytest.fixture(scope="module")
def take() -> Take:
    return scene(facing_camera(clip("jump"))).take(GAP)


def written(take: Take, folder: Path, **options) -> Bvh:
    paths = BvhExporter().write(selected(take, ExportOptions(**options)), folder, "clip")
    assert [path.name for path in paths] == ["clip.bvh"]
    return read_bvh(paths[0])


def world(bvh: Bvh, unit_m: float = 0.01) -> np.ndarray:
    """Return (frames, 17, 3) in the program's world axes: bvh (x, y up, z) is world (x, -z, y)."""
    places = bvh.positions()
    joints = np.stack([places[name] for name in sorted(JOINTS, key=JOINTS.get)], axis=1) * unit_m
    return np.stack([joints[..., 0], -joints[..., 2], joints[..., 1]], axis=-1)


@pytest.mark.parametrize(("unit", "unit_m"), [("cm", 0.01), ("m", 1.0)])
def test_joints_are_those_of_the_take(take, tmp_path, unit, unit_m):
    bvh = written(take, tmp_path, unit=unit)
    track = take.tracks3d[0]
    assert np.abs(world(bvh, unit_m)[track.seen] - track.joints[track.seen]).max() < 0.001


def test_every_frame_of_the_take_is_a_frame_of_the_file(take, tmp_path):
    bvh = written(take, tmp_path)
    assert len(bvh.motion) == take.frame_count == 205
    assert np.isfinite(bvh.motion).all()
    assert np.allclose(bvh.motion[:12], bvh.motion[12])  # held
    joints = world(bvh)
    assert np.abs(np.diff(joints[105:135], axis=0)).max() < 0.06  # bridged without a jump
    assert np.abs(np.diff(joints[:, 0], axis=0)).max() < 0.06


def test_layout(take, tmp_path):
    bvh = written(take, tmp_path)
    assert bvh.joints[0].channels == [
        "Xposition", "Yposition", "Zposition", "Zrotation", "Xrotation", "Yrotation",
    ]  # fmt: skip
    for joint in bvh.joints[1:]:
        expected = [] if joint.name.endswith("End") else ["Zrotation", "Xrotation", "Yrotation"]
        assert joint.channels == expected, joint.name
    assert set(bvh.children("Hips")) == {"Spine", "LeftUpLeg", "RightUpLeg"}
    assert set(bvh.children("Spine1")) == {"Neck", "LeftShoulder", "RightShoulder"}
    for side in ("Left", "Right"):
        for chain in (
            ("Shoulder", "Arm", "ForeArm", "Hand", "HandEnd"),
            ("UpLeg", "Leg", "Foot", "ToeBase", "ToeBaseEnd"),
        ):
            for parent, child in itertools.pairwise(chain):
                assert bvh.children(side + parent) == [side + child]
    assert bvh.children("Head") == ["HeadEnd"]


def test_zero_is_a_t_pose(take, tmp_path):
    bvh = written(take, tmp_path)
    pose = {name: place[0] for name, place in bvh.positions(np.zeros_like(bvh.motion[:1])).items()}
    for name, sign in (("Left", 1), ("Right", -1)):
        arm = pose[f"{name}HandEnd"] - pose[f"{name}Arm"]
        assert np.allclose(arm / np.linalg.norm(arm), [sign, 0, 0], atol=1e-6)
        leg = pose[f"{name}Foot"] - pose[f"{name}UpLeg"]
        assert np.allclose(leg / np.linalg.norm(leg), [0, -1, 0], atol=1e-6)
        foot = pose[f"{name}ToeBaseEnd"] - pose[f"{name}Foot"]
        assert foot[2] > 15
        assert abs(foot[0]) < 1e-6
        assert pose[f"{name}UpLeg"][0] * sign > 5
    assert pose["Neck"][1] > 40
    assert pose["HeadEnd"][1] > pose["Neck"][1] + 25
    # Left and right are mirror images.
    for joint in bvh.joints:
        if joint.name.startswith("Left"):
            other = bvh.joints[bvh.index("Right" + joint.name[4:])]
            assert np.allclose(joint.offset, other.offset * [-1, 1, 1])


def test_facing_the_camera_is_facing_plus_z_with_left_at_plus_x(take, tmp_path):
    places = written(take, tmp_path).positions()
    assert places["LeftArm"][0, 0] > 10 > -10 > places["RightArm"][0, 0]
    assert places["Head"][0, 2] > places["Neck"][0, 2] + 5  # the nose
    assert places["HeadEnd"][0, 1] == pytest.approx(170, abs=15)  # centimetres, upright, feet on the floor
    assert places["LeftFoot"][0, 1] == pytest.approx(8.5, abs=3)


@pytest.mark.parametrize("noise_m", [0.0, 0.03])
def test_angles_never_leap(take, tmp_path, noise_m):
    track = take.tracks3d[0]
    noise = np.random.default_rng(0).normal(size=track.joints.shape).astype(np.float32) * noise_m
    shaken = dataclasses.replace(track, joints=track.joints + noise)
    bvh = written(dataclasses.replace(take, tracks3d=(shaken,)), tmp_path)
    assert np.abs(np.diff(bvh.motion[:, 3:], axis=0)).max() <= 180


def test_frame_time_is_one_over_the_true_rate(take, tmp_path):
    ntsc = dataclasses.replace(take, info=dataclasses.replace(take.info, fps_hz=30000 / 1001))
    assert written(ntsc, tmp_path).frame_time == pytest.approx(1001 / 30000, abs=5e-10)
    text = (tmp_path / "clip.bvh").read_text()
    assert "Frame Time: 0.033366667\n" in text
    assert "\r" not in text


def test_variable_rate_is_resampled_to_the_average_rate(take, tmp_path):
    """Halve the rate in the second half of the video: the motion must keep its speed."""
    rows = np.concatenate([np.arange(100), np.arange(100, 205, 2)])
    track, seen = take.tracks3d[0], take.tracks2d[0]
    count = len(rows)
    fps_hz = (count - 1) / (track.time_s[rows][-1] - track.time_s[0])
    info = dataclasses.replace(take.info, variable_rate=True, fps_hz=fps_hz, frame_count=count)
    uneven = dataclasses.replace(
        take,
        info=info,
        tracks2d=(
            PersonTrack.of(
                1, np.arange(count), track.time_s[rows], seen.joints_image[rows], seen.scores[rows], "h36m17"
            ),
        ),
        tracks3d=(Track3D(1, np.arange(count), track.time_s[rows], track.joints[rows], track.scores[rows], "world"),),
    )
    bvh = written(uneven, tmp_path)
    assert len(bvh.motion) == count
    times = np.arange(count) * bvh.frame_time
    assert times[-1] == pytest.approx(track.time_s[-1], abs=0.01)
    pelvis = np.interp(times, track.time_s[track.seen], track.joints[track.seen, 0, 2])
    inside = ~np.isin(np.round(times * 60).astype(int), np.flatnonzero(GAP))
    assert np.abs(world(bvh)[inside, 0, 2] - pelvis[inside]).max() < 0.02


def test_on_the_spot(take, tmp_path):
    bvh = written(take, tmp_path, root_motion=False)
    assert np.ptp(bvh.motion[:, [0, 2]], axis=0).max() == 0
    assert np.ptp(bvh.motion[:, 1]) > 60  # the jump stays


def test_a_camera_space_track_is_written_in_the_world(take, tmp_path):
    scene_ = take.scene
    track = take.tracks3d[0]
    camera = (track.joints.astype(float) - scene_.translation) @ scene_.rotation
    moved = dataclasses.replace(track, joints=camera.astype(np.float32), space="camera")
    bvh = written(dataclasses.replace(take, tracks3d=(moved,)), tmp_path)
    assert np.abs(world(bvh)[track.seen] - track.joints[track.seen]).max() < 0.001


def test_one_known_frame_is_a_still(take, tmp_path):
    track = take.tracks3d[0]
    joints = track.joints.copy()
    joints[np.arange(205) != 50] = np.nan
    bvh = written(dataclasses.replace(take, tracks3d=(dataclasses.replace(track, joints=joints),)), tmp_path)
    assert len(bvh.motion) == 205
    assert np.ptp(bvh.motion, axis=0).max() == 0
    assert np.abs(world(bvh)[7] - track.joints[50]).max() < 0.001


@pytest.mark.parametrize(
    ("preset", "arm", "toes", "chest"),
    [
        ("blender", "LeftForeArm", "RightToeBase", "Spine1"),
        ("unity", "LeftLowerArm", "RightToes", "Chest"),
        ("unreal", "lowerarm_l", "ball_r", "spine_02"),
        ("mixamo", "mixamorig:LeftForeArm", "mixamorig:RightToeBase", "mixamorig:Spine1"),
    ],
)
def test_presets_change_the_names_and_nothing_else(take, tmp_path, preset, arm, toes, chest):
    bvh, plain = written(take, tmp_path, preset=preset), written(take, tmp_path)
    names = [joint.name for joint in bvh.joints]
    assert {arm, toes, chest} <= set(names)
    assert len(set(names)) == len(names) == len(plain.joints)
    assert [joint.parent for joint in bvh.joints] == [joint.parent for joint in plain.joints]
    assert np.array_equal(bvh.motion, plain.motion)


def test_a_t_pose_first_stands_where_the_motion_begins(take, tmp_path):
    bvh, plain = written(take, tmp_path, t_pose=True), written(take, tmp_path)
    assert np.array_equal(bvh.motion[1:], plain.motion)
    assert (bvh.motion[0, 3:] == 0).all()
    assert np.allclose(bvh.motion[0, [0, 2]], plain.motion[0, [0, 2]])
    rest = {name: place[0] for name, place in bvh.positions(bvh.motion[:1]).items()}
    assert 4 < rest["LeftFoot"][1] < 12  # on the floor, centimetres
    assert rest["LeftFoot"][1] == rest["RightFoot"][1]
