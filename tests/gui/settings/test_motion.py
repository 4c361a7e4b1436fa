"""Test the post-processing settings: a change re-finishes the take and does nothing else."""

from __future__ import annotations

import dataclasses
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.run_settings import MOTION_FIELDS, RunSettings
from app.settings import Settings
from app.window import Window
from pipeline.core.config import PostConfig, RunConfig, SceneConfig
from pipeline.core.take import Take
from pipeline.take.file import save_take
from pipeline.take.provenance import take_config
from tests.gui.conftest import run_to_end
from tests.helpers.fake_library import FakeLibrary

OTHER = PostConfig(0.5, "savitzky_golay", 5.0, "directions", 0.4, "list", "off", False, "grounding")


def made(window: Window) -> RunConfig:
    config = take_config(window.controller.session.take)
    assert config is not None
    return config


def test_the_defaults_are_the_library_s(window: Window) -> None:
    assert window.settings.run.run_config(None, None, None) == RunConfig()
    panel = window.workspace.panel.motion
    assert not panel.open
    assert panel.gap.value() == PostConfig().fill_gap_s
    assert panel.choices["foot_lock"].currentText() == "Automatic"


def test_every_field_reaches_the_run_and_comes_back(lifted: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    panel = lifted.workspace.panel
    motion = panel.motion
    qtbot.mouseClick(motion.head, Qt.MouseButton.LeftButton)
    assert motion.open
    motion.gap.setValue(OTHER.fill_gap_s)
    motion.picture.setValue(100 * OTHER.picture)
    motion.calm.setChecked(False)
    others = dataclasses.asdict(OTHER) | {"camera_motion": "ignore"}
    for name, choice in motion.choices.items():
        choice.setCurrentIndex(choice.findData(others[name]))
    panel.smooth.setValue(OTHER.smooth_hz)
    panel.roll.setValue(-2.5)
    motion.limbs["thigh"].stepBy(1)
    assert motion.limbs["thigh"].value() == 43, "the first step goes to a usual length"
    motion.limbs["forearm"].setValue(24.5)
    wanted = SceneConfig(roll_deg=-2.5, limbs_cm={"thigh": 43.0, "forearm": 24.5}, camera_motion="ignore")
    qtbot.waitUntil(lambda: made(lifted).post == OTHER and made(lifted).scene == wanted)
    assert len(library.configs) == 1, "nothing was detected or lifted again"
    assert library.lifts == []
    assert len(library.finishes) < 4, "values that change together are finished together"
    kept = Settings().run
    assert {name: getattr(kept, name) for name in MOTION_FIELDS} == dataclasses.asdict(OTHER)
    assert kept.limbs_cm == {}, "measures of a body belong to its take"
    run_to_end(lifted, qtbot)
    assert (library.configs[-1].post, library.configs[-1].scene) == (OTHER, wanted)


def test_a_change_back_is_no_work(lifted: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    panel = lifted.workspace.panel
    panel.pitch.setValue(10)
    panel.pitch.setValue(panel.pitch.minimum())
    qtbot.wait(250)
    assert library.finishes == []
    panel.pitch.setValue(10)
    qtbot.waitUntil(lambda: lifted.controller.session.take.scene.pitch_deg == 10)
    assert lifted.controller.session.kept is lifted.controller.session.take, "what is saved is what is seen"


def test_a_value_that_is_being_turned_is_followed(
    lifted: Window, library: FakeLibrary, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    """Finishing is slower than the user: ready values are shown, the last one at the end."""
    refinish, gate = library.refinish, threading.Semaphore(0)

    def slow(take: Take, config: RunConfig) -> Take:
        assert gate.acquire(timeout=10)
        return refinish(take, config)

    monkeypatch.setattr(library, "refinish", slow)
    shown: list[float] = []
    lifted.controller.session.take_changed.connect(lambda take: shown.append(take.scene.pitch_deg))
    pitch = lifted.workspace.panel.pitch
    pitch.setValue(5)
    qtbot.waitUntil(lambda: lifted.controller.updates.refinisher.working)
    detail = lifted.workspace.scene_card.detail
    qtbot.waitUntil(lambda: "being finished" in detail.whole)
    pitch.setValue(6)
    pitch.setValue(7)
    gate.release()
    qtbot.waitUntil(lambda: shown == [5])
    gate.release(2)
    qtbot.waitUntil(lambda: shown == [5, 7])
    qtbot.waitUntil(lambda: not lifted.controller.updates.refinisher.busy and detail.whole == "Person 1")


def test_what_was_finished_for_other_people_is_not_shown(
    lifted: Window, library: FakeLibrary, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    refinish, gate = library.refinish, threading.Semaphore(0)

    def slow(take: Take, config: RunConfig) -> Take:
        assert gate.acquire(timeout=10)
        return refinish(take, config)

    monkeypatch.setattr(library, "refinish", slow)
    lifted.workspace.panel.pitch.setValue(5)
    qtbot.waitUntil(lambda: lifted.controller.updates.refinisher.working)
    lifted.people.editor.rename(1, "Ada")
    gate.release(2)
    qtbot.waitUntil(lambda: lifted.controller.session.take.scene.pitch_deg == 5)
    assert lifted.controller.session.take.name_of(1) == "Ada"


def test_a_change_during_a_run_is_made_up_for_afterwards(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    library.hold = True
    opened.actions_["run"].trigger()
    qtbot.waitUntil(lambda: opened.controller.session.take is not None)
    opened.workspace.panel.pitch.setValue(8)
    qtbot.wait(200)
    assert library.finishes == []
    library.release()
    qtbot.waitUntil(lambda: not opened.controller.busy)
    qtbot.waitUntil(lambda: opened.controller.session.take.scene.pitch_deg == 8)
    assert [config.scene.pitch_deg for config in library.configs] == [None]


def test_another_field_of_view_lifts_again_from_the_2d(lifted: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    lifted.workspace.panel.fov.setValue(50)
    qtbot.waitUntil(lambda: made(lifted).scene.fov_deg == 50)
    qtbot.waitUntil(lambda: not lifted.controller.busy)
    assert [(persons, config.scene.fov_deg) for persons, config in library.lifts] == [((1,), 50)]
    assert len(library.configs) == 1, "nothing was detected again"


def test_a_saved_take_brings_its_settings_and_can_be_changed(
    lifted: Window, library: FakeLibrary, tmp_path: Path, qtbot: QtBot
) -> None:
    lifted.workspace.panel.pitch.setValue(12)
    lifted.workspace.panel.motion.picture.setValue(0)
    qtbot.waitUntil(lambda: made(lifted).post.picture == 0 and made(lifted).scene.pitch_deg == 12)
    path = save_take(lifted.controller.session.take, tmp_path / "a.pose3d")
    lifted.workspace.panel.restore_defaults()
    qtbot.waitUntil(lambda: lifted.controller.session.take.scene.pitch_deg == 3)
    before = len(library.finishes)
    lifted.controller.open_path(path)
    qtbot.waitUntil(
        lambda: lifted.controller.session.take is not None and lifted.controller.session.take.scene.pitch_deg == 12
    )
    assert lifted.workspace.panel.pitch.value() == 12
    assert lifted.workspace.panel.motion.picture.text() == "Off"
    qtbot.wait(200)
    assert len(library.finishes) == before, "opening changes nothing"
    lifted.workspace.panel.pitch.setValue(-4)
    qtbot.waitUntil(lambda: lifted.controller.session.take.scene.pitch_deg == -4)


@pytest.mark.parametrize("stored", ["thigh=44,nonsense,shank=x,wing=30,trunk=900", "thigh=44"])
def test_foreign_values_in_the_settings_fall_back(stored: str, own_settings: None) -> None:
    assert RunSettings(limbs=stored).limbs_cm == {"thigh": 44.0}
    settings = Settings()
    settings.run.smooth, settings.run.fill_gap_s = "magic", 99.0
    settings.save()
    run = Settings().run
    assert (run.smooth, run.fill_gap_s) == (RunSettings().smooth, RunSettings().fill_gap_s)
    run.run_config(None, None, None)
