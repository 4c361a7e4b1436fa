"""Test the horizon: drags set tilt and roll; a double click returns to the estimate."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from app.window import Window
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.fakes import HEIGHT, WIDTH

LEFT = Qt.MouseButton.LeftButton


def drag(window: Window, qtbot: QtBot, grip: str, by: QPointF) -> None:
    video = window.workspace.video
    start = video.horizon.grips(video.image_rect())[grip]
    qtbot.mousePress(video, LEFT, pos=start.toPoint())
    for share in (0.5, 1.0):
        qtbot.mouseMove(video, (start + by * share).toPoint())
    qtbot.mouseRelease(video, LEFT, pos=(start + by).toPoint())


@pytest.fixture
def shown(lifted: Window, qtbot: QtBot) -> Window:
    lifted.workspace.panel.smooth.setValue(5)  # finishes once: the fake estimates 3 degrees
    qtbot.waitUntil(lambda: lifted.controller.session.take.scene.pitch_deg == 3)
    lifted.actions_["horizon"].trigger()
    return lifted


def test_off_at_first_and_in_nobody_s_way(lifted: Window, qtbot: QtBot) -> None:
    video = lifted.workspace.video
    assert not video.horizon.visible
    assert video.horizon.part_at(video.image_rect().center(), video.image_rect()) == ""
    qtbot.keyClick(lifted, Qt.Key.Key_H)
    assert video.horizon.visible


def test_the_estimate_is_shown_until_something_is_set(shown: Window) -> None:
    horizon = shown.workspace.video.horizon
    assert (horizon.pitch_deg, horizon.roll_deg) == (3, 0)
    assert "estimated" in horizon.note
    rect = shown.workspace.video.image_rect()
    point, _ = shown.controller.session.take.camera.horizon(3, 0)
    middle = horizon.grips(rect)["middle"]
    assert middle.y() == pytest.approx(rect.y() + point[1] * rect.height() / HEIGHT)


def test_dragging_the_middle_sets_the_tilt(shown: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    video, run = shown.workspace.video, shown.settings.run
    rect, camera = video.image_rect(), shown.controller.session.take.camera
    drag(shown, qtbot, "middle", QPointF(0, -40))
    point, along = camera.horizon(3, 0)
    expected, _ = camera.tilt_from_horizon(point + [0, -40 * WIDTH / rect.width()], along)
    assert run.pitch_deg == pytest.approx(expected, abs=0.25)
    assert run.roll_deg == 0
    assert shown.workspace.panel.pitch.value() == run.pitch_deg
    qtbot.waitUntil(lambda: shown.controller.session.take.scene.pitch_deg == run.pitch_deg)
    assert "set" in video.horizon.note
    assert len(library.configs) == 1
    assert library.lifts == []


def test_dragging_an_end_sets_the_roll_about_the_middle(shown: Window, qtbot: QtBot) -> None:
    video, run = shown.workspace.video, shown.settings.run
    rect = video.image_rect()
    before = video.horizon.grips(rect)
    drag(shown, qtbot, "right", QPointF(0, -30))
    arm = before["right"].x() - before["middle"].x()
    assert run.roll_deg == pytest.approx(np.degrees(np.arctan2(30, arm)), abs=0.3)
    assert run.pitch_deg == pytest.approx(3, abs=0.4)
    after = video.horizon.grips(rect)
    assert after["right"].y() < after["middle"].y() < after["left"].y()
    drag(shown, qtbot, "left", QPointF(0, after["right"].y() - after["left"].y()))
    assert run.roll_deg < 0, "the left end lifts it to the other side"


def test_double_click_gives_it_back(shown: Window, qtbot: QtBot) -> None:
    video = shown.workspace.video
    drag(shown, qtbot, "middle", QPointF(0, -40))
    qtbot.waitUntil(lambda: shown.controller.session.take.scene.pitch_deg != 3)
    qtbot.mouseDClick(video, LEFT, pos=video.horizon.grips(video.image_rect())["middle"].toPoint())
    assert shown.settings.run.pitch_deg is None
    assert shown.settings.run.roll_deg is None
    assert shown.workspace.panel.pitch.text() == "Estimated"
    qtbot.waitUntil(lambda: shown.controller.session.take.scene.pitch_deg == 3)
    assert video.horizon.pitch_deg == 3


def test_a_horizon_outside_the_picture_is_taken_at_its_edge(shown: Window, qtbot: QtBot) -> None:
    shown.workspace.panel.pitch.setValue(50)
    video = shown.workspace.video
    grips = video.horizon.grips(video.image_rect())
    assert list(grips) == ["middle"]
    assert video.image_rect().contains(grips["middle"])
    drag(shown, qtbot, "middle", QPointF(0, 60))
    assert 30 < shown.settings.run.pitch_deg < 50


def test_other_clicks_still_choose_people(shown: Window, qtbot: QtBot) -> None:
    video = shown.workspace.video
    rect, track = video.image_rect(), shown.controller.session.take.track2d(2)
    knee = track.joints_image[0, 2] * rect.width() / WIDTH
    qtbot.mouseClick(video, LEFT, pos=QPointF(rect.x() + knee[0], rect.y() + knee[1]).toPoint())
    qtbot.waitUntil(lambda: shown.controller.session.person == 2 and not shown.controller.busy)


def test_before_the_first_run_a_level_horizon_can_be_set(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    opened.actions_["horizon"].trigger()
    horizon = opened.workspace.video.horizon
    assert (horizon.pitch_deg, horizon.roll_deg) == (0, 0)
    drag(opened, qtbot, "middle", QPointF(0, 30))
    assert opened.settings.run.pitch_deg < 0, "the camera looks up where the horizon is low"
    with qtbot.waitSignal(opened.controller.finished):
        opened.actions_["run"].trigger()
    assert library.configs[0].scene.pitch_deg == opened.settings.run.pitch_deg
