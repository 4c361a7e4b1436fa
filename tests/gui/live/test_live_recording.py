"""Test recordings of live runs: begun and ended in every way, re-lifted, interrupted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.window import Window
from pipeline.core.camera import Frame
from pipeline.core.poses import Pose2D
from pipeline.live.recording.open import open_recording
from pipeline.take.recording_folder import MANIFEST, TAKE, VIDEO
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.live.fakes import FIGURE, FakeDetector


def test_a_recording_is_lifted_again_and_takes_the_place_of_the_live_view(
    live: Window, library: FakeLibrary, qtbot: QtBot
) -> None:
    with qtbot.waitActive(live):  # after the dialog, as a window manager does
        live.activateWindow()
    qtbot.waitUntil(live.actions_["record"].isEnabled, timeout=20_000)
    qtbot.keyClick(live, Qt.Key.Key_R)
    bar = live.live.page.bar
    qtbot.waitUntil(lambda: live.live.recording.seconds > 0.5, timeout=20_000)
    qtbot.waitUntil(lambda: "0:" in bar.recorded.text() and bar.record.text() == "Stop recording")
    with qtbot.waitSignal(live.live.recording.recorded, timeout=10_000):
        live.actions_["record"].trigger()
    qtbot.waitUntil(live.banner.isVisible)
    assert live.live.session.running, "stopping a recording does not stop the camera"
    assert live.pages.currentWidget() is live.live.page
    with qtbot.waitSignal(live.controller.finished, timeout=10_000):
        live.banner.remedy.click()
    ((folder, config),) = library.relifted
    assert folder.name.startswith("take-20")
    assert folder.name.endswith("-fake")
    assert live.controller.session.info.name == folder.name, "not video.mkv, as every recording"
    assert config.persons == "all"
    assert folder.parent == live.settings.recordings
    recording = open_recording(folder)
    assert recording.complete
    assert recording.has_video
    assert len(recording.rows) >= 2, "how many frames a busy machine records is not tested here"
    assert live.pages.currentWidget() is live.workspace
    assert live.controller.session.take.provenance["made"] == "by a fake"
    assert live.controller.video.there
    assert not live.live.active


def test_a_recording_ends_by_itself(live: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    live.settings.live.stop_after_s = 0.4
    with qtbot.waitSignal(live.live.recording.recorded, timeout=10_000) as said:
        live.actions_["record"].trigger()
    assert open_recording(said.args[0]).rows.time_s[-1] >= 0.4
    assert live.live.session.running
    assert said.args[0].name in live.banner.message.text()


def test_stopping_the_live_run_opens_what_was_being_recorded(live: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    live.actions_["record"].trigger()
    qtbot.waitUntil(lambda: live.live.recording.seconds > 0.4)
    with qtbot.waitSignal(live.controller.finished, timeout=10_000):
        live.actions_["stop_live"].trigger()
    assert len(library.relifted) == 1
    assert live.pages.currentWidget() is live.workspace


def test_escape_takes_the_countdown_back(live: Window, qtbot: QtBot) -> None:
    live.settings.live.countdown_s = 3
    live.actions_["record"].trigger()
    assert live.live.recording.counting == 3
    assert live.live.page.video.counting == 3
    assert live.live.page.bar.record.text() == "Begins in 3"
    live.actions_["cancel"].trigger()
    assert live.live.recording.counting == 0
    assert not live.live.recording.recording
    assert live.live.page.bar.record.text() == "Record"
    assert live.live.active


def test_both_hands_begin_a_recording(live: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    live.settings.live.hands_free = True
    raised = FIGURE.copy()
    raised[[12, 15], 1], raised[[13, 16], 1] = -90, -115

    class Raised(FakeDetector):
        def detect(self, frame: Frame) -> Pose2D:
            pose = super().detect(frame)
            joints = pose.joints_image - FIGURE + raised
            return Pose2D(pose.boxes_image, joints.astype(np.float32), pose.scores, pose.skeleton)

    library.detector.detect = Raised().detect  # type: ignore[method-assign]
    qtbot.waitUntil(lambda: live.live.recording.recording, timeout=8000)


def test_a_recorder_that_fails_says_so_and_the_run_goes_on(live: Window, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "file").write_text("")
    live.settings.live.folder = str(tmp_path / "file")
    live.actions_["record"].trigger()
    qtbot.waitUntil(lambda: live.banner.kind == "error")
    assert not live.live.recording.recording
    assert live.live.session.running


def test_closing_the_window_finishes_the_recording(live: Window, qtbot: QtBot) -> None:
    live.actions_["record"].trigger()
    qtbot.waitUntil(lambda: live.live.recording.seconds > 0.4)
    live.close()
    (folder,) = list(live.settings.recordings.iterdir())
    assert json.loads((folder / MANIFEST).read_text())["complete"] is True
    assert (folder / VIDEO).stat().st_size > 1000


def test_an_interrupted_recording_is_told_of_and_opened(
    live: Window,
    library: FakeLibrary,
    qtbot: QtBot,
    make_window: Callable[..., Window],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    live.actions_["record"].trigger()
    qtbot.waitUntil(lambda: live.live.recording.seconds > 0.4)
    live.close()
    (folder,) = list(live.settings.recordings.iterdir())
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(manifest | {"complete": False}))
    again = make_window(library)
    qtbot.waitUntil(lambda: "interrupted" in again.banner.message.text())
    assert folder.name in again.banner.message.text()
    monkeypatch.setattr("app.live.commands.QFileDialog.getExistingDirectory", lambda *_: str(folder))
    with qtbot.waitSignal(again.controller.finished, timeout=10_000):
        again.actions_["open_recording"].trigger()
    assert library.relifted[-1][0] == folder
    assert json.loads((folder / MANIFEST).read_text())["recovered"] is True
    assert not (folder / TAKE).exists()  # the fake library writes none
