"""Test that an action that does not apply is disabled, and says why."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.actions import SPECS
from app.availability import ALONE, LIVE, NO_VIDEO, NOT_LIFTED, NOTHING_OPEN, RUNNING
from app.window import Window
from tests.gui.conftest import run_to_end
from tests.gui.live.conftest import start
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.fakes import make_take

# What makes sense without a video.
ALWAYS = {
    "open", "sample", "live", "open_recording", "quit", "models", "detectors", "keys", "log", "about",
}  # fmt: skip


def enabled(window: Window) -> set[str]:
    return {spec.name for spec in SPECS if window.actions_[spec.name].isEnabled()}


def test_with_nothing_open_only_what_opens_something_can_be_done(window: Window) -> None:
    extra = {name for name in enabled(window) if name.startswith(("open_", "theme", "language"))}
    assert enabled(window) - extra == ALWAYS - extra
    for spec in SPECS:
        action = window.actions_[spec.name]
        assert action.isEnabled() or len(action.toolTip().splitlines()) == 2, f"{spec.name} says why it is grey"


def test_keys_change_nothing_that_is_invisible_on_the_start_page(window: Window, qtbot: QtBot) -> None:
    view = window.settings.view
    before = (view.show_joints, view.follow, view.show_floor, view.show_panel, view.show_drawer, view.loop, view.speed)
    mirrored, preset = window.settings.live.mirrored, window.workspace.scene.preset_name
    for key in (Qt.Key.Key_J, Qt.Key.Key_F, Qt.Key.Key_G, Qt.Key.Key_D, Qt.Key.Key_L, Qt.Key.Key_H, Qt.Key.Key_C,
                Qt.Key.Key_M, Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_BracketRight, Qt.Key.Key_Space):  # fmt: skip
        qtbot.keyClick(window, key)
    qtbot.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    now = (view.show_joints, view.follow, view.show_floor, view.show_panel, view.show_drawer, view.loop, view.speed)
    assert now == before
    assert (window.settings.live.mirrored, window.workspace.scene.preset_name) == (mirrored, preset)
    assert not window.controller.comparer.enabled


def test_run_and_export_say_why_they_are_grey(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    shown = opened.workspace
    assert not shown.export_button.isEnabled()
    assert NOT_LIFTED in shown.export_button.toolTip()
    assert shown.why.whole == NOT_LIFTED
    library.hold = True
    opened.actions_["run"].trigger()
    qtbot.waitUntil(lambda: opened.controller.session.take is not None)
    for button in (shown.run_button, shown.export_button):
        assert not button.isEnabled()
        assert RUNNING in button.toolTip()
    library.release()
    qtbot.waitUntil(lambda: not opened.controller.busy)
    for button in (shown.run_button, shown.export_button):
        assert button.isEnabled()
        assert len(button.toolTip().splitlines()) == 1
    assert shown.why.whole == ""


def test_a_take_whose_video_is_gone_says_why_it_cannot_run(
    window: Window, library: FakeLibrary, tmp_path: Path, qtbot: QtBot
) -> None:
    gone, path = tmp_path / "gone.mp4", tmp_path / "take.pose3d"
    gone.write_bytes(b"x")
    library.save(make_take(library.open_source(gone).info), path)
    gone.unlink()
    window.controller.open_path(path)
    qtbot.waitUntil(lambda: window.controller.session.take is not None)
    assert not window.workspace.run_button.isEnabled()
    assert NO_VIDEO in window.workspace.run_button.toolTip()
    assert window.workspace.why.whole == NO_VIDEO
    assert window.actions_["export"].isEnabled()


def test_a_shortcut_that_does_nothing_is_explained(window: Window, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert window.banner.message.text() == NOTHING_OPEN
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.banner.isVisible()
    assert not window.actions_["cancel"].isEnabled()


def test_menus_show_the_reasons(opened: Window, qtbot: QtBot) -> None:
    menus = [action.menu() for action in opened.menuBar().actions()]
    assert all(isinstance(menu, QMenu) and menu.toolTipsVisible() for menu in menus)
    assert NOT_LIFTED in opened.actions_["rename_person"].toolTip()


def test_what_needs_several_people_says_so(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    run_to_end(opened, qtbot)
    assert opened.actions_["delete_person"].isEnabled()
    opened.people.editor.delete(2)
    assert ALONE in opened.actions_["delete_person"].toolTip()
    assert ALONE in opened.actions_["next_person"].toolTip()
    qtbot.waitUntil(lambda: not opened.controller.updates.refinisher.busy)


@pytest.mark.parametrize("name", ["play", "run", "save", "trim_in", "drawer", "undo", "horizon"])
def test_a_live_run_disables_what_is_of_a_video(opened: Window, name: str, qtbot: QtBot) -> None:
    start(opened, qtbot)
    assert LIVE in opened.actions_[name].toolTip()
    assert not opened.actions_[name].isEnabled()
    for other in ("record", "stop_live", "mirror", "front", "joints"):
        assert opened.actions_[other].isEnabled()
    opened.actions_["stop_live"].trigger()
    qtbot.waitUntil(lambda: not opened.live.active)
    assert not opened.actions_["record"].isEnabled()


def test_viewpoints_and_joints_of_a_live_run(window: Window, qtbot: QtBot) -> None:
    start(window, qtbot)
    page = window.live.page
    window.actions_["side"].trigger()
    assert page.scene.preset_name == "side"
    assert window.workspace.scene.preset_name != "side"
    window.actions_["joints"].trigger()
    assert not page.video.show_joints
    window.actions_["joints"].trigger()
    window.actions_["stop_live"].trigger()
    qtbot.waitUntil(lambda: not window.live.active)
