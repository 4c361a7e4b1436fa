"""Test runs in the window: progress, cancel, errors, settings, and the choice of people."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from app.settings import Settings
from app.window import Window
from pipeline.core.errors import NoPersonError
from pipeline.core.live import RunState
from tests.gui.conftest import frame_shown, press, run_to_end
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.fakes import COUNT, FPS

KEY = Qt.Key


def test_a_run_gives_a_skeleton(lifted: Window, library: FakeLibrary) -> None:
    assert lifted.controller.state is RunState.IDLE
    assert lifted.controller.session.take.complete
    assert not lifted.workspace.run_panel.isVisible()
    assert lifted.actions_["export"].isEnabled()
    assert lifted.workspace.scene.hint == ""
    assert lifted.workspace.panel.estimates.isVisible()
    assert lifted.workspace.lanes.lanes[0].spans == ((0.0, pytest.approx(COUNT / FPS)),)
    config = library.configs[0]
    assert (config.start_s, config.end_s, config.persons) == (None, None, None)


def test_what_is_lifted_can_be_watched_while_it_runs(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    library.hold = True
    opened.actions_["run"].trigger()
    qtbot.waitUntil(lambda: opened.controller.session.take is not None)
    assert opened.controller.state is RunState.RUNNING
    assert not opened.controller.session.take.complete
    assert opened.workspace.run_panel.isVisible()
    assert "of 60 frames" in opened.workspace.run_panel.numbers.text()
    assert not opened.actions_["run"].isEnabled()
    assert not opened.actions_["export"].isEnabled()
    opened.playback.seek(0.5)
    qtbot.waitUntil(lambda: frame_shown(opened) == 15)
    assert opened.workspace.scene.row == 15
    opened.playback.seek(1.5)
    qtbot.waitUntil(lambda: frame_shown(opened) == 45)
    assert opened.workspace.scene.row is None, "not lifted yet: no stale skeleton"
    library.release()
    qtbot.waitUntil(lambda: opened.controller.session.take.complete)
    assert opened.workspace.scene.row == 45


def test_cancel_with_escape(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    library.hold = True
    opened.actions_["run"].trigger()
    qtbot.waitUntil(lambda: opened.controller.session.take is not None)
    press(qtbot, opened, KEY.Key_Escape)
    assert opened.controller.state is RunState.STOPPING
    qtbot.waitUntil(lambda: opened.controller.state is RunState.IDLE)
    assert opened.controller.session.take is None
    assert not opened.workspace.run_panel.isVisible()
    assert not opened.banner.isVisible(), "a cancel is not an error"
    assert all(source.closed for source in library.sources[1:])
    library.hold = False
    run_to_end(opened, qtbot)


def test_a_cancelled_second_run_keeps_the_first_take(lifted: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    first = lifted.controller.session.take
    library.hold = True
    lifted.actions_["run"].trigger()
    qtbot.waitUntil(lambda: lifted.controller.session.take is not first)
    lifted.controller.cancel()
    qtbot.waitUntil(lambda: lifted.controller.state is RunState.IDLE)
    assert lifted.controller.session.take is first


def test_another_video_while_running_cancels_cleanly(
    opened: Window, library: FakeLibrary, tmp_path: Path, qtbot: QtBot
) -> None:
    library.hold = True
    opened.actions_["run"].trigger()
    qtbot.waitUntil(lambda: opened.controller.session.take is not None)
    other = tmp_path / "other.mp4"
    other.write_bytes(b"x")
    opened.controller.open_path(other)
    qtbot.waitUntil(lambda: opened.controller.session.info.name == "other.mp4")
    assert opened.controller.state is RunState.IDLE
    assert opened.controller.session.take is None
    library.hold = False
    run_to_end(opened, qtbot)
    assert opened.controller.session.take.info.name == "other.mp4"
    assert len(library.engines) == 1, "models stay loaded"


def test_closing_while_running(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    library.hold = True
    opened.actions_["run"].trigger()
    qtbot.waitUntil(lambda: opened.controller.session.take is not None)
    opened.close()
    assert len(opened.controller.threads) == 0
    assert all(source.closed for source in library.sources)
    assert all(engine.closed for engine in library.engines)


def test_a_job_that_cannot_stop_at_once_does_not_hold_the_window_up(
    opened: Window, library: FakeLibrary, qtbot: QtBot
) -> None:
    gate = threading.Event()
    library.before_run = gate.wait  # like the import of a large library, which cannot be cancelled
    opened.actions_["run"].trigger()
    qtbot.waitUntil(lambda: opened.controller.state is RunState.RUNNING)
    opened.controller.cancel()
    qtbot.waitUntil(lambda: opened.controller.state is RunState.IDLE)
    assert opened.actions_["run"].isEnabled()
    opened.actions_["run"].trigger()
    assert opened.controller.state is RunState.STARTING
    assert len(library.configs) == 1, "the second run waits for the first to be out of the way"
    with qtbot.waitSignal(opened.controller.finished):
        gate.set()
    assert len(library.configs) == 2


def test_nobody_found_is_a_banner(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    library.fail = NoPersonError("Nobody was found in walk.mp4.", "Choose another video.")
    opened.actions_["run"].trigger()
    qtbot.waitUntil(lambda: opened.controller.state is RunState.FAILED)
    assert opened.banner.isVisible()
    assert opened.banner.message.text() == "Nobody was found in walk.mp4."
    assert opened.actions_["run"].isEnabled()


def test_a_bug_gives_a_report_and_the_window_lives_on(
    opened: Window, library: FakeLibrary, bugs: list[str], qtbot: QtBot
) -> None:
    library.fail = ZeroDivisionError("a bug in the library")
    opened.actions_["run"].trigger()
    qtbot.waitUntil(lambda: len(bugs) == 1)
    assert "ZeroDivisionError: a bug in the library" in bugs.pop()
    for dialog in QApplication.topLevelWidgets():
        if isinstance(dialog, QDialog) and dialog.isVisible():
            dialog.close()
    library.fail = None
    run_to_end(opened, qtbot)


def test_settings_reach_the_run_and_the_next_start(
    opened: Window, make_window: Callable[..., Window], library: FakeLibrary, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: opened.workspace.scene.gl is not None)
    panel = opened.workspace.panel
    panel.stature.setValue(183)
    panel.fov.setValue(72)
    panel.pitch.setValue(-4)
    panel.smooth.setValue(0)
    panel.everyone.setChecked(True)
    run_to_end(opened, qtbot)
    config = library.configs[-1]
    assert (config.scene.height_cm, config.scene.fov_deg, config.scene.pitch_deg) == (183, 72, -4)
    assert config.post.smooth_hz == 0
    assert config.persons == "all"
    assert config.lift.lifter == "", "the default lifter is stored as the default, not by its name"
    opened.close()
    fresh = Settings().run
    of_take = {"height_cm": None, "fov_deg": None, "pitch_deg": None, "roll_deg": None}
    assert dataclasses.asdict(fresh) == {**dataclasses.asdict(opened.settings.run), **of_take}
    panel = make_window(library).workspace.panel
    assert (panel.smooth.value(), panel.everyone.isChecked()) == (0, True)
    panel.reset.click()
    assert panel.smooth.value() > 0
    assert Settings().run.smooth_hz > 0


def test_body_and_camera_belong_to_the_take(
    opened: Window, library: FakeLibrary, make_window: Callable[..., Window], tmp_path: Path, qtbot: QtBot
) -> None:
    panel = opened.workspace.panel
    for box, value in ((panel.stature, 120), (panel.fov, 40), (panel.pitch, 9), (panel.roll, -2)):
        box.setValue(value)
    panel.everyone.setChecked(True)
    run_to_end(opened, qtbot)
    with qtbot.waitSignal(opened.controller.takes.saved):
        opened.controller.save_take(tmp_path / "walk.pose3d")
    other = tmp_path / "other.mp4"
    other.write_bytes(b"x")
    opened.controller.open_path(other)
    qtbot.waitUntil(lambda: opened.controller.session.info.name == "other.mp4")
    assert [box.text() for box in (panel.stature, panel.fov, panel.pitch, panel.roll)] == [
        "Assumed", "Automatic", "Estimated", "Estimated",
    ]  # fmt: skip
    assert opened.settings.live.live_config(opened.settings.run).scene.fov_deg is None
    panel.subject.setChecked(True)
    opened.controller.open_path(tmp_path / "walk.pose3d")
    qtbot.waitUntil(lambda: opened.controller.session.take is not None)
    assert (panel.stature.value(), panel.fov.value(), panel.pitch.value(), panel.roll.value()) == (120, 40, 9, -2)
    assert panel.everyone.isChecked(), "the take has everyone in 3D"
    assert opened.actions_["everyone"].isChecked()
    assert make_window(library).workspace.panel.stature.text() == "Assumed", "also after a restart"


def test_clicking_another_person_lifts_them(lifted: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    view = lifted.workspace.video
    joints = lifted.controller.session.take.track2d(2).joints_image[0]
    rect = view.image_rect()
    at = joints[8] * rect.width() / 320 + np.array([rect.x(), rect.y()])
    with qtbot.waitSignal(lifted.controller.finished):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(*at.astype(int).tolist()))
    assert library.configs[-1].persons == (2,)
    assert lifted.controller.session.person == 2
    assert lifted.controller.session.take.track3d(2) is not None
    assert lifted.workspace.panel.person.currentData() == 2


def test_clicking_beside_everybody_changes_nothing(lifted: Window, qtbot: QtBot) -> None:
    qtbot.mouseClick(lifted.workspace.video, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert lifted.controller.state is RunState.IDLE
    assert lifted.controller.session.person == 1


def test_everyone_lifts_all_and_switching_needs_no_run(lifted: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    with qtbot.waitSignal(lifted.controller.finished):
        lifted.actions_["everyone"].trigger()
    assert [track.person for track in lifted.controller.session.take.tracks3d] == [1, 2]
    assert lifted.workspace.scene.gl.numbers == [1, 2]
    runs = len(library.configs)
    press(qtbot, lifted, KEY.Key_P)
    assert lifted.controller.session.person == 2
    assert len(library.configs) == runs
