"""Test what becomes of edits, of the followed person and of Undo: after an edit, and after another run."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.window import Window
from tests.gui.conftest import run_to_end
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.fakes import COUNT, FPS

CUT = 20  # frame of the split


def idle(window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.controller.busy and not window.controller.updates.refinisher.busy)


def seen(window: Window, person: int) -> list[int]:
    """Return the frames of the video in which a person is seen."""
    track = window.controller.session.take.track2d(person)
    return track.frame_index[track.seen].tolist()


@pytest.fixture
def apart(lifted: Window, qtbot: QtBot) -> Window:
    """Return a window in which person 1 was split, and the new person named."""
    lifted.playback.seek(CUT / FPS)
    lifted.actions_["split_person"].trigger()
    idle(lifted, qtbot)
    lifted.people.editor.rename(3, "Ada")
    return lifted


def test_after_a_split_the_new_person_is_followed(apart: Window, qtbot: QtBot) -> None:
    session = apart.controller.session
    assert session.person == 3, "who is seen where the split was made"
    assert apart.workspace.panel.person.currentData() == 3
    for _ in range(2):
        apart.actions_["undo"].trigger()
    idle(apart, qtbot)
    assert session.person == 1


def test_a_merge_keeps_the_followed_person(apart: Window, qtbot: QtBot) -> None:
    apart.people.editor.merge(1, 3)
    idle(apart, qtbot)
    assert apart.controller.session.person == 1
    assert apart.controller.session.take.name_of(1) == "Ada"


def test_a_split_and_a_name_survive_a_trim_and_can_be_undone(apart: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    apart.controller.session.set_trim(5 / FPS, 50 / FPS)
    run_to_end(apart, qtbot)
    idle(apart, qtbot)
    take = apart.controller.session.take
    assert seen(apart, 1) == list(range(5, CUT))
    assert seen(apart, 3) == list(range(CUT, 50))
    assert take.name_of(3) == "Ada"
    assert {1, 3} <= {track.person for track in take.tracks3d}
    undo = apart.actions_["undo"]
    assert undo.isEnabled()
    assert undo.text() == "&Undo name of person 3"
    undo.trigger()
    idle(apart, qtbot)
    assert apart.controller.session.take.name_of(3) == "Person 3"
    assert undo.text() == "&Undo splitting person 1"
    undo.trigger()
    idle(apart, qtbot)
    assert seen(apart, 1) == list(range(5, 50))
    assert not undo.isEnabled()
    assert apart.isWindowModified(), "what was saved or made before is gone"


def test_a_merge_survives_the_whole_video_again(apart: Window, qtbot: QtBot) -> None:
    apart.people.editor.merge(1, 3)
    idle(apart, qtbot)
    apart.controller.session.set_trim(5 / FPS, None)
    run_to_end(apart, qtbot)
    idle(apart, qtbot)
    assert seen(apart, 1) == list(range(5, COUNT))
    assert apart.controller.session.take.name_of(1) == "Ada"
