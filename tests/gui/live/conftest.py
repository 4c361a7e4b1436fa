"""Start and end live runs in the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.window import Window


@pytest.fixture
def live(window: Window, qtbot: QtBot, tmp_path: Path) -> Window:
    """Return a window that shows a camera."""
    window.settings.live.countdown_s = 0
    window.settings.live.folder = str(tmp_path / "recordings")
    start(window, qtbot)
    return window


def start(window: Window, qtbot: QtBot, source: str = "0") -> None:
    window.actions_["live"].trigger()
    dialog = window.live.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: "found" in dialog.found.text())
    dialog.source.setEditText(source)
    dialog.start.click()
    if source != "nothing":
        qtbot.waitUntil(lambda: window.live.session.newest is not None, timeout=20_000)


def stopped(window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.live.active, timeout=5000)
