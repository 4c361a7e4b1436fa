"""Test BVH and GLB in three.js, and GLB in Khronos' validator, in node without a browser."""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.face.expressions import EXPRESSIONS
from pipeline.core.take import Take
from pipeline.export.base import ExportOptions
from pipeline.export.export_take import export_take
from pipeline.export.tracks import selected
from tests.helpers.hand_takes import take_with_hands
from tests.helpers.motion import clip, facing_camera, scene

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="node is not installed (./start test installs it)")

BONES = {
    "Hips": 0, "RightUpLeg": 1, "RightLeg": 2, "RightFoot": 3, "LeftUpLeg": 4, "LeftLeg": 5, "LeftFoot": 6, "Spine1": 7,
    "Neck": 8, "Head": 9, "LeftArm": 11, "LeftForeArm": 12, "LeftHand": 13, "RightArm": 14, "RightForeArm": 15,
    "RightHand": 16,
}  # fmt: skip
RATE = 30000 / 1001
FRAMES = [3, 60, 90, 100, 150, 199]


@pytest.fixture(scope="module")
def take() -> Take:
    take = scene(facing_camera(clip("jump")), rate_hz=RATE).take(np.isin(np.arange(205), [0, 1, 2, *range(120, 140)]))
    assert take.info.fps_hz == RATE
    return take


def in_three(file: Path, node_folder: Path) -> dict:
    result = file.with_suffix(".found.json")
    script = Path(__file__).with_name("scripts") / "three_bones.mjs"
    command = [NODE, script, node_folder, file, result, *(f"{frame / RATE:.6f}" for frame in FRAMES)]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(result.read_text())


def world(point: list[float], unit_m: float = 1.0) -> np.ndarray:
    return np.array([point[0], -point[2], point[1]]) * unit_m


@pytest.mark.parametrize(("suffix", "unit_m"), [("bvh", 0.01), ("glb", 1.0)])
def test_three_sees_the_exported_joints(take, node_folder, tmp_path, suffix, unit_m):
    export_take(take, tmp_path, "jump", [suffix])
    found = in_three(tmp_path / f"jump.{suffix}", node_folder)
    for frame, seen in zip(FRAMES, found["times"].values(), strict=True):
        for name, joint in BONES.items():
            distance = np.linalg.norm(world(seen["bones"][name], unit_m) - take.tracks3d[0].joints[frame, joint])
            assert distance < 0.001, (frame, name)
    assert found["duration"] == pytest.approx(204 / RATE, abs=0.01)
    assert found["keys"] == {"bvh": 205, "glb": 205 - 23}[suffix]


def test_the_skin_follows_its_bones(take, node_folder, tmp_path):
    export_take(take, tmp_path, "jump", ["glb"])
    found = in_three(tmp_path / "jump.glb", node_folder)
    for seen in found["times"].values():
        for limb, end in (("LeftForeArm", "LeftHand"), ("RightLeg", "RightFoot"), ("LeftUpLeg", "LeftLeg")):
            middle = (np.array(seen["bones"][limb]) + np.array(seen["bones"][end])) / 2
            assert np.linalg.norm(np.array(seen["skin"][limb]) - middle) < 0.02, limb


@pytest.mark.parametrize("preset", ["blender", "unreal5", "rigify"])
def test_khronos_validator_finds_nothing(take, node_folder, tmp_path, preset):
    export_take(take, tmp_path, "jump", ["glb"], ExportOptions(preset=preset))
    issues = in_three(tmp_path / "jump.glb", node_folder)["issues"]
    assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"]


def test_three_and_the_validator_read_a_face(take, node_folder, tmp_path):
    (track,) = take.tracks2d
    measures = np.zeros((len(track.time_s), len(EXPRESSIONS)), np.float16)
    measures[60:90, EXPRESSIONS.index("jawOpen")] = 0.22
    faced = dataclasses.replace(track, extras={"expressions": measures})
    export_take(dataclasses.replace(take, tracks2d=(faced,)), tmp_path, "face", ["glb"])
    issues = in_three(tmp_path / "face.glb", node_folder)["issues"]
    assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"]


@pytest.mark.parametrize(("suffix", "unit_m"), [("bvh", 0.01), ("glb", 1.0)])
def test_three_sees_the_fingertips_of_the_take(node_folder, tmp_path, suffix, unit_m):
    take = take_with_hands(rate_hz=RATE)
    hands = selected(take, ExportOptions()).first.hands
    export_take(take, tmp_path, "hands", [suffix])
    found = in_three(tmp_path / f"hands.{suffix}", node_folder)
    for frame, seen in zip(FRAMES, found["times"].values(), strict=True):
        for side, name in enumerate(("Left", "Right")):
            for finger, word in enumerate(("Thumb", "Index", "Middle", "Ring", "Pinky")):
                for joint in (1, 2, 3):
                    place = world(seen["bones"][f"{name}Hand{word}{joint}"], unit_m)
                    away = np.linalg.norm(place - hands.joints[frame, side, 4 * finger + joint])
                    assert away < 0.001, (frame, name, word, joint)
                if suffix == "glb":  # three.js gives the ends of a BVH the name ENDSITE
                    tip = world(seen["bones"][f"{name}Hand{word}3_end"])
                    assert np.linalg.norm(tip - hands.joints[frame, side, 4 * finger + 4]) < 0.001
    if suffix == "glb":
        issues = found["issues"]
        assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"]


def test_mixamo_names_survive(take, node_folder, tmp_path):
    """Account for three.js, which drops the colon, as it does for Mixamo's own files."""
    still = dataclasses.replace(take, provenance={})
    export_take(still, tmp_path, "jump", ["glb"], ExportOptions(preset="mixamo"))
    assert "mixamorigLeftForeArm" in in_three(tmp_path / "jump.glb", node_folder)["bones"]
