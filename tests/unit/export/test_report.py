"""Test the report: it describes the files, and it detects wrong ones."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest

from pipeline.core.take import Take
from pipeline.export.base import ExportOptions
from pipeline.export.export_take import export_take
from pipeline.export.read_back import check_file
from pipeline.export.tracks import selected
from tests.helpers.motion import clip, facing_camera, hidden, make_take, scene

GAP = np.isin(np.arange(205), [*range(12), *range(110, 130), *range(200, 205)])
READ_BACK = ("bvh", "glb", "trc", "csv_wide", "npz", "c3d")


@pytest.fixture(scope="module")
def take() -> Take:
    joints = facing_camera(clip("jump"))
    one, two = scene(joints), scene(joints, distance_m=5.5, person=2)
    return make_take([hidden(one.person, GAP), two.person], one.info, one.config)


def test_report(take, tmp_path):
    options = ExportOptions(report=True, unit="m", preset="unity", t_pose=True)
    paths = export_take(take, tmp_path, "clip", [*READ_BACK, "json"], options)
    assert paths[-1].name == "clip_report.json"
    report = json.loads(paths[-1].read_text("utf-8"))
    exports = {export["format"]: export for export in report["exports"]}
    assert set(exports) == {*READ_BACK, "json"}
    for name in READ_BACK:
        checks = exports[name]["checks"]
        assert {check["person"] for check in checks} == {1, 2}, name
        assert exports[name]["passed"] is True, checks
        assert all(0 <= check["value"] <= check["limit"] for check in checks)
    assert (exports["bvh"]["unit"], exports["c3d"]["unit"], exports["trc"]["rate_hz"]) == ("m", "mm", 60)
    assert "scale 1" in exports["bvh"]["import"]
    assert "Humanoid" in exports["bvh"]["import"]
    assert exports["json"]["passed"] is None  # not read back
    for export in exports.values():
        for file in export["files"]:
            data = (tmp_path / file["name"]).read_bytes()
            assert (file["bytes"], file["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("name", READ_BACK)
def test_a_wrong_file_does_not_pass(take, tmp_path, name):
    """Return the other person's file: all joints are elsewhere."""
    path = export_take(take, tmp_path, "clip", [name], ExportOptions(persons=(2,)))[0]
    person = selected(take, ExportOptions(persons=(2,))).people[0]
    assert all(check.passed for check in check_file(name, path, person, ExportOptions()))
    moved = replace(person, track=replace(person.track, joints=person.track.joints + 0.002))
    checks = check_file(name, path, moved, ExportOptions())
    assert not checks[0].passed
    assert checks[0].value == pytest.approx(2 * 3**0.5, abs=0.3)


def test_in_place_is_compared_without_the_travel(take, tmp_path):
    options = ExportOptions(root_motion=False, report=True)
    report = json.loads(export_take(take, tmp_path, "clip", ["bvh", "glb"], options)[-1].read_text("utf-8"))
    assert [export["passed"] for export in report["exports"]] == [True, True]
