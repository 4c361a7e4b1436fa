"""Test what `doctor` reports about cameras."""

from __future__ import annotations

import pytest

from pipeline.cli import doctor
from pipeline.sources.live import camera_list
from pipeline.sources.live.camera_list import CameraInfo


def test_cameras_are_listed_by_number_and_name(monkeypatch: pytest.MonkeyPatch) -> None:
    there = (CameraInfo(0, "Integrated Camera", "/dev/video0"), CameraInfo(3, "C920"))
    monkeypatch.setattr(camera_list, "list_cameras", lambda: there)
    found = list(doctor.cameras())
    assert [(row.what, row.value) for row in found] == [
        ("camera 0", "Integrated Camera /dev/video0"),
        ("camera 3", "C920"),
    ]
    assert all(row.ok for row in found)


def test_no_camera_and_no_way_to_list_them_do_not_make_it_unhealthy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_list, "list_cameras", lambda: ())
    (none,) = doctor.cameras()
    monkeypatch.setattr(camera_list, "can_list", lambda: False)
    (unknown,) = doctor.cameras()
    assert "none is plugged in" in none.value
    assert unknown.fix
    assert not none.needed
    assert not unknown.needed
