"""Test the C3D exporter with ezc3d."""

from __future__ import annotations

import dataclasses

import ezc3d
import numpy as np
import pytest

from pipeline.core.take import Take
from pipeline.export.base import ExportOptions
from pipeline.export.biomechanics import c3d
from pipeline.export.biomechanics.c3d import C3dExporter
from pipeline.export.biomechanics.markers import JOINTS
from pipeline.export.tracks import selected
from tests.helpers.motion import clip, facing_camera, hidden, make_take, scene

GAP = np.isin(np.arange(205), [*range(12), *range(110, 130), *range(200, 205)])


@pytest.fixture(scope="module")
def take() -> Take:
    joints = facing_camera(clip("jump"))
    one, two = scene(joints, rate_hz=30000 / 1001), scene(joints, distance_m=5.5, person=2, rate_hz=30000 / 1001)
    return make_take([hidden(one.person, GAP), two.person], one.info, one.config)


def test_ezc3d_reads_it_back(take, tmp_path):
    paths = C3dExporter().write(selected(take, ExportOptions()), tmp_path, "clip")
    assert [path.name for path in paths] == ["clip.c3d", "clip_person2.c3d"]
    for path, track in zip(paths, take.tracks3d, strict=True):
        file = ezc3d.c3d(str(path))
        point = file["parameters"]["POINT"]
        assert point["LABELS"]["value"] == list(JOINTS)
        assert point["UNITS"]["value"] == ["mm"]
        assert point["RATE"]["value"][0] == pytest.approx(30000 / 1001, rel=1e-6)
        assert (point["X_SCREEN"]["value"], point["Y_SCREEN"]["value"]) == (["+X"], ["+Z"])
        joints = file["data"]["points"][:3].transpose(2, 1, 0) / 1000
        assert joints.shape == (205, 17, 3)
        assert np.allclose(joints, track.joints, atol=1e-6, equal_nan=True)
        residuals = file["data"]["meta_points"]["residuals"][0].T
        assert np.array_equal(residuals < 0, np.broadcast_to(~track.seen[:, None], (205, 17)))
        assert file["parameters"]["TRIAL"]["ACTUAL_END_FIELD"]["value"].tolist() == [205, 0]


def test_a_long_take_goes_on_in_parts(take, tmp_path, monkeypatch):
    monkeypatch.setattr(c3d, "MAX_FRAMES", 100)
    paths = C3dExporter().write(selected(take, ExportOptions(persons=(2,))), tmp_path, "clip")
    assert [path.name for path in paths] == ["clip.c3d", "clip_part2.c3d", "clip_part3.c3d"]
    parts = [ezc3d.c3d(str(path)) for path in paths]
    joints = np.concatenate([part["data"]["points"][:3].transpose(2, 1, 0) for part in parts]) / 1000
    assert np.allclose(joints, take.tracks3d[1].joints, atol=1e-6)
    starts = [part["parameters"]["TRIAL"]["ACTUAL_START_FIELD"]["value"].tolist() for part in parts]
    assert starts == [[1, 0], [101, 0], [201, 0]]


def test_variable_rate_is_resampled(take, tmp_path):
    track, rows = take.tracks3d[1], np.concatenate([np.arange(100), np.arange(100, 205, 2)])
    rate = (len(rows) - 1) / (track.time_s[rows][-1] - track.time_s[0])
    uneven = dataclasses.replace(
        take,
        info=dataclasses.replace(take.info, variable_rate=True, fps_hz=rate),
        tracks2d=(),
        tracks3d=(dataclasses.replace(track.rows(rows), frame_index=np.arange(len(rows))),),
    )
    file = ezc3d.c3d(str(C3dExporter().write(selected(uneven, ExportOptions()), tmp_path, "clip")[0]))
    pelvis = file["data"]["points"][2, 0] / 1000
    times = np.arange(len(pelvis)) / rate
    assert times[-1] == pytest.approx(track.time_s[-1], abs=1 / rate)
    assert np.abs(pelvis - np.interp(times, track.time_s, track.joints[:, 0, 2])).max() < 0.01


def test_steps_of_a_walk_are_events(tmp_path):
    one = scene(facing_camera(clip("walk")))
    walk = make_take([one.person], one.info, one.config)
    person = selected(walk, ExportOptions()).first
    assert person.gait is not None
    file = ezc3d.c3d(str(C3dExporter().write(selected(walk, ExportOptions()), tmp_path, "walk")[0]))
    event = file["parameters"]["EVENT"]
    count = len(person.gait.events)
    assert event["USED"]["value"] == [count]
    kinds = {"Foot Strike": "heel_strike", "Foot Off": "toe_off"}
    assert [kinds[label] for label in event["LABELS"]["value"]] == [e.kind for e in person.gait.events]
    assert event["CONTEXTS"]["value"] == [e.side.capitalize() for e in person.gait.events]
    minutes, seconds = event["TIMES"]["value"]
    assert np.allclose(60 * minutes + seconds, [e.time_s for e in person.gait.events], atol=1e-5)


def test_who_does_not_walk_has_no_events(tmp_path):
    one = scene(facing_camera(clip("jump")))
    take = make_take([one.person], one.info, one.config)
    file = ezc3d.c3d(str(C3dExporter().write(selected(take, ExportOptions()), tmp_path, "jump")[0]))
    assert "LABELS" not in file["parameters"].get("EVENT", {})
