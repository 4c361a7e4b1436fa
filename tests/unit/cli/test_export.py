"""Test `export`: formats and their options on the command line."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import sys

import pytest

from pipeline.cli import CANCELLED, DONE, USER_ERROR, main
from pipeline.cli.output import Report
from pipeline.core.export_options import OPTIONS, import_hint
from pipeline.export.base import ExportOptions
from pipeline.registry import entries
from pipeline.take.file import save_take
from tests.helpers.bvh_reader import read_bvh
from tests.helpers.clips import write_clip
from tests.helpers.motion import clip, facing_camera, scene


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
        ("preset=maya", "blender, unity, unreal, unreal5, mixamo, rigify"),
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


@pytest.fixture
def film_take_path(tmp_path):
    """Save a take of a small video that exists."""
    joints = facing_camera(clip("jump"))[:60]
    made = scene(joints).take()
    video = write_clip(tmp_path / "film.mp4", 60, size=(320, 180), rate=60)
    info = dataclasses.replace(made.info, path=str(video), frame_count=60)
    return save_take(dataclasses.replace(made, info=info), tmp_path / "film.pose3d")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")
def test_control_c_stops_a_video_and_leaves_no_half_file(film_take_path, tmp_path, capfd, monkeypatch):
    seen = []

    def press_control_c(self, name, progress):
        seen.append((name, progress))
        if len(seen) == 10:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Report, "progress", press_control_c)
    out = tmp_path / "out"
    before = signal.getsignal(signal.SIGINT)
    assert main(["export", str(film_take_path), "-o", str(out), "--formats", "trc,overlay", "--json"]) == CANCELLED
    assert [path.name for path in out.iterdir()] == ["film.trc"]
    assert seen[-1][0] == "film.pose3d overlay"
    assert len(seen) <= 12  # at the next frame
    assert json.loads(capfd.readouterr().out) == {"status": "cancelled"}
    assert signal.getsignal(signal.SIGINT) is before


def test_the_progress_of_a_video_is_told_to_scripts(film_take_path, tmp_path, capfd):
    assert main(["export", str(film_take_path), "-o", str(tmp_path), "--formats", "overlay", "--json"]) == DONE
    records = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert records[0]["stage"] == "export"
    assert records[0]["total"] == 60
    assert records[-1]["status"] == "done"
