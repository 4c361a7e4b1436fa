"""Test the lifters dialog: checkpoints recognised, corrected, added, refused, removed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.views.dialogs.lifters_dialog import LiftersDialog
from app.window import Window
from pipeline.model_info import DAMAGED, MISSING, LifterInfo
from tests.helpers.fake_library import FakeLibrary


@pytest.fixture
def dialog(opened: Window, qtbot: QtBot) -> LiftersDialog:
    opened.actions_["models"].trigger()
    found = opened.lifters.dialog
    qtbot.waitUntil(lambda: found.table.topLevelItemCount() == 2)
    yield found
    if opened.lifters.dialog is not None:
        found.accept()


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    path = tmp_path / "best_epoch.pth"
    path.write_bytes(b"weights")
    return path


def drop(target: Window | LiftersDialog, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    target.dropEvent(
        QDropEvent(
            QPointF(50, 50), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
    )


def names(dialog: LiftersDialog) -> list[str]:
    return [dialog.table.topLevelItem(i).text(0) for i in range(dialog.table.topLevelItemCount())]


def on_form(dialog: LiftersDialog) -> bool:
    return dialog.shows_form


def test_the_list_says_what_there_is(dialog: LiftersDialog) -> None:
    first = dialog.table.topLevelItem(0)
    assert [first.text(i) for i in range(5)] == [
        "Fake lifter", "MixSTE", "243", "TPS + TRI, 121 @ 2, 61 @ 4", "Installed, default",
    ]  # fmt: skip
    assert dialog.table.topLevelItem(1).text(3) == "every frame"
    assert not dialog.remove.isEnabled(), "it comes with the program"
    assert not dialog.download.isVisible(), "nothing can be downloaded"


def test_a_checkpoint_is_looked_at_corrected_and_added(
    dialog: LiftersDialog, opened: Window, library: FakeLibrary, checkpoint: Path, qtbot: QtBot
) -> None:
    drop(dialog, checkpoint)
    qtbot.waitUntil(lambda: on_form(dialog))
    form = dialog.form
    assert form.title.text() == "MixSTE, 243 frames, 512 channels"
    assert "33.8 M" in form.read.text()
    assert "8 heads" in form.assumed.text()
    assert form.fields["heads"].text() == "8"
    heads = form.fields["heads"]
    assert isinstance(heads, QLineEdit)
    heads.selectAll()
    qtbot.keyClicks(heads, "7")
    qtbot.keyClick(heads, Qt.Key.Key_Return)
    qtbot.waitUntil(form.problem.isVisible)
    assert "7 heads" in form.problem.text()
    assert not form.add.isEnabled()
    heads.selectAll()
    qtbot.keyClicks(heads, "4")
    qtbot.keyClick(heads, Qt.Key.Key_Return)
    qtbot.waitUntil(form.add.isEnabled)
    assert form.fields["heads"].text() == "4"
    assert not form.problem.isVisible()
    form.name.setText("mine")
    form.add.click()
    qtbot.waitUntil(lambda: "mine" in names(dialog))
    assert library.adopted == [(checkpoint, "mine", {"heads": "4"})]
    assert not on_form(dialog)
    assert dialog.selected == "mine"
    assert opened.workspace.panel.lifter.findData("mine") >= 0, "it can be chosen at once"


def test_a_file_that_is_no_checkpoint_is_refused_with_a_reason(
    dialog: LiftersDialog, library: FakeLibrary, tmp_path: Path, qtbot: QtBot
) -> None:
    bad = tmp_path / "holiday.bin"
    bad.write_bytes(b"evil code")
    drop(dialog, bad)
    qtbot.waitUntil(dialog.problem.isVisible)
    assert "holiday.bin holds no weights" in dialog.problem.text()
    assert not on_form(dialog)
    assert library.adopted == []
    assert dialog.add.isEnabled(), "another file can be tried"


def test_a_name_that_is_taken_stays_on_the_form(
    dialog: LiftersDialog, library: FakeLibrary, checkpoint: Path, qtbot: QtBot
) -> None:
    dialog.open_file(checkpoint)
    qtbot.waitUntil(lambda: on_form(dialog))
    dialog.form.name.setText("fake")
    dialog.form.add.click()
    qtbot.waitUntil(dialog.form.problem.isVisible)
    assert on_form(dialog)
    assert library.adopted == []
    qtbot.keyClicks(dialog.form.name, "2")
    dialog.form.add.click()
    qtbot.waitUntil(lambda: library.adopted == [(checkpoint, "fake2", {})])
    qtbot.waitUntil(lambda: not on_form(dialog))


def test_an_added_lifter_is_removed_and_no_longer_used(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    library.known_lifters.append(LifterInfo("mine", "My lifter", "mixste", "MixSTE", 243, 8, added=True))
    opened.lifters.load()
    panel = opened.workspace.panel
    panel.lifter.setCurrentIndex(panel.lifter.findData("mine"))
    assert opened.settings.run.lifter == "mine"
    opened.actions_["models"].trigger()
    dialog = opened.lifters.dialog
    dialog.table.setCurrentItem(dialog.table.topLevelItem(2))
    assert dialog.remove.isEnabled()
    dialog.remove.click()
    qtbot.waitUntil(lambda: "My lifter" not in names(dialog))
    assert panel.lifter.findData("mine") == -1
    assert opened.settings.run.lifter == "", "back to the default"
    dialog.accept()


def test_missing_and_damaged_lifters_are_listed_but_cannot_be_chosen(
    opened: Window, library: FakeLibrary, qtbot: QtBot
) -> None:
    library.known_lifters += [
        LifterInfo("gone", "Gone", "mixste", "MixSTE", 243, 8, state=MISSING, reason="It is missing."),
        LifterInfo("hurt", "Hurt", "mixste", "MixSTE", 243, 8, state=DAMAGED, reason="Add it again."),
    ]
    opened.lifters.load()
    assert opened.workspace.panel.lifter.findData("gone") == -1
    opened.actions_["models"].trigger()
    dialog = opened.lifters.dialog
    assert [dialog.table.topLevelItem(i).text(4) for i in (2, 3)] == ["Missing", "Damaged"]
    dialog.table.setCurrentItem(dialog.table.topLevelItem(3))
    assert "Add it again." in dialog.details.text()
    dialog.accept()


@pytest.fixture
def far(library: FakeLibrary) -> LifterInfo:
    """Return a lifter that can be downloaded."""
    lifter = LifterInfo(
        "far", "Far", "mixste", "MixSTE", 243, 8, state=MISSING, downloadable=True, size_bytes=100_000_000
    )
    library.known_lifters.append(lifter)
    return lifter


def open_at(window: Window, row: int) -> LiftersDialog:
    window.actions_["models"].trigger()
    dialog = window.lifters.dialog
    dialog.table.setCurrentItem(dialog.table.topLevelItem(row))
    return dialog


def test_a_download_is_cancelled_and_tried_again(
    opened: Window, library: FakeLibrary, far: LifterInfo, qtbot: QtBot
) -> None:
    dialog = open_at(opened, 2)
    assert dialog.download.text() == "Download (100 MB)"
    library.download_waits = True
    dialog.download.click()
    qtbot.waitUntil(lambda: dialog.progress.value() == 48)
    assert not dialog.download.isEnabled()
    dialog.cancel.click()
    qtbot.waitUntil(dialog.download.isEnabled)
    assert library.download_cancelled
    assert not dialog.cancel.isVisible()
    library.download_waits = False
    dialog.download.click()
    qtbot.waitUntil(lambda: dialog.table.topLevelItem(2).text(4) == "Installed")
    assert opened.workspace.panel.lifter.findData("far") >= 0
    dialog.accept()


def test_closing_the_window_ends_a_download(
    opened: Window, library: FakeLibrary, far: LifterInfo, qtbot: QtBot
) -> None:
    dialog = open_at(opened, 2)
    library.download_waits = True
    dialog.download.click()
    qtbot.waitUntil(lambda: dialog.progress.value() == 48)
    opened.close()
    assert library.download_cancelled
    assert len(opened.controller.threads) == 0
    dialog.close()


def test_a_checkpoint_dropped_on_the_window_opens_the_dialog(
    opened: Window, checkpoint: Path, library: FakeLibrary, qtbot: QtBot
) -> None:
    drop(opened, checkpoint)
    dialog = opened.lifters.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: on_form(dialog))
    assert opened.controller.session.info.name == "walk.mp4", "the video that was open stays"
    other = checkpoint.with_name("other.safetensors")
    other.write_bytes(b"weights")
    drop(opened, other)
    qtbot.waitUntil(lambda: dialog.form.file.text() == str(other))
    dialog.accept()
