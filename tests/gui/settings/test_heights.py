"""Test the height of every person in the settings panel."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.window import Window
from pipeline.take.provenance import take_config
from tests.gui.conftest import run_to_end
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.fakes import FPS


@pytest.fixture
def both(opened: Window, qtbot: QtBot) -> Window:
    """Return a window with two lifted people."""
    opened.workspace.panel.everyone.setChecked(True)
    run_to_end(opened, qtbot)
    return opened


def made(window: Window) -> tuple[float | None, dict[int, float]]:
    """Return the height of everyone, and of single persons, that the take was made with."""
    config = take_config(window.controller.session.take)
    return config.scene.height_cm, config.scene.heights_cm


def idle(window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.controller.busy and not window.controller.updates.refinisher.busy)


def test_before_a_run_the_height_is_that_of_everyone(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    panel = opened.workspace.panel
    assert panel.whose.whole == "Height"
    panel.stature.setValue(180)
    panel.everyone.setChecked(True)
    run_to_end(opened, qtbot)
    assert made(opened) == (180, {})
    assert panel.whose.whole == "Height of Person 1"
    opened.controller.select_person(2)
    assert panel.stature.value() == 180


def test_each_person_has_their_own(both: Window, qtbot: QtBot) -> None:
    panel, controller = both.workspace.panel, both.controller
    panel.stature.setValue(188)
    controller.select_person(2)
    assert panel.whose.whole == "Height of Person 2"
    assert panel.stature.value() == panel.stature.minimum(), "assumed"
    panel.stature.setValue(120)
    qtbot.waitUntil(lambda: made(both) == (None, {1: 188, 2: 120}))
    controller.select_person(1)
    assert panel.stature.value() == 188
    panel.stature.setValue(panel.stature.minimum())
    qtbot.waitUntil(lambda: made(both) == (None, {2: 120}))
    idle(both, qtbot)


def test_assumed_again_for_one_leaves_the_others(opened: Window, qtbot: QtBot) -> None:
    panel = opened.workspace.panel
    panel.stature.setValue(180)
    panel.everyone.setChecked(True)
    run_to_end(opened, qtbot)
    panel.stature.setValue(panel.stature.minimum())
    qtbot.waitUntil(lambda: made(opened) == (None, {2: 180}))
    idle(opened, qtbot)


def test_heights_follow_edits_undo_and_another_run(both: Window, qtbot: QtBot) -> None:
    panel = both.workspace.panel
    panel.stature.setValue(150)
    qtbot.waitUntil(lambda: made(both)[1] == {1: 150})
    both.playback.seek(20 / FPS)
    both.actions_["split_person"].trigger()
    idle(both, qtbot)
    assert made(both)[1] == {1: 150, 3: 150}
    panel.stature.setValue(188)  # of the new person, who is followed
    qtbot.waitUntil(lambda: made(both)[1] == {1: 150, 3: 188})
    both.controller.session.set_trim(5 / FPS, None)
    run_to_end(both, qtbot)
    idle(both, qtbot)
    assert made(both)[1] == {1: 150, 3: 188}
    both.controller.select_person(2)
    panel.stature.setValue(160)
    qtbot.waitUntil(lambda: made(both)[1] == {1: 150, 2: 160, 3: 188})
    both.actions_["undo"].trigger()
    idle(both, qtbot)
    assert made(both)[1][2] == 160, "Undo takes back edits of people, not the height that was set since"


def test_heights_are_of_the_take(both: Window, library: FakeLibrary, tmp_path: Path, video: Path, qtbot: QtBot) -> None:
    both.workspace.panel.stature.setValue(188)
    qtbot.waitUntil(lambda: made(both)[1] == {1: 188})
    path = tmp_path / "both.pose3d"
    library.save(both.controller.session.take, path)
    both.controller.open_path(video)
    qtbot.waitUntil(lambda: both.controller.session.take is None)
    assert both.settings.run.heights_cm == {}
    both.controller.open_path(path)
    qtbot.waitUntil(lambda: both.controller.session.take is not None)
    assert both.settings.run.heights_cm == {1: 188}
    assert both.workspace.panel.stature.value() == 188
    assert both.settings.run.everyone
