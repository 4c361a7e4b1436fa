"""The program as it is started: what is loaded by then, and the whole path once, on real pixels."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.backend import PipelineBackend
from app.window import Window
from tests.gui.conftest import run_to_end

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "mediapipe", "av", "scipy", "cv2", "mmpose", "mmengine", "pandas")

_START = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from app import bootstrap
from app.window import Window

def look():
    window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, Window))
    print("VISIBLE", window.isVisible())
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
    assert "LOADED" in lines, f"loaded at the start: {lines}"
    assert "CODE 0" in lines
    assert (tmp_path / "hourglass.log").exists()
    assert "Traceback" not in done.stderr


@pytest.fixture
def real(make_window: Callable[..., Window]) -> Window:
    return make_window(PipelineBackend())


def test_the_sample_from_opening_to_export(real: Window, tmp_path: Path, qtbot: QtBot) -> None:
    """One second of it: detection alone takes long enough on a machine without a GPU."""
    qtbot.mouseClick(real.empty.sample_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: real.workspace.video._image is not None, timeout=30_000)
    real.controller.set_trim(None, 1.0)
    run_to_end(real, qtbot, timeout=240_000)
    take = real.controller.take
    assert take.frame_count == 30
    joints = take.tracks3d[0].joints[15]
    assert joints[10, 2] - max(joints[3, 2], joints[6, 2]) > 1.2, "head above feet"
    assert np.abs(joints[[3, 6], 2]).max() < 0.35, "feet near the floor"
    real.playback.seek(0.5)
    qtbot.waitUntil(lambda: abs(real.workspace.video._time_s - 0.5) < 0.02)
    assert real.workspace.scene._row() == 15
    real.actions_["export"].trigger()
    dialog = real.files.dialog
    dialog.folder.setText(str(tmp_path))
    dialog.export.click()
    qtbot.waitUntil(lambda: dialog._pages.currentIndex() == 1, timeout=30_000)
    assert next(tmp_path.glob("*.bvh")).read_text().startswith("HIERARCHY")
    dialog.accept()


def test_a_text_file_named_mp4_is_a_banner(real: Window, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("these are my notes")
    real.controller.open_path(path)
    qtbot.waitUntil(real.banner.isVisible, timeout=30_000)
    assert real.banner.kind == "error"
    assert real.banner.hint.text()
    assert real.pages.currentWidget() is real.empty


def test_a_video_without_people_is_a_banner(real: Window, make_video: Callable[..., Path], qtbot: QtBot) -> None:
    real.controller.open_path(make_video("grey wall.mp4", 5))
    qtbot.waitUntil(lambda: real.workspace.video._image is not None, timeout=30_000)
    real.actions_["run"].trigger()
    qtbot.waitUntil(real.banner.isVisible, timeout=120_000)
    assert real.banner.kind == "error"
    assert "grey wall.mp4" in real.banner.message.text()
    assert real.actions_["run"].isEnabled()


def test_joints_found_elsewhere_are_lifted_and_played(real: Window, tmp_path: Path, qtbot: QtBot) -> None:
    from tests.fakes import walking

    body = walking(40)
    image = np.stack([body[..., 0] * 300 + 400, 500 - body[..., 2] * 280], axis=-1)
    path = tmp_path / "joints.npz"
    np.savez(
        path, joints_image=image.astype(np.float32), scores=np.ones((40, 17), np.float32), fps_hz=30.0, width_px=800,
        height_px=600, skeleton="h36m17",
    )  # fmt: skip
    real.controller.open_path(path)
    qtbot.waitUntil(lambda: real.workspace.video._image is not None, timeout=30_000)
    run_to_end(real, qtbot, timeout=120_000)
    real.playback.seek(0.5)
    qtbot.waitUntil(lambda: real.workspace.scene._row() == 15)
    assert np.isfinite(real.controller.take.tracks3d[0].joints[15]).all()
