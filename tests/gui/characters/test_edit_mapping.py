"""Drive the dialog in which a character's bones are put right."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app import theme
from app.commands.characters.edit_mapping import edit_mapping
from app.views.characters.mapping_dialog import MappingDialog
from pipeline.characters.character import Character, open_character, read_skeleton
from pipeline.characters.mapping_file import mapping_path, read_mapping
from tests.helpers.characters import Figure, figure, write_glb

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def parent(qtbot: QtBot, qapp: object) -> QWidget:
    theme.apply(qapp)
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def click(qtbot: QtBot, dialog: MappingDialog, node: int) -> None:
    qtbot.mouseClick(dialog.figure, LEFT, pos=dialog.figure.position_of(node).toPoint())


def with_a_nameless_shin() -> Figure:
    rig = figure("unreal")
    return rig.renamed([name if name != "calf_l" else "part17" for name in rig.names])


def test_a_missing_bone_is_clicked_and_kept_beside_the_character(parent: QWidget, tmp_path: Path, qtbot: QtBot) -> None:
    rig = with_a_nameless_shin()
    path = write_glb(tmp_path / "hero.glb", rig)
    done: list[Character] = []
    dialog = edit_mapping(read_skeleton(path, {"leftLowerLeg": ""}), parent, done.append)
    assert dialog.problem.text() == "Lower leg (left) is missing."
    assert not dialog.save.isEnabled()
    dialog.choose("leftLowerLeg")
    click(qtbot, dialog, rig.names.index("part17"))
    assert dialog.text_of("leftLowerLeg") == "part17"
    assert not dialog.problem.isVisible()
    dialog.save.click()
    assert not dialog.isVisible()
    assert done[0].tree.names[done[0].mapping.nodes["leftLowerLeg"]] == "part17"
    again = open_character(path)
    assert again.mapping.nodes == done[0].mapping.nodes


def test_a_wrong_bone_is_put_right_and_taken_back(parent: QWidget, tmp_path: Path, qtbot: QtBot) -> None:
    path = write_glb(tmp_path / "hero.glb", figure("unreal"))
    skeleton = read_skeleton(path)
    spine = {name: skeleton.tree.names.index(name) for name in ("spine_01", "spine_02", "spine_03")}
    done: list[Character] = []
    dialog = edit_mapping(skeleton, parent, done.append)
    assert not dialog.reset.isEnabled()
    dialog.choose("chest")
    click(qtbot, dialog, spine["spine_03"])
    assert (dialog.text_of("chest"), dialog.text_of("upperChest")) == ("spine_03", "none")
    dialog.save.click()
    assert read_mapping(mapping_path(path)) == {"chest": "spine_03", "upperChest": ""}
    dialog = edit_mapping(done[0].skeleton, parent, done.append)
    assert dialog.text_of("chest") == "spine_03"
    dialog.reset.click()
    assert (dialog.text_of("chest"), dialog.text_of("upperChest")) == ("spine_02", "spine_03")
    dialog.save.click()
    assert not mapping_path(path).exists()
    assert done[1].mapping.rules["chest"] == "table Unreal 4"


def test_what_cannot_be_a_human_cannot_be_saved(parent: QWidget, tmp_path: Path, qtbot: QtBot) -> None:
    skeleton = read_skeleton(write_glb(tmp_path / "hero.glb", figure("mixamo")))
    dialog = edit_mapping(skeleton, parent, lambda _: None)
    dialog.choose("leftHand")
    click(qtbot, dialog, skeleton.mapping.nodes["rightHand"])
    assert "Hand (right) is missing." in dialog.problem.text()
    assert "Hand (left) does not hang on Lower arm (left)." in dialog.problem.text()
    assert not dialog.save.isEnabled()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not mapping_path(skeleton.path).exists()


def test_bones_are_chosen_by_name_too(parent: QWidget, tmp_path: Path, qtbot: QtBot) -> None:
    skeleton = read_skeleton(write_glb(tmp_path / "hero.glb", figure("mixamo")))
    dialog = edit_mapping(skeleton, parent, lambda _: None)
    dialog.choose("leftToes")
    box = dialog.joint
    box.setCurrentIndex(0)
    box.activated.emit(0)
    assert dialog.text_of("leftToes") == "none"
    assert dialog.save.isEnabled()
    index = box.findText("mixamorig:LeftToeBase")
    box.setCurrentIndex(index)
    box.activated.emit(index)
    assert dialog.nodes == skeleton.mapping.nodes
    dialog.reject()


def test_the_figure_turns_and_is_enlarged(parent: QWidget, tmp_path: Path, qtbot: QtBot) -> None:
    skeleton = read_skeleton(write_glb(tmp_path / "hero.glb", figure("mixamo").turned(90)))
    dialog = edit_mapping(skeleton, parent, lambda _: None)
    view, hand = dialog.figure, skeleton.mapping.nodes["leftHand"]
    head = skeleton.mapping.nodes["head"]
    assert view.position_of(hand).x() > view.width() / 2 + 50, "seen from the front, whichever way the file faces"
    before, level = dict(dialog.nodes), view.position_of(head).y()
    start = QPoint(20, 20)
    qtbot.mousePress(view, LEFT, pos=start)
    for x in range(40, 400, 40):
        qtbot.mouseMove(view, start + QPoint(x, 0))
    qtbot.mouseMove(view, start + QPoint(360, 0))
    qtbot.mouseRelease(view, LEFT, pos=start + QPoint(360, 0))
    assert view.position_of(hand).x() < view.width() / 2 - 50, "half a turn"
    assert view.position_of(head).y() == pytest.approx(level)
    assert dialog.nodes == before
    dialog.choose("leftIndexProximal")
    fingers = [node for bone, node in before.items() if bone.startswith("left") and "Index" in bone]
    places = np.array([[view.position_of(node).x(), view.position_of(node).y()] for node in fingers])
    assert np.ptp(places, axis=0).max() > 50, "the hand fills the view"
    dialog.reject()


def test_a_folder_that_cannot_be_written_is_said(
    parent: QWidget, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    skeleton = read_skeleton(write_glb(tmp_path / "hero.glb", figure("unreal")))
    dialog = edit_mapping(skeleton, parent, lambda _: pytest.fail("nothing was saved"))
    dialog.assign("chest", -1)
    mapping_path(skeleton.path).mkdir()
    dialog.save.click()
    assert dialog.isVisible()
    assert "mapping.json" in dialog.problem.text()
    dialog.reject()


def test_the_file_is_plain_json(parent: QWidget, tmp_path: Path) -> None:
    skeleton = read_skeleton(write_glb(tmp_path / "hero.glb", figure("unreal")))
    dialog = edit_mapping(skeleton, parent, lambda _: None)
    dialog.assign("jaw", -1)
    dialog.assign("leftToes", -1)
    dialog.save.click()
    assert json.loads(mapping_path(skeleton.path).read_text())["bones"] == {"leftToes": ""}
