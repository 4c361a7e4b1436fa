"""Test messages over the page: who comes when, and banners that move nothing."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.window import Window
from pipeline.core.errors import SourceError
from pipeline.core.take import Take
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.fakes import COUNT, FPS, make_take


def unseen(take: Take, rows: slice) -> Take:
    """Return `take` with its people hidden in `rows`."""
    hidden = np.zeros(take.frame_count, np.bool_)
    hidden[rows] = True
    tracks = tuple(
        dataclasses.replace(t, joints=np.where(hidden[:, None, None], np.nan, t.joints).astype(np.float32))
        for t in take.tracks3d
    )
    return dataclasses.replace(take, tracks3d=tracks)


@pytest.fixture
def late(window: Window, library: FakeLibrary, video: Path, tmp_path: Path, qtbot: QtBot) -> Window:
    """Return a window with a take in which nobody is seen in the first second."""
    path = tmp_path / "late.pose3d"
    library.save(unseen(make_take(library.open_source(video).info), slice(0, 30)), path)
    window.controller.open_path(path)
    qtbot.waitUntil(lambda: window.controller.session.take is not None)
    qtbot.waitUntil(lambda: window.workspace.video.image is not None)
    return window


def test_an_empty_stage_says_when_the_first_person_comes(late: Window, qtbot: QtBot) -> None:
    absence = late.workspace.absence
    assert absence.isVisible()
    assert absence.text.text() == "Nobody is in this frame. Person 1 appears at 0:01.00."
    qtbot.mouseClick(absence.go, Qt.MouseButton.LeftButton)
    assert late.playback.time_s == pytest.approx(30 / FPS)
    qtbot.waitUntil(lambda: not absence.isVisible())
    late.actions_["start"].trigger()
    qtbot.waitUntil(absence.isVisible)


def test_after_the_last_person_it_leads_back(lifted: Window, qtbot: QtBot) -> None:
    absence = lifted.workspace.absence
    assert not absence.isVisible()
    absence.set_take(unseen(lifted.controller.session.take, slice(40, COUNT)))
    absence.show_time(50 / FPS)
    assert "last seen at 0:01.30" in absence.text.text()


def test_short_gaps_and_runs_say_nothing(lifted: Window) -> None:
    absence, take = lifted.workspace.absence, lifted.controller.session.take
    absence.set_take(unseen(take, slice(20, 30)))
    absence.show_time(25 / FPS)
    assert not absence.isVisible()
    absence.set_take(dataclasses.replace(unseen(take, slice(0, 30)), complete=False))
    absence.show_time(0.0)
    assert not absence.isVisible()


def test_a_banner_moves_nothing_under_the_mouse(lifted: Window, qtbot: QtBot) -> None:
    def place() -> list[QPoint]:
        shown = lifted.workspace
        parts = (shown.run_button, shown.video, shown.timeline, shown.transport, shown.panel)
        return [part.mapTo(lifted, QPoint(0, 0)) for part in parts]

    before = place()
    lifted.show_error(SourceError("It is broken. " * 30, "Do this. " * 20))
    qtbot.wait(30)
    banner = lifted.banner
    assert banner.isVisible()
    assert place() == before
    shown = lifted.workspace
    assert (
        banner.mapTo(lifted, QPoint(0, 0)).y()
        >= shown.run_button.mapTo(lifted, QPoint(0, shown.run_button.height())).y()
    )
    assert banner.hint.mapTo(banner, QPoint(0, banner.hint.height())).y() <= banner.height(), "all of its text is seen"
    lifted.resize(1000, 700)
    qtbot.wait(30)
    assert banner.geometry().right() <= lifted.width()
    banner.dismiss()
