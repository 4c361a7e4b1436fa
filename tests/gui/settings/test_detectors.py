"""Test choosing a 2D detector, and its dialog: list, download, adding, removing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFileDialog, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from app.backend.library import Library
from app.views.dialogs.detectors_dialog import DetectorsDialog
from app.window import Window
from pipeline.model_info import RECOMMENDED, DetectorInfo
from tests.gui.conftest import run_to_end
from tests.helpers.fake_library import FakeLibrary


@pytest.fixture
def dialog(opened: Window, qtbot: QtBot) -> DetectorsDialog:
    qtbot.waitUntil(lambda: opened.workspace.panel.detector.findData("mediapipe") > 0)
    opened.actions_["detectors"].trigger()
    found = opened.detectors.dialog
    qtbot.waitUntil(lambda: found.table.topLevelItemCount() == 5)
    yield found
    if opened.detectors.dialog is not None:
        found.accept()


def items_of(dialog: DetectorsDialog) -> list[QTreeWidgetItem]:
    return [dialog.table.topLevelItem(i) for i in range(dialog.table.topLevelItemCount())]


def states(dialog: DetectorsDialog) -> dict[str, str]:
    """Return the state of each detector; headings are left out."""
    return {item.text(0): item.text(1) for item in items_of(dialog) if item.data(0, Qt.ItemDataRole.UserRole)}


def choose(dialog: DetectorsDialog, name: str) -> None:
    dialog.table.setCurrentItem(
        next(item for item in items_of(dialog) if item.data(0, Qt.ItemDataRole.UserRole) == name)
    )


def offered(box: QComboBox) -> list[tuple[str, bool]]:
    return [(box.itemText(i), box.model().item(i).isEnabled()) for i in range(box.count())]


def test_the_recommended_detectors_come_first_with_the_reason(opened: Window, qtbot: QtBot) -> None:
    box = opened.workspace.panel.detector
    qtbot.waitUntil(lambda: box.findData("mediapipe") > 0)
    assert offered(box) == [
        ("Recommended", False), ("Fake automatic", True), ("Fake embedded", True),
        ("1 more to download: button beside this", False),
    ]  # fmt: skip
    assert box.model().item(2).toolTip() == "It is the quickest."
    assert box.currentData() == "auto"


def test_what_cannot_be_used_says_why_and_cannot_be_chosen(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    panel = opened.workspace.panel
    best = replace(library.known_detectors[2], recommended_for=("files",), advice="It is the best.")
    panel.set_detectors([*library.known_detectors[:2], best])
    assert offered(panel.detector)[-1] == ("Fake RTMPose: 54 MB to download", False)
    assert panel.detector.model().item(3).toolTip() == "Not here.\nIt is the best."


def test_a_chosen_detector_stays_shown_when_its_weights_are_gone(
    opened: Window, library: FakeLibrary, qtbot: QtBot
) -> None:
    panel = opened.workspace.panel
    opened.settings.run.detector = "rtmpose-m"
    panel.set_detectors(library.known_detectors)
    assert panel.detector.currentText() == "Fake RTMPose: 54 MB to download"
    assert opened.settings.run.detector == "rtmpose-m"


def test_the_list_is_grouped_and_gives_reason_speed_and_state(dialog: DetectorsDialog) -> None:
    assert [item.text(0) for item in items_of(dialog)] == [
        "Recommended", "Fake automatic", "Fake embedded", "RTMPose", "Fake RTMPose",
    ]  # fmt: skip
    assert dialog.selected == "auto", "a heading is never selected"
    choose(dialog, "mediapipe")
    assert "It is the quickest." in dialog.details.text()
    choose(dialog, "rtmpose-m")
    assert "52 ms of one core, 3.1 times as long as BlazePose full" in dialog.details.text()
    assert not items_of(dialog)[3].flags() & Qt.ItemFlag.ItemIsSelectable


def test_weights_are_fetched_when_asked_for_and_then_used(
    dialog: DetectorsDialog, opened: Window, library: FakeLibrary, qtbot: QtBot
) -> None:
    assert states(dialog) == {"Fake automatic": "Ready", "Fake embedded": "Ready", "Fake RTMPose": "54 MB to download"}
    choose(dialog, "mediapipe")
    assert not dialog.download.isEnabled()
    choose(dialog, "rtmpose-m")
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
    choose(dialog, "rtmpose-m")
    dialog.download.click()
    qtbot.waitUntil(lambda: dialog.progress.maximum() > 0)
    assert dialog.cancel.isVisible()
    assert not dialog.download.isEnabled()
    dialog.close()
    qtbot.waitUntil(lambda: library.download_cancelled)
    assert opened.workspace.panel.detector.findData("rtmpose-m") < 0


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
    groups = list(dict.fromkeys(row.group for row in rows.values()))
    assert groups[0] == RECOMMENDED
    assert len(groups) == 6
    assert all(groups)
    assert [row.name for row in rows.values() if row.group == RECOMMENDED] == ["auto", "mediapipe", "mediapipe-heavy"]
    assert all(row.advice for row in rows.values() if row.group == RECOMMENDED)
