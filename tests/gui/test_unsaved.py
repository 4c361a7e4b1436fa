"""Test that edits are not lost without a question, and where Save writes to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from app.window import Window
from pipeline.take.file import load_take
from tests.helpers.fake_library import FakeLibrary

Button = QMessageBox.StandardButton


@pytest.fixture
def edited(lifted: Window, qtbot: QtBot) -> Window:
    lifted.people.editor.rename(1, "Ada")
    qtbot.waitUntil(lambda: lifted.controller.session.take.name_of(1) == "Ada")
    return lifted


@pytest.fixture
def other(tmp_path: Path) -> Path:
    path = tmp_path / "other.mp4"
    path.write_bytes(b"x")
    return path


def answer(window: Window, button: QMessageBox.StandardButton) -> None:
    box = window.files.leaving.box
    assert box is not None
    assert box.isVisible()
    box.button(button).click()


def name(window: Window) -> str:
    return window.controller.session.info.name


def drop(window: Window, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    none = Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, none))


def test_the_title_says_what_is_not_saved(edited: Window, qtbot: QtBot) -> None:
    assert edited.isWindowModified()
    edited.actions_["undo"].trigger()
    assert not edited.isWindowModified(), "as it was saved or made"


def test_nothing_is_asked_without_edits(lifted: Window, other: Path, qtbot: QtBot) -> None:
    lifted.files.open_path(other)
    assert lifted.files.leaving.box is None
    qtbot.waitUntil(lambda: name(lifted) == "other.mp4")


@pytest.mark.parametrize("way", ["open", "drop", "sample", "recent"])
def test_every_way_out_asks_and_cancel_stays(edited: Window, other: Path, way: str, qtbot: QtBot) -> None:
    def go() -> None:
        {
            "open": lambda: edited.files.open_path(other), "drop": lambda: drop(edited, other),
            "sample": edited.actions_["sample"].trigger, "recent": lambda: edited.empty.recent_wanted.emit(other),
        }[way]()  # fmt: skip

    go()
    answer(edited, Button.Cancel)
    qtbot.wait(50)
    assert name(edited) == "walk.mp4"
    assert edited.controller.session.take.name_of(1) == "Ada"
    go()
    answer(edited, Button.Discard)
    qtbot.waitUntil(lambda: name(edited) == ("sample.mp4" if way == "sample" else "other.mp4"))
    assert not edited.isWindowModified()


def test_save_in_the_question_saves_and_goes_on(
    edited: Window, other: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "kept.pose3d"), ""))
    edited.files.open_path(other)
    answer(edited, Button.Save)
    qtbot.waitUntil(lambda: name(edited) == "other.mp4")
    assert load_take(tmp_path / "kept.pose3d").name_of(1) == "Ada"


def test_closing_asks(edited: Window, make_window: Callable[..., Window], qtbot: QtBot) -> None:
    assert not edited.close()
    answer(edited, Button.Cancel)
    qtbot.wait(20)
    assert edited.isVisible()
    edited.close()
    answer(edited, Button.Discard)
    qtbot.waitUntil(lambda: not edited.isVisible())
    assert len(edited.controller.threads) == 0


def test_save_writes_where_it_was_and_save_as_asks(
    edited: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    asked: list[str] = []

    def ask(_window: object, _title: str, start: str, _patterns: str) -> tuple[str, str]:
        asked.append(start)
        return str(tmp_path / f"take {len(asked)}.pose3d"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    saved = edited.controller.takes.saved
    with qtbot.waitSignal(saved):
        edited.actions_["save"].trigger()
    assert not edited.isWindowModified()
    edited.people.editor.rename(1, "Grace")
    with qtbot.waitSignal(saved):
        edited.actions_["save"].trigger()
    assert len(asked) == 1, "it knows its file"
    assert load_take(tmp_path / "take 1.pose3d").name_of(1) == "Grace"
    with qtbot.waitSignal(saved):
        edited.actions_["save_as"].trigger()
    assert len(asked) == 2
    assert (tmp_path / "take 2.pose3d").is_file()


def test_opening_another_video_during_a_run_asks(
    opened: Window, library: FakeLibrary, other: Path, qtbot: QtBot
) -> None:
    library.hold = True
    opened.actions_["run"].trigger()
    qtbot.waitUntil(lambda: opened.controller.session.take is not None)
    opened.files.open_path(other)
    answer(opened, Button.Cancel)
    assert opened.controller.busy
    opened.files.open_path(other)
    answer(opened, Button.Discard)
    qtbot.waitUntil(lambda: name(opened) == "other.mp4")
    assert not opened.controller.busy


@pytest.mark.parametrize("inside", ["site-packages/some/Demo", "recordings/take-1"])
def test_results_are_never_offered_in_a_package_or_a_recording(
    window: Window, tmp_path: Path, inside: str, qtbot: QtBot
) -> None:
    folder = tmp_path / inside
    folder.mkdir(parents=True)
    (folder / "recording.json").write_text("{}")
    (folder / "video.mp4").write_bytes(b"x")
    window.controller.open_path(folder / "video.mp4")
    qtbot.waitUntil(lambda: window.controller.session.info is not None)
    assert folder not in (window.controller.home, *window.controller.home.parents)
