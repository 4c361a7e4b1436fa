"""Test that a screen reader has a name for every widget that can be used, and that Tab goes in reading order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QHeaderView,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollBar,
    QSplitterHandle,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.notifications import CrashDialog
from app.views.scene.scene_view import SceneView
from app.views.timeline import Timeline
from app.views.token_strip import TokenStrip
from app.views.video.video_view import VideoView
from app.window import Window

_USED = (
    QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QProgressBar,
    SceneView, Timeline, TokenStrip, VideoView,
)  # fmt: skip
_COMPOSED = (QAbstractSpinBox, QComboBox, QAbstractItemView)  # their name is that of the parts inside


def _inside(widget: QWidget, kinds: tuple[type[QWidget], ...]) -> bool:
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, kinds):
        parent = parent.parentWidget()
    return parent is not None


def _focusable(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _used(root: QWidget) -> Iterator[QWidget]:
    """Yield the widgets of a tree that take the mouse or the keys, hidden ones too."""
    for widget in root.findChildren(QWidget):
        above = widget.parentWidget()
        viewport = isinstance(above, QAbstractScrollArea) and above.viewport() is widget
        part = isinstance(widget, QScrollBar | QHeaderView | QSplitterHandle) or _inside(widget, _COMPOSED) or viewport
        internal = widget.objectName().startswith("qt_")  # for example the button of a tool bar that is too narrow
        focusable = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not isinstance(widget, QAbstractScrollArea)
        unused = isinstance(widget, QPushButton) and widget.isHidden() and not widget.text() and widget.icon().isNull()
        if unused:  # a remedy's button, which gets its text when it is shown
            continue
        if not part and not internal and (focusable or isinstance(widget, _USED)):
            yield widget


def _name(widget: QWidget) -> str:
    if isinstance(widget, QComboBox | QAbstractSpinBox):
        return widget.accessibleName()  # else Qt gives the value as the name, on some systems
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def unnamed(root: QWidget) -> list[str]:
    """List the widgets of a tree without a name, with what stands around them."""
    found = []
    for widget in _used(root):
        if not _name(widget).strip():
            above, names = widget.parentWidget(), []
            while above is not None:
                names.append(type(above).__name__)
                above = above.parentWidget()
            found.append(f"{type(widget).__name__} {widget.toolTip()!r} in {' < '.join(names)}")
    return found


def test_everything_in_the_window_has_a_name(lifted: Window) -> None:
    lifted.actions_["drawer"].setChecked(True)
    lifted.workspace.panel.motion.head.setChecked(True)
    lifted.workspace.panel.pruning.head.setChecked(True)
    assert sum(1 for _ in _used(lifted)) > 80, "the start page, the open video and the live page are all walked"
    assert not unnamed(lifted), "\n".join(unnamed(lifted))


@pytest.mark.parametrize("action", ["export", "live", "models", "detectors", "keys", "about"])
def test_everything_in_a_dialog_has_a_name(lifted: Window, action: str, qtbot: QtBot) -> None:
    lifted.actions_[action].trigger()
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible())
    qtbot.waitExposed(dialog)
    assert not unnamed(dialog), "\n".join(unnamed(dialog))
    dialog.reject()


def test_everything_in_a_bug_report_has_a_name(window: Window, bugs: list[str], tmp_path: Path) -> None:
    dialog = CrashDialog(ValueError("x"), tmp_path / "log", window)
    bugs.clear()
    assert not unnamed(dialog), "\n".join(unnamed(dialog))
    dialog.deleteLater()


def test_a_remedy_of_the_banner_has_its_text_as_name(window: Window) -> None:
    window.banner.offer("The video is not there.", "", "Find the video…", lambda: None)
    assert _name(window.banner.remedy) == "Find the video…"


@pytest.fixture
def screen_reader() -> Iterator[None]:
    """Let Qt believe that a screen reader listens."""
    before = QAccessible.isActive()
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(before)


def test_the_timeline_says_where_it_is_and_what_is_trimmed(lifted: Window, screen_reader: None) -> None:
    timeline = lifted.workspace.timeline
    lifted.playback.seek(0.5)
    assert timeline.accessibleDescription().startswith("0:00.50 of 0:")
    lifted.controller.session.set_trim(0.2, 1.0)
    assert timeline.accessibleDescription().endswith("from 0:00.20 to 0:01.00")


def test_tab_goes_from_the_head_over_the_drawer_to_the_settings(lifted: Window) -> None:
    lifted.actions_["drawer"].setChecked(True)
    page = lifted.workspace
    order, widget = [], lifted.nextInFocusChain()
    while widget is not lifted:
        if widget.isVisibleTo(lifted) and widget.isEnabled() and _focusable(widget):
            order.append(widget)
        widget = widget.nextInFocusChain()
    shown = [
        page.export_button, page.run_button, page.drawer.curves.what, page.panel.subject, page.panel.stature,
        page.panel.smooth, page.panel.detector, page.panel.pruning.head, page.panel.reset,
    ]  # fmt: skip
    places = [order.index(widget) for widget in shown]
    assert places == sorted(places)
