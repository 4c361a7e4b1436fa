"""Test characters with their motion in three.js, three-vrm, Khronos' validator and Blender."""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from pipeline.api import Take, open_character
from pipeline.characters.character import Character
from pipeline.core.face.expressions import EXPRESSIONS
from pipeline.retarget.read_back import read_animation
from tests.helpers.characters import figure, write_glb, write_vrm0, write_vrm1
from tests.helpers.motion import clip, facing_camera, scene

NODE, BLENDER = shutil.which("node"), shutil.which("blender")
TIMES = (0.5, 1.5, 2.5)
FRAMES = [int(60 * time) for time in TIMES]


@pytest.fixture(scope="module")
def take() -> Take:
    return Take.of(scene(facing_camera(clip("jump"))).take())


def standing(path: Path, version: str) -> Character:
    """Return a VRM in the T-pose; a VRM 0 faces -z."""
    return open_character(write_vrm0(path) if version == "0" else write_vrm1(path))


def in_three(file: Path, motion: str | Path, node_folder: Path) -> dict:
    result = file.with_suffix(".found.json")
    script = Path(__file__).with_name("scripts") / "vrm_bones.mjs"
    command = [NODE, script, node_folder, file, result, motion, *TIMES]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(result.read_text())


@pytest.mark.skipif(NODE is None, reason="node is not installed (./start test installs it)")
@pytest.mark.parametrize("version", ["0", "1"])
def test_three_vrm_sees_the_same_pose_in_vrm_and_vrma(take, tmp_path, node_folder, version):
    hero = standing(tmp_path / "hero.vrm", version)
    vrm, vrma = take.retarget(hero, tmp_path / "out", ["character", "vrma"], stem="a")[0].files
    _, places = read_animation(vrm, hero.mapping.nodes, "a_hero")
    for motion in ("a_hero", vrma):
        found = in_three(vrm, motion, node_folder)
        assert found["vrm"] == version
        assert found["animations"] == ["idle", "a_hero"]
        assert found["duration"] == pytest.approx(204 / 60, abs=1e-3)
        assert found["issues"]["numErrors"] == 0, found["issues"]["messages"]
        for frame, bones in zip(FRAMES, found["times"].values(), strict=True):
            assert len(bones) == len(hero.mapping.nodes)
            for bone, place in bones.items():
                assert np.abs(np.array(place) - places[bone][frame]).max() < 1e-4, (motion, bone)


@pytest.mark.skipif(NODE is None, reason="node is not installed (./start test installs it)")
def test_three_vrm_sees_the_expressions_of_a_vrma(take, tmp_path, node_folder):
    hero = standing(tmp_path / "hero.vrm", "1")
    (track,) = take.tracks2d
    measures = np.zeros((len(track.time_s), len(EXPRESSIONS)), np.float16)
    measures[60:90, EXPRESSIONS.index("jawOpen")] = 0.22
    faced = dataclasses.replace(take, tracks2d=(dataclasses.replace(track, extras={"expressions": measures}),))
    vrm, vrma = faced.retarget(hero, tmp_path / "out", ["character", "vrma"], stem="a")[0].files
    found = in_three(vrm, vrma, node_folder)
    assert found["issues"]["numErrors"] == 0, found["issues"]["messages"]
    assert found["expressions"] == ["aa", "blinkLeft", "blinkRight", "ee", "ih", "oh", "ou"]


@pytest.mark.skipif(NODE is None, reason="node is not installed (./start test installs it)")
@pytest.mark.parametrize("rig", ["unreal", "makehuman"])
def test_three_and_the_validator_read_characters(take, tmp_path, node_folder, rig):
    hero = open_character(write_glb(tmp_path / "hero.glb", figure(rig)))
    path = take.retarget(hero, tmp_path / "out", stem="a")[0].files[0]
    found = in_three(path, "a_hero", node_folder)
    assert (found["issues"]["numErrors"], found["issues"]["numWarnings"]) == (0, 0), found["issues"]["messages"]
    _, places = read_animation(path, hero.mapping.nodes, "a_hero")
    for frame, bones in zip(FRAMES, found["times"].values(), strict=True):
        for bone in ("leftHand", "rightFoot", "head", "hips"):
            name = hero.tree.names[hero.mapping.nodes[bone]].replace(".", "")  # three.js drops dots
            assert np.abs(np.array(bones[name]) - places[bone][frame]).max() < 1e-4, bone


@pytest.mark.skipif(BLENDER is None, reason="Blender is not installed (./start test installs it)")
@pytest.mark.parametrize("kind", ["glb", "fbx", "bvh"])
def test_blender_sees_the_same_pose(take, tmp_path, kind):
    hero = open_character(write_glb(tmp_path / "hero.glb", figure("unreal"), animated=False))
    formats = ["character", *([kind] if kind != "glb" else [])]
    files = take.retarget(hero, tmp_path / "out", formats, stem="a")[0].files
    result = tmp_path / "found.json"
    script = Path(__file__).with_name("scripts") / "blender_bones.py"
    start = [BLENDER, "-b", "--factory-startup", "--python-exit-code", "1", "--python", script, "--"]
    command = [*start, files[-1], result, 60, *FRAMES]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(result.read_text())
    _, places = read_animation(files[0], hero.mapping.nodes, "a_hero")
    for frame in FRAMES:
        for bone, node in hero.mapping.nodes.items():
            x, y, z = places[bone][frame]
            seen = np.array(found["frames"][str(frame)][hero.tree.names[node]]["head"])
            assert np.abs(seen - [x, -z, y]).max() < 0.002, (frame, bone)


@pytest.mark.skipif(BLENDER is None, reason="Blender is not installed (./start test installs it)")
@pytest.mark.parametrize("kind", ["human", "basic_human"])
def test_metarigs_of_blender_are_characters(tmp_path, kind):
    """Rigify's own metarigs, as Blender writes them: other proportions than the person's, knees bent in the rest."""
    script, path = Path(__file__).with_name("scripts") / "blender_metarig.py", tmp_path / "hero.glb"
    command = [BLENDER, "-b", "--factory-startup", "--python-exit-code", "1", "--python", script, "--", kind, path]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    hero = open_character(path)
    assert hero.mapping.table == "Rigify"
    assert len(hero.mapping.nodes) == (55 if kind == "human" else 22)
    for name in ("walk", "jump"):
        take = Take.of(scene(facing_camera(clip(name))).take())
        agreement = take.retarget(hero, tmp_path / "out", stem=name, report=True)[0].agreement
        assert agreement.worst_direction_deg < 2
        assert agreement.slide_mm < 5
        assert agreement.floor_mm < 5
        assert agreement.written_mm < 0.1


@pytest.mark.skipif(BLENDER is None, reason="Blender is not installed (./start test installs it)")
def test_an_fbx_is_a_character(take, tmp_path):
    hero = open_character(write_glb(tmp_path / "hero.glb", figure("mixamo"), animated=False))
    made = take.retarget(hero, tmp_path / "out", "fbx", stem="a")[0].files[0]
    again = open_character(made)
    assert (again.kind, again.mapping.table, len(again.mapping.nodes)) == ("fbx", "Mixamo", 52)
    assert again.rest.hips_height == pytest.approx(hero.rest.hips_height, rel=0.01)
    for kind in (take, Take.of(scene(facing_camera(clip("walk")), rate_hz=30000 / 1001).take())):
        done = kind.retarget(again, tmp_path / "again", stem="b", report=True)[0]
        assert [path.suffix for path in done.files] == [".fbx"]
        assert done.agreement.written_mm < 0.5, "read back from the FBX"
        assert done.agreement.worst_direction_deg < 2
        assert done.agreement.slide_mm < 5
