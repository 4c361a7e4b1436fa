"""Test what a click puts right: a camera on its side, a person who came back, a video that was moved."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.window import Window
from pipeline.core.config import RunConfig
from pipeline.core.take import Finding
from tests.gui.conftest import run_to_end
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.fakes import HEIGHT, WIDTH, make_take


def rolled(config: RunConfig) -> tuple[Finding, ...]:
    if config.scene.roll_deg is not None:
        return ()
    return (Finding(1, "camera_roll", 0, 59, False, "People lie on their side: does the camera?", 90),)


def returned(config: RunConfig) -> tuple[Finding, ...]:
    return (Finding(2, "same_person", 30, 59, False, "May be person 1.", 1),)


def size(window: Window) -> tuple[int, int]:
    info = window.controller.session.info
    assert info is not None
    return info.width_px, info.height_px


def is_upright(window: Window) -> bool:
    """Return whether the shown image is turned as its take is."""
    image = window.workspace.video.image
    return image is not None and image.height() > image.width()


def test_a_rolled_camera_is_offered_to_be_turned(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    library.findings = rolled
    assert WIDTH > HEIGHT
    run_to_end(opened, qtbot)
    banner = opened.banner
    assert banner.isVisible()
    assert "does the camera?" in banner.message.text()
    assert "roll 90" in banner.remedy.text()
    with qtbot.waitSignal(opened.controller.finished):
        qtbot.mouseClick(banner.remedy, Qt.MouseButton.LeftButton)
    assert not banner.isVisible()
    assert [config.scene.roll_deg for config in library.configs] == [None, 90]
    take = opened.controller.session.take
    assert take is not None
    assert take.info.turned_deg == 90
    assert size(opened) == (HEIGHT, WIDTH)
    qtbot.waitUntil(lambda: is_upright(opened))
    qtbot.wait(900)  # nothing runs again by itself
    assert len(library.configs) == 2


def test_the_finding_has_the_same_button_and_the_roll_goes_back(
    opened: Window, library: FakeLibrary, qtbot: QtBot
) -> None:
    library.findings = rolled
    run_to_end(opened, qtbot)
    findings = opened.workspace.drawer.findings
    assert not findings.remedy.isVisibleTo(findings)
    findings.list.setCurrentRow(0)
    assert findings.remedy.text() == "Turn the video upright (roll 90°)"
    with qtbot.waitSignal(opened.controller.finished):
        findings.remedy.click()
    assert size(opened) == (HEIGHT, WIDTH)
    opened.workspace.panel.roll.setValue(0)
    with qtbot.waitSignal(opened.controller.finished):
        opened.workspace.panel.changed.emit()
    assert size(opened) == (WIDTH, HEIGHT)
    qtbot.waitUntil(lambda: not is_upright(opened))


def test_a_turn_that_is_cancelled_is_not_begun_again(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    run_to_end(opened, qtbot)
    library.hold = True
    opened.horizon.set_roll(180)
    qtbot.waitUntil(lambda: len(library.configs) == 2)
    opened.controller.cancel()
    qtbot.waitUntil(lambda: not opened.controller.busy)
    qtbot.wait(900)
    assert len(library.configs) == 2
    assert size(opened) == (WIDTH, HEIGHT)


def test_a_take_of_a_turned_video_is_shown_turned(
    window: Window, library: FakeLibrary, video: Path, qtbot: QtBot
) -> None:
    library.findings = rolled
    window.controller.open_path(video)
    qtbot.waitUntil(lambda: window.workspace.video.image is not None)
    window.horizon.set_roll(90)
    run_to_end(window, qtbot)
    saved = video.with_suffix(".pose3d")
    take = window.controller.session.take
    assert take is not None
    library.save(take, saved)
    window.controller.open_path(saved)
    qtbot.waitUntil(lambda: window.controller.session.take is not None and window.controller.session.take is not take)
    assert size(window) == (HEIGHT, WIDTH)
    qtbot.waitUntil(lambda: is_upright(window))


def test_a_person_who_came_back_is_joined_by_a_click(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    library.findings = returned
    opened.settings.run.everyone = True
    run_to_end(opened, qtbot)
    findings = opened.workspace.drawer.findings
    findings.list.setCurrentRow(0)
    assert findings.remedy.text() == "Merge with Person 1"
    asked: list[tuple[int, int]] = []
    findings.join_wanted.connect(lambda into, other: asked.append((into, other)))
    findings.remedy.click()
    assert asked == [(1, 2)]


def test_the_video_of_a_take_can_be_found_again(
    window: Window, library: FakeLibrary, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, path = tmp_path / "gone.mp4", tmp_path / "take.pose3d"
    gone.write_bytes(b"x")
    library.save(make_take(library.open_source(gone).info), path)
    (tmp_path / "moved").mkdir()
    moved = gone.rename(tmp_path / "moved/gone.mp4")
    window.controller.open_path(path)
    qtbot.waitUntil(window.banner.isVisible)
    assert window.banner.remedy.text() == "Find the video…"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(moved), ""))
    qtbot.mouseClick(window.banner.remedy, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.workspace.video.image is not None)
    assert window.controller.session.path == moved
    assert window.actions_["run"].isEnabled()
