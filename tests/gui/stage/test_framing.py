"""Test 'frame all', 'frame the person' and the first viewpoint in the window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QVector4D
from pytestqt.qtbot import QtBot

from app.views.scene.scene_gl import SceneGL
from app.window import Window
from tests.gui.conftest import frame_shown, press, run_to_end

KEY = Qt.Key


def extent(gl: SceneGL, joints: np.ndarray) -> np.ndarray:
    """Return the box of joints (N, 3) on the view, (2, 2): -1 to 1 across its width and height."""
    to_screen = gl.currentProjection() * gl.viewMatrix()
    mapped = [to_screen.map(QVector4D(*point.tolist(), 1.0)) for point in joints.reshape(-1, 3)]
    points = np.array([(at.x() / at.w(), at.y() / at.w()) for at in mapped])
    return np.stack([points.min(axis=0), points.max(axis=0)])


@pytest.fixture
def two(opened: Window, qtbot: QtBot) -> Window:
    """Return a window in which both people are lifted."""
    opened.actions_["everyone"].setChecked(True)
    run_to_end(opened, qtbot)
    qtbot.waitUntil(lambda: opened.workspace.scene.gl is not None)
    return opened


def everybody(window: Window) -> np.ndarray:
    return np.concatenate([track.joints for track in window.controller.session.take.tracks3d])


def test_several_people_are_all_in_the_first_view_and_stay_there(two: Window, qtbot: QtBot) -> None:
    gl = two.workspace.scene.gl
    box = extent(gl, everybody(two))
    assert np.abs(box).max() < 1
    assert np.ptp(box, axis=0).max() > 1.2
    assert not two.actions_["follow"].isChecked(), "a view of whole paths does not move with one person"
    centre = gl.camera.centre
    two.playback.seek(1.5)
    qtbot.waitUntil(lambda: frame_shown(two) == 45)
    assert gl.camera.centre == centre


def test_one_person_is_followed_and_fills_the_view(lifted: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: lifted.workspace.scene.gl is not None)
    gl = lifted.workspace.scene.gl
    assert lifted.actions_["follow"].isChecked()
    lifted.playback.seek(1.5)
    qtbot.waitUntil(lambda: frame_shown(lifted) == 45)
    box = extent(gl, lifted.controller.session.take.tracks3d[0].joints[45])
    assert np.abs(box).max() < 1
    assert np.ptp(box, axis=0).max() > 1.2


def test_frame_all_and_frame_the_person_keep_the_direction(two: Window, qtbot: QtBot) -> None:
    gl = two.workspace.scene.gl
    press(qtbot, two, KEY.Key_2)
    qtbot.waitUntil(lambda: abs(gl.camera.azimuth) < 1e-6)
    assert two.actions_["follow"].isChecked()
    press(qtbot, two, KEY.Key_A)
    qtbot.waitUntil(lambda: not gl.travelling)
    assert (gl.camera.azimuth, gl.camera.elevation) == pytest.approx((0.0, 4.0))
    both = extent(gl, everybody(two))
    assert np.abs(both).max() < 1
    press(qtbot, two, KEY.Key_A, shift=True)
    qtbot.waitUntil(lambda: not gl.travelling)
    one = extent(gl, two.controller.session.take.track3d(1).joints)
    assert np.abs(one).max() < 1
    assert np.ptp(one, axis=0).max() > 1.2


def test_following_again_comes_back_to_the_person(two: Window, qtbot: QtBot) -> None:
    gl = two.workspace.scene.gl
    far = gl.camera.distance
    press(qtbot, two, KEY.Key_F)
    qtbot.waitUntil(lambda: not gl.travelling)
    assert two.workspace.scene.following
    assert gl.camera.distance < far
    assert two.settings.view.follow


def test_a_view_that_the_mouse_turned_is_kept_when_the_run_ends(opened: Window, library, qtbot: QtBot) -> None:
    library.hold = True
    opened.actions_["everyone"].setChecked(True)
    opened.actions_["run"].trigger()
    qtbot.waitUntil(lambda: opened.workspace.scene.row is not None)
    gl = opened.workspace.scene.gl
    qtbot.mousePress(gl, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    qtbot.mouseMove(gl, QPoint(180, 120))
    qtbot.mouseRelease(gl, Qt.MouseButton.LeftButton, pos=QPoint(180, 120))
    qtbot.waitUntil(lambda: opened.workspace.scene.preset_name == "")
    azimuth = gl.camera.azimuth
    with qtbot.waitSignal(opened.controller.finished):
        library.release()
    assert gl.camera.azimuth == azimuth


def test_resizing_keeps_everybody_in_view(two: Window, qtbot: QtBot) -> None:
    gl = two.workspace.scene.gl
    two.resize(1280, 600)
    qtbot.waitUntil(lambda: two.height() == 600)
    qtbot.wait(50)
    assert np.abs(extent(gl, everybody(two))).max() < 1
