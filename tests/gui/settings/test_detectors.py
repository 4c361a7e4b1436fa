"""Test choosing a 2D detector, and its dialog: list, download, adding, removing."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.backend.library import Library
from app.views.dialogs.detectors_dialog import DetectorsDialog
from app.window import Window
from pipeline.model_info import DetectorInfo
from tests.gui.conftest import run_to_end
from tests.helpers.fake_library import FakeLibrary


@pytest.fixture
def dialog(opened: Window, qtbot: QtBot) -> DetectorsDialog:
    qtbot.waitUntil(lambda: opened.workspace.panel.detector.count() == 3)
    opened.actions_["detectors"].trigger()
    found = opened.detectors.dialog
    qtbot.waitUntil(lambda: found.table.topLevelItemCount() == 3)
    yield found
    if opened.detectors.dialog is not None:
        found.accept()


def states(dialog: DetectorsDialog) -> dict[str, str]:
    items = [dialog.table.topLevelItem(i) for i in range(dialog.table.topLevelItemCount())]
    return {item.text(0): item.text(1) for item in items}


def choose(dialog: DetectorsDialog, row: int) -> None:
    dialog.table.setCurrentItem(dialog.table.topLevelItem(row))


def test_what_cannot_be_used_says_why_and_cannot_be_chosen(opened: Window, qtbot: QtBot) -> None:
    box = opened.workspace.panel.detector
    qtbot.waitUntil(lambda: box.count() == 3)
    titles = ["Fake automatic", "Fake embedded", "Fake RTMPose: 54 MB to download"]
    assert [box.itemText(i) for i in range(3)] == titles
    assert box.model().item(1).isEnabled()
    assert not box.model().item(2).isEnabled()
    assert box.model().item(2).toolTip() == "Not here."
    assert box.currentData() == "auto"


def test_weights_are_fetched_when_asked_for_and_then_used(
    dialog: DetectorsDialog, opened: Window, library: FakeLibrary, qtbot: QtBot
) -> None:
    assert states(dialog) == {"Fake automatic": "Ready", "Fake embedded": "Ready", "Fake RTMPose": "54 MB to download"}
    choose(dialog, 1)
    assert not dialog.download.isEnabled()
    choose(dialog, 2)
    assert dialog.download.text() == "Download (54 MB)"
    assert "Licence: none." in dialog.details.text()
    dialog.download.click()
    qtbot.waitUntil(lambda: states(dialog)["Fake RTMPose"] == "Ready")
    qtbot.waitUntil(lambda: not dialog.work.isVisible())
    dialog.accept()
    panel = opened.workspace.panel
    panel.detector.setCurrentIndex(panel.detector.findData("rtmpose-m"))
    run_to_end(opened, qtbot)
    assert library.configs[-1].detect.detector == "rtmpose-m"


def test_closing_the_dialog_stops_a_download(
    dialog: DetectorsDialog, opened: Window, library: FakeLibrary, qtbot: QtBot
) -> None:
    library.download_waits = True
    choose(dialog, 2)
    dialog.download.click()
    qtbot.waitUntil(lambda: dialog.progress.maximum() > 0)
    assert dialog.cancel.isVisible()
    assert not dialog.download.isEnabled()
    dialog.close()
    qtbot.waitUntil(lambda: library.download_cancelled)
    assert not opened.workspace.panel.detector.model().item(2).isEnabled()


def test_an_own_network_is_added_and_removed(
    dialog: DetectorsDialog,
    opened: Window,
    library: FakeLibrary,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "mine.pth"), ""))
    assert not dialog.add.isEnabled(), "a checkpoint alone says nothing"
    qtbot.keyClicks(dialog.config, "nothing.py")
    dialog.add.click()
    qtbot.waitUntil(dialog.problem.isVisible)
    assert "There is no config nothing.py" in dialog.problem.text()
    dialog.config.setText("mmpose::x.py")
    dialog.add.click()
    qtbot.waitUntil(lambda: states(dialog).get("mine") == "Ready, added by you")
    assert library.added_detectors == [(tmp_path / "mine.pth", "mmpose::x.py")]
    qtbot.waitUntil(lambda: dialog.selected == "mine")
    assert opened.workspace.panel.detector.findData("mine") >= 0
    panel = opened.workspace.panel
    panel.detector.setCurrentIndex(panel.detector.findData("mine"))
    assert opened.settings.run.detector == "mine"
    dialog.remove.click()
    qtbot.waitUntil(lambda: "mine" not in states(dialog))
    assert panel.detector.findData("mine") < 0
    assert opened.settings.run.detector == panel.detector.currentData() == "auto"


def test_the_real_list_is_quick_and_says_what_has_to_be_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOURGLASS_CACHE", str(tmp_path))
    rows = {row.name: row for row in Library().detectors()}
    assert rows["mediapipe"].ready
    assert "mmpose" not in rows, "config and checkpoint are named on the command line, or added"
    small = rows["rtmpose-s-halpe26"]
    assert isinstance(small, DetectorInfo)
    assert small.state == "23 MB to download"
    assert small.can_get
    assert "Apache-2.0" in small.details
    assert "Halpe" in small.details
