"""Test that hands are drawn over the video and in 3D, and that the setting to look for them reaches the run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.settings import Settings
from app.views.video.video_view import VideoView
from app.window import Window
from pipeline.core.hands.points import Hands
from pipeline.core.take import Take
from pipeline.drawing.hands_mesh import ASSUMED_SHARE
from tests.gui.conftest import run_to_end
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.fakes import COUNT

SLOW_MS = 30_000  # ms, for what loads libraries in a thread of a busy machine
SIZE_PX = 24.0
# A flat hand (21, 2) of unit size: the wrist at the origin, the fingers up.
FLAT = np.array([(0.0, 0.0), *((0.2 * (finger - 2), -0.25 * joint) for finger in range(5) for joint in range(1, 5))])
UNSEEN_FROM = 30  # frame from which the hands are not observed


def with_hands(take: Take) -> Take:
    """Return the take with hands at the wrists of its people, up to a frame."""
    tracks = []
    for track in take.tracks2d:
        hands = Hands.unseen(COUNT)
        for side, wrist in enumerate((13, 16)):
            points = track.joints_image[:, wrist, None] + SIZE_PX * FLAT
            hands.joints_image[:UNSEEN_FROM, side] = points[:UNSEEN_FROM]
            hands.scores[:UNSEEN_FROM, side] = 0.9
            hands.relative[:UNSEEN_FROM, side] = np.append(0.18 * FLAT, np.zeros((21, 1)), axis=1)
        tracks.append(replace(track, extras=hands.extras))
    return replace(take, tracks2d=tuple(tracks))


@pytest.fixture
def handed(lifted: Window, qtbot: QtBot) -> Window:
    """Return a window that shows stick figures with hands."""
    lifted.bodies.choose("stick")
    take = lifted.controller.session.take
    lifted.controller.session.show(with_hands(take))
    qtbot.waitUntil(lambda: lifted.workspace.scene.gl is not None, timeout=SLOW_MS)
    qtbot.waitUntil(lambda: lifted.workspace.scene.gl.hands is not None, timeout=SLOW_MS)
    return lifted


def pixels(video: VideoView) -> np.ndarray:
    image = video.grab().toImage()
    data = np.frombuffer(image.constBits(), np.uint8)
    return data.reshape(image.height(), image.bytesPerLine() // 4, 4)[:, : image.width(), :3].astype(int)


def changed_box(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return (2, 2) the first and last (x, y) of the pixels that differ."""
    rows, columns = np.nonzero(np.abs(before - after).max(axis=2) > 8)
    return np.array([[columns.min(), rows.min()], [columns.max(), rows.max()]])


def test_the_switch_draws_hands_at_the_wrists_and_nowhere_else(handed: Window) -> None:
    video, action = handed.workspace.video, handed.actions_["hands"]
    assert action.isChecked()
    assert action.isEnabled()
    drawn = pixels(video)
    action.trigger()
    box = changed_box(drawn, pixels(video))
    rect, track = video.image_rect(), handed.controller.session.take.tracks2d
    hands = np.concatenate([one.extras["hands"][0, ..., :2].reshape(-1, 2) for one in track])
    scale = rect.width() / 320
    expected = np.array([hands.min(axis=0), hands.max(axis=0)]) * scale + [rect.x(), rect.y()]
    assert np.abs(box - expected * video.devicePixelRatioF()).max() < 4
    action.trigger()
    assert (pixels(video) == drawn).all()


def test_hands_in_3d_hang_on_the_wrists_and_the_switch_hides_them(handed: Window, qtbot: QtBot) -> None:
    scene, take = handed.workspace.scene, handed.controller.session.take
    wrists = take.tracks3d[0].joints[0, [13, 16]]
    vertices = scene.gl.hands.vertices
    nearest = np.linalg.norm(vertices[:, None] - wrists, axis=-1).min(axis=1)
    assert nearest.max() < 0.3, "a hand is no longer than a hand"
    handed.actions_["hands"].trigger()
    assert scene.gl.hands is None
    handed.actions_["hands"].trigger()
    assert scene.gl.hands is not None


def test_a_human_body_has_the_hands_itself(handed: Window, qtbot: QtBot) -> None:
    handed.bodies.choose("human")
    qtbot.waitUntil(lambda: bool(handed.workspace.scene.gl.humans), timeout=SLOW_MS)
    assert handed.workspace.scene.gl.hands is None
    handed.bodies.choose("both")
    assert handed.workspace.scene.gl.hands is not None


def test_hands_that_were_not_seen_are_paler(handed: Window, qtbot: QtBot) -> None:
    gl, session = handed.workspace.scene.gl, handed.controller.session
    handed.workspace.scene.show_time(0.2)
    seen = gl.hands.colours[0, :3].copy()
    handed.workspace.scene.show_time(1.8)
    assumed = gl.hands.colours[0, :3]
    assert session.take.tracks2d[0].extras["hands"][54, ..., 2].max() != 0.9
    assert np.ptp(assumed) < np.ptp(seen), "less of the person's colour is left"
    assert ASSUMED_SHARE < 1


def test_an_edit_computes_only_what_it_changed(handed: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    asked: list[int] = []
    compute = library.hands
    library.hands = lambda take, person: (asked.append(person), compute(take, person))[1]
    session = handed.controller.session
    session.show(replace(session.take, names={1: "Ada"}))
    assert asked == []
    assert handed.workspace.scene.gl.hands is not None
    session.show(replace(session.take, scene=replace(session.take.scene)))
    qtbot.waitUntil(lambda: handed.workspace.scene.gl.hands is not None, timeout=SLOW_MS)
    assert asked == [1]


def test_a_take_without_hands_shows_none(lifted: Window, qtbot: QtBot) -> None:
    lifted.bodies.choose("stick")
    qtbot.waitUntil(lambda: lifted.workspace.scene.gl is not None)
    assert lifted.workspace.scene.gl.hands is None


def test_the_switch_is_kept_in_the_settings(handed: Window) -> None:
    handed.actions_["hands"].trigger()
    handed.settings.save()
    assert not Settings().view.show_hands


def test_the_box_makes_the_next_run_look_for_hands(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    box = opened.workspace.panel.hands
    assert not box.isChecked()
    box.click()
    assert Settings().run.hands
    run_to_end(opened, qtbot)
    assert library.configs[-1].detect.hands
    opened.workspace.panel.restore_defaults()
    assert not box.isChecked()
    assert not opened.settings.run.hands


def test_the_box_says_why_hands_cannot_be_looked_for(opened: Window) -> None:
    panel = opened.workspace.panel
    panel.hands.click()
    panel.set_hands_missing("The hand model is missing.")
    assert not panel.hands.isEnabled()
    assert not panel.hands.isChecked()
    assert panel.hands.toolTip() == "The hand model is missing."
    assert not opened.settings.run.hands
    panel.set_hands_missing("")
    assert panel.hands.isEnabled()
    assert "%" not in panel.hands.toolTip()
