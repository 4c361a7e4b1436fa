"""Test the lanes of the timeline: spans, findings, choosing, scrolling, names."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.views.lanes.lane import lanes_of
from app.views.lanes.person_lanes import PersonLanes
from app.window import Window
from pipeline.core.poses import PersonTrack
from pipeline.core.take import Finding, Take
from tests.gui.conftest import frame_shown, press, run_to_end
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.fakes import COUNT, FPS, FakeSource, make_take

KEY = Qt.Key


def idle(window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.controller.busy and not window.controller.updates.refinisher.busy)


def place(lanes: PersonLanes, person: int, time_s: float) -> QPoint:
    return QPoint(round(lanes.x_at(time_s)), lanes.lane_rect(person).center().y())


def many(count: int, take: Take) -> Take:
    """Return the take with `count` people, who are seen one after the other."""
    track = take.tracks2d[0]
    tracks = []
    for person in range(1, count + 1):
        joints, scores = track.joints_image.copy(), track.scores.copy()
        seen = slice((person - 1) * COUNT // count, person * COUNT // count)
        hidden = [row for row in range(COUNT) if row not in range(COUNT)[seen]]
        joints[hidden], scores[hidden] = float("nan"), 0
        tracks.append(PersonTrack.of(person, track.frame_index, track.time_s, joints, scores, track.skeleton))
    return replace(take, tracks2d=tuple(tracks))


def test_a_lane_for_each_person_shows_when_they_are_there(tmp_path) -> None:
    take = many(5, make_take(FakeSource(tmp_path / "walk.mp4").info))
    lanes = lanes_of(take)
    assert [lane.person for lane in lanes] == [1, 2, 3, 4, 5]
    assert lanes[2].spans == ((pytest.approx(24 / FPS), pytest.approx(36 / FPS)),)
    assert [lane.lifted for lane in lanes] == [True, False, False, False, False]
    assert lanes_of(None) == []


def test_findings_are_marks_in_the_lane_of_their_person(tmp_path) -> None:
    take = make_take(FakeSource(tmp_path / "walk.mp4").info, persons=(1, 2))
    findings = (Finding(2, "sides", 10, 14, True), Finding(1, "gap", 40, 41, False))
    assert take.scene is not None
    lanes = lanes_of(replace(take, scene=replace(take.scene, findings=findings)))
    assert [len(lane.marks) for lane in lanes] == [1, 1]
    mark = lanes[1].marks[0]
    assert (mark.start_s, mark.end_s) == (pytest.approx(10 / FPS), pytest.approx(15 / FPS))
    assert "Person 2" in mark.text
    assert lanes[1].mark_at(12 / FPS, 0.01) is mark
    assert lanes[1].mark_at(1.0, 0.01) is None


def test_a_click_on_a_lane_seeks_and_chooses_the_person(lifted: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    lanes = lifted.workspace.lanes
    assert lanes.isVisible()
    qtbot.mouseClick(lanes, Qt.MouseButton.LeftButton, pos=place(lanes, 1, 1.0))
    qtbot.waitUntil(lambda: abs(frame_shown(lifted) - 30) <= 1)
    assert lifted.controller.session.person == 1
    qtbot.mouseClick(lanes, Qt.MouseButton.LeftButton, pos=place(lanes, 2, 0.5))
    idle(lifted, qtbot)
    qtbot.waitUntil(lambda: abs(frame_shown(lifted) - 15) <= 1)
    assert lifted.controller.session.person == 2
    assert lifted.controller.session.take.track3d(2) is not None


def test_a_click_on_a_finding_goes_to_its_beginning(window: Window, library: FakeLibrary, video, qtbot: QtBot) -> None:
    library.findings = lambda config: (Finding(1, "sides", 20, 26, True),)
    window.controller.open_path(video)
    qtbot.waitUntil(lambda: window.workspace.video.image is not None)
    run_to_end(window, qtbot)
    lanes = window.workspace.lanes
    point = place(lanes, 1, 25 / FPS)
    assert "Sides exchanged" in lanes.tip_at(QPointF(point))
    qtbot.mouseClick(lanes, Qt.MouseButton.LeftButton, pos=point)
    qtbot.waitUntil(lambda: frame_shown(window) == 20)


def test_during_a_run_lanes_only_seek(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    library.hold = True
    opened.actions_["run"].trigger()
    qtbot.waitUntil(opened.workspace.lanes.isVisible)
    lanes = opened.workspace.lanes
    qtbot.mouseClick(lanes, Qt.MouseButton.LeftButton, pos=place(lanes, 2, 0.5))
    qtbot.waitUntil(lambda: abs(frame_shown(opened) - 15) <= 1)
    assert opened.controller.session.person == 1
    with qtbot.waitSignal(opened.controller.finished):
        library.release()


def test_many_people_scroll_and_the_chosen_one_is_shown(lifted: Window, qtbot: QtBot) -> None:
    lanes = lifted.workspace.lanes
    low = lanes.height()
    lanes.set_take(many(12, lifted.controller.session.take), 1)
    assert low < lanes.height() < 6 * 20
    assert lanes.bar.isVisible()
    assert not lanes.rect().contains(lanes.lane_rect(12).center())
    lanes.set_take(many(12, lifted.controller.session.take), 12)
    assert lanes.rect().contains(lanes.lane_rect(12).center())
    assert lanes.lane_at(lanes.height() - 4).person == 12
    lifted.workspace.lanes.set_take(lifted.controller.session.take, 1)
    assert not lanes.bar.isVisible()


def test_double_click_renames_in_the_lane(lifted: Window, qtbot: QtBot) -> None:
    lanes = lifted.workspace.lanes
    qtbot.mouseDClick(lanes, Qt.MouseButton.LeftButton, pos=place(lanes, 1, 1.0))
    assert lanes.field.isVisible()
    qtbot.keyClicks(lanes.field, "Ada L")
    qtbot.keyClick(lanes.field, KEY.Key_Return)
    idle(lifted, qtbot)
    assert lifted.controller.session.take.name_of(1) == "Ada L"
    assert lanes.lanes[0].name == "Ada L"
    assert not lanes.field.isVisible()
    press(qtbot, lifted, KEY.Key_Space)
    assert lifted.playback.playing, "the keys belong to the window again"
    lifted.playback.pause()


def test_f2_edits_and_escape_keeps_the_name(lifted: Window, qtbot: QtBot) -> None:
    lanes = lifted.workspace.lanes
    press(qtbot, lifted, KEY.Key_F2)
    assert lanes.field.isVisible()
    qtbot.keyClicks(lanes.field, "Wrong")
    qtbot.keyClick(lanes.field, KEY.Key_Escape)
    assert not lanes.field.isVisible()
    assert lifted.controller.session.take.names == {}


def test_an_empty_name_is_the_number_and_a_name_twice_is_refused(lifted: Window, qtbot: QtBot) -> None:
    lanes = lifted.workspace.lanes
    lifted.people.editor.rename(1, "Ada")
    idle(lifted, qtbot)
    for typed, name in (("  ", "Person 1"), ("Person 2", "Person 1")):
        press(qtbot, lifted, KEY.Key_F2)
        lanes.field.setText(typed)
        qtbot.keyClick(lanes.field, KEY.Key_Return)
        idle(lifted, qtbot)
        assert lifted.controller.session.take.name_of(1) == name
    assert lifted.banner.kind == "error"
    assert "Person 2" in lifted.banner.message.text()


def test_f2_edits_in_the_list_of_people_where_that_is_open(lifted: Window, qtbot: QtBot) -> None:
    lifted.actions_["drawer"].setChecked(True)
    lifted.workspace.drawer.show_tab("people")
    tree = lifted.workspace.drawer.people.tree
    for finish, name in ((KEY.Key_Escape, "Person 1"), (KEY.Key_Return, "Grace")):
        press(qtbot, lifted, KEY.Key_F2)
        field = tree.findChild(QLineEdit)
        assert field is not None
        field.setText("Grace")
        qtbot.keyClick(field, finish)
        qtbot.waitUntil(lambda: tree.findChild(QLineEdit) is None)
        qtbot.waitUntil(lambda name=name: lifted.controller.session.take.name_of(1) == name)
        idle(lifted, qtbot)
    row = tree.visualItemRect(tree.topLevelItem(0)).center()
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=row)  # Qt wants the first click of the two
    qtbot.mouseDClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=row)
    qtbot.waitUntil(lambda: tree.findChild(QLineEdit) is not None)
