"""Test that joints are corrected over the video by mouse and keyboard, and that 3D follows."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from app.window import Window
from pipeline.core.take import Finding
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.fakes import FPS

KEY = Qt.Key
LEFT = Qt.MouseButton.LeftButton
WRIST = 13
WHERE = "left_wrist"


@pytest.fixture
def correcting(lifted: Window) -> Window:
    lifted.actions_["correct"].trigger()
    return lifted


def where(window: Window) -> QPointF:
    video = window.workspace.video
    return video.handles.place(WHERE, video.image_rect())


def drag(window: Window, qtbot: QtBot, by: QPointF) -> None:
    video, start = window.workspace.video, where(window)
    qtbot.mousePress(video, LEFT, pos=start.toPoint())
    for share in (0.5, 1.0):
        qtbot.mouseMove(video, (start + by * share).toPoint())
    qtbot.mouseRelease(video, LEFT, pos=(start + by).toPoint())


def idle(window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.controller.busy and not window.controller.updates.refinisher.busy)


def test_a_dragged_joint_is_corrected_and_lifted_again(correcting: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    session = correcting.controller.session
    lifts = len(library.lifts)
    before = where(correcting)
    drag(correcting, qtbot, QPointF(30, -20))
    (one,) = session.take.corrections
    assert (one.kind, one.joints) == ("move", (WHERE,))
    idle(correcting, qtbot)
    assert len(library.lifts) == lifts + 1
    assert (where(correcting) - before - QPointF(30, -20)).manhattanLength() < 2
    assert session.dirty
    correcting.actions_["undo"].trigger()
    idle(correcting, qtbot)
    assert session.take.corrections == ()


def test_keys_move_hide_and_give_back(correcting: Window, qtbot: QtBot) -> None:
    video, session = correcting.workspace.video, correcting.controller.session
    frame = correcting.playback.time_s
    qtbot.mouseClick(video, LEFT, pos=where(correcting).toPoint())
    qtbot.keyClick(video, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    idle(correcting, qtbot)
    assert session.take.corrections[0].keys[0].offset_px[0] == pytest.approx((10, 0), abs=1e-3)
    assert correcting.playback.time_s == frame
    qtbot.keyClick(video, Qt.Key.Key_O)
    idle(correcting, qtbot)
    assert {one.kind for one in session.take.corrections} == {"move", "hide"}
    assert where(correcting) is None
    qtbot.keyClick(video, Qt.Key.Key_Delete)
    idle(correcting, qtbot)
    assert session.take.corrections == ()
    qtbot.keyClick(video, Qt.Key.Key_Escape)
    assert not correcting.actions_["correct"].isChecked()


def test_nothing_is_in_the_way_outside_the_mode(lifted: Window, qtbot: QtBot) -> None:
    video = lifted.workspace.video
    point = lifted.controller.session.take.track2d(1).joints_image[0, WRIST]
    rect, width = video.image_rect(), lifted.controller.session.info.width_px
    at = QPointF(*(np.array([rect.x(), rect.y()]) + point * rect.width() / width).tolist())
    assert not video.handles.press(at, rect)
    assert lifted.controller.session.take.corrections == ()


def test_doubtful_places_are_one_key_away(lifted: Window, qtbot: QtBot) -> None:
    session = lifted.controller.session
    doubt = [Finding(1, "backward_joint", first, first + 4, False) for first in (10, 40)]
    session.take = dataclasses.replace(
        session.take, scene=dataclasses.replace(session.take.scene, findings=tuple(doubt))
    )
    lifted.playback.seek(0.0)
    places = []
    for key, shift in ((KEY.Key_N, False), (KEY.Key_N, False), (KEY.Key_N, False), (KEY.Key_N, True)):
        qtbot.keyClick(lifted, key, Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier)
        places.append(round(lifted.playback.time_s * FPS))
    assert places == [12, 42, 12, 42], "around the end, and back"
