"""Test the names of people in every format that stores them, and gait in those with numbers."""

from __future__ import annotations

import dataclasses
import json
import struct

import numpy as np
import pandas as pd
import pytest

from pipeline.analysis.gait import gait
from pipeline.core.take import Take
from pipeline.export.base import ExportOptions
from pipeline.export.export_take import export_take
from tests.helpers.motion import clip, facing_camera, make_take, scene

NAMES = {1: 'Änne "A", B', 2: "視頻"}


@pytest.fixture(scope="module")
def take() -> Take:
    walk = facing_camera(clip("walk"))
    one, two = scene(walk), scene(walk[:1].repeat(len(walk), axis=0), distance_m=5.5, person=2)
    return dataclasses.replace(make_take([one.person, two.person], one.info, one.config), names=NAMES)


def test_json_has_names_and_the_gait_of_the_one_who_walks(take, tmp_path) -> None:
    export_take(take, tmp_path, "a", ["json"], ExportOptions(report=True))
    persons = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["persons"]
    assert [person["name"] for person in persons] == list(NAMES.values())
    track = take.tracks3d[0]
    walks = gait(track.joints.astype(np.float64), track.time_s).to_json()
    assert persons[0]["gait"] == walks
    assert persons[0]["gait"]["cadence_per_min"] == pytest.approx(109, abs=1)
    assert persons[1]["gait"] is None
    report = json.loads((tmp_path / "a_report.json").read_text(encoding="utf-8"))
    assert report["names"] == {"1": NAMES[1], "2": NAMES[2]}
    assert report["gait"] == {"1": walks, "2": None}


def test_tables_and_arrays(take, tmp_path) -> None:
    export_take(take, tmp_path, "a", ["csv", "npz", "dlc"], ExportOptions())
    sidecar = json.loads((tmp_path / "a.csv.json").read_text(encoding="utf-8"))
    assert sidecar["names"] == {"1": NAMES[1], "2": NAMES[2]}
    with np.load(tmp_path / "a.npz", allow_pickle=False) as arrays:
        assert arrays["names"].tolist() == list(NAMES.values())
    table = pd.read_csv(tmp_path / "a_dlc_3d.csv", header=[0, 1, 2, 3], index_col=0)
    assert table.columns.get_level_values("individuals").unique().tolist() == ["Änne A B", "視頻"]
    assert table.shape[1] == 2 * 51


def test_names_that_would_be_one_in_a_table_give_way_to_numbers(take, tmp_path) -> None:
    alike = dataclasses.replace(take, names={1: "Ada, B", 2: "Ada B"})
    export_take(alike, tmp_path, "a", ["dlc"], ExportOptions())
    table = pd.read_csv(tmp_path / "a_dlc_3d.csv", header=[0, 1, 2, 3], index_col=0)
    assert table.columns.get_level_values("individuals").unique().tolist() == ["person1", "person2"]


def test_scenes(take, tmp_path) -> None:
    export_take(take, tmp_path, "a", ["glb"], ExportOptions())
    data = (tmp_path / "a_person2.glb").read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    nodes = json.loads(data[20 : 20 + length])["nodes"]
    assert next(node["name"] for node in nodes if "mesh" in node) == NAMES[2]


def test_c3d_has_the_subject_in_plain_letters(take, tmp_path) -> None:
    ezc3d = pytest.importorskip("ezc3d")
    export_take(take, tmp_path, "a", ["c3d"], ExportOptions())
    file = ezc3d.c3d(str(tmp_path / "a.c3d"))
    assert file["parameters"]["SUBJECTS"]["NAMES"]["value"] == ['Anne "A", B']
    assert file["parameters"]["SUBJECTS"]["USED"]["value"].tolist() == [1]


def test_c3d_has_the_start_of_a_name_that_is_too_long(take, tmp_path) -> None:
    """The ligature stands for 18 letters and spaces, and a parameter has 255 at most."""
    ezc3d = pytest.importorskip("ezc3d")
    export_take(dataclasses.replace(take, names={1: "ﷺ" * 60}), tmp_path, "a", ["c3d"], ExportOptions())
    names = ezc3d.c3d(str(tmp_path / "a.c3d"))["parameters"]["SUBJECTS"]["NAMES"]["value"]
    assert [len(name) for name in names] == [127]


def test_usd_shows_the_name(take, tmp_path) -> None:
    usd = pytest.importorskip("pxr.Usd")
    export_take(take, tmp_path, "a", ["usd"], ExportOptions())
    stage = usd.Stage.Open(str(tmp_path / "a_person2.usdc"))
    assert stage.GetDefaultPrim().GetMetadata("displayName") == NAMES[2]
