"""Test the rate of the camera of a slow-motion video in the settings panel."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.window import Window
from tests.gui.conftest import run_to_end
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.fakes import COUNT, FPS

FACTOR = 8  # recorded at 240 frames a second and stored at 30


def idle(window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.controller.busy and not window.controller.updates.refinisher.busy)


def test_a_run_has_the_times_of_the_motion(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    opened.workspace.panel.recorded.setValue(FACTOR * FPS)
    opened.controller.session.set_trim(10 / FPS, 50 / FPS)
    run_to_end(opened, qtbot)
    session = opened.controller.session
    assert session.info.fps_hz == FACTOR * FPS
    assert session.info.duration_s == pytest.approx(COUNT / FPS / FACTOR)
    assert session.take.tracks2d[0].frame_index.tolist() == list(range(10, 50)), "the frames that were marked"
    assert session.trim == (pytest.approx(10 / FPS / FACTOR), pytest.approx(50 / FPS / FACTOR))
    assert "240 fps" in opened.workspace.facts.text()
    opened.playback.seek(session.take.time_s[20])
    qtbot.waitUntil(lambda: opened.workspace.scene.row == 20)
    qtbot.waitUntil(lambda: opened.workspace.video.time_s == pytest.approx(30 / FPS / FACTOR))


def test_a_change_after_a_run_lifts_again_and_back(lifted: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    session, recorded = lifted.controller.session, lifted.workspace.panel.recorded
    lifted.playback.seek(1.0)
    with qtbot.waitSignal(lifted.controller.finished, timeout=10_000):
        recorded.setValue(FACTOR * FPS)
    idle(lifted, qtbot)
    assert [config.recorded_fps for config in library.configs] == [None, FACTOR * FPS]
    assert session.info.slow_motion == FACTOR
    assert lifted.playback.time_s == pytest.approx(1.0 / FACTOR, abs=0.01), "the same frame is shown"
    with qtbot.waitSignal(lifted.controller.finished, timeout=10_000):
        recorded.setValue(recorded.minimum())
    idle(lifted, qtbot)
    assert session.info.slow_motion == 1
    assert session.take.time_s[-1] == pytest.approx((COUNT - 1) / FPS)
    assert len(library.configs) == 3


def test_it_belongs_to_the_take(
    lifted: Window, library: FakeLibrary, video: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    recorded = lifted.workspace.panel.recorded
    with qtbot.waitSignal(lifted.controller.finished, timeout=10_000):
        recorded.setValue(FACTOR * FPS)
    idle(lifted, qtbot)
    path = tmp_path / "slow.pose3d"
    library.save(lifted.controller.session.take, path)
    lifted.controller.open_path(video)
    qtbot.waitUntil(lambda: lifted.controller.session.take is None)
    assert recorded.value() == recorded.minimum()
    assert lifted.controller.session.info.slow_motion == 1
    lifted.controller.open_path(path)
    qtbot.waitUntil(lambda: lifted.controller.session.take is not None)
    assert recorded.value() == FACTOR * FPS
    assert lifted.controller.session.info.fps_hz == FACTOR * FPS
    runs = len(library.configs)
    qtbot.wait(900)
    assert len(library.configs) == runs, "nothing runs by itself"
