"""Test BVH, glTF and FBX with Blender's importers, without a window."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.core.concurrency import CancelToken
from pipeline.core.errors import Cancelled, OutputError
from pipeline.core.take import Progress, Take
from pipeline.export.base import ExportOptions, Watch
from pipeline.export.export_take import export_take
from pipeline.export.tracks import selected
from tests.helpers.hand_takes import take_with_hands
from tests.helpers.motion import clip, facing_camera, scene

BLENDER = shutil.which("blender")
pytestmark = pytest.mark.skipif(BLENDER is None, reason="Blender is not installed (./start test installs it)")

BONES = {
    "Hips": 0, "RightUpLeg": 1, "RightLeg": 2, "RightFoot": 3, "LeftUpLeg": 4, "LeftLeg": 5, "LeftFoot": 6, "Spine1": 7,
    "Neck": 8, "Head": 9, "LeftArm": 11, "LeftForeArm": 12, "LeftHand": 13, "RightArm": 14, "RightForeArm": 15,
    "RightHand": 16,
}  # fmt: skip


def in_blender(file: Path, frames: list[int], rate_hz: float = 30.0) -> dict:
    result = file.with_suffix(".found.json")
    script = Path(__file__).with_name("scripts") / "blender_bones.py"
    command = [BLENDER, "-b", "--factory-startup", "--python-exit-code", "1", "--python", script, "--", file, result]
    done = subprocess.run(
        [str(part) for part in [*command, rate_hz, *frames]], capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(result.read_text())


def agree(take: Take, found: dict, frames: list[int]) -> float:
    """Return the largest distance (m) between the bones in Blender and the exported joints."""
    joints = take.tracks3d[0].joints
    worst = 0.0
    for frame in frames:
        bones = found["frames"][str(frame)]
        top = bones["Head_end"]["head"] if "Head_end" in bones else bones["Head"]["tail"]
        places = {joint: bones[name]["head"] for name, joint in BONES.items()} | {10: top}
        assert len(places) == 17
        worst = max(worst, *(float(np.linalg.norm(place - joints[frame, joint])) for joint, place in places.items()))
    return worst


def at_rate(take: Take, rate_hz: float) -> Take:
    """Return the take with the same frames at another rate, in its description and in its times."""
    slower = take.info.fps_hz / rate_hz
    return dataclasses.replace(
        take,
        info=dataclasses.replace(take.info, fps_hz=rate_hz, duration_s=take.info.duration_s * slower),
        tracks2d=tuple(dataclasses.replace(track, time_s=track.time_s * slower) for track in take.tracks2d),
        tracks3d=tuple(dataclasses.replace(track, time_s=track.time_s * slower) for track in take.tracks3d),
    )


def test_blender_sees_the_exported_joints(tmp_path):
    """Check that an import with scale 0.01 and the importer's default axes gives world space."""
    take = scene(facing_camera(clip("jump"))).take(np.isin(np.arange(205), [0, 1, 2, *range(120, 140)]))
    ntsc = at_rate(take, 30000 / 1001)
    export_take(ntsc, tmp_path, "jump", ["bvh"])
    frames = [3, 60, 90, 100, 150, 204]
    found = in_blender(tmp_path / "jump.bvh", frames)
    assert agree(take, found, frames) < 0.001
    assert found["fps"] == pytest.approx(30000 / 1001, abs=0.01)

    standing = found["frames"]["3"]
    assert standing["Head"]["tail"][2] == pytest.approx(1.7, abs=0.15)  # upright, metres
    assert 0 < standing["LeftFoot"]["head"][2] < 0.15
    assert standing["LeftArm"]["head"][0] > 0.1 > -0.1 > standing["RightArm"]["head"][0]
    assert standing["LeftToeBase"]["tail"][1] < standing["LeftFoot"]["head"][1] - 0.1  # feet to the camera

    rest = found["rest"]  # edit mode: the T-pose, facing Blender's front view (-y)
    assert abs(rest["LeftHand"][2] - rest["LeftArm"][2]) < 1e-4
    assert rest["LeftHand"][0] > 0.6
    assert rest["LeftToeBase"][1] < -0.1
    assert rest["LeftFoot"][2] < -0.7
    children = [name for name, parent in found["parents"].items() if parent == "Hips"]
    assert sorted(children) == ["LeftUpLeg", "RightUpLeg", "Spine"]


def test_blender_sees_the_sample_as_it_was_lifted(sample_run, tmp_path):
    """Check the whole path, video to BVH to Blender, against the table written beside it."""
    bvh = Path(shutil.copy(sample_run.folder / "demo.bvh", tmp_path / "demo.bvh"))
    table = pd.read_csv(sample_run.folder / "demo.csv").dropna(subset=["x"])
    frames = [0, 50, 100, 150, 165, 190, 220]
    found = in_blender(bvh, frames)
    assert found["fps"] == pytest.approx(30, abs=0.01)
    for frame in frames:
        rows = table[table["frame"] == frame]
        joints = rows[["x", "y", "z"]].to_numpy()
        bones = found["frames"][str(frame)]
        places = {joint: bones[name]["head"] for name, joint in BONES.items()} | {10: bones["Head"]["tail"]}
        for joint, place in places.items():
            assert np.linalg.norm(place - joints[joint]) < 0.005, (frame, joint)
    on_the_roof = found["frames"]["100"]
    assert 1.3 < on_the_roof["Head"]["tail"][2] - on_the_roof["LeftFoot"]["head"][2] < 1.8


def test_blender_sees_the_glb_as_it_was_exported(tmp_path):
    """Import at the video's whole rate, as the hint advises: joints, skin, axes, scale, times."""
    rate = 30000 / 1001
    take = scene(facing_camera(clip("jump")), rate_hz=rate).take(np.isin(np.arange(205), [0, 1, 2, *range(120, 140)]))
    export_take(take, tmp_path, "jump", ["glb"])
    frames = [3, 60, 90, 100, 150, 199]
    found = in_blender(tmp_path / "jump.glb", frames, rate)
    assert found["action_end"] / found["fps"] == pytest.approx(204 / rate, abs=1e-4)
    assert agree(take, found, frames) < 0.0005
    assert found["parents"]["LeftForeArm"] == "LeftArm"
    assert found["rest"]["LeftHand"][0] > 0.6
    assert abs(found["rest"]["LeftHand"][2] - found["rest"]["LeftArm"][2]) < 1e-4
    joints = take.tracks3d[0].joints[199]
    low, high = np.array(found["body"]["low"]), np.array(found["body"]["high"])
    assert (low < joints.min(axis=0)).all()  # the skin is around the bones in the last frame
    assert (high > joints.max(axis=0) - 0.01).all()
    assert (high - low < joints.max(axis=0) - joints.min(axis=0) + 0.45).all()


def test_blender_reads_the_fbx_that_it_wrote(tmp_path):
    """Check that positions, rate, scale and skin survive glTF > Blender > FBX > Blender."""
    rate = 30000 / 1001
    take = scene(facing_camera(clip("jump")), rate_hz=rate).take(np.isin(np.arange(205), range(120, 140)))
    paths = export_take(take, tmp_path, "jump", ["fbx"])
    assert [path.name for path in paths] == ["jump.fbx"]
    frames = [3, 60, 90, 100, 150, 199]
    found = in_blender(paths[0], frames, rate)
    assert found["fps"] == pytest.approx(rate, abs=1e-5)
    assert (found["action_end"] - 1) / 30 == pytest.approx(204 / rate, abs=1e-4)
    assert agree(take, found, frames) < 0.0005
    joints = take.tracks3d[0].joints[199]
    assert (np.array(found["body"]["high"]) > joints.max(axis=0) - 0.01).all()
    assert found["body"]["high"][2] - joints[:, 2].max() < 0.2


def test_blender_sees_the_fingertips_of_the_take(tmp_path):
    """Check BVH, glTF and FBX; the FBX is what Blender wrote from the glTF."""
    rate = 30.0
    take = take_with_hands(rate_hz=rate)
    hands = selected(take, ExportOptions()).first.hands
    frames = [3, 60, 100, 150, 199]
    for path in export_take(take, tmp_path, "hands", ["bvh", "glb", "fbx"]):
        found = in_blender(path, frames, rate)
        assert found["parents"]["RightHandIndex1"] == "RightHand"
        for frame in frames:
            bones = found["frames"][str(frame)]
            for side, name in enumerate(("Left", "Right")):
                for finger, word in enumerate(("Thumb", "Index", "Middle", "Ring", "Pinky")):
                    last = f"{name}Hand{word}3"
                    tip = bones[f"{last}_end"]["head"] if f"{last}_end" in bones else bones[last]["tail"]
                    away = np.linalg.norm(tip - hands.joints[frame, side, 4 * finger + 4])
                    assert away < 0.001, (path.suffix, frame, last)


@pytest.mark.parametrize("kind", ["bvh", "fbx"])
def test_blender_sees_the_skeleton_of_unreal_5(tmp_path, kind):
    """Check the root, the joints below it, and the ik bones, which go with feet and hands."""
    take = scene(facing_camera(clip("jump")), rate_hz=30.0).take()
    (path,) = export_take(take, tmp_path, "jump", [kind], ExportOptions(preset="unreal5"))
    frames = [3, 90, 150, 199]
    found = in_blender(path, frames, 30.0)
    assert (found["parents"]["pelvis"], found["parents"]["clavicle_l"]) == ("root", "spine_05")
    same = {"ik_foot_l": "foot_l", "ik_foot_r": "foot_r", "ik_hand_l": "hand_l", "ik_hand_r": "hand_r"}
    joints = {"pelvis": 0, "foot_r": 3, "calf_l": 5, "neck_01": 8, "head": 9, "lowerarm_l": 12, "hand_r": 16}
    for frame in frames:
        bones = {name: np.array(bone["head"]) for name, bone in found["frames"][str(frame)].items()}
        for name, joint in joints.items():
            assert np.linalg.norm(bones[name] - take.tracks3d[0].joints[frame, joint]) < 0.001, (frame, name)
        for name, bone in same.items():
            assert np.linalg.norm(bones[name] - bones[bone]) < 0.001, (frame, name)
        assert np.linalg.norm(bones["root"] - bones["pelvis"] * [1, 1, 0]) < 0.001, frame


def test_the_bones_of_the_rigify_preset_are_those_of_the_metarig(tmp_path):
    take = take_with_hands(rate_hz=30.0)
    (path,) = export_take(take, tmp_path, "hands", ["bvh"], ExportOptions(preset="rigify"))
    script = tmp_path / "metarig.py"
    script.write_text(
        "import bpy, json, sys, addon_utils\n"
        "addon_utils.enable('rigify', default_set=True)\n"
        "bpy.ops.object.armature_human_metarig_add()\n"
        "bones = bpy.context.object.data.bones\n"
        "found = {bone.name: bone.parent.name if bone.parent else '' for bone in bones}\n"
        "json.dump(found, open(sys.argv[-1], 'w'))\n"
    )
    command = [
        BLENDER,
        "-b",
        "--factory-startup",
        "--python-exit-code",
        "1",
        "--python",
        script,
        "--",
        tmp_path / "meta",
    ]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    metarig = json.loads((tmp_path / "meta").read_text())
    mine = in_blender(path, [0])["parents"]
    assert len(mine) == 23 + 2 * 19
    assert not set(mine) - set(metarig)
    other = {name for name, parent in mine.items() if metarig[name] != parent}
    assert other == {"thumb.01.L", "thumb.01.R"}, "the metarig hangs thumbs on the index's metacarpal"


def put_fake_blender(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a shell script called `blender` in front of the real one, and hide the package."""
    monkeypatch.setitem(sys.modules, "bpy", None)
    folder.mkdir()
    (folder / "blender").write_text(script)
    (folder / "blender").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_a_blender_that_fails_is_said(tmp_path, monkeypatch):
    """Run another program called `blender`: no file is left behind."""
    put_fake_blender(tmp_path / "bin", monkeypatch, "#!/bin/sh\necho 'Error: this is not Blender' >&2\nexit 1\n")
    out = tmp_path / "out"
    with pytest.raises(OutputError, match="this is not Blender") as error:
        export_take(scene(clip("jump")[:20]).take(), out, "jump", ["fbx"])
    assert "NumPy" in error.value.hint
    assert list(out.iterdir()) == []


def test_a_blender_that_hangs_is_ended_when_the_export_is_cancelled(tmp_path, monkeypatch):
    put_fake_blender(tmp_path / "bin", monkeypatch, f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 600\n")
    cancel = CancelToken()

    def look(progress: Progress) -> None:
        if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip():
            cancel.cancel()

    out = tmp_path / "out"
    with pytest.raises(Cancelled):
        export_take(scene(clip("jump")[:20]).take(), out, "jump", ["fbx"], None, Watch(cancel, look))
    assert list(out.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_blender_that_ctrl_c_has_ended_counts_as_cancelled(tmp_path, monkeypatch):
    """Send Ctrl-C to both processes, as a terminal does; Blender may end before the next poll."""
    put_fake_blender(tmp_path / "bin", monkeypatch, "#!/bin/sh\nsleep 0.5\nexit 130\n")
    monkeypatch.setattr("pipeline.characters.blender.run.POLL_S", 60.0)  # the second poll would be too late
    cancel = CancelToken()
    watch = Watch(cancel, lambda _: cancel.cancel())
    with pytest.raises(Cancelled):
        export_take(scene(clip("jump")[:20]).take(), tmp_path / "out", "jump", ["fbx"], None, watch)
