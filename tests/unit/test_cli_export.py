"""`export`: formats and their options from the command line."""

from __future__ import annotations

import json

import pytest

from pipeline.cli import DONE, USER_ERROR, main
from pipeline.export.base import ExportOptions
from pipeline.formats import OPTIONS, import_hint
from pipeline.project import save_take
from pipeline.registry import entries
from tests.bvh_reader import read_bvh
from tests.motion import clip, facing_camera, scene


@pytest.fixture(scope="module")
def take_path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("take")
    return save_take(scene(facing_camera(clip("jump"))[:30]).take(), folder / "jump.pose3d")


def test_options_reach_the_file(take_path, tmp_path, capfd):
    arguments = ["export", str(take_path), "-o", str(tmp_path), "--format", "bvh", "--preset", "unreal", "--unit", "m"]
    assert main([*arguments, "--t-pose", "--in-place", "--report", "--json"]) == DONE
    bvh = read_bvh(tmp_path / "jump.bvh")
    assert bvh.joints[0].name == "pelvis"
    assert len(bvh.motion) == 31
    assert 0.7 < bvh.motion[0, 1] < 1.2  # metres
    assert (bvh.motion[:, [0, 2]] == bvh.motion[0, [0, 2]]).all()
    record = json.loads(capfd.readouterr().out)
    assert [path.rsplit("/", 1)[-1] for path in record["exports"]] == ["jump.bvh", "jump_report.json"]
    assert "scale 1" in record["hints"]["bvh"]


def test_the_same_as_name_and_value(take_path, tmp_path, capsys):
    pairs = ["--option", "preset=mixamo", "--option", "t_pose=yes", "--option", "root_motion=no"]
    assert main(["export", str(take_path), "-o", str(tmp_path), "--formats", "bvh,trc", *pairs]) == DONE
    bvh = read_bvh(tmp_path / "jump.bvh")
    assert bvh.joints[0].name == "mixamorig:Hips"
    assert (bvh.motion[0, 3:] == 0).all()
    printed = capsys.readouterr().out
    assert "jump.trc" in printed
    assert "scale 0.01" in printed


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("preset=maya", "blender, unity, unreal, mixamo"),
        ("colour=red", "preset"),
        ("t_pose=perhaps", "yes, no"),
        ("unit", "NAME=VALUE"),
    ],
)
def test_wrong_options_are_said(take_path, tmp_path, capsys, pair, words):
    assert main(["export", str(take_path), "-o", str(tmp_path), "--option", pair]) == USER_ERROR
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_every_format_says_how_to_read_it_and_names_known_options():
    for entry in entries("exporter"):
        assert import_hint(entry.name, ExportOptions()), entry.name
        assert set(entry.options) <= set(OPTIONS)
        assert entry.group
