"""Test what a user does in the window, with a library that answers at once."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QDialog, QPushButton
from pytestqt.qtbot import QtBot

from app.settings import Settings
from app.views.dialogs.export_dialog import ExportDialog
from app.window import Window
from pipeline.core.errors import NoPersonError
from pipeline.core.live import RunState
from pipeline.export.base import ExportOptions
from tests.gui.conftest import run_to_end
from tests.gui.fake_library import FakeLibrary
from tests.helpers.fakes import COUNT, FPS, make_take

KEY = Qt.Key


def press(qtbot: QtBot, window: Window, key: Qt.Key, shift: bool = False) -> None:
    modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(window, key, modifier)


def frame_shown(window: Window) -> int:
    return round(window.workspace.video.time_s * FPS)


# --- opening


def test_starts_with_an_invitation(window: Window) -> None:
    assert window.pages.currentWidget() is window.empty
    assert not window.actions_["run"].isEnabled()
    assert not window.actions_["export"].isEnabled()
    assert not window.workspace.export_button.isEnabled()


def test_sample_opens_from_its_button(window: Window, qtbot: QtBot) -> None:
    qtbot.mouseClick(window.empty.sample_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.workspace.video.image is not None)
    assert window.pages.currentWidget() is window.workspace
    assert window.controller.session.info.name == "sample.mp4"
    assert window.actions_["run"].isEnabled()
    # The sample is in the program's folder, to which nothing is written.
    assert window.controller.home == Path(window.settings.last_folder)


def test_drop_opens_the_file(window: Window, video: Path, qtbot: QtBot) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(video))])
    buttons, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, mime, buttons, none)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    assert window.empty.zone.hot
    window.dropEvent(QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, mime, buttons, none))
    assert not window.empty.zone.hot
    qtbot.waitUntil(lambda: window.controller.session.info is not None)
    assert window.controller.session.info.path == str(video)


def test_drop_of_something_else_is_refused(window: Window) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/video.mp4")])
    event = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    event.ignore()
    window.dragEnterEvent(event)
    assert not event.isAccepted()


def test_recent_files_newest_first_and_kept(
    window: Window, make_window: Callable[..., Window], library: FakeLibrary, tmp_path: Path, qtbot: QtBot
) -> None:
    for name in ("first.mp4", "mit Leerzeichen ü 視頻.mp4"):
        path = tmp_path / name
        path.write_bytes(b"x")
        window.controller.open_path(path)
        qtbot.waitUntil(
            lambda name=name: window.controller.session.info is not None and window.controller.session.info.name == name
        )
    window.files.fill_recent()
    names = [action.text() for action in window.files.recent_menu.actions()]
    assert names[:2] == ["mit Leerzeichen ü 視頻.mp4", "first.mp4"]
    (tmp_path / "first.mp4").unlink()
    again = make_window(library)
    assert [path.name for path in again.settings.recent] == ["mit Leerzeichen ü 視頻.mp4"]
    card = next(b for b in again.empty.findChildren(QPushButton) if b.property("role") == "recent")
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: again.controller.session.info is not None)


def test_bad_file_shows_a_banner_and_the_window_lives_on(opened: Window, tmp_path: Path, qtbot: QtBot) -> None:
    bad = tmp_path / "empty.mp4"
    bad.write_bytes(b"")
    opened.controller.open_path(bad)
    qtbot.waitUntil(opened.banner.isVisible)
    assert opened.banner.kind == "error"
    assert "empty.mp4" in opened.banner.message.text()
    assert "Choose a video" in opened.banner.hint.text()
    assert opened.controller.session.info.name == "walk.mp4", "the video that was open stays"
    press(qtbot, opened, KEY.Key_Escape)
    assert not opened.banner.isVisible()
    run_to_end(opened, qtbot)


# --- running


def test_a_run_gives_a_skeleton(lifted: Window, library: FakeLibrary) -> None:
    assert lifted.controller.state is RunState.IDLE
    assert lifted.controller.session.take.complete
    assert not lifted.workspace.run_panel.isVisible()
    assert lifted.actions_["export"].isEnabled()
    assert lifted.workspace.scene.hint == ""
    assert lifted.workspace.panel.estimates.isVisible()
    assert lifted.workspace.timeline.known == [(0.0, pytest.approx(COUNT / FPS))]
    config = library.configs[0]
    assert (config.start_s, config.end_s, config.persons) == (None, None, None)


def test_what_is_lifted_can_be_watched_while_it_runs(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    library.hold = True
    opened.actions_["run"].trigger()
    qtbot.waitUntil(lambda: opened.controller.session.take is not None)
    assert opened.controller.state is RunState.RUNNING
    assert not opened.controller.session.take.complete
    assert opened.workspace.run_panel.isVisible()
    assert "of 60 frames" in opened.workspace.run_panel.numbers.text()
    assert not opened.actions_["run"].isEnabled()
    assert not opened.actions_["export"].isEnabled()
    opened.playback.seek(0.5)
    qtbot.waitUntil(lambda: frame_shown(opened) == 15)
    assert opened.workspace.scene.row == 15
    opened.playback.seek(1.5)
    qtbot.waitUntil(lambda: frame_shown(opened) == 45)
    assert opened.workspace.scene.row is None, "not lifted yet: no stale skeleton"
    library.release()
    qtbot.waitUntil(lambda: opened.controller.session.take.complete)
    assert opened.workspace.scene.row == 45


def test_cancel_with_escape(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    library.hold = True
    opened.actions_["run"].trigger()
    qtbot.waitUntil(lambda: opened.controller.session.take is not None)
    press(qtbot, opened, KEY.Key_Escape)
    assert opened.controller.state is RunState.STOPPING
    qtbot.waitUntil(lambda: opened.controller.state is RunState.IDLE)
    assert opened.controller.session.take is None
    assert not opened.workspace.run_panel.isVisible()
    assert not opened.banner.isVisible(), "a cancel is not an error"
    assert all(source.closed for source in library.sources[1:])
    library.hold = False
    run_to_end(opened, qtbot)


def test_a_cancelled_second_run_keeps_the_first_take(lifted: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    first = lifted.controller.session.take
    library.hold = True
    lifted.actions_["run"].trigger()
    qtbot.waitUntil(lambda: lifted.controller.session.take is not first)
    lifted.controller.cancel()
    qtbot.waitUntil(lambda: lifted.controller.state is RunState.IDLE)
    assert lifted.controller.session.take is first


def test_another_video_while_running_cancels_cleanly(
    opened: Window, library: FakeLibrary, tmp_path: Path, qtbot: QtBot
) -> None:
    library.hold = True
    opened.actions_["run"].trigger()
    qtbot.waitUntil(lambda: opened.controller.session.take is not None)
    other = tmp_path / "other.mp4"
    other.write_bytes(b"x")
    opened.controller.open_path(other)
    qtbot.waitUntil(lambda: opened.controller.session.info.name == "other.mp4")
    assert opened.controller.state is RunState.IDLE
    assert opened.controller.session.take is None
    library.hold = False
    run_to_end(opened, qtbot)
    assert opened.controller.session.take.info.name == "other.mp4"
    assert len(library.engines) == 1, "models stay loaded"


def test_closing_while_running(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    library.hold = True
    opened.actions_["run"].trigger()
    qtbot.waitUntil(lambda: opened.controller.session.take is not None)
    opened.close()
    assert len(opened.controller.threads) == 0
    assert all(source.closed for source in library.sources)
    assert all(engine.closed for engine in library.engines)


def test_a_job_that_cannot_stop_at_once_does_not_hold_the_window_up(
    opened: Window, library: FakeLibrary, qtbot: QtBot
) -> None:
    gate = threading.Event()
    library.before_run = gate.wait  # like the import of a large library, which cannot be cancelled
    opened.actions_["run"].trigger()
    qtbot.waitUntil(lambda: opened.controller.state is RunState.RUNNING)
    opened.controller.cancel()
    qtbot.waitUntil(lambda: opened.controller.state is RunState.IDLE)
    assert opened.actions_["run"].isEnabled()
    opened.actions_["run"].trigger()
    assert opened.controller.state is RunState.STARTING
    assert len(library.configs) == 1, "the second run waits for the first to be out of the way"
    with qtbot.waitSignal(opened.controller.finished):
        gate.set()
    assert len(library.configs) == 2


def test_nobody_found_is_a_banner(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    library.fail = NoPersonError("Nobody was found in walk.mp4.", "Choose another video.")
    opened.actions_["run"].trigger()
    qtbot.waitUntil(lambda: opened.controller.state is RunState.FAILED)
    assert opened.banner.isVisible()
    assert opened.banner.message.text() == "Nobody was found in walk.mp4."
    assert opened.actions_["run"].isEnabled()


def test_a_bug_gives_a_report_and_the_window_lives_on(
    opened: Window, library: FakeLibrary, bugs: list[str], qtbot: QtBot
) -> None:
    library.fail = ZeroDivisionError("a bug in the library")
    opened.actions_["run"].trigger()
    qtbot.waitUntil(lambda: len(bugs) == 1)
    assert "ZeroDivisionError: a bug in the library" in bugs.pop()
    for dialog in QApplication.topLevelWidgets():
        if isinstance(dialog, QDialog) and dialog.isVisible():
            dialog.close()
    library.fail = None
    run_to_end(opened, qtbot)


def test_settings_reach_the_run_and_the_next_start(
    opened: Window, make_window: Callable[..., Window], library: FakeLibrary, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: opened.workspace.scene.gl is not None)
    panel = opened.workspace.panel
    panel.stature.setValue(183)
    panel.fov.setValue(72)
    panel.pitch.setValue(-4)
    panel.smooth.setValue(0)
    panel.everyone.setChecked(True)
    run_to_end(opened, qtbot)
    config = library.configs[-1]
    assert (config.scene.height_cm, config.scene.fov_deg, config.scene.pitch_deg) == (183, 72, -4)
    assert config.post.smooth_hz == 0
    assert config.persons == "all"
    assert config.lift.lifter == "", "the default lifter is stored as the default, not by its name"
    opened.close()
    fresh = Settings().run
    assert dataclasses.asdict(fresh) == dataclasses.asdict(opened.settings.run)
    panel = make_window(library).workspace.panel
    assert (panel.stature.value(), panel.everyone.isChecked()) == (183, True)
    panel.reset.click()
    assert panel.stature.text() == "Assumed"
    assert Settings().run.height_cm is None


# --- people


def test_clicking_another_person_lifts_them(lifted: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    view = lifted.workspace.video
    joints = lifted.controller.session.take.track2d(2).joints_image[0]
    rect = view.image_rect()
    at = joints[8] * rect.width() / 320 + np.array([rect.x(), rect.y()])
    with qtbot.waitSignal(lifted.controller.finished):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(*at.astype(int).tolist()))
    assert library.configs[-1].persons == (2,)
    assert lifted.controller.session.person == 2
    assert lifted.controller.session.take.track3d(2) is not None
    assert lifted.workspace.panel.person.currentData() == 2


def test_clicking_beside_everybody_changes_nothing(lifted: Window, qtbot: QtBot) -> None:
    qtbot.mouseClick(lifted.workspace.video, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert lifted.controller.state is RunState.IDLE
    assert lifted.controller.session.person == 1


def test_everyone_lifts_all_and_switching_needs_no_run(lifted: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    with qtbot.waitSignal(lifted.controller.finished):
        lifted.actions_["everyone"].trigger()
    assert [track.person for track in lifted.controller.session.take.tracks3d] == [1, 2]
    assert lifted.workspace.scene.gl.numbers == [1, 2]
    runs = len(library.configs)
    press(qtbot, lifted, KEY.Key_P)
    assert lifted.controller.session.person == 2
    assert len(library.configs) == runs


# --- playing


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


# --- 3D view


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


# --- files


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
    dialog.stem.setText("fine")
    assert dialog.export.isEnabled()
    for box in dialog.formats.values():
        box.setChecked(False)
    assert not dialog.export.isEnabled()
    dialog.reject()


def test_take_saved_and_opened_again_runs_nothing(
    lifted: Window, make_window: Callable[..., Window], library: FakeLibrary, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "walk.pose3d"
    with qtbot.waitSignal(lifted.controller.takes.saved):
        lifted.controller.save_take(path)
    runs = len(library.configs)
    other = make_window(library)
    other.controller.open_path(path)
    qtbot.waitUntil(lambda: other.controller.session.take is not None and other.workspace.video.image is not None)
    assert len(library.configs) == runs
    np.testing.assert_array_equal(
        other.controller.session.take.tracks3d[0].joints, lifted.controller.session.take.tracks3d[0].joints
    )


def test_take_whose_video_is_gone(window: Window, library: FakeLibrary, tmp_path: Path, qtbot: QtBot) -> None:
    gone = tmp_path / "gone.mp4"
    gone.write_bytes(b"x")
    path = tmp_path / "gone.pose3d"
    library.save(make_take(library.open_source(gone).info), path)
    gone.unlink()
    window.controller.open_path(path)
    qtbot.waitUntil(lambda: window.controller.session.take is not None)
    assert window.banner.kind == "note"
    assert not window.actions_["run"].isEnabled()
    assert window.actions_["export"].isEnabled()
    window.playback.seek(1.0)
    assert window.workspace.scene.row == 30


def test_a_damaged_take_is_a_banner(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "bad.pose3d"
    path.write_bytes(b"this is not a take")
    window.controller.open_path(path)
    qtbot.waitUntil(window.banner.isVisible)
    assert window.banner.kind == "error"
    assert window.pages.currentWidget() is window.empty


# --- menus


def test_every_action_is_in_a_menu(window: Window) -> None:
    in_menus = {
        action.objectName()
        for menu in window.menuBar().actions()
        for action in menu.menu().actions()
        if action.objectName()
    }
    from app.actions import SPECS

    assert in_menus == {spec.name for spec in SPECS}


def test_help_dialogs_open_and_close(window: Window, qtbot: QtBot) -> None:
    for name in ("keys", "about"):
        window.actions_[name].trigger()
        dialogs = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
        assert len(dialogs) == 1
        dialogs[0].accept()
        qtbot.waitUntil(
            lambda: not any(isinstance(w, QDialog) and w.isVisible() for w in QApplication.topLevelWidgets())
        )
