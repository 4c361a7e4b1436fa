"""Test the Blender add-on in Blender: takes, the human body, Rigify's metarig, a live run."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.camera import Frame
from pipeline.core.live import LivePerson, LiveResult, LiveStats
from pipeline.core.poses import Pose2D
from pipeline.stream.open import open_stream
from pipeline.take.file import save_take
from tests.helpers.hand_takes import take_with_hands
from tests.helpers.live.receivers import free_port
from tests.helpers.motion import clip, facing_camera, scene

BLENDER = shutil.which("blender")
pytestmark = pytest.mark.skipif(BLENDER is None, reason="Blender is not installed (./start test installs it)")
ROOT = Path(__file__).parents[3]
ADDON = ROOT / "integrations" / "blender" / "hourglass_mocap.py"
HEADS = {
    "spine": 0, "thigh.R": 1, "shin.R": 2, "foot.R": 3, "thigh.L": 4, "shin.L": 5, "foot.L": 6, "spine.003": 7,
    "spine.004": 8, "spine.006": 9, "upper_arm.L": 11, "forearm.L": 12, "hand.L": 13, "upper_arm.R": 14,
    "forearm.R": 15, "hand.R": 16,
}  # fmt: skip
LIMBS = [("upper_arm", "forearm", 11), ("forearm", "hand", 12), ("thigh", "shin", 4), ("shin", "foot", 5)]
FRAMES = (3, 60, 100, 150, 199)
RATE = 30000 / 1001


def blender(tmp_path: Path, *arguments: object) -> dict:
    result, script = tmp_path / "found.json", Path(__file__).with_name("scripts") / "blender_addon.py"
    start = [BLENDER, "-b", "--factory-startup", "--python-exit-code", "1", "--python", script, "--", ADDON, result]
    command = [str(part) for part in [*start, *arguments]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(result.read_text())


@pytest.fixture(scope="module")
def take():
    return scene(facing_camera(clip("jump")), rate_hz=RATE).take(np.isin(np.arange(205), range(120, 140)))


def test_a_take_opens_with_scale_rate_and_name(take, tmp_path):
    path = save_take(take, tmp_path / "jump.pose3d")
    found = blender(tmp_path, "take", path, 2.0, *FRAMES)
    assert found["result"] == ["FINISHED"]
    assert found["fps"] == pytest.approx(RATE, abs=1e-4)
    assert found["last_frame"] == 204
    assert found["names"] == ["Person 1"]
    joints = take.tracks3d[0].joints
    for frame in FRAMES:
        bones = found["people"][0][str(frame)]
        places = {joint: bones[name] for name, joint in HEADS.items()} | {10: bones["spine.006 end"]}
        for joint, place in places.items():
            assert np.linalg.norm(np.array(place) / 2 - joints[frame, joint]) < 0.002, (frame, joint)
    rest = found["rest"]
    assert rest["hand.L"][2] == pytest.approx(rest["upper_arm.L"][2])
    assert rest["foot.L"][2] > 0.03


def test_a_human_comes_with_fingers_by_the_program(tmp_path):
    take = take_with_hands(rate_hz=RATE)
    path = save_take(take, tmp_path / "hands.pose3d")
    program = tmp_path / "hourglass"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "main.py"}" "$@"\n')
    program.chmod(0o755)
    found = blender(tmp_path, "human", path, program, *FRAMES)
    assert found["result"] == ["FINISHED"]
    assert found["meshes"] == [take.names.get(1, "Person 1")]
    for frame in FRAMES:
        bones = found["people"][0][str(frame)]
        assert "f_index.02.L" in bones
        for name, joint in HEADS.items():
            assert np.linalg.norm(bones[name] - take.tracks3d[0].joints[frame, joint]) < 0.001, (frame, name)


def test_the_metarig_moves_as_the_take(take, tmp_path):
    path = save_take(take, tmp_path / "jump.pose3d")
    found = blender(tmp_path, "metarig", path, *FRAMES)
    assert found["result"] == ["FINISHED"]
    joints = take.tracks3d[0].joints.astype(float)
    worst = 0.0
    for frame in FRAMES:
        bones = {name: np.array(place) for name, place in found["people"][0][str(frame)].items()}
        for upper, lower, joint in LIMBS:
            for side, right in (("L", 0), ("R", 3 if joint > 6 else -3)):
                start = joint + right
                wanted = joints[frame, start + 1] - joints[frame, start]
                way = bones[f"{lower}.{side}"] - bones[f"{upper}.{side}"]
                cosine = way @ wanted / np.linalg.norm(way) / np.linalg.norm(wanted)
                worst = max(worst, float(np.degrees(np.arccos(min(cosine, 1.0)))))
                assert worst < 1.0, (frame, upper, side)
    standing = {name: np.array(place) for name, place in found["people"][0]["3"].items()}
    assert 0.05 < standing["foot.L"][2] < 0.15, "on the floor"


def test_a_live_run_is_followed(take, tmp_path):
    joints = take.tracks3d[0].joints
    url = f"ws://127.0.0.1:{free_port()}"
    stream = open_stream(url)
    done = threading.Event()

    def send():
        frame = 0
        while not done.is_set():
            person = LivePerson(1, joints[min(frame, 100)], np.ones(17, np.float32), np.zeros((17, 2), np.float32))
            image, at = np.zeros((16, 16, 3), np.uint8), frame / 30
            nobody = Pose2D.nobody("h36m17")
            stream.send(LiveResult(Frame(frame, at, image), nobody, (), (person,), at, False, LiveStats()))
            frame += 1
            time.sleep(1 / 30)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        found = blender(tmp_path, "live", url, 8)
    finally:
        done.set()
        sender.join()
        stream.close()
    assert found["problem"] == ""
    assert found["frames"] > 30
    for name, joint in HEADS.items():
        assert np.linalg.norm(found["people"][0]["now"][name] - joints[100, joint]) < 0.002, name


def test_a_live_run_that_ends_is_said(take, tmp_path):
    url = f"ws://127.0.0.1:{free_port()}"
    assert "cannot be followed" in blender(tmp_path, "live", url, 5)["problem"]
    stream = open_stream(url)
    threading.Timer(4.0, stream.close).start()
    found = blender(tmp_path, "live", url, 60)
    assert "has ended" in found["problem"]
    assert found["frames"] == 0


def test_other_files_are_refused(tmp_path):
    other = tmp_path / "other.pose3d"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("take.json", "{}")
    assert "no Hourglass take" in blender(tmp_path, "refused", other)["problem"]
    other.write_bytes(b"nothing")
    assert "cannot be read" in blender(tmp_path, "refused", other)["problem"]
