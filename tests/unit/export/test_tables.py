"""Test the CSV tables by reading them with pandas."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from pipeline.core.skeletons import H36M17
from pipeline.core.take import Take
from pipeline.export.base import ExportOptions
from pipeline.export.data.tables import CsvExporter, WideCsvExporter
from pipeline.export.tracks import selected
from tests.helpers.motion import clip, facing_camera, hidden, make_take, scene

GAP = np.isin(np.arange(205), [0, 1, *range(110, 130)])
ERRORS = ["error_image_mm", "error_depth_mm"]
COLUMNS = ["frame", "time_s", "person", "joint", "x", "y", "z", "confidence", "x2d", "y2d", *ERRORS]
ALL = ExportOptions()


@pytest.fixture(scope="module")
def take() -> Take:
    """Return a take of two people; the first is absent for a while.

    One elbow of the first is hidden in frames 30 to 39.
    """
    one, two = scene(facing_camera(clip("jump"))), scene(facing_camera(clip("jump")), distance_m=5.5, person=3)
    first = hidden(one.person, GAP)
    first.joints_image_h36m[30:40, 12], first.scores[30:40, 12] = np.nan, 0
    return make_take([first, two.person], one.info, one.config)


def test_tidy_table(take, tmp_path):
    paths = CsvExporter().write(selected(take, ALL), tmp_path, "clip")
    assert [path.name for path in paths] == ["clip.csv", "clip.csv.json"]
    table = pd.read_csv(paths[0])
    assert list(table.columns) == COLUMNS
    assert len(table) == 205 * 2 * 17
    kinds = table.dtypes.astype(str).to_dict()
    assert kinds["frame"] == kinds["person"] == "int64"
    assert {kinds[name] for name in ("time_s", "x", "y", "z", "confidence", "x2d", "y2d")} == {"float64"}
    # One row per frame, person and joint, in that order, joints as in the skeleton.
    assert list(table.frame[:34]) == [0] * 34
    assert list(table.person[:34]) == [1] * 17 + [3] * 17
    assert tuple(table.joint[:17]) == H36M17.names
    assert not table.duplicated(["frame", "person", "joint"]).any()


def test_tidy_values(take, tmp_path):
    table = pd.read_csv(CsvExporter().write(selected(take, ALL), tmp_path, "clip")[0])
    for track in take.tracks3d:
        mine = table[table.person == track.person]
        values = mine[["x", "y", "z"]].to_numpy().reshape(205, 17, 3)
        assert np.allclose(values, track.joints, atol=1e-6, equal_nan=True)
        image = mine[["x2d", "y2d"]].to_numpy().reshape(205, 17, 2)
        assert np.allclose(image[:, 13], take.track2d(track.person).joints_image[:, 13], atol=0.01, equal_nan=True)
        assert np.allclose(mine.confidence.to_numpy().reshape(205, 17), track.scores, atol=1e-4)
        errors = mine[ERRORS].to_numpy().reshape(205, 17, 2)
        assert np.allclose(errors, 1000 * track.error_m, atol=0.06, equal_nan=True)
        assert np.allclose(mine.time_s.to_numpy()[::17], track.time_s, atol=1e-6)


def test_what_was_not_seen_is_empty(take, tmp_path):
    path = CsvExporter().write(selected(take, ALL), tmp_path, "clip")[0]
    table = pd.read_csv(path)
    away = table[(table.person == 1) & table.frame.isin(np.flatnonzero(GAP))]
    assert len(away) == GAP.sum() * 17
    assert away[["x", "y", "z", "x2d", "y2d"]].isna().all().all()
    assert (away.confidence == 0).all()
    elbow = table[(table.person == 1) & (table.frame == 35) & (table.joint == "left_elbow")].iloc[0]
    assert np.isfinite(elbow.x)
    assert np.isnan(elbow.x2d)
    assert elbow.confidence == 0
    lines = path.read_text("utf-8").splitlines()
    assert lines[1] == "0,0.000000,1,pelvis,,,,0.0000,,,,"
    assert "nan" not in path.read_text("utf-8")


def test_chosen_persons(take, tmp_path):
    table = pd.read_csv(CsvExporter().write(selected(take, ExportOptions(persons=(3,))), tmp_path, "clip")[0])
    assert set(table.person) == {3}
    assert len(table) == 205 * 17


def test_wide_table(take, tmp_path):
    paths = WideCsvExporter().write(selected(take, ALL), tmp_path, "clip")
    assert [path.name for path in paths] == ["clip_wide.csv", "clip_wide_person3.csv", "clip.csv.json"]
    for path, track in zip(paths, take.tracks3d, strict=False):
        table = pd.read_csv(path)
        assert table.shape == (205, 2 + 51)
        assert list(table.columns[:5]) == ["frame", "time_s", "pelvis_x", "pelvis_y", "pelvis_z"]
        assert list(table.columns[2::3]) == [f"{name}_x" for name in H36M17.names]
        assert np.allclose(table.iloc[:, 2:].to_numpy().reshape(205, 17, 3), track.joints, atol=1e-6, equal_nan=True)
    first = pd.read_csv(paths[0])
    assert first.iloc[np.flatnonzero(GAP), 2:].isna().all().all()
    assert list(first.frame) == list(range(205))


def test_text_format(take, tmp_path):
    for exporter in (CsvExporter(), WideCsvExporter()):
        raw = exporter.write(selected(take, ALL), tmp_path, "clip")[0].read_bytes()
        assert b"\r" not in raw
        assert b";" not in raw
        assert raw.endswith(b"\n")
        assert not raw.startswith(b"\xef\xbb\xbf")


def test_sidecar(take, tmp_path):
    odd = dataclasses.replace(take, provenance={"lifter": "größe", "loss": float("nan"), "sizes": [1, float("inf")]})
    text = CsvExporter().write(selected(odd, ALL), tmp_path, "clip")[1].read_text("utf-8")

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    data = json.loads(text, parse_constant=refuse)
    assert (data["unit"], data["space"], data["rate_hz"], data["frames"]) == ("m", "world", 60.0, 205)
    assert data["persons"] == [1, 3]
    assert data["skeleton"]["joints"] == list(H36M17.names)
    assert data["provenance"] == {"lifter": "größe", "loss": None, "sizes": [1, None]}
    assert data["scene"]["from"]["fov"] == "set by the user"
    assert np.allclose(data["scene"]["camera_position_m"], take.scene.translation)


def test_detector_skeletons_are_written_as_h36m(take, tmp_path):
    """Check 2D joints of another skeleton: columns hold the 17 joints made from them."""
    from pipeline.core.poses import PersonTrack

    h36m = take.tracks2d[0]
    coco = np.full((205, 17, 2), np.nan, np.float32)
    coco[:, [11, 12]] = h36m.joints_image[:, [4, 1]]
    scores = np.full((205, 17), 0.5, np.float32)
    other = PersonTrack.of(1, h36m.frame_index, h36m.time_s, coco, scores, "coco17")
    table = pd.read_csv(
        CsvExporter().write(
            selected(dataclasses.replace(take, tracks2d=(other,)), ExportOptions(persons=(1,))), tmp_path, "clip"
        )[0]
    )
    pelvis = table[(table.joint == "pelvis") & (table.frame == 50)].iloc[0]
    assert pelvis.x2d == pytest.approx(h36m.joints_image[50, 0, 0], abs=0.02)
    assert table[table.joint == "left_wrist"].x2d.isna().all()


def test_a_person_without_2d(take, tmp_path):
    table = pd.read_csv(CsvExporter().write(selected(dataclasses.replace(take, tracks2d=()), ALL), tmp_path, "clip")[0])
    assert table.x2d.isna().all()
    assert table.x.notna().any()
