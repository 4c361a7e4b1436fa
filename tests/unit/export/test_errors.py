"""Test the standard errors of joints in data files, and files of takes that have none."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import ezc3d
import numpy as np
import pytest

from pipeline.analysis.trust import joint_distance_m
from pipeline.core.export_options import ExportOptions
from pipeline.core.take import Take
from pipeline.export.biomechanics.c3d import C3dExporter
from pipeline.export.data.json_npz import JsonExporter, NpzExporter
from pipeline.export.data.tables import CsvExporter
from pipeline.export.tracks import Selection, selected
from pipeline.take.file import load_take, save_take
from tests.helpers.motion import clip, facing_camera, hidden, make_take, scene

GAP = np.isin(np.arange(205), range(60))


@pytest.fixture(scope="module")
def take() -> Take:
    """Return a take of two people; the first is absent at first."""
    one, two = scene(facing_camera(clip("jump"))), scene(facing_camera(clip("jump")), distance_m=5.5, person=2)
    return make_take([hidden(one.person, GAP), two.person], one.info, one.config)


def without_errors(take: Take) -> Take:
    return dataclasses.replace(take, tracks3d=tuple(dataclasses.replace(t, error_m=None) for t in take.tracks3d))


def chosen(take: Take) -> Selection:
    return selected(take, ExportOptions())


def test_a_finished_take_has_errors_where_the_person_was_lifted(take: Take) -> None:
    for track in take.tracks3d:
        assert track.error_m is not None
        assert np.array_equal(np.isfinite(track.error_m).all((1, 2)), track.seen)


def test_they_are_in_npz_and_json(take: Take, tmp_path: Path) -> None:
    with np.load(NpzExporter().write(chosen(take), tmp_path, "clip")[0]) as data:
        for at, track in enumerate(take.tracks3d):
            np.testing.assert_allclose(data["errors_mm"][:, at], 1000 * track.error_m, rtol=1e-5)
    document = json.loads(JsonExporter().write(chosen(take), tmp_path, "clip")[0].read_text("utf-8"))
    for person, track in zip(document["persons"], take.tracks3d, strict=True):
        values = np.array(person["errors_mm"], np.float64)
        np.testing.assert_allclose(values, 1000 * track.error_m, atol=0.006)


def test_residuals_of_a_c3d_are_distances_from_the_truth(take: Take, tmp_path: Path) -> None:
    paths = C3dExporter().write(chosen(take), tmp_path, "clip")
    for path, track in zip(paths, take.tracks3d, strict=True):
        residuals = ezc3d.c3d(str(path))["data"]["meta_points"]["residuals"][0]  # (M, T)
        assert track.error_m is not None
        wanted = np.where(track.seen[:, None], 1000 * joint_distance_m(track.error_m), -1).T
        np.testing.assert_allclose(residuals[:17], wanted, atol=0.5 + 0.005 * np.nanmax(wanted))


def test_a_take_keeps_them_and_an_older_one_has_none(take: Take, tmp_path: Path) -> None:
    again = load_take(save_take(take, tmp_path / "a.pose3d"))
    for before, after in zip(take.tracks3d, again.tracks3d, strict=True):
        np.testing.assert_array_equal(after.error_m, before.error_m)
    older = load_take(save_take(without_errors(take), tmp_path / "b.pose3d"))
    assert all(track.error_m is None for track in older.tracks3d)


def test_without_errors_the_columns_are_empty(take: Take, tmp_path: Path) -> None:
    bare = chosen(without_errors(take))
    table = CsvExporter().write(bare, tmp_path, "clip")[0].read_text("utf-8").splitlines()
    assert all(line.endswith(",,") for line in table[1:])
    with np.load(NpzExporter().write(bare, tmp_path, "clip")[0]) as data:
        assert "errors_mm" not in data
    assert "errors_mm" not in JsonExporter().write(bare, tmp_path, "clip")[0].read_text("utf-8")
    residuals = ezc3d.c3d(str(C3dExporter().write(bare, tmp_path, "clip")[0]))["data"]["meta_points"]["residuals"]
    assert set(np.unique(residuals)) == {-1.0, 0.0}
