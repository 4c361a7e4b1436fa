"""Test opening files and takes, and the menus, with a library that answers at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QDialog, QPushButton
from pytestqt.qtbot import QtBot

from app.window import Window
from tests.gui.conftest import press, run_to_end
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.fakes import make_take

KEY = Qt.Key


def test_starts_with_an_invitation(window: Window) -> None:
    assert window.pages.currentWidget() is window.empty
    assert not window.actions_["run"].isEnabled()
    assert not window.actions_["export"].isEnabled()
    assert not window.workspace.export_button.isEnabled()


def test_sample_opens_from_its_button(window: Window, qtbot: QtBot) -> None:
    qtbot.mouseClick(window.empty.sample_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.workspace.video.image is not None)
    assert window.pages.currentWidget() is window.workspace
    assert window.controller.session.info.name == "sample.mp4"
    assert window.actions_["run"].isEnabled()
    # The sample is in the program's folder, to which nothing is written.
    assert window.controller.home == Path(window.settings.last_folder)


def test_drop_opens_the_file(window: Window, video: Path, qtbot: QtBot) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(video))])
    buttons, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, mime, buttons, none)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    assert window.empty.zone.hot
    window.dropEvent(QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, mime, buttons, none))
    assert not window.empty.zone.hot
    qtbot.waitUntil(lambda: window.controller.session.info is not None)
    assert window.controller.session.info.path == str(video)


def test_drop_of_something_else_is_refused(window: Window) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/video.mp4")])
    event = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    event.ignore()
    window.dragEnterEvent(event)
    assert not event.isAccepted()


def test_recent_files_newest_first_and_kept(
    window: Window, make_window: Callable[..., Window], library: FakeLibrary, tmp_path: Path, qtbot: QtBot
) -> None:
    for name in ("first.mp4", "mit Leerzeichen ü 視頻.mp4"):
        path = tmp_path / name
        path.write_bytes(b"x")
        window.controller.open_path(path)
        qtbot.waitUntil(
            lambda name=name: window.controller.session.info is not None and window.controller.session.info.name == name
        )
    window.files.fill_recent()
    names = [action.text() for action in window.files.recent_menu.actions()]
    assert names[:2] == ["mit Leerzeichen ü 視頻.mp4", "first.mp4"]
    (tmp_path / "first.mp4").unlink()
    again = make_window(library)
    assert [path.name for path in again.settings.recent] == ["mit Leerzeichen ü 視頻.mp4"]
    card = next(b for b in again.empty.findChildren(QPushButton) if b.property("role") == "recent")
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: again.controller.session.info is not None)


def test_bad_file_shows_a_banner_and_the_window_lives_on(opened: Window, tmp_path: Path, qtbot: QtBot) -> None:
    bad = tmp_path / "empty.mp4"
    bad.write_bytes(b"")
    opened.controller.open_path(bad)
    qtbot.waitUntil(opened.banner.isVisible)
    assert opened.banner.kind == "error"
    assert "empty.mp4" in opened.banner.message.text()
    assert "Choose a video" in opened.banner.hint.text()
    assert opened.controller.session.info.name == "walk.mp4", "the video that was open stays"
    press(qtbot, opened, KEY.Key_Escape)
    assert not opened.banner.isVisible()
    run_to_end(opened, qtbot)


def test_take_saved_and_opened_again_runs_nothing(
    lifted: Window, make_window: Callable[..., Window], library: FakeLibrary, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "walk.pose3d"
    with qtbot.waitSignal(lifted.controller.takes.saved):
        lifted.controller.save_take(path)
    runs = len(library.configs)
    other = make_window(library)
    other.controller.open_path(path)
    qtbot.waitUntil(lambda: other.controller.session.take is not None and other.workspace.video.image is not None)
    assert len(library.configs) == runs
    np.testing.assert_array_equal(
        other.controller.session.take.tracks3d[0].joints, lifted.controller.session.take.tracks3d[0].joints
    )


def test_take_whose_video_is_gone(window: Window, library: FakeLibrary, tmp_path: Path, qtbot: QtBot) -> None:
    gone = tmp_path / "gone.mp4"
    gone.write_bytes(b"x")
    path = tmp_path / "gone.pose3d"
    library.save(make_take(library.open_source(gone).info), path)
    gone.unlink()
    window.controller.open_path(path)
    qtbot.waitUntil(lambda: window.controller.session.take is not None)
    assert window.banner.kind == "note"
    assert not window.actions_["run"].isEnabled()
    assert window.actions_["export"].isEnabled()
    window.playback.seek(1.0)
    assert window.workspace.scene.row == 30


def test_a_damaged_take_is_a_banner(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "bad.pose3d"
    path.write_bytes(b"this is not a take")
    window.controller.open_path(path)
    qtbot.waitUntil(window.banner.isVisible)
    assert window.banner.kind == "error"
    assert window.pages.currentWidget() is window.empty


def test_every_action_is_in_a_menu(window: Window) -> None:
    in_menus = {
        action.objectName()
        for menu in window.menuBar().actions()
        for action in menu.menu().actions()
        if action.objectName()
    }
    from app.actions import SPECS

    assert in_menus == {spec.name for spec in SPECS}


def test_help_dialogs_open_and_close(window: Window, qtbot: QtBot) -> None:
    for name in ("keys", "about"):
        window.actions_[name].trigger()
        dialogs = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
        assert len(dialogs) == 1
        dialogs[0].accept()
        qtbot.waitUntil(
            lambda: not any(isinstance(w, QDialog) and w.isVisible() for w in QApplication.topLevelWidgets())
        )
