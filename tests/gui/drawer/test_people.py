"""Test edits of tracks in the window: shown at once, re-lifted, undone, saved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from app.window import Window
from pipeline.core.skeletons import SKELETONS
from pipeline.take.file import load_take
from tests.gui.conftest import run_to_end
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.fakes import COUNT, FPS


def idle(window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.controller.busy and not window.controller.updates.refinisher.busy)


def persons(window: Window) -> tuple[list[int], list[int]]:
    take = window.controller.session.take
    return [t.person for t in take.tracks2d], [t.person for t in take.tracks3d]


def entries(menu: QMenu) -> dict[str, bool]:
    return {action.text(): action.isEnabled() for action in menu.actions() if action.text()}


@pytest.fixture
def people(lifted: Window) -> Window:
    lifted.actions_["drawer"].setChecked(True)
    lifted.workspace.drawer.show_tab("people")
    return lifted


def test_a_row_for_everybody_and_a_click_chooses(people: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    tree = people.workspace.drawer.people.tree
    rows = [[tree.topLevelItem(i).text(c) for c in (0, 1, 3)] for i in range(tree.topLevelItemCount())]
    assert rows == [["Person 1", "100 %", "yes"], ["Person 2", "100 %", "–"]]
    place = tree.visualItemRect(tree.topLevelItem(1)).center()
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    idle(people, qtbot)
    assert people.controller.session.person == 2
    assert persons(people)[1] == [2]


def test_split_at_the_playhead_lifts_both_again(people: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    people.playback.seek(20 / FPS)
    people.actions_["split_person"].trigger()
    assert persons(people) == ([1, 2, 3], [1, 3]), "shown at once"
    idle(people, qtbot)
    assert [who for who, _ in library.lifts] == [(1, 3)]
    assert len(library.configs) == 1, "nothing was detected again"
    take = people.controller.session.take
    assert take.track3d(1).seen.sum() == 20
    assert take.track3d(3).seen.sum() == COUNT - 20
    tree = people.workspace.drawer.people.tree
    assert [tree.topLevelItem(i).text(1) for i in range(3)] == ["33 %", "100 %", "67 %"]


def test_merge_undo_and_undo_again(people: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    original = people.controller.session.take
    assert not people.actions_["undo"].isEnabled()
    people.playback.seek(20 / FPS)
    people.actions_["split_person"].trigger()
    idle(people, qtbot)
    apart = people.controller.session.take
    people.people.editor.merge(1, 3)
    idle(people, qtbot)
    assert persons(people) == ([1, 2], [1])
    assert people.controller.session.take.track2d(1).seen.all()
    assert people.actions_["undo"].text() == "&Undo merging 3 into 1"
    people.actions_["undo"].trigger()
    assert people.controller.session.take is apart
    people.actions_["undo"].trigger()
    assert people.controller.session.take is original
    assert people.controller.session.kept is original
    assert not people.actions_["undo"].isEnabled()
    idle(people, qtbot)


def test_exchanging_left_and_right_lifts_the_person_again(people: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    before = people.controller.session.take
    people.actions_["exchange_sides"].trigger()
    idle(people, qtbot)
    after = people.controller.session.take
    order = list(SKELETONS[before.track2d(1).skeleton].mirror)
    np.testing.assert_array_equal(after.track2d(1).joints_image, before.track2d(1).joints_image[:, order])
    assert [who for who, _ in library.lifts] == [(1,)]
    people.actions_["undo"].trigger()
    idle(people, qtbot)
    assert people.controller.session.take is before
    menu = people.workspace.drawer.people.menu_for(2, people)
    next(action for action in menu.actions() if action.text() == "Exchange left and right").trigger()
    idle(people, qtbot)
    assert people.controller.session.take.provenance["edits"] == [{"edit": "exchange_sides", "person": 2}]


def test_what_cannot_be_is_said_and_changes_nothing(people: Window, qtbot: QtBot) -> None:
    before = people.controller.session.take
    people.people.editor.merge(1, 2)
    assert people.banner.kind == "error"
    assert "together" in people.banner.message.text()
    people.playback.seek(0.0)
    people.actions_["split_person"].trigger()
    assert "both sides" in people.banner.message.text()
    assert people.controller.session.take is before
    assert not people.actions_["undo"].isEnabled()


def test_rename_in_the_list_shows_everywhere_and_is_saved(people: Window, tmp_path: Path, qtbot: QtBot) -> None:
    people.actions_["rename_person"].trigger()
    field = people.workspace.drawer.people.tree.findChild(QLineEdit)
    assert field is not None
    field.setText("Änne")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: people.controller.session.take.name_of(1) == "Änne")
    idle(people, qtbot)
    assert people.workspace.scene_card.detail.whole == "Änne"
    assert people.workspace.panel.person.currentText().startswith("Änne")
    assert people.workspace.drawer.people.tree.topLevelItem(0).text(0) == "Änne"
    with qtbot.waitSignal(people.controller.takes.saved):
        people.controller.save_take(tmp_path / "a.pose3d")
    assert load_take(tmp_path / "a.pose3d").name_of(1) == "Änne"


def test_a_name_survives_another_run_also_over_other_frames(people: Window, qtbot: QtBot) -> None:
    people.people.editor.rename(1, "Änne")
    idle(people, qtbot)
    run_to_end(people, qtbot)
    assert people.controller.session.take.name_of(1) == "Änne"
    assert people.actions_["undo"].isEnabled(), "edits that were carried over can be taken back"
    people.controller.session.set_trim(0.5, None)
    run_to_end(people, qtbot)
    assert people.controller.session.take.names == {1: "Änne"}, "who lies where they lay is the same person"


def test_sides_names_and_the_chosen_person_survive_trim_and_run(
    people: Window, library: FakeLibrary, qtbot: QtBot
) -> None:
    people.controller.select_person(2)
    idle(people, qtbot)
    people.actions_["exchange_sides"].trigger()
    idle(people, qtbot)
    people.people.editor.rename(2, "Grace")
    idle(people, qtbot)
    before = people.controller.session.take
    people.controller.session.set_trim(0.5, None)
    run_to_end(people, qtbot)
    qtbot.waitUntil(lambda: persons(people)[1] == [1, 2])
    idle(people, qtbot)
    take = people.controller.session.take
    assert people.controller.session.person == 2
    assert take.name_of(2) == "Grace"
    np.testing.assert_array_equal(take.track2d(2).joints_image, before.track2d(2).joints_image[15:])
    assert people.isWindowModified(), "they are still not saved"


def test_run_keeps_who_is_who_while_the_same_frames_are_asked_for(
    people: Window, library: FakeLibrary, qtbot: QtBot
) -> None:
    people.playback.seek(20 / FPS)
    people.actions_["split_person"].trigger()
    idle(people, qtbot)
    run_to_end(people, qtbot)
    assert len(library.configs) == 1
    assert library.lifts[-1][0] == (3,), "the second part of the split is followed"
    assert persons(people)[0] == [1, 2, 3]
    people.controller.select_person(2)
    idle(people, qtbot)
    assert library.lifts[-1][0] == (2,)
    assert persons(people)[1] == [1, 2, 3]
    people.controller.session.set_trim(0.5, None)
    run_to_end(people, qtbot)
    assert len(library.configs) == 2
    assert persons(people)[0] == [1, 2, 3], "the split is carried over to the other range"


def test_delete_goes_to_somebody_who_is_left(people: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    people.actions_["delete_person"].trigger()
    idle(people, qtbot)
    assert persons(people) == ([2], [])
    assert people.controller.session.person == 2
    assert not people.actions_["delete_person"].isEnabled()
    people.actions_["undo"].trigger()
    idle(people, qtbot)
    assert persons(people) == ([1, 2], [1])


def test_cancelling_the_lifting_leaves_the_edit(people: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    library.hold = True
    people.playback.seek(20 / FPS)
    people.actions_["split_person"].trigger()
    qtbot.waitUntil(lambda: len(library.lifts) == 1)
    assert not people.workspace.drawer.people.editable, "one thing at a time"
    people.people.editor.delete(2)
    assert persons(people)[0] == [1, 2, 3]
    people.controller.cancel()
    library.release()
    idle(people, qtbot)
    assert persons(people) == ([1, 2, 3], [1, 3])
    assert people.controller.session.take.track3d(1).seen.sum() == 20


def test_undo_waits_for_a_run_but_not_for_lifting_again(people: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    people.people.editor.rename(1, "Ada")
    idle(people, qtbot)
    library.hold = True
    people.actions_["run"].trigger()
    qtbot.waitUntil(lambda: len(library.configs) == 2)
    people.actions_["undo"].trigger()
    assert people.controller.busy
    assert people.controller.session.kept.name_of(1) == "Ada"
    people.controller.cancel()
    idle(people, qtbot)
    people.playback.seek(20 / FPS)
    people.actions_["split_person"].trigger()
    qtbot.waitUntil(lambda: len(library.lifts) == 1)
    people.actions_["undo"].trigger()
    idle(people, qtbot)
    assert persons(people) == ([1, 2], [1])
    library.release()


def test_redo_makes_edits_again_until_another_edit(people: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    undo, redo = people.actions_["undo"], people.actions_["redo"]
    original = people.controller.session.take
    assert not redo.isEnabled()
    people.playback.seek(20 / FPS)
    people.actions_["split_person"].trigger()
    idle(people, qtbot)
    apart = people.controller.session.take
    people.people.editor.rename(3, "Ada")
    idle(people, qtbot)
    named = people.controller.session.take
    lifts = len(library.lifts)
    for _ in range(2):
        undo.trigger()
        idle(people, qtbot)
    assert people.controller.session.take is original
    assert not people.isWindowModified()
    assert redo.text() == "&Redo splitting person 1"
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(people, Qt.Key.Key_Z, both)
    idle(people, qtbot)
    assert people.controller.session.take is apart
    assert people.controller.session.person == 3, "who was followed then"
    redo.trigger()
    idle(people, qtbot)
    assert people.controller.session.take is named
    assert people.isWindowModified()
    assert not redo.isEnabled()
    assert len(library.lifts) == lifts, "what was lifted is not lifted again"
    undo.trigger()
    idle(people, qtbot)
    people.people.editor.rename(3, "Bea")
    idle(people, qtbot)
    assert not redo.isEnabled(), "another edit was made"


def test_redo_of_an_edit_that_was_still_being_lifted_lifts_it(
    people: Window, library: FakeLibrary, qtbot: QtBot
) -> None:
    library.hold = True
    people.playback.seek(20 / FPS)
    people.actions_["split_person"].trigger()
    qtbot.waitUntil(lambda: len(library.lifts) == 1)
    people.actions_["undo"].trigger()
    idle(people, qtbot)
    assert persons(people) == ([1, 2], [1])
    library.hold = False
    library.release()
    people.actions_["redo"].trigger()
    idle(people, qtbot)
    assert persons(people) == ([1, 2, 3], [1, 3])
    assert [who for who, _ in library.lifts] == [(1, 3), (1, 3)]


def test_two_hundred_edits_can_be_undone_and_made_again(people: Window, qtbot: QtBot) -> None:
    names = [f"name {number}" for number in range(200)]
    for name in names:
        people.people.editor.rename(1, name)
    for expected in (*reversed(names[:-1]), "Person 1"):
        people.actions_["undo"].trigger()
        assert people.controller.session.take.name_of(1) == expected
    for expected in names:
        people.actions_["redo"].trigger()
        assert people.controller.session.take.name_of(1) == expected
    idle(people, qtbot)


def test_the_menu_of_a_row_and_of_the_timeline(people: Window, qtbot: QtBot) -> None:
    row_menu = people.workspace.drawer.people.menu_for(1, people)
    assert entries(row_menu) == {
        "Rename Person 1…": True, "Split here: another person from this frame on": True, "Merge with": True,
        "Exchange left and right": True, "Delete Person 1": True, "Undo": False,
    }  # fmt: skip
    people.playback.seek(20 / FPS)
    next(action for action in row_menu.actions() if action.text().startswith("Split")).trigger()
    idle(people, qtbot)
    assert persons(people)[0] == [1, 2, 3]
    merge = next(a.menu() for a in people.workspace.drawer.people.menu_for(1, people).actions() if a.menu())
    assert list(entries(merge)) == ["Person 2", "Person 3"]
    merge.actions()[1].trigger()
    idle(people, qtbot)
    assert persons(people)[0] == [1, 2]
    menu = next(menu for menu in people.findChildren(QMenu) if menu.title() == "&Merge with")
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["Person 2"]
