"""Test that number boxes take typing at the first click and give the keys back."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.window import Window


def type_height(window: Window, qtbot: QtBot) -> None:
    box = window.workspace.panel.stature
    qtbot.mouseClick(box.lineEdit(), Qt.MouseButton.LeftButton, pos=QPoint(20, 8))
    qtbot.waitUntil(lambda: box.lineEdit().selectedText() == box.lineEdit().text() != "")
    qtbot.keyClicks(box.lineEdit(), "183")


def test_the_first_click_selects_and_enter_gives_the_keys_back(opened: Window, qtbot: QtBot) -> None:
    type_height(opened, qtbot)
    qtbot.keyClick(opened.workspace.panel.stature, Qt.Key.Key_Return)
    assert opened.workspace.panel.stature.value() == 183
    assert not opened.workspace.panel.stature.hasFocus()
    qtbot.keyClick(QApplication.focusWidget() or opened, Qt.Key.Key_Space)
    assert opened.playback.playing
    opened.playback.pause()


def test_a_click_on_the_stage_gives_the_keys_back(opened: Window, qtbot: QtBot) -> None:
    type_height(opened, qtbot)
    qtbot.mouseClick(opened.workspace.video, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    assert not opened.workspace.panel.stature.hasFocus()
    assert opened.workspace.panel.stature.value() == 183, "what was typed counts"
    qtbot.keyClick(QApplication.focusWidget() or opened, Qt.Key.Key_Space)
    assert opened.playback.playing
    opened.playback.pause()
