"""Test menu View, Body: humans, stick figures, or both, in the real window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.settings import Settings
from app.views.scene.scene_gl import SceneGL
from app.window import Window
from tests.gui.conftest import frame_shown, run_to_end


def picture(gl: SceneGL) -> np.ndarray:
    """Return what the 3D view shows, RGB (H, W, 3)."""
    image = gl.grabFramebuffer().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(np.int64)


@pytest.fixture
def gl(lifted: Window, qtbot: QtBot) -> SceneGL:
    qtbot.waitUntil(lambda: lifted.workspace.scene.gl is not None)
    gl = lifted.workspace.scene.gl
    qtbot.waitUntil(lambda: len(gl.humans) == 1, timeout=10000)
    return gl


def choose(window: Window, choice: str) -> None:
    window.bodies.menu.choices[choice].trigger()


def test_a_lifted_person_is_a_human_at_first(lifted: Window, gl: SceneGL) -> None:
    assert gl.bodies is None
    assert lifted.bodies.menu.choices["human"].isChecked()


def test_the_human_stands_where_the_skeleton_is(lifted: Window, gl: SceneGL, qtbot: QtBot) -> None:
    lifted.workspace.scene.set_floor(False)
    lifted.playback.seek(1.5)
    qtbot.waitUntil(lambda: frame_shown(lifted) == 45)
    human = picture(gl)
    choose(lifted, "stick")
    assert gl.humans == ()
    assert gl.bodies is not None
    stick = picture(gl)
    lifted.workspace.scene.set_body("human")
    ground = human[2, 2]
    masks = [np.abs(shown - ground).sum(axis=2) > 24 for shown in (human, stick)]
    covered = (masks[0] & masks[1]).sum() / masks[1].sum()
    assert covered > 0.75, "the skeleton lies inside the body"
    places = [np.argwhere(mask).mean(axis=0) for mask in masks]
    assert np.linalg.norm(places[0] - places[1]) < 0.05 * human.shape[0]


def test_both_shows_the_skeleton_in_a_translucent_body(lifted: Window, gl: SceneGL) -> None:
    choose(lifted, "both")
    assert gl.bodies is not None
    assert 0 < gl.humans[0].tint[3] < 1


def test_the_choice_is_kept(lifted: Window, gl: SceneGL) -> None:
    choose(lifted, "stick")
    assert Settings().view.body == "stick"
    choose(lifted, "human")
    assert len(gl.humans) == 1, "bodies that were made are there at once"


def test_several_people_have_suits_of_their_own_colours(opened: Window, qtbot: QtBot) -> None:
    opened.actions_["everyone"].setChecked(True)
    run_to_end(opened, qtbot)
    gl = opened.workspace.scene.gl
    qtbot.waitUntil(lambda: len(gl.humans) == 2, timeout=10000)
    one, other = (human.tint[:3] for human in gl.humans)
    assert np.abs(one - other).max() > 0.1


def test_after_an_edit_the_body_is_that_of_the_new_skeleton(lifted: Window, gl: SceneGL, qtbot: QtBot) -> None:
    before = gl.humans[0].body
    session = lifted.controller.session
    lifted.actions_["exchange_sides"].trigger()
    qtbot.waitUntil(lambda: session.dirty and session.take.complete, timeout=10000)
    qtbot.waitUntil(lambda: len(gl.humans) == 1 and gl.humans[0].body is not before, timeout=10000)
