"""Test the offer to install what FBX needs, in the export dialog."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.views.dialogs.export_dialog import ExportDialog
from app.window import Window
from pipeline.core.errors import ModelError
from tests.helpers.fake_library import FakeLibrary


@pytest.fixture
def export(lifted: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ExportDialog:
    """Return the export dialog on a computer without Blender and its package."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "bpy", None)
    lifted.actions_["export"].trigger()
    return lifted.files.dialog


def test_nothing_is_offered_where_fbx_can_be_written(lifted: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    lifted.actions_["export"].trigger()
    dialog = lifted.files.dialog
    assert dialog.formats["fbx"].isEnabled()
    assert not dialog.fbx.isVisible()
    dialog.reject()


def test_size_and_licence_are_said_and_fbx_is_ticked_afterwards(
    lifted: Window, library: FakeLibrary, export: ExportDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not export.formats["fbx"].isEnabled()
    assert export.fbx.isVisible()
    export.fbx.click()
    question = lifted.files.fbx.dialog
    said = question.about.text() + question.space.text()
    assert all(word in said for word in ("bpy==5.0.1", "GPL 3", "374 MB", "860 MB"))
    assert not question.bar.isVisible()
    question.install.click()
    assert question.bar.isVisible()
    assert not question.install.isEnabled()
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    library.install_gate.set()
    qtbot.waitUntil(lambda: lifted.files.fbx.dialog is None)
    assert export.formats["fbx"].isChecked()
    assert not export.fbx.isVisible()
    export.reject()


def test_an_installation_can_be_cancelled_and_tried_again(
    lifted: Window, library: FakeLibrary, export: ExportDialog, qtbot: QtBot
) -> None:
    export.fbx.click()
    question = lifted.files.fbx.dialog
    question.install.click()
    qtbot.keyClick(question, Qt.Key.Key_Escape)
    qtbot.waitUntil(question.problem.isVisible)
    assert "Cancelled" in question.problem.text()
    library.fail = ModelError("No space.", "Free some.")
    library.install_gate.set()
    question.install.click()
    qtbot.waitUntil(lambda: "No space." in question.problem.text())
    assert question.install.isEnabled()
    question.reject()
    assert not export.formats["fbx"].isEnabled()
    export.reject()
