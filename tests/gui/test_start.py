"""Test the started program: loaded modules, and the complete path on real images."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.backend.library import Library
from app.window import Window
from tests.gui.conftest import run_to_end

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "mediapipe", "av", "scipy", "cv2", "mmpose", "mmengine", "pandas", "matplotlib", "http.client")

_START = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from app import bootstrap
from app.window import Window

def look():
    window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, Window))
    print("VISIBLE", window.isVisible())
    print("STYLED", bool(QApplication.instance().styleSheet()))
    print("LOADED", *[name for name in sys.argv[1].split(",") if name in sys.modules])
    window.close()

shown = Window.showEvent
def show(self, event):
    shown(self, event)
    QTimer.singleShot(400, look)
Window.showEvent = show
print("CODE", bootstrap.main([]))
"""


def test_the_window_comes_up_without_heavy_modules_and_leaves_cleanly(tmp_path: Path) -> None:
    env = {
        **os.environ,
        "HOURGLASS_CONFIG": str(tmp_path),
        "HOURGLASS_CACHE": str(tmp_path),
        # What importing OpenCV in the same process leaves behind must not stop Qt.
        "QT_QPA_PLATFORM_PLUGIN_PATH": "/nowhere/cv2/qt/plugins",
    }
    done = subprocess.run(
        [sys.executable, "-c", _START, ",".join(HEAVY)],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "VISIBLE True" in lines
    assert "STYLED True" in lines
    assert "LOADED" in lines, f"loaded at the start: {lines}"
    assert "CODE 0" in lines
    assert (tmp_path / "hourglass.log").exists()
    assert "Traceback" not in done.stderr


@pytest.fixture
def real(make_window: Callable[..., Window]) -> Window:
    return make_window(Library())


def lift_again_with_every_frame(real: Window, qtbot: QtBot) -> None:
    before, pruner = real.controller.session.take, real.workspace.panel.pruning.editor.pruner
    with qtbot.waitSignal(real.controller.finished, timeout=60_000):
        pruner.setCurrentIndex(pruner.findData("none"))
    after = real.controller.session.take
    assert after.provenance["run"]["detected"] == 0, "the 2D comes from the cache"
    assert not real.workspace.strip.isVisible()
    moved = np.linalg.norm(after.tracks3d[0].joints - before.tracks3d[0].joints, axis=-1)
    assert 0.0005 < np.nanmean(moved) < 0.3, "another result, of the same movement"


def test_the_sample_from_opening_to_export(real: Window, tmp_path: Path, qtbot: QtBot) -> None:
    """One second of the sample, because detection is slow without a GPU."""
    qtbot.mouseClick(real.empty.sample_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: real.workspace.video.image is not None, timeout=30_000)
    real.controller.session.set_trim(None, 1.0)
    run_to_end(real, qtbot, timeout=240_000)
    take = real.controller.session.take
    assert take.frame_count == 30
    joints = take.tracks3d[0].joints[15]
    assert joints[10, 2] - max(joints[3, 2], joints[6, 2]) > 1.2, "head above feet"
    assert np.abs(joints[[3, 6], 2]).max() < 0.35, "feet near the floor"
    real.playback.seek(0.5)
    qtbot.waitUntil(lambda: abs(real.workspace.video.time_s - 0.5) < 0.02)
    assert real.workspace.scene.row == 15
    assert real.workspace.strip.isVisible()
    lift_again_with_every_frame(real, qtbot)
    real.actions_["export"].trigger()
    dialog = real.files.dialog
    dialog.folder.setText(str(tmp_path))
    dialog.export.click()
    qtbot.waitUntil(lambda: dialog.shows_result, timeout=30_000)
    assert next(tmp_path.glob("*.bvh")).read_text().startswith("HIERARCHY")
    dialog.accept()


def test_the_sample_played_live_is_recorded_and_becomes_a_take(
    real: Window, sample_path: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    """Camera, detector, lifter, recorder and re-lift are all real."""
    live = real.settings.live
    live.source, live.folder, live.countdown_s, live.stop_after_s = str(sample_path), str(tmp_path), 0, 1.0
    real.actions_["live"].trigger()
    qtbot.waitUntil(real.live.dialog.start.isEnabled)
    real.live.dialog.start.click()
    page = real.live.page
    qtbot.waitUntil(lambda: bool(real.live.session.newest and real.live.session.newest.people), timeout=60_000)
    qtbot.waitUntil(lambda: len(page.scene.gl.humans) > 0)
    assert page.video.image is not None
    assert page.facts.text().startswith("1768 × 994")
    with qtbot.waitSignal(real.live.recording.recorded, timeout=120_000):
        real.actions_["record"].trigger()
    qtbot.waitUntil(real.banner.isVisible)
    with qtbot.waitSignal(real.controller.finished, timeout=120_000):
        real.banner.remedy.click()
    take = real.controller.session.take
    assert take.provenance["recorded"]["lifter"] == live.lifter
    assert not take.provenance.get("recorded_live")
    joints = take.tracks3d[0].joints
    seen = np.isfinite(joints).all(axis=(1, 2))
    assert seen.sum() >= 5
    assert (joints[seen][:, 10, 2] - joints[seen][:, [3, 6], 2].max(1)).min() > 1.0, "head above feet"
    assert real.controller.video.there


@pytest.mark.parametrize("kind", ["text", "empty", "noise", "missing", "folder", "cut"])
def test_what_is_no_video_is_a_banner(
    real: Window, make_video: Callable[..., Path], tmp_path: Path, qtbot: QtBot, kind: str
) -> None:
    path = tmp_path / "ungültig 壊れた.mp4"
    if kind == "text":
        path.write_text("these are my notes")
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "noise":
        path.write_bytes(np.random.default_rng(0).bytes(100_000))
    elif kind == "folder":
        path.mkdir()
    elif kind == "cut":
        whole = make_video("whole.mp4", 30).read_bytes()
        path.write_bytes(whole[: len(whole) // 2])  # the index at the end is missing
    real.controller.open_path(path)
    qtbot.waitUntil(real.banner.isVisible, timeout=30_000)
    assert real.banner.kind == "error"
    assert real.banner.message.text()
    assert real.banner.hint.text()
    assert real.pages.currentWidget() is real.empty
    real.controller.open_path(make_video("good.mp4", 3))  # the window still works
    qtbot.waitUntil(lambda: real.workspace.video.image is not None, timeout=30_000)
    assert not real.banner.isVisible()


def test_a_single_frame_can_be_opened(real: Window, make_video: Callable[..., Path], qtbot: QtBot) -> None:
    real.controller.open_path(make_video("one frame.mp4", 1))
    qtbot.waitUntil(lambda: real.workspace.video.image is not None, timeout=30_000)
    for name in ("forward", "back", "end", "start", "play"):
        real.actions_[name].trigger()
    assert real.controller.session.info.frame_count == 1


@pytest.mark.parametrize("place", ["unwritable_folder", "full_disk"])
def test_an_export_that_finds_no_room_can_be_tried_elsewhere(
    real: Window, place: str, request: pytest.FixtureRequest, as_nobody, tmp_path: Path, qtbot: QtBot
) -> None:
    from pipeline.take.file import save_take
    from tests.helpers.motion import clip, facing_camera, scene

    folder: Path = request.getfixturevalue(place)
    path = save_take(scene(facing_camera(clip("jump"))).take(), tmp_path / "jump.pose3d")
    real.controller.open_path(path)
    qtbot.waitUntil(lambda: real.controller.session.take is not None, timeout=30_000)
    if place == "full_disk":
        (folder / "filler").write_bytes(b"x" * 1_000_000)
    before = sorted(os.listdir(folder))
    real.actions_["export"].trigger()
    dialog = real.files.dialog
    dialog.folder.setText(str(folder))
    with as_nobody() if place == "unwritable_folder" else contextlib.nullcontext():
        dialog.export.click()
        qtbot.waitUntil(dialog.problem.isVisible, timeout=30_000)
    assert "hoose another folder" in dialog.problem.text() or "free some space" in dialog.problem.text()
    assert sorted(os.listdir(folder)) == before
    dialog.folder.setText(str(tmp_path / "out"))
    dialog.export.click()
    qtbot.waitUntil(lambda: dialog.shows_result, timeout=30_000)
    assert list((tmp_path / "out").glob("*.bvh"))
    dialog.accept()


def test_a_video_without_people_is_a_banner(real: Window, make_video: Callable[..., Path], qtbot: QtBot) -> None:
    real.controller.open_path(make_video("grey wall.mp4", 5))
    qtbot.waitUntil(lambda: real.workspace.video.image is not None, timeout=30_000)
    real.actions_["run"].trigger()
    qtbot.waitUntil(real.banner.isVisible, timeout=120_000)
    assert real.banner.kind == "error"
    assert "grey wall.mp4" in real.banner.message.text()
    assert real.actions_["run"].isEnabled()


def test_joints_found_elsewhere_are_lifted_and_played(real: Window, tmp_path: Path, qtbot: QtBot) -> None:
    from tests.helpers.fakes import walking

    body = walking(40)
    image = np.stack([body[..., 0] * 300 + 400, 500 - body[..., 2] * 280], axis=-1)
    path = tmp_path / "joints.npz"
    np.savez(
        path, joints_image=image.astype(np.float32), scores=np.ones((40, 17), np.float32), fps_hz=30.0, width_px=800,
        height_px=600, skeleton="h36m17",
    )  # fmt: skip
    real.controller.open_path(path)
    qtbot.waitUntil(lambda: real.workspace.video.image is not None, timeout=30_000)
    run_to_end(real, qtbot, timeout=120_000)
    real.playback.seek(0.5)
    qtbot.waitUntil(lambda: real.workspace.scene.row == 15)
    assert np.isfinite(real.controller.session.take.tracks3d[0].joints[15]).all()
