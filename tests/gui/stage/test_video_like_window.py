"""Test that the side-by-side video shows what the 3D view shows: viewpoint, stick figures, light and floor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.appearance.palettes import DARK
from app.window import Window
from pipeline.core.export_options import ExportOptions
from pipeline.drawing import colours
from pipeline.export.tracks import selected
from pipeline.export.video.scene_panel import ScenePanel
from tests.gui.conftest import frame_shown, press, run_to_end
from tests.helpers.fake_library import FakeLibrary

KEY = Qt.Key


def shown(window: Window) -> np.ndarray:
    """Return what OpenGL drew, BGR (H, W, 3)."""
    image = window.workspace.scene.gl.grabFramebuffer()
    image = image.convertToFormat(image.Format.Format_RGB888)
    data = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return data[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)[..., ::-1].astype(int)


def test_the_dark_theme_has_the_colours_of_videos() -> None:
    ours = (colours.LEFT, colours.RIGHT, colours.CENTRE, colours.BACKGROUND, colours.FLOOR, colours.GRID, colours.FAR)
    assert ours == (DARK.left, DARK.right, DARK.centre, DARK.scene, DARK.floor, DARK.grid, DARK.distance)


@pytest.mark.parametrize("everyone", [False, True])
def test_a_frame_of_the_video_is_what_the_window_shows(opened: Window, qtbot: QtBot, everyone: bool) -> None:
    opened.actions_["everyone"].setChecked(everyone)
    run_to_end(opened, qtbot)
    scene = opened.workspace.scene
    scene.set_body("stick")  # videos have stick figures
    qtbot.waitUntil(lambda: scene.gl is not None and scene.gl.isValid())
    opened.playback.seek(1.0)
    qtbot.waitUntil(lambda: frame_shown(opened) == 30)
    qtbot.waitUntil(lambda: shown(opened).max() > 150)
    there = shown(opened)
    take, view = opened.controller.session.take, scene.export_view()
    assert view is not None
    assert view.follows != everyone
    panel = ScenePanel(selected(take, ExportOptions(view=view)), there.shape[0], 4 * there.shape[1])
    ours = panel.draw(30).astype(int)
    assert abs(ours.shape[1] - there.shape[1]) <= 1
    width = min(ours.shape[1], there.shape[1])
    difference = np.abs(ours[:, :width] - there[:, :width]).max(axis=2)
    body = there[:, :width].max(axis=2) > 130
    assert body.sum() > 2000
    assert np.median(difference[body]) < 16, "the same light on the same surface"
    assert (difference > 60).mean() < 0.02, "edges only"
    assert (difference[~body] < 12).mean() > 0.9, "the same floor"


def test_the_view_goes_with_the_export(lifted: Window, library: FakeLibrary, tmp_path: Path, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: lifted.workspace.scene.gl is not None)
    press(qtbot, lifted, KEY.Key_2)
    lifted.actions_["export"].trigger()
    dialog = lifted.files.dialog
    dialog.folder.setText(str(tmp_path))
    dialog.export.click()
    qtbot.waitUntil(lambda: bool(library.exports))
    qtbot.waitUntil(lambda: dialog.shows_result)
    dialog.accept()
    view = library.exports[-1][3].view
    assert view is not None
    assert (view.person, view.follows, view.viewpoint.azimuth) == (1, True, 0.0)
    assert abs(view.viewpoint.centre[1]) < 0.5, "relative to the person's path"
