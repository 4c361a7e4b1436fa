"""Test that window and dialogs fit on small screens."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from app.window import Window

# Available width and height in logical px: 1366 x 768 at 1, 1920 x 1080 at 1.5, 2560 x 1440 at 2, less a task bar.
SCREENS = [(1366, 728), (1280, 672), (1280, 680)]
_HIGHEST_PX = 600


def _bottom(part: QWidget, window: Window) -> int:
    return part.mapTo(window, QPoint(0, part.height())).y()


@pytest.mark.parametrize("screen", SCREENS)
def test_the_window_shows_everything_on_a_small_screen(lifted: Window, screen: tuple[int, int], qtbot: QtBot) -> None:
    available = QRect(0, 0, *screen)
    lifted.resize(1440, 900)
    lifted.fit(available)
    qtbot.wait(50)
    assert available.contains(lifted.geometry())
    lifted.actions_["drawer"].setChecked(True)
    qtbot.wait(50)
    shown = lifted.workspace
    for part in (shown.transport, shown.timeline, shown.panel):
        assert _bottom(part, lifted) <= lifted.height()
    for part in (shown.run_button, shown.export_button, shown.panel):
        assert part.mapTo(lifted, QPoint(part.width(), 0)).x() <= lifted.width()


def test_a_window_left_on_a_larger_screen_comes_back(window: Window) -> None:
    window.setGeometry(3000, 1800, 1440, 900)
    window.fit(QRect(0, 0, 1366, 728))
    assert QRect(0, 0, 1366, 728).contains(window.geometry())


@pytest.mark.parametrize("action", ["export", "live", "models", "detectors", "keys", "about"])
def test_dialogs_fit_under_600_px(lifted: Window, action: str, qtbot: QtBot) -> None:
    lifted.actions_[action].trigger()
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible())
    qtbot.waitExposed(dialog)
    if action == "export":
        for box in lifted.files.dialog.formats.values():
            box.setChecked(True)
        lifted.files.dialog.show_stopped("Something that is so long that it needs more than one line. " * 4)
        qtbot.wait(50)
        assert lifted.files.dialog.export.mapTo(dialog, QPoint(0, 0)).y() <= _HIGHEST_PX
    assert dialog.height() <= _HIGHEST_PX
    assert dialog.minimumSizeHint().height() <= _HIGHEST_PX
    dialog.reject()


def test_the_export_button_stays_while_choices_scroll(lifted: Window, qtbot: QtBot) -> None:
    lifted.actions_["export"].trigger()
    dialog = lifted.files.dialog
    dialog.resize(640, 420)
    qtbot.wait(50)
    assert dialog.height() <= 440
    assert dialog.export.mapTo(dialog, QPoint(0, dialog.export.height())).y() <= dialog.height()
    qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)


def test_the_smallest_window_shares_the_stage_among_video_and_skeleton(lifted: Window, qtbot: QtBot) -> None:
    """Buttons that the menu View has, too, and the number of the frame make room for video and time."""
    lifted.resize(lifted.minimumSize())
    qtbot.wait(50)
    video, scene = lifted.workspace.cards.sizes()
    assert video >= 0.9 * scene
    transport = lifted.workspace.transport
    assert not transport.frame.isVisible()
    assert transport.time.width() >= transport.time.sizeHint().width()
    lifted.resize(1440, 900)
    qtbot.wait(50)
    assert transport.frame.isVisible()
