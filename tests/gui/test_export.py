"""Test the export dialog: files, options, progress, cancel and errors."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.settings import Settings
from app.views.dialogs.export_dialog import ExportDialog
from app.window import Window
from pipeline.export.base import ExportOptions
from tests.helpers.fake_library import FakeLibrary

KEY = Qt.Key


def test_export_writes_and_shows_the_files(lifted: Window, tmp_path: Path, qtbot: QtBot) -> None:
    lifted.actions_["export"].trigger()
    dialog = lifted.files.dialog
    assert isinstance(dialog, ExportDialog)
    assert "0.01" in dialog.hint.text()
    folder = tmp_path / "out put"
    dialog.folder.setText(str(folder))
    dialog.stem.setText("walk take")
    dialog.export.click()
    qtbot.waitUntil(lambda: dialog.shows_result)
    written = sorted(path.name for path in folder.iterdir())
    assert "walk take.bvh" in written
    assert "walk take.csv" in written
    shown = [dialog.files.item(i).text().split("     ")[0] for i in range(dialog.files.count())]
    assert set(shown) <= set(written)
    dialog.accept()
    assert Settings().export.folder == str(folder)


def test_a_long_export_shows_how_far_it_is_and_can_be_cancelled(
    lifted: Window, library: FakeLibrary, tmp_path: Path, qtbot: QtBot
) -> None:
    library.export_gate.clear()
    lifted.actions_["export"].trigger()
    dialog = lifted.files.dialog
    assert not dialog.bar.isVisible()
    dialog.folder.setText(str(tmp_path / "out"))
    dialog.export.click()
    qtbot.waitUntil(lambda: dialog.bar.value() == 30)
    assert dialog.bar.maximum() == 120
    assert dialog.bar.isVisible()
    assert "30 of 120 frames" in dialog.step.text()
    assert not dialog.export.isEnabled()
    qtbot.keyClick(dialog, KEY.Key_Escape)  # as the button does
    assert dialog.isVisible()
    assert not dialog.cancel.isEnabled()
    qtbot.waitUntil(lambda: "Cancelled" in dialog.problem.text())
    assert not dialog.bar.isVisible()
    assert dialog.export.isEnabled()
    assert not (tmp_path / "out").exists()
    library.export_gate.set()
    dialog.export.click()  # again, to the end this time
    qtbot.waitUntil(lambda: dialog.shows_result)
    assert (tmp_path / "out").is_dir()
    dialog.accept()


def test_the_window_closes_in_the_middle_of_an_export(
    lifted: Window, library: FakeLibrary, tmp_path: Path, qtbot: QtBot
) -> None:
    library.export_gate.clear()
    lifted.controller.export(tmp_path / "out", "walk", ["bvh"], ExportOptions())
    qtbot.waitUntil(lambda: len(library.exports) == 1)
    lifted.close()
    assert not (tmp_path / "out").exists()


def test_export_options_follow_the_formats_and_are_remembered(
    lifted: Window, library: FakeLibrary, tmp_path: Path, qtbot: QtBot
) -> None:
    lifted.actions_["export"].trigger()
    dialog = lifted.files.dialog
    lists, switches = dialog.options.lists, dialog.options.switches
    for name in dialog.formats:
        dialog.formats[name].setChecked(name == "trc")
    assert not lists["preset"].isVisible()
    assert not switches["t_pose"].isVisible()
    assert switches["report"].isVisible()
    assert "OpenSim" in dialog.hint.text()
    dialog.formats["bvh"].setChecked(True)
    assert lists["preset"].isVisible()
    lists["preset"].setCurrentIndex(lists["preset"].findData("unreal"))
    lists["unit"].setCurrentIndex(lists["unit"].findData("m"))
    switches["t_pose"].setChecked(True)
    switches["root_motion"].setChecked(False)
    assert "Unreal" in dialog.hint.text()
    assert "scale 1 " in dialog.hint.text()
    dialog.folder.setText(str(tmp_path / "out"))
    dialog.export.click()
    qtbot.waitUntil(lambda: dialog.shows_result)
    assert "Unreal" in dialog.after.text()
    options = library.exports[-1][3]
    assert (options.preset, options.unit, options.t_pose, options.root_motion) == ("unreal", "m", True, False)
    bvh = next((tmp_path / "out").glob("*.bvh")).read_text("utf-8")
    assert "ROOT pelvis" in bvh
    dialog.accept()
    assert Settings().export.options().preset == "unreal"
    lifted.actions_["export"].trigger()
    again = lifted.files.dialog.options.value
    assert (again.preset, again.unit, again.t_pose, again.root_motion) == ("unreal", "m", True, False)
    lifted.files.dialog.reject()


def test_only_the_marked_range_is_exported(lifted: Window, library: FakeLibrary, tmp_path: Path, qtbot: QtBot) -> None:
    lifted.controller.session.set_trim(17 / 30, 47 / 30)
    lifted.actions_["export"].trigger()
    dialog = lifted.files.dialog
    assert dialog.span.frames.text() == "30 of 60 frames"
    dialog.folder.setText(str(tmp_path / "out"))
    dialog.export.click()
    qtbot.waitUntil(lambda: dialog.shows_result)
    rows = (tmp_path / "out" / "walk.csv").read_text("utf-8").splitlines()[1:]
    assert sorted({int(row.split(",")[0]) for row in rows}) == list(range(17, 47))
    bvh = (tmp_path / "out" / "walk.bvh").read_text("utf-8")
    assert "Frames: 30" in bvh
    dialog.accept()
    lifted.actions_["export"].trigger()
    dialog = lifted.files.dialog
    for box, value in ((dialog.span.start, 0.0), (dialog.span.end, 9.0)):
        box.setValue(value)
    assert dialog.span.span_s == (None, None)
    assert dialog.span.frames.text() == "60 of 60 frames"
    dialog.span.end.setValue(0.0)
    assert not dialog.export.isEnabled()
    assert "no frame" in dialog.why.text()
    dialog.reject()


def test_a_box_that_is_not_ticked_writes_nothing(lifted: Window, tmp_path: Path, qtbot: QtBot) -> None:
    lifted.actions_["export"].trigger()
    dialog = lifted.files.dialog
    for name, box in dialog.formats.items():
        box.setChecked(name == "csv")
    dialog.folder.setText(str(tmp_path / "out"))
    dialog.export.click()
    qtbot.waitUntil(lambda: dialog.shows_result)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["walk.csv", "walk.csv.json"]
    dialog.accept()


def test_files_that_exist_are_asked_about(lifted: Window, tmp_path: Path, qtbot: QtBot) -> None:
    for name in ("walk.bvh", "walk.pose3d", "walk2.bvh"):
        (tmp_path / name).write_text("mine")
    lifted.actions_["export"].trigger()
    dialog = lifted.files.dialog
    for name, box in dialog.formats.items():
        box.setChecked(name == "bvh")

    def press_button(text: str) -> None:
        dialog.export.click()
        box = lifted.files.question
        assert box.informativeText() == "walk.bvh"
        next(button for button in box.buttons() if button.text().replace("&", "") == text).click()

    press_button("Cancel")
    assert (tmp_path / "walk.bvh").read_text() == "mine"
    assert dialog.export.isEnabled()
    press_button("Keep both")
    qtbot.waitUntil(lambda: dialog.shows_result)
    assert (tmp_path / "walk.bvh").read_text() == "mine"
    assert "HIERARCHY" in (tmp_path / "walk_2.bvh").read_text()
    dialog.accept()
    lifted.actions_["export"].trigger()
    dialog = lifted.files.dialog
    press_button("Replace")
    qtbot.waitUntil(lambda: dialog.shows_result)
    assert "HIERARCHY" in (tmp_path / "walk.bvh").read_text()
    dialog.accept()


def test_a_relative_folder_is_inside_the_one_that_was_offered(lifted: Window, tmp_path: Path, qtbot: QtBot) -> None:
    lifted.actions_["export"].trigger()
    dialog = lifted.files.dialog
    assert not dialog.where_to.isVisible()
    dialog.folder.setText("results")
    assert str(tmp_path / "results") in dialog.where_to.text()
    dialog.export.click()
    qtbot.waitUntil(lambda: dialog.shows_result)
    assert (tmp_path / "results" / "walk.bvh").is_file()
    dialog.accept()


def test_an_export_whose_video_is_gone_is_said(lifted: Window, tmp_path: Path, qtbot: QtBot) -> None:
    lifted.actions_["export"].trigger()
    dialog = lifted.files.dialog
    for name in dialog.formats:
        dialog.formats[name].setChecked(name == "overlay")
    dialog.folder.setText(str(tmp_path / "out"))
    Path(lifted.controller.session.take.info.path).unlink(missing_ok=True)
    dialog.export.click()
    qtbot.waitUntil(dialog.problem.isVisible)
    assert "not there any more" in dialog.problem.text()
    dialog.reject()


def test_export_where_it_cannot_be_written(lifted: Window, tmp_path: Path, qtbot: QtBot) -> None:
    wall = tmp_path / "file"
    wall.write_text("not a folder")
    lifted.actions_["export"].trigger()
    dialog = lifted.files.dialog
    dialog.folder.setText(str(wall / "sub"))
    dialog.export.click()
    qtbot.waitUntil(dialog.problem.isVisible)
    assert "older" in dialog.problem.text()
    assert dialog.export.isEnabled(), "can be tried again"
    dialog.reject()


def test_export_needs_a_format_and_a_name(lifted: Window) -> None:
    lifted.actions_["export"].trigger()
    dialog = lifted.files.dialog
    dialog.stem.setText("a/b")
    assert not dialog.export.isEnabled()
    assert "A name cannot have" in dialog.why.text()
    dialog.stem.setText("fine")
    assert dialog.export.isEnabled()
    for box in dialog.formats.values():
        box.setChecked(False)
    assert not dialog.export.isEnabled()
    assert "format" in dialog.why.text()
    dialog.reject()
