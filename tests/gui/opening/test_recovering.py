"""Test that unsaved takes survive a crash, are offered once, and are gone after a proper end."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.settings import config_folder
from app.window import Window
from benchmarks.crashes.kill_editing import kill_once
from pipeline.take.edit import rename
from pipeline.take.file import load_take, save_take
from tests.gui.conftest import run_to_end
from tests.helpers.fake_library import FakeLibrary

TAKE = Path(__file__).parents[2] / "data" / "take_0619064.pose3d"


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the settings' folder of a program that was killed while its user renamed a person."""
    config = tmp_path_factory.mktemp("crashed")
    assert kill_once(config, 5.0) < 10.0, "nothing older than ten seconds is lost"
    return config


@pytest.fixture
def after_crash(crashed: Path, make_window: Callable[..., Window], library: FakeLibrary, qtbot: QtBot) -> Window:
    """Return a window of the program that was started again, with its question."""
    shutil.copytree(crashed / "recovery", config_folder() / "recovery")
    window = make_window(library)
    qtbot.waitUntil(lambda: window.recovering.box is not None)
    return window


def kept() -> list[Path]:
    return sorted((config_folder() / "recovery").glob("*/take.pose3d"))


def answer(window: Window, text: str) -> None:
    box: QMessageBox | None = window.recovering.box
    assert box is not None
    assert box.isVisible()
    next(button for button in box.buttons() if button.text() == text).click()


def test_what_a_crash_left_is_opened_as_unsaved_as_it_was(after_crash: Window, crashed: Path, qtbot: QtBot) -> None:
    box = after_crash.recovering.box
    assert box is not None
    assert load_take(kept()[0]).info.name in box.text()
    name = load_take(kept()[0]).name_of(1)
    answer(after_crash, "Open it")
    session = after_crash.controller.session
    qtbot.waitUntil(lambda: session.take is not None)
    assert session.take is not None
    assert session.take.name_of(1) == name
    assert session.dirty
    assert session.take_path == crashed / "session.pose3d", "Save writes to the file that was open"
    assert len(kept()) == 1, "still kept, until it is saved"
    after_crash.actions_["save"].trigger()
    qtbot.waitUntil(lambda: not session.dirty)
    qtbot.waitUntil(lambda: not kept())
    assert load_take(crashed / "session.pose3d").name_of(1) == name
    shutil.copy(TAKE, crashed / "session.pose3d")


def test_it_can_be_discarded(after_crash: Window, qtbot: QtBot) -> None:
    answer(after_crash, "Discard it")
    assert not kept()
    assert after_crash.controller.session.take is None


def test_it_can_wait(after_crash: Window, qtbot: QtBot) -> None:
    answer(after_crash, "Ask again later")
    after_crash.close()
    assert len(kept()) == 1


def test_several_are_asked_about_one_after_the_other(
    crashed: Path, make_window: Callable[..., Window], library: FakeLibrary, qtbot: QtBot
) -> None:
    (one,) = (crashed / "recovery").iterdir()
    for name in ("a", "b"):
        shutil.copytree(one, config_folder() / "recovery" / name)
    window = make_window(library)
    for left in (1, 0):
        qtbot.waitUntil(lambda: window.recovering.box is not None)
        answer(window, "Discard it")
        assert len(kept()) == left
    assert window.recovering.box is None


def test_damaged_leftovers_are_cleared_away(
    make_window: Callable[..., Window], library: FakeLibrary, qtbot: QtBot
) -> None:
    folder = config_folder() / "recovery" / "broken"
    folder.mkdir(parents=True)
    (folder / "take.pose3d").write_bytes(b"not whole")
    window = make_window(library)
    qtbot.waitUntil(lambda: not folder.exists())
    assert window.recovering.box is None


def test_a_run_is_kept_until_the_program_ends_properly(opened: Window, qtbot: QtBot) -> None:
    run_to_end(opened, qtbot)
    qtbot.waitUntil(lambda: len(kept()) == 1, timeout=10_000)
    opened.close()
    assert not kept()


def test_a_running_program_keeps_its_take_to_itself(
    opened: Window, make_window: Callable[..., Window], library: FakeLibrary, qtbot: QtBot
) -> None:
    run_to_end(opened, qtbot)
    qtbot.waitUntil(lambda: len(kept()) == 1, timeout=10_000)
    other = make_window(library)
    with qtbot.waitSignal(other.controller.recovery.found) as found:
        other.recovering.look()
    assert found.args == [[]]
    assert len(kept()) == 1


def test_undone_edits_are_not_kept(opened: Window, tmp_path: Path, qtbot: QtBot) -> None:
    run_to_end(opened, qtbot)
    opened.controller.save_take(tmp_path / "walk.pose3d")
    qtbot.waitUntil(lambda: opened.controller.session.take_path is not None)
    qtbot.waitUntil(lambda: not kept())
    opened.people.editor.rename(1, "Ada")
    qtbot.waitUntil(lambda: len(kept()) == 1, timeout=10_000)
    assert load_take(kept()[0]).name_of(1) == "Ada"
    opened.actions_["undo"].trigger()
    qtbot.waitUntil(lambda: not kept())


def test_a_video_that_moved_with_its_take_is_found(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    """A take and its video are taken to another folder together."""
    take = rename(load_take(TAKE), 1, "Ada").take
    assert not Path(take.info.path).exists()
    (tmp_path / Path(take.info.path).name).write_bytes(b"x")
    window.controller.open_path(save_take(take, tmp_path / "moved.pose3d"))
    qtbot.waitUntil(lambda: window.controller.session.take is not None)
    assert window.controller.session.path == tmp_path / Path(take.info.path).name
    assert window.banner.kind == ""
