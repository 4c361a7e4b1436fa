"""Test FBX with Blender's package bpy alone: written, read as a character, and without the importer's stray shape."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from pipeline.api import Take, open_character
from pipeline.characters.blender.run import find_blender
from pipeline.registry import find
from tests.helpers.characters import figure, write_glb
from tests.helpers.motion import clip, facing_camera, scene

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("bpy") is None, reason="bpy is optional, 0.4 GB: pip install bpy==5.0.1"
)


@pytest.fixture
def take(tmp_path, monkeypatch) -> Take:
    """Return a take on a computer without Blender."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_blender() is not None
    assert find("exporter", "fbx").missing() == ""
    return Take.of(scene(facing_camera(clip("jump"))).take())


def test_a_take_becomes_an_fbx(take, tmp_path):
    (path,) = take.export(tmp_path / "out", ["fbx"], stem="jump")
    data = path.read_bytes()
    assert data[:18] == b"Kaydara FBX Binary"
    assert b"Icosphere" not in data
    assert b"LeftForeArm" in data
    body = open_character(path)  # the person of the take, in the T-pose
    assert (body.kind, body.mapping.missing) == ("fbx", ())
    assert np.ptp(body.tree.positions[:, 1]) == pytest.approx(1.7, abs=0.2)


def test_a_character_goes_in_and_comes_out(take, tmp_path):
    hero = open_character(write_glb(tmp_path / "hero.glb", figure("mixamo"), animated=False))
    made = take.retarget(hero, tmp_path / "out", "fbx", stem="a")[0].files[0]
    again = open_character(made)
    assert (again.kind, again.mapping.table, len(again.mapping.nodes)) == ("fbx", "Mixamo", 52)
    assert again.rest.hips_height == pytest.approx(hero.rest.hips_height, rel=0.01)
    assert b"Icosphere" not in take.retarget(again, tmp_path / "again", stem="b")[0].files[0].read_bytes()
