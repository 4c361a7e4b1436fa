"""Test comparing with a second recipe: its ghost, the difference, and what it never changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.run_settings import CompareSettings
from app.session.comparison import Stage, ghost
from app.settings import Settings
from app.views.settings.pruning_editor import PruningEditor
from app.window import Window
from pipeline.core.config import LiftConfig
from pipeline.core.errors import NoPersonError
from pipeline.core.live import RunState
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.core.take import Track3D
from tests.gui.conftest import run_to_end
from tests.gui.settings.conftest import choose
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.fakes import COUNT, FPS, HALVING, walking


def bent(lift: LiftConfig, joints: np.ndarray) -> np.ndarray:
    """Move an unpruned body by a metre, and its right wrist 170 mm further to the side."""
    if lift.prune != PruneConfig():
        return joints
    other = joints + np.array([1.0, 0, 0], np.float32)
    other[:, 16, 1] += 0.170
    return other


def test_a_ghost_is_the_difference_of_shape_alone() -> None:
    joints = walking(10)
    index = np.arange(10)
    first = Track3D(1, index, index / FPS, joints, np.ones((10, 17), np.float32), "world")
    moved = joints[2:8] + np.array([0.5, -1, 0.2], np.float32)
    moved[3, 13, 2] += 0.34
    second = Track3D(1, index[2:8], index[2:8] / FPS, moved, np.ones((6, 17), np.float32), "world")
    result = ghost(first, second)
    np.testing.assert_array_equal(np.isfinite(result.difference_mm), (index >= 2) & (index < 8))
    np.testing.assert_allclose(result.joints[4], joints[4], atol=1e-5)
    assert result.difference_mm[5] == pytest.approx(340 / 17, abs=0.01)
    assert np.nanmean(result.difference_mm) == pytest.approx(340 / 17 / 6, abs=0.01)
    np.testing.assert_allclose(result.joints[5, 13] - joints[5, 13], [0, 0, 0.34], atol=1e-5)


def test_comparing_shows_a_ghost_and_how_far_it_is_off(lifted: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    library.shape = bent
    take, bar = lifted.controller.session.take, lifted.workspace.compare_bar
    lifted.actions_["compare"].trigger()
    qtbot.waitUntil(lambda: lifted.controller.comparer.stage is Stage.READY)
    first, second = library.configs
    assert second.lift.prune == PruneConfig(), "with nothing pruned, unless another recipe is chosen"
    assert (second.use_cache, second.persons, second.detect) == (True, (1,), first.detect)
    assert bar.isVisible()
    assert bar.title.whole == "Ghost: every frame"
    assert bar.numbers.text() == "10.0 mm here  ·  10.0 mm on average", "170 mm at one of 17 joints"
    assert lifted.controller.session.take is take, "the take is as it was"
    lifted.playback.seek(1.0)
    gl = lifted.workspace.scene.gl
    qtbot.waitUntil(lambda: lifted.workspace.scene.row == 30)
    assert gl.ghosts is not None
    wrist = take.tracks3d[0].joints[30, 16] + np.array([0, 0.170, 0])
    vertices = gl.ghosts.vertices
    assert np.linalg.norm(vertices - wrist, axis=1).min() < 0.03, "drawn where the other recipe has it"
    assert abs(vertices[:, 0].mean() - gl.bodies.vertices[:, 0].mean()) < 0.1, "at the place of the first"
    lifted.actions_["compare"].trigger()
    assert gl.ghosts is None
    assert not bar.isVisible()


def test_the_ghost_is_neither_saved_nor_exported(
    lifted: Window, library: FakeLibrary, tmp_path: Path, qtbot: QtBot
) -> None:
    library.shape = bent
    lifted.actions_["compare"].trigger()
    qtbot.waitUntil(lambda: lifted.controller.comparer.stage is Stage.READY)
    with qtbot.waitSignal(lifted.controller.takes.saved):
        lifted.controller.save_take(tmp_path / "a.pose3d")
    np.testing.assert_array_equal(library.load(tmp_path / "a.pose3d").tracks3d[0].joints, walking(COUNT))
    lifted.actions_["export"].trigger()
    dialog = lifted.files.dialog
    dialog.folder.setText(str(tmp_path))
    dialog.formats["bvh"].setChecked(False)
    dialog.formats["csv"].setChecked(True)
    dialog.export.click()
    qtbot.waitUntil(lambda: dialog.shows_result)
    dialog.accept()
    lines = (tmp_path / "walk.csv").read_text().splitlines()
    assert len(lines) == 1 + COUNT * 17


def test_a_new_recipe_keeps_the_other_take_and_a_new_other_lifts_it_again(
    lifted: Window, editor: PruningEditor, library: FakeLibrary, qtbot: QtBot
) -> None:
    library.shape = bent
    lifted.actions_["compare"].trigger()
    comparer = lifted.controller.comparer
    qtbot.waitUntil(lambda: comparer.stage is Stage.READY)
    choose(editor, "TPC")
    qtbot.waitUntil(lambda: len(library.configs) == 3 and comparer.stage is Stage.READY)
    qtbot.wait(100)
    assert len(library.configs) == 3, "the full result is still good"
    other = lifted.workspace.panel.pruning.other
    other.lifter.setCurrentIndex(other.lifter.findData("centre"))
    qtbot.waitUntil(lambda: len(library.configs) == 4 and comparer.stage is Stage.READY)
    assert library.configs[-1].lift.lifter == "centre"
    assert lifted.workspace.compare_bar.title.whole == "Ghost: Fake centre lifter, every frame"
    assert Settings().compare.lifter == "centre"


def test_a_run_goes_before_the_comparison(lifted: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    library.hold = True
    lifted.actions_["compare"].trigger()
    qtbot.waitUntil(lambda: len(library.configs) == 2)
    assert lifted.controller.comparer.stage is Stage.LIFTING
    assert lifted.actions_["export"].isEnabled(), "the take itself is ready"
    library.hold = False
    run_to_end(lifted, qtbot)
    qtbot.waitUntil(lambda: lifted.controller.comparer.stage is Stage.READY)
    assert [config.lift.prune for config in library.configs] == [None, PruneConfig(), None, PruneConfig()]
    assert len(library.engines) == 1


def test_comparing_before_a_run_waits_for_it(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    opened.actions_["compare"].trigger()
    assert opened.workspace.compare_bar.numbers.text() == "appears after a run"
    run_to_end(opened, qtbot)
    qtbot.waitUntil(lambda: opened.controller.comparer.stage is Stage.READY)
    assert len(library.configs) == 2


def test_a_comparison_that_fails_is_a_banner_and_the_take_stays(
    lifted: Window, library: FakeLibrary, qtbot: QtBot
) -> None:
    library.fail = NoPersonError("The other one went wrong.", "Choose another recipe.")
    lifted.actions_["compare"].trigger()
    qtbot.waitUntil(lambda: lifted.controller.comparer.stage is Stage.FAILED)
    assert lifted.banner.message.text() == "The other one went wrong."
    assert lifted.controller.session.take.complete
    assert lifted.controller.state is RunState.IDLE


def test_the_first_recipe_to_compare_with_prunes_nothing() -> None:
    lift = CompareSettings().lift_config(LiftConfig(lifter="x", prune=HALVING, device="cpu"))
    assert (lift.lifter, lift.prune, lift.device) == ("", PruneConfig(), "cpu")
