"""Test joint angles of poses with known angles, and the exported files."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.analysis.gait import gait
from pipeline.analysis.joint_angles import ANGLES, joint_angles
from pipeline.export.base import ExportOptions
from pipeline.export.biomechanics.mot import AnglesExporter, MotExporter
from pipeline.export.tracks import selected
from tests.helpers.motion import clip, facing_camera, scene

# World axes for a person who faces the camera (-y): forward is -y, up is +z, the person's right is -x.
FORWARD, UP, RIGHT = np.array([0, -1.0, 0]), np.array([0, 0, 1.0]), np.array([-1.0, 0, 0])


def body(
    *,
    thigh=-UP, shank=-UP, upper=-UP, fore=-UP, other_thigh=-UP, other_upper=-UP, trunk=UP, hip_line=RIGHT,
    shoulder_line=RIGHT,
) -> np.ndarray:  # fmt: skip
    """Build a pose (1, 17, 3) from directions of the right side; `other_...` are of the left."""

    def direction(vector) -> np.ndarray:
        return np.asarray(vector, float) / np.linalg.norm(vector)

    joints = np.zeros((17, 3))
    joints[0] = [0, 0, 1]
    joints[8] = joints[0] + 0.5 * direction(trunk)
    joints[7] = (joints[0] + joints[8]) / 2
    joints[9], joints[10] = joints[8] + 0.1 * FORWARD + 0.1 * UP, joints[8] + 0.3 * UP
    for hip, shoulder, sign, leg, arm in ((1, 14, 1, thigh, upper), (4, 11, -1, other_thigh, other_upper)):
        joints[hip] = joints[0] + sign * 0.12 * direction(hip_line)
        joints[hip + 1] = joints[hip] + 0.45 * direction(leg)
        joints[hip + 2] = joints[hip + 1] + 0.42 * direction(shank if sign == 1 else leg)
        joints[shoulder] = joints[8] + sign * 0.17 * direction(shoulder_line)
        joints[shoulder + 1] = joints[shoulder] + 0.3 * direction(arm)
        joints[shoulder + 2] = joints[shoulder + 1] + 0.25 * direction(fore if sign == 1 else arm)
    return joints[None]


def tilted(degrees: float, start, toward) -> np.ndarray:
    a = np.radians(degrees)
    return np.cos(a) * np.asarray(start) + np.sin(a) * np.asarray(toward)


def angles(**pose) -> dict[str, float]:
    return {name: float(values[0]) for name, values in joint_angles(body(**pose)).items()}


def test_standing_is_zero():
    found = angles()
    assert tuple(found) == ANGLES
    assert all(abs(value) < 1e-6 for value in found.values()), found


def test_standing_is_zero_wherever_the_person_faces():
    for turn in (40, 90, 180, -120):
        c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
        joints = body() @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]).T
        found = {name: values[0] for name, values in joint_angles(joints).items()}
        assert found.pop("trunk_rotation") % 360 == pytest.approx(turn % 360)  # to the left seen from above
        assert max(map(abs, found.values())) < 1e-6


@pytest.mark.parametrize("degrees", [0, 0.5, 30, 90, 140])
def test_knee_and_elbow_bend_from_straight(degrees):
    found = angles(shank=tilted(degrees, -UP, -FORWARD), fore=tilted(degrees, -UP, FORWARD))
    assert found["right_knee_flexion"] == pytest.approx(degrees, abs=1e-6)
    assert found["right_elbow_flexion"] == pytest.approx(degrees, abs=1e-6)
    assert found["left_knee_flexion"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("degrees", [-20, 45, 90, 120])
def test_hip_and_shoulder_flexion_take_the_limb_forward(degrees):
    limb = tilted(degrees, -UP, FORWARD)
    found = angles(thigh=limb, shank=limb, upper=limb, fore=limb)
    assert found["right_hip_flexion"] == pytest.approx(degrees)
    assert found["right_shoulder_flexion"] == pytest.approx(degrees)
    assert found["right_hip_abduction"] == pytest.approx(0, abs=1e-6)
    assert found["left_hip_flexion"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("degrees", [-10, 30, 75])
def test_abduction_takes_either_limb_away_from_the_middle(degrees):
    right, left = tilted(degrees, -UP, RIGHT), tilted(degrees, -UP, -RIGHT)
    found = angles(thigh=right, upper=right, other_thigh=left, other_upper=left)
    for side in ("right", "left"):
        for joint in ("hip", "shoulder"):
            assert found[f"{side}_{joint}_abduction"] == pytest.approx(degrees)
            assert found[f"{side}_{joint}_flexion"] == pytest.approx(0, abs=1e-6)


def test_an_arm_to_the_side_has_no_flexion():
    found = angles(upper=tilted(85, -UP, RIGHT), fore=RIGHT)
    assert np.isnan(found["right_shoulder_flexion"])
    assert found["right_shoulder_abduction"] == pytest.approx(85)


def test_flexion_and_abduction_together():
    """The limb is flexed by 40 degrees, then abducted by 25 degrees from the flexed plane."""
    limb = tilted(25, tilted(40, -UP, FORWARD), RIGHT)
    found = angles(thigh=limb, shank=limb)
    assert found["right_hip_flexion"] == pytest.approx(40)
    assert found["right_hip_abduction"] == pytest.approx(25)


def test_leaning_and_twisting():
    forward = angles(trunk=tilted(20, UP, FORWARD))
    assert forward["trunk_tilt"] == pytest.approx(-20)
    assert forward["right_hip_flexion"] == pytest.approx(20)  # the thigh against the trunk
    assert forward["right_shoulder_flexion"] == pytest.approx(20)
    aside = angles(trunk=tilted(15, UP, RIGHT))
    assert aside["lumbar_bending"] == pytest.approx(15)
    assert aside["trunk_list"] == pytest.approx(0, abs=1e-6)
    twisted = angles(shoulder_line=tilted(25, RIGHT, FORWARD))  # the right shoulder comes forward: to the left
    assert twisted["lumbar_rotation"] == pytest.approx(25)
    lower = angles(hip_line=tilted(10, RIGHT, -UP), trunk=tilted(10, UP, RIGHT))  # the whole trunk, right side lower
    assert lower["trunk_list"] == pytest.approx(10)
    assert lower["lumbar_bending"] == pytest.approx(0, abs=1e-6)


def read_mot(path) -> tuple[dict[str, str], pd.DataFrame]:
    lines = path.read_text("utf-8").split("\n")
    end = lines.index("endheader")
    facts = dict(line.split("=") for line in lines[:end] if "=" in line)
    return facts, pd.read_csv(path, sep="\t", skiprows=end + 1)


def test_files(tmp_path):
    gap = np.isin(np.arange(205), range(50, 70))
    take = scene(facing_camera(clip("jump"))).take(gap)
    path = MotExporter().write(selected(take, ExportOptions()), tmp_path, "clip")[0]
    facts, table = read_mot(path)
    assert facts == {"version": "1", "nRows": "185", "nColumns": str(table.shape[1]), "inDegrees": "yes"}
    assert len(table) == 185
    assert np.isfinite(table.to_numpy()).all()
    assert np.allclose(table["time"], take.tracks3d[0].time_s[~gap], atol=1e-6)
    assert list(table.columns[:8]) == [
        "time", "pelvis_tilt", "pelvis_list", "pelvis_rotation", "pelvis_tx", "pelvis_ty", "pelvis_tz", "hip_flexion_r",
    ]  # fmt: skip
    joints = take.tracks3d[0].joints[~gap].astype(float)
    assert np.allclose(table[["pelvis_tx", "pelvis_ty"]], np.stack([-joints[:, 0, 1], joints[:, 0, 2]], 1), atol=2e-6)
    found = joint_angles(joints)
    assert np.allclose(table["knee_angle_r"], found["right_knee_flexion"], atol=1e-4)
    assert np.allclose(table["hip_adduction_l"], -found["left_hip_abduction"], atol=1e-4)
    assert table["knee_angle_r"].max() > 60  # the crouch before the jump
    assert table["hip_flexion_r"].max() > 40
    rows = pd.read_csv(AnglesExporter().write(selected(take, ExportOptions()), tmp_path, "clip")[0])
    assert list(rows.columns) == ["frame", "time_s", *ANGLES, "right_foot", "left_foot"]
    assert rows[gap].iloc[:, 2:].isna().all().all()
    assert rows[["right_foot", "left_foot"]].isna().all().all()  # a jump is not a walk
    assert np.allclose(rows["left_knee_flexion"][~gap], found["left_knee_flexion"], atol=1e-4)


def test_steps_of_a_walk_are_beside_its_angles(tmp_path):
    take = scene(facing_camera(clip("walk"))).take()
    track = take.tracks3d[0]
    walk = gait(track.joints.astype(float), track.time_s)
    rows = pd.read_csv(AnglesExporter().write(selected(take, ExportOptions()), tmp_path, "clip")[0])
    found = {(row, side, kind) for side in ("right", "left") for row, kind in rows[f"{side}_foot"].dropna().items()}
    assert found == {(event.row, event.side, event.kind) for event in walk.events}
    assert len(found) >= 6
    assert rows["left_knee_flexion"].notna().all(), "the other cells of such a row stay"
