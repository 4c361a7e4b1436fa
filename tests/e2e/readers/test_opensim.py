"""Test TRC and MOT with OpenSim's readers.

They run in a separate environment because they need another NumPy.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import numpy as np
import pytest

from pipeline.analysis.joint_angles import joint_angles
from pipeline.export.export_take import export_take
from tests.helpers.motion import clip, facing_camera, scene

PACKAGE = "opensim==4.6"


@pytest.fixture(scope="session")
def opensim_python() -> Path:
    """Create the environment once beside the main one; 150 MB."""
    folder = Path(sys.prefix) / "opensim"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    mark = folder / "installed.txt"
    if not mark.is_file() or mark.read_text() != PACKAGE:
        venv.create(folder, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "--disable-pip-version-check", "-q", "install", PACKAGE]
        done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        mark.write_text(PACKAGE)
    return python


def test_opensim_reads_markers_and_motion(opensim_python, tmp_path):
    gap = np.isin(np.arange(205), [*range(5), *range(110, 130), *range(200, 205)])
    take = scene(facing_camera(clip("jump")), rate_hz=30000 / 1001).take(gap)
    trc, mot = export_take(take, tmp_path, "jump", ["trc", "mot"])
    script, result = Path(__file__).with_name("scripts") / "opensim_tables.py", tmp_path / "found.json"
    command = [str(part) for part in (opensim_python, script, trc, mot, result)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(result.read_text())

    assert found["markers"][:3] == ["Hip", "RHip", "RKnee"]
    assert found["units"] == "m"
    assert float(found["rate"]) == pytest.approx(30000 / 1001, abs=1e-5)
    assert np.allclose(found["marker_times"], take.tracks3d[0].time_s, atol=1e-6)
    places = np.array(found["places"], float).reshape(205, 17, 3)
    joints = take.tracks3d[0].joints.astype(float)
    expected = np.stack([-joints[..., 1], joints[..., 2], -joints[..., 0]], axis=-1)
    assert np.allclose(places, expected, atol=2e-6, equal_nan=True)

    assert found["degrees"] is True
    assert np.allclose(found["motion_times"], take.tracks3d[0].time_s[~gap], atol=1e-6)
    values = dict(zip(found["coordinates"], np.array(found["values"], float).T, strict=True))
    angles = joint_angles(joints[~gap])
    assert np.allclose(values["knee_angle_l"], angles["left_knee_flexion"], atol=1e-4)
    assert np.allclose(values["arm_flex_r"], angles["right_shoulder_flexion"], atol=1e-4)
    assert np.allclose(values["pelvis_ty"], expected[~gap, 0, 1], atol=2e-6)
