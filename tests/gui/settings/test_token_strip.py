"""Test the strip of kept frames under the timeline."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from app.views.timeline import MARGIN
from app.views.token_strip import TokenStrip, shares
from app.window import Window
from pipeline.core.camera import VideoInfo
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.core.take import Take, TokenStages, Track3D
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.fakes import COUNT, FPS, make_take


def test_shares_of_kept_frames() -> None:
    times, kept = np.arange(10) / 10, np.zeros(10, bool)
    kept[[0, 4, 9]] = True
    ticks = shares(times, kept, 1.0, 100)
    np.testing.assert_array_equal(np.nonzero(ticks)[0], [*range(9), *range(40, 49), *range(90, 99)])
    many = np.arange(20_000) / 50
    dense = shares(many, np.arange(20_000) % 4 == 0, 400.0, 1000)
    np.testing.assert_allclose(dense, 0.25, atol=1e-6)
    half = shares(many[:10_000], np.ones(10_000, bool), 400.0, 1000)
    np.testing.assert_allclose(half, np.arange(1000) < 500, atol=1e-6)
    assert not shares(np.zeros(0), np.zeros(0, bool), 1.0, 10).any()


def strip_take(kept: np.ndarray, fps: float = 10.0) -> Take:
    info = VideoInfo("x.mp4", "", 320, 180, fps, kept.shape[1], kept.shape[1] / fps)
    take = make_take(info, count=kept.shape[1])
    times = np.arange(kept.shape[1]) / fps
    tracks = tuple(Track3D(t.person, t.frame_index, times, t.joints, t.scores, t.space) for t in take.tracks3d)
    stages = (TokenStages(1, tuple(range(2, 2 + len(kept))), kept),)
    return type(take)(info, take.tracks2d, tracks, take.scene, {}, True, stages)


def lit(strip: TokenStrip, time_s: float, stage: int) -> bool:
    """Return whether the strip is bright at that time in that row."""
    image = strip.grab().toImage()
    ratio = image.devicePixelRatio()
    x = strip.x_at(time_s)
    colour = QColor(image.pixel(round(x * ratio), round((stage * 10 + 3) * ratio)))
    return colour.red() > 90 and colour.red() > colour.blue() + 30


def test_the_strip_paints_kept_frames_where_they_are(qtbot: QtBot) -> None:
    kept = np.zeros((2, 20), bool)
    kept[0, [0, 5, 6, 13, 19]] = True
    kept[1, [0, 6, 19]] = True
    strip = TokenStrip()
    qtbot.addWidget(strip)
    strip.resize(640, 23)
    strip.set_duration(2.0)
    strip.set_take(strip_take(kept), 1)
    strip.set_time(1.05)
    assert strip.isVisible()
    for stage in (0, 1):
        for frame in (*range(10), *range(11, 20)):  # the playhead stands in frame 10
            assert lit(strip, (frame + 0.5) / 10, stage) == kept[stage, frame], (stage, frame)
    assert strip.text_of(0) == "Stage 1 (block 2): kept 5 of 20 frames"
    assert strip.text_of(1) == "Stage 2 (block 3): kept 3 of 20 frames"
    assert (strip.stage_at(3), strip.stage_at(14), strip.stage_at(60)) == (0, 1, None)
    strip.set_take(None, 1)
    assert not strip.isVisible()


def test_the_strip_follows_axis_and_trim_of_the_timeline(lifted: Window, qtbot: QtBot) -> None:
    strip, timeline = lifted.workspace.strip, lifted.workspace.timeline
    assert strip.isVisible()
    assert (strip.width(), strip.x()) == (timeline.width(), timeline.x())
    picture = strip.rows
    lifted.playback.seek(1.0)
    qtbot.waitUntil(lambda: strip.time_s == 1.0)
    strip.repaint()
    assert strip.rows is picture, "the rows are painted once, not once a frame"
    bright = QColor(strip.grab().toImage().pixel(MARGIN + 2, 3)).red()
    lifted.controller.session.set_trim(0.5, None)
    assert QColor(strip.grab().toImage().pixel(MARGIN + 2, 3)).red() < bright, "cut footage is dimmed"
    lifted.controller.session.set_trim(None, None)
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(round(timeline.x_at(0.4)), 4))
    assert lifted.playback.time_s == pytest.approx(0.4, abs=0.01)


def test_a_take_without_stages_has_no_strip(window: Window, qtbot: QtBot, tmp_path: Path, library: FakeLibrary) -> None:
    info = VideoInfo("a.mp4", "", 320, 180, FPS, COUNT, COUNT / FPS)
    library.save(make_take(info, prune=PruneConfig()), tmp_path / "a.pose3d")
    window.controller.open_path(tmp_path / "a.pose3d")
    qtbot.waitUntil(lambda: window.controller.session.take is not None)
    assert not window.workspace.strip.isVisible()
