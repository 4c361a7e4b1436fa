"""Test live runs in the window with the real engine and quick fakes of camera and models."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from pytestqt.qtbot import QtBot

from app.live.frame_image import live_image, live_people
from app.settings import Settings
from app.window import Window
from pipeline.core.camera import Frame
from pipeline.core.errors import SourceError
from pipeline.core.live import LivePerson, LiveResult, LiveStats, RunState
from pipeline.core.poses import Pose2D
from tests.gui.live.conftest import start, stopped
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.live.fakes import FakeCamera


def test_a_camera_is_chosen_by_its_name_and_seen(window: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    window.actions_["live"].trigger()
    dialog = window.live.dialog
    qtbot.waitUntil(lambda: dialog.source.count() == 1)
    assert dialog.source.currentText() == "0: Fake camera"
    dialog.people.setValue(1)
    dialog.picture_size.setCurrentIndex(dialog.picture_size.findData("1280x720"))
    dialog.start.click()
    qtbot.waitUntil(lambda: window.live.session.running, timeout=20_000)
    page = window.live.page
    assert window.pages.currentWidget() is page
    request = library.requests[0]
    assert (request.source, request.size_px, request.config.detect.max_people) == ("0", (1280, 720), 1)
    qtbot.waitUntil(lambda: "captured" in page.bar.rates.text() and "display" in page.bar.latency.text())
    qtbot.waitUntil(lambda: page.video.display_ms > 0)
    assert "320 × 240" in page.facts.text()
    assert "cpu" in page.bar.device.text()
    assert not window.actions_["run"].isEnabled()
    assert len(page.scene.gl.humans) == 1
    window.bodies.menu.choices["stick"].trigger()
    qtbot.waitUntil(lambda: page.scene.gl.bodies is not None)
    assert page.scene.gl.humans == ()
    assert "provisional" in page.scene_card.detail.whole
    assert Settings().live.size == "1280x720"
    begun = time.monotonic()
    page.stop.click()
    stopped(window, qtbot)
    assert time.monotonic() - begun < 2
    assert window.pages.currentWidget() is window.empty
    assert not [t for t in threading.enumerate() if t.name.startswith("live-")]


def test_enter_in_the_address_field_starts(window: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    window.settings.live.source = "rtsp://old.example/1"
    window.actions_["live"].trigger()
    dialog = window.live.dialog
    qtbot.waitUntil(lambda: dialog.source.count() == 1)
    line = dialog.source.lineEdit()
    assert line.selectedText() == "rtsp://old.example/1", "typing replaces it"
    qtbot.keyClicks(line, "rtsp://new.example/2")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(library.requests) == 1, timeout=20_000)
    assert library.requests[0].source == "rtsp://new.example/2"
    qtbot.waitUntil(lambda: window.live.session.running, timeout=20_000)
    window.actions_["stop_live"].trigger()
    stopped(window, qtbot)


def test_shown_counts_what_was_painted(live: Window, qtbot: QtBot) -> None:
    bar, video = live.live.page.bar, live.live.page.video
    qtbot.waitUntil(lambda: video.painted_hz > 0)
    bar.show_stats(LiveStats(shown_hz=30.0), 80.0, 11.5, "")
    assert "11.5</b> shown" in bar.rates.text()


def test_look_ahead_says_what_it_costs_and_changes_while_running(live: Window, qtbot: QtBot) -> None:
    bar = live.live.page.bar
    bar.lookahead.setValue(16)
    assert live.live.session.engine.config.lookahead == 16
    qtbot.waitUntil(lambda: "16 frames = " in bar.lookahead_text.text())
    ms = float(bar.lookahead_text.text().split("= ")[1].split()[0])
    assert ms == pytest.approx(live.live.session.stats.lookahead_ms, abs=1)
    qtbot.waitUntil(lambda: live.live.page.scene_card.detail.whole == "")  # their future is known: nothing provisional
    bar.lookahead.setValue(0)
    qtbot.waitUntil(lambda: bar.lookahead_text.text() == "none: the newest frame")
    assert Settings().live.lookahead == 0


def test_the_corrected_skeleton_is_a_ghost(live: Window, qtbot: QtBot) -> None:
    gl = live.live.page.scene.gl
    assert gl.ghosts is None
    live.live.page.bar.ghost.setChecked(True)
    qtbot.waitUntil(lambda: gl.ghosts is not None, timeout=10_000)


def test_a_source_that_cannot_be_opened_is_explained(window: Window, qtbot: QtBot) -> None:
    start(window, qtbot, "nothing")
    assert window.banner.message.text() == "There is no camera 'nothing'."
    assert window.pages.currentWidget() is window.empty
    assert not window.live.active


def test_a_camera_that_fails_while_running_is_explained(window: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    def change(index: int) -> np.ndarray:
        if index == 20:
            raise SourceError("The camera is gone.", "Plug it in again.")
        return np.zeros((240, 320, 3), np.uint8)

    library.camera = lambda: FakeCamera(change=change)
    start(window, qtbot)
    stopped(window, qtbot)
    assert window.banner.message.text() == "The camera is gone."
    assert window.live.session.state is RunState.FAILED
    library.camera = FakeCamera
    start(window, qtbot)  # a second attempt works too
    assert window.live.session.running


def test_what_the_source_says_is_shown(window: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    library.camera = lambda: FakeCamera(stall_at=10)
    library.gpu = "A GPU is there, but it is not used."
    start(window, qtbot)
    notice = window.live.page.bar.notice
    qtbot.waitUntil(lambda: "Camera unplugged: waiting for it" in notice.whole)
    qtbot.waitUntil(lambda: "A GPU is there" in notice.whole)


def test_streams_are_fed_and_closed(live: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    bar = live.live.page.bar
    bar.streams.setText("vmc://127.0.0.1:1 udp://127.0.0.1:2")
    bar.streams.editingFinished.emit()
    bar.stream.click()
    qtbot.waitUntil(lambda: len(library.streams) == 2 and all(stream.sent > 3 for stream in library.streams))
    qtbot.waitUntil(lambda: "frames sent" in bar.stream_text.whole)
    assert bar.stream.text() == "Stop sending"
    bar.stream.click()
    qtbot.waitUntil(lambda: all(stream.closed for stream in library.streams))
    sent = library.streams[0].sent
    qtbot.wait(150)
    assert library.streams[0].sent == sent
    assert Settings().live.streams == "vmc://127.0.0.1:1 udp://127.0.0.1:2"


def test_a_stream_that_cannot_be_opened_stops_nothing(live: Window, qtbot: QtBot) -> None:
    bar = live.live.page.bar
    bar.streams.setText("nobody://x")
    bar.streams.editingFinished.emit()
    bar.stream.click()
    qtbot.waitUntil(lambda: live.banner.kind == "error")
    assert "nobody://x" in live.banner.message.text()
    assert not bar.stream.isChecked()
    assert live.live.session.running


def test_opening_a_video_ends_the_live_run(live: Window, video: Path, qtbot: QtBot) -> None:
    live.controller.open_path(video)
    stopped(live, qtbot)
    assert live.pages.currentWidget() is live.workspace
    assert live.actions_["run"].isEnabled()


def test_starting_again_waits_for_the_end_of_the_one_before(live: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    first = live.live.session.engine
    start(live, qtbot, "other")
    qtbot.waitUntil(lambda: live.live.session.engine is not first and live.live.session.newest is not None)
    assert [request.source for request in library.requests] == ["0", "other"]
    assert live.pages.currentWidget() is live.live.page


def test_a_file_that_ends_leaves_the_window_as_it_was(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    library.camera = lambda: FakeCamera(count=30)
    start(opened, qtbot)
    stopped(opened, qtbot)
    assert opened.pages.currentWidget() is opened.workspace
    assert opened.banner.kind == ""


def test_the_mirror_changes_the_picture_and_no_sides() -> None:
    bgr = np.zeros((40, 80, 3), np.uint8)
    bgr[:, :10] = 255
    joints = np.tile(np.array([[5.0, 20.0]], np.float32), (17, 1))
    joints[4] = (20, 30)
    pose = Pose2D(np.zeros((1, 4), np.float32), joints[None], np.ones((1, 17), np.float32), "h36m17")
    result = LiveResult(Frame(3, 0.1, bgr), pose, (7,), (), 0.1, False, LiveStats())
    image = live_image(bgr, QSize(40, 40), mirrored=True)
    assert (image.width(), image.height()) == (40, 20)
    assert image.pixelColor(38, 5).red() == 255
    assert image.pixelColor(1, 5).red() == 0
    mirrored = live_people(result, mirrored=True)
    assert mirrored[0].person == 7
    np.testing.assert_allclose(mirrored[0].joints[4], (59, 30))
    plain = live_people(result, mirrored=False)
    np.testing.assert_allclose(plain[0].joints[4], (20, 30))


def test_the_view_keeps_whom_it_follows_in_the_middle(live: Window, qtbot: QtBot) -> None:
    page = live.live.page
    qtbot.waitUntil(lambda: page.scene.gl is not None)
    live.live.stop_live()
    stopped(live, qtbot)
    scene = page.scene

    def show(person: int, at: tuple[float, float, float]) -> float:
        joints = np.broadcast_to(np.array(at, np.float32), (17, 3)).copy()
        shown = LivePerson(person, joints, np.ones(17, np.float32), np.zeros((17, 2), np.float32))
        scene.show_live([shown], person, np.zeros((0, 17, 3), np.float32), 0.03)
        return float(np.abs(scene.anchor - at).max())

    assert show(8, (5, 5, 1)) == 0
    assert show(1, (0, 0, 1)) == 0  # another person: at once
    assert 0 < show(1, (0.3, 0, 1)) < 0.3  # a step: smoothly
    assert show(1, (2.5, 0, 1)) <= 0.9  # a leap: never out of the view
    assert show(1, (2.5, 0, 2.2)) <= 0.9
    assert abs(scene.anchor[2] - 2.2) <= 0.5
    assert show(2, (1.5, 0, 1)) == 0
