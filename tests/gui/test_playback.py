"""Test playback, trimming and the 3D view: video, skeleton and timeline stay together."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.session.playback_clock import PlaybackClock
from app.window import Window
from tests.gui.conftest import frame_shown, press, run_to_end
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.fakes import COUNT, FPS

KEY = Qt.Key


def test_video_and_skeleton_stay_together(lifted: Window, qtbot: QtBot) -> None:
    for time_s in (0.0, 0.51, 1.0, 1.9, 0.2):
        lifted.playback.seek(time_s)
        expected = int((time_s + 0.0005) * FPS)
        qtbot.waitUntil(lambda expected=expected: frame_shown(lifted) == expected)
        assert lifted.workspace.scene.row == expected
        # The brightness of a fake frame is its number.
        assert lifted.workspace.video.image.pixelColor(5, 5).red() == expected


def test_keys_step_and_jump(lifted: Window, qtbot: QtBot) -> None:
    for key, shift, frame in (
        (KEY.Key_Right, False, 1), (KEY.Key_Right, True, 11), (KEY.Key_Left, False, 10), (KEY.Key_Left, True, 0),
        (KEY.Key_End, False, COUNT - 1), (KEY.Key_Right, False, COUNT - 1), (KEY.Key_Home, False, 0),
    ):  # fmt: skip
        press(qtbot, lifted, key, shift)
        qtbot.waitUntil(lambda frame=frame: frame_shown(lifted) == frame)


def test_space_plays_and_pauses(lifted: Window, qtbot: QtBot) -> None:
    press(qtbot, lifted, KEY.Key_Space)
    assert lifted.playback.playing
    qtbot.waitUntil(lambda: frame_shown(lifted) > 3)
    press(qtbot, lifted, KEY.Key_Space)
    assert not lifted.playback.playing


def test_loop_and_end(opened: Window, qtbot: QtBot) -> None:
    opened.actions_["loop"].setChecked(False)
    opened.play.set_speed(2.0)
    opened.playback.seek(1.9)
    with qtbot.waitSignal(opened.playback.playing_changed, check_params_cb=lambda playing: not playing):
        opened.play.toggle_play()
    assert opened.playback.time_s == pytest.approx((COUNT - 1) / FPS)
    opened.actions_["loop"].setChecked(True)
    opened.playback.seek(1.9)
    opened.play.toggle_play()
    qtbot.waitUntil(lambda: opened.playback.time_s < 1.0)
    opened.playback.pause()


@pytest.mark.parametrize("rate_hz", [24.0, 25.0, 29.97, 30.0, 60.0])
def test_the_clock_passes_the_last_frame_at_every_rate(rate_hz: float, qtbot: QtBot) -> None:
    """A tick of 16 ms is shorter than a frame: the time beyond the last frame adds up over ticks."""
    clock, frame_s = PlaybackClock(), 1 / rate_hz
    clock.set_range(0.0, 2 * frame_s, frame_s)
    clock.loop = True
    clock.seek(1.5 * frame_s)
    clock.play()
    qtbot.waitUntil(lambda: clock.time_s < 1.2 * frame_s)
    assert clock.playing, "it started again"
    clock.loop = False
    with qtbot.waitSignal(clock.playing_changed, check_params_cb=lambda playing: not playing):
        clock.seek(1.5 * frame_s)
    assert clock.time_s == pytest.approx(2 * frame_s)


def test_trim_by_keys_limits_playing_and_the_run(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    opened.playback.seek(0.5)
    press(qtbot, opened, KEY.Key_I)
    opened.playback.seek(1.0)
    press(qtbot, opened, KEY.Key_O)
    start, end = opened.controller.session.trim
    assert start == pytest.approx(0.5)
    assert end == pytest.approx(31 / FPS), "the frame that is shown is the last one"
    press(qtbot, opened, KEY.Key_Home)
    assert opened.playback.time_s == pytest.approx(0.5)
    press(qtbot, opened, KEY.Key_End)
    assert opened.playback.time_s == pytest.approx(1.0)
    run_to_end(opened, qtbot)
    assert (library.configs[0].start_s, library.configs[0].end_s) == (start, end)
    assert opened.controller.session.take.tracks3d[0].frame_index.tolist() == list(range(15, 31))
    press(qtbot, opened, KEY.Key_X, shift=True)
    assert opened.controller.session.trim == (None, None)


def test_trim_by_dragging_a_handle(opened: Window, qtbot: QtBot) -> None:
    timeline = opened.workspace.timeline
    y = timeline.height() - 20
    begin, target = QPoint(round(timeline.x_at(0)) - 4, y), QPoint(round(timeline.x_at(0.8)), y)
    qtbot.mousePress(timeline, Qt.MouseButton.LeftButton, pos=begin)
    qtbot.mouseMove(timeline, target)
    qtbot.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=target)
    assert opened.controller.session.trim[0] == pytest.approx(0.8, abs=0.02)
    assert opened.controller.session.trim[1] is None


def test_clicking_the_timeline_seeks(lifted: Window, qtbot: QtBot) -> None:
    timeline = lifted.workspace.timeline
    qtbot.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=QPoint(round(timeline.x_at(1.0)), 40))
    qtbot.waitUntil(lambda: abs(frame_shown(lifted) - 30) <= 1)


def test_views_and_following(lifted: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: lifted.workspace.scene.gl is not None)
    gl = lifted.workspace.scene.gl
    for key, azimuth, elevation in ((KEY.Key_1, -90, 4), (KEY.Key_2, 0, 4), (KEY.Key_3, -90, 89)):
        press(qtbot, lifted, key)
        qtbot.waitUntil(lambda azimuth=azimuth: abs(gl.camera.azimuth - azimuth) < 1e-6)
        assert gl.camera.elevation == pytest.approx(elevation)
    lifted.playback.seek(0)
    qtbot.waitUntil(lambda: frame_shown(lifted) == 0)
    y = gl.camera.centre[1]
    lifted.playback.seek(1.5)
    qtbot.waitUntil(lambda: frame_shown(lifted) == 45)
    assert gl.camera.centre[1] - y > 0.5, "the view goes with the person, who walked 0.9 m"
    press(qtbot, lifted, KEY.Key_F)
    y = gl.camera.centre[1]
    lifted.playback.seek(0)
    qtbot.waitUntil(lambda: frame_shown(lifted) == 0)
    assert gl.camera.centre[1] == pytest.approx(y)


def test_the_camera_view_is_the_true_one(lifted: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: lifted.workspace.scene.gl is not None)
    gl = lifted.workspace.scene.gl
    press(qtbot, lifted, KEY.Key_4)
    qtbot.waitUntil(lambda: not gl.travelling)
    eye = gl.cameraPosition()
    assert (eye.x(), eye.y(), eye.z()) == pytest.approx(
        tuple(lifted.controller.session.take.scene.translation), abs=1e-3
    )


def test_views_look_at_the_person_after_a_seek_also_without_following(lifted: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: lifted.workspace.scene.gl is not None)
    lifted.actions_["follow"].setChecked(False)
    before = lifted.workspace.scene.anchor[1]
    lifted.playback.seek(1.5)
    qtbot.waitUntil(lambda: frame_shown(lifted) == 45)
    press(qtbot, lifted, KEY.Key_2)
    assert lifted.workspace.scene.anchor[1] - before > 0.5, "where the person is, who walked 0.9 m"
