"""Test several files at once, folders and series of images, and what is said of a damaged video."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.backend.library import Library
from app.window import Window
from tests.gui.conftest import run_to_end
from tests.helpers.fake_library import FakeLibrary


def name(window: Window) -> str:
    info = window.controller.session.info
    return "" if info is None else info.name


def files(folder: Path, *names: str) -> list[Path]:
    paths = [folder / one for one in names]
    for path in paths:
        path.write_bytes(b"x")
    return paths


def images(folder: Path, count: int = 4) -> Path:
    folder.mkdir()
    for i in range(count):
        cv2.imwrite(str(folder / f"frame_{i:03d}.png"), np.full((40, 60, 3), 40 * i, np.uint8))
    return folder


def noise(index: int) -> np.ndarray:
    """Return a picture that does not compress well, so that every frame has many bytes."""
    return np.random.default_rng(index).integers(0, 255, (120, 160, 3), dtype=np.uint8)


def answer_rate(window: Window, rate_hz: float, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.files.given.question is not None)
    question = window.files.given.question
    assert question is not None
    assert question.doubleValue() == 30
    question.setDoubleValue(rate_hz)
    question.accept()


def test_of_several_dropped_files_the_others_are_offered(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in files(tmp_path, "a.mp4", "b.mp4", "c.mp4")])
    none = Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, none))
    for shown, rest in (("a.mp4", ["b.mp4", "c.mp4"]), ("b.mp4", ["c.mp4"])):
        qtbot.waitUntil(lambda shown=shown: name(window) == shown)
        assert window.banner.isVisible()
        assert all(one in window.banner.message.text() for one in rest)
        assert window.banner.remedy.text() == f"Open {rest[0]}"
        window.banner.remedy.click()
    qtbot.waitUntil(lambda: name(window) == "c.mp4")
    assert not window.banner.isVisible()


def test_a_file_that_cannot_be_opened_does_not_lose_the_next(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    good = files(tmp_path, "good.mp4")
    (tmp_path / "empty.mp4").write_bytes(b"")
    window.files.given.open([tmp_path / "empty.mp4", *good])
    qtbot.waitUntil(window.banner.isVisible)
    assert window.banner.kind == "error"
    window.banner.remedy.click()
    qtbot.waitUntil(lambda: name(window) == "good.mp4")


def test_the_dialog_takes_several_files(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    paths = [str(path) for path in files(tmp_path, "a.mp4", "b.mp4")]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (paths, ""))
    window.actions_["open"].trigger()
    qtbot.waitUntil(lambda: name(window) == "a.mp4")
    assert "b.mp4" in window.banner.message.text()


def test_a_folder_of_images_is_a_video_whose_rate_is_asked_for(
    window: Window, library: FakeLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    folder = images(tmp_path / "frames")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    window.actions_["open_folder"].trigger()
    answer_rate(window, 25, qtbot)
    qtbot.waitUntil(lambda: window.controller.session.info is not None)
    assert window.controller.session.path == folder
    assert library.rates_hz == [25]
    run_to_end(window, qtbot)
    assert library.rates_hz == [25, 25]
    assert folder in window.settings.recent


def test_one_image_stands_for_its_series(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    folder = images(tmp_path / "frames")
    window.files.open_path(folder / "frame_001.png")
    answer_rate(window, 50, qtbot)
    qtbot.waitUntil(lambda: window.controller.session.info is not None)
    assert window.controller.session.path == folder / "frame_*.png"


def test_the_question_can_be_cancelled(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    window.files.open_path(images(tmp_path / "frames"))
    qtbot.waitUntil(lambda: window.files.given.question is not None)
    window.files.given.question.reject()
    qtbot.wait(30)
    assert window.pages.currentWidget() is window.empty


def test_an_empty_folder_is_an_error(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "empty").mkdir()
    window.files.open_path(tmp_path / "empty")
    qtbot.waitUntil(window.banner.isVisible)
    assert window.banner.kind == "error"
    assert "empty" in window.banner.message.text()


def test_real_images_are_shown_at_their_rate(make_window: Callable[..., Window], tmp_path: Path, qtbot: QtBot) -> None:
    window = make_window(Library())
    window.files.open_path(images(tmp_path / "frames"))
    answer_rate(window, 10, qtbot)
    qtbot.waitUntil(lambda: window.workspace.video.image is not None, timeout=30_000)
    info = window.controller.session.info
    assert (info.fps_hz, info.frame_count, info.duration_s) == (10, 4, 0.4)
    assert not info.notes


def test_a_video_that_is_cut_off_says_so(
    make_window: Callable[..., Window], make_video: Callable[..., Path], tmp_path: Path, qtbot: QtBot
) -> None:
    """The index is whole and most frames are gone, as after a broken download."""
    whole, path = make_video("whole.mp4", 30, noise), tmp_path / "cut.mp4"
    with av.open(str(whole)) as read, av.open(str(path), "w", options={"movflags": "faststart"}) as written:
        stream = written.add_stream_from_template(read.streams.video[0])
        for packet in read.demux(video=0):
            if packet.size:
                packet.stream = stream
                written.mux(packet)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 4])
    window = make_window(Library())
    window.controller.open_path(path)
    qtbot.waitUntil(lambda: window.workspace.video.image is not None, timeout=30_000)
    info = window.controller.session.info
    assert info.frame_count < 30
    assert f"cut off: {info.frame_count} of 30 frames" in window.banner.message.text()
    window.banner.remedy.click()
    assert window.workspace.drawer.shows(window.workspace.drawer.findings)
    assert "cut off" in window.workspace.drawer.findings.notes.text()
