"""Test the list of findings: words, count, and a click that seeks."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.window import Window
from pipeline.core.take import Finding
from tests.helpers.fakes import FPS

FOUND = (
    Finding(1, "sides", 15, 18, True, "Left and right were exchanged in the 2D joints."),
    Finding(1, "backward_joint", 30, 30, False, "A knee or an elbow bent backward."),
)


@pytest.fixture
def found(lifted: Window) -> Window:
    take = lifted.controller.session.take
    scene = dataclasses.replace(take.scene, findings=FOUND)
    lifted.controller.session.show(dataclasses.replace(take, scene=scene))
    lifted.actions_["drawer"].setChecked(True)
    lifted.workspace.drawer.show_tab("findings")
    return lifted


def test_they_are_listed_in_words_and_counted(found: Window) -> None:
    findings = found.workspace.drawer.findings
    texts = [findings.list.item(i).text() for i in range(findings.list.count())]
    assert texts == ["Sides exchanged  0.50–0.60 s, repaired", "Knee or elbow bent backward  1.00 s, please check"]
    assert findings.list.item(0).toolTip().startswith("Left and right")
    assert found.workspace.drawer.tabs["findings"].text() == "Findings (2)"
    assert findings.list.isVisible()
    assert not findings.nothing.isVisible()


def test_a_click_goes_to_the_first_frame(found: Window, qtbot: QtBot) -> None:
    view = found.workspace.drawer.findings.list
    for number, frame in ((1, 30), (0, 15)):
        place = view.visualItemRect(view.item(number)).center()
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert found.playback.time_s == pytest.approx(frame / FPS)
        qtbot.waitUntil(lambda frame=frame: found.workspace.video.time_s == pytest.approx(frame / FPS))


def test_several_people_are_named(found: Window) -> None:
    take = found.controller.session.take
    other = dataclasses.replace(take.tracks3d[0], person=2)
    scene = dataclasses.replace(take.scene, findings=(Finding(2, "gap", 0, 5, True),))
    found.controller.session.show(
        dataclasses.replace(take, tracks3d=(*take.tracks3d, other), scene=scene, names={2: "Änne"})
    )
    view = found.workspace.drawer.findings.list
    assert view.item(0).text() == "Änne:  Not seen  0.00–0.17 s, filled in"


def test_nothing_found_says_so(lifted: Window) -> None:
    lifted.actions_["drawer"].setChecked(True)
    lifted.workspace.drawer.show_tab("findings")
    assert lifted.workspace.drawer.findings.nothing.isVisible()
    assert lifted.workspace.drawer.tabs["findings"].text() == "Findings"
