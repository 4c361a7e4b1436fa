"""Test that faces are drawn over the video, and that the setting to look for them reaches the run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.settings import Settings
from app.window import Window
from pipeline.core.face.expressions import EXPRESSIONS
from pipeline.core.take import Take
from pipeline.human.face import shape_names
from tests.gui.conftest import run_to_end
from tests.gui.stage.test_hands import changed_box, pixels
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.fakes import COUNT

FACE_PX = 30.0
# Points on a circle: only where they are is asked here.
ROUND = np.stack([f(np.linspace(0, 2 * np.pi, 68, endpoint=False)) for f in (np.cos, np.sin)], axis=1)


def with_face(take: Take) -> Take:
    """Return the take with faces at the noses of its people."""
    tracks = []
    for track in take.tracks2d:
        face = np.ones((COUNT, 68, 3), np.float32)
        face[..., :2] = track.joints_image[:, 9, None] + FACE_PX * ROUND
        measures = np.zeros((COUNT, len(EXPRESSIONS)), np.float16)
        tracks.append(replace(track, extras={"face": face, "expressions": measures}))
    return replace(take, tracks2d=tuple(tracks))


@pytest.fixture
def faced(lifted: Window) -> Window:
    lifted.controller.session.show(with_face(lifted.controller.session.take))
    return lifted


def test_the_switch_draws_the_face_where_it_is_and_nowhere_else(faced: Window) -> None:
    video, action = faced.workspace.video, faced.actions_["face"]
    assert action.isChecked()
    assert action.isEnabled()
    drawn = pixels(video)
    action.trigger()
    box = changed_box(drawn, pixels(video))
    rect, tracks = video.image_rect(), faced.controller.session.take.tracks2d
    points = np.concatenate([one.extras["face"][0, :, :2] for one in tracks])
    low, high = points.min(axis=0).clip(0), np.minimum(points.max(axis=0), [320, 240])
    expected = np.array([low, high]) * (rect.width() / 320) + [rect.x(), rect.y()]
    assert np.abs(box - expected * video.devicePixelRatioF()).max() < 4
    action.trigger()
    assert (pixels(video) == drawn).all()
    action.trigger()
    faced.settings.save()
    assert not Settings().view.show_face


def test_the_panel_says_in_how_much_of_the_take_a_face_was_found(faced: Window) -> None:
    assert "Face found in 100 % of the frames." in faced.workspace.panel.estimates.text()


def test_the_box_makes_the_next_run_look_for_faces(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    box = opened.workspace.panel.face
    assert not box.isChecked()
    box.click()
    assert Settings().run.face
    run_to_end(opened, qtbot)
    assert library.configs[-1].detect.face
    opened.workspace.panel.restore_defaults()
    assert not box.isChecked()
    assert not opened.settings.run.face


def test_the_box_says_why_faces_cannot_be_looked_for(opened: Window) -> None:
    panel = opened.workspace.panel
    panel.face.click()
    panel.set_face_missing("The face model is missing.")
    assert not panel.face.isEnabled()
    assert not panel.face.isChecked()
    assert panel.face.toolTip() == "The face model is missing."
    assert not opened.settings.run.face
    panel.set_face_missing("")
    assert panel.face.isEnabled()
    assert "{" not in panel.face.toolTip()


def test_the_figure_in_3d_has_the_expression(faced: Window, qtbot: QtBot) -> None:
    """An open jaw is seen from the front, and not without faces; the body is the same."""
    session, scene = faced.controller.session, faced.workspace.scene
    take = session.take
    opened = []
    for track in take.tracks2d:
        measures = np.zeros((COUNT, len(EXPRESSIONS)), np.float16)
        measures[:20, EXPRESSIONS.index("jawOpen")] = 0.22
        opened.append(replace(track, extras={**track.extras, "expressions": measures}))
    again = tuple(replace(track) for track in take.tracks3d)
    session.show(replace(take, tracks2d=tuple(opened), tracks3d=again))
    qtbot.waitUntil(lambda: bool(scene.gl.humans) and scene.gl.humans[0].face is not None)
    (body, *_) = scene.gl.humans
    assert body.face is not None
    assert body.face[shape_names().index("jawOpen")] == pytest.approx(1, abs=0.02)
    faced.actions_["face"].trigger()
    assert scene.gl.humans[0].face is None
