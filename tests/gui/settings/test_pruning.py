"""Test token pruning in the window: recipes, the ghost of a second one, kept frames."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from app.backend.pruning_settings import parse_schedule, problem
from app.session.comparison import Stage, ghost
from app.settings import CompareSettings, RunSettings, Settings
from app.views.settings.pruning_editor import PruningEditor
from app.views.timeline import MARGIN
from app.views.token_strip import TokenStrip, shares
from app.window import Window
from pipeline.core.camera import VideoInfo
from pipeline.core.config import LiftConfig
from pipeline.core.errors import ConfigError, NoPersonError
from pipeline.core.live import RunState
from pipeline.core.pruning_schedule import PruneConfig, default_schedule, schedule_text
from pipeline.core.take import Take, TokenStages, Track3D
from tests.gui.conftest import run_to_end
from tests.gui.fake_library import FakeLibrary
from tests.helpers.fakes import COUNT, FPS, HALVING, make_take, walking

PAUSE_MS = 100  # ms without a change, before a recipe is run


@pytest.fixture
def editor(lifted: Window, qtbot: QtBot) -> PruningEditor:
    """Return the editor of a window after a run, with a short pause before it acts."""
    recipe = lifted.workspace.panel.pruning
    qtbot.waitUntil(lambda: recipe.editor.info is not None)
    recipe.head.setChecked(True)
    recipe.editor.pause.setInterval(PAUSE_MS)
    return recipe.editor


def choose(editor: PruningEditor, pruner: str) -> None:
    editor.pruner.setCurrentIndex(editor.pruner.findData(pruner))


def write_schedule(editor: PruningEditor, qtbot: QtBot, text: str) -> None:
    editor.schedule.selectAll()
    qtbot.keyClicks(editor.schedule, text)


# --- schedules


def test_schedules_are_written_and_read() -> None:
    assert parse_schedule("121 @ 2, 81 @ 4") == ((2, 121), (4, 81))
    assert parse_schedule("81@3") == ((3, 81),)
    assert schedule_text(((2, 121), (4, 81))) == "121 @ 2, 81 @ 4"
    for wrong in ("", "121", "121 @", "121 @ 2,", "2 x 121", "-3 @ 2", "1.5 @ 2"):
        with pytest.raises(ConfigError, match="frames @ block"):
            parse_schedule(wrong)


@pytest.mark.parametrize(("frames", "depth"), [(243, 6), (243, 8), (351, 3), (27, 12), (81, 26), (9, 2), (5, 1)])
@pytest.mark.parametrize("percent", [5, 15, 33, 50, 80, 99])
def test_a_share_of_frames_gives_a_schedule_that_fits(frames: int, depth: int, percent: int) -> None:
    schedule = default_schedule(frames, depth, percent / 100)
    PruneConfig("TPS", schedule).check(frames, depth)
    assert not schedule or abs(schedule[-1][1] - percent / 100 * frames) <= 1 or schedule[-1][1] == 3


def test_a_third_of_the_frames_are_those_of_the_paper_but_early() -> None:
    assert default_schedule(243, 6, 1 / 3) == ((1, 121), (2, 81))
    assert default_schedule(243, 6, 1.0) == ()


def test_what_a_lifter_cannot_do_is_refused_with_a_reason(library: FakeLibrary) -> None:
    plain, centre = library.lifters()
    trained = PruneConfig("TPC", ((3, 81),), "TRA")
    learned = type(plain)("hot", "HoT", "mixste", "MixSTE", 243, 8, trained)
    recipe = RunSettings(pruner="TPS", recoverer="TRI", schedule="121 @ 2, 81 @ 4")
    assert problem(recipe, plain) == ""
    assert "TRA" in problem(recipe, learned)
    recipe.recoverer = ""
    assert "without recovering" in problem(recipe, plain)
    assert "block" in problem(recipe, centre), "it has three blocks"
    recipe.schedule = "117 @ 1"
    assert problem(recipe, centre) == ""
    recipe.recoverer = "TRA"
    assert "TRA" in problem(recipe, plain)
    assert "81" in problem(recipe, learned), "the positions of 81 frames were learned"
    recipe.pruner, recipe.schedule = "TPC", "81 @ 5"
    assert problem(recipe, learned) == ""
    recipe.pruner, recipe.recoverer, recipe.schedule = "TPA", "TRI", "81 @ 0"
    assert "block 0" in problem(recipe, plain)


# --- lifting again


def test_another_recipe_lifts_again_from_the_same_2d(
    lifted: Window, editor: PruningEditor, library: FakeLibrary, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(lifted.controller.finished):
        choose(editor, "TPMo")
    first, second = library.configs
    assert second.lift.prune == PruneConfig("TPMo", HALVING.schedule, "TRI"), "it starts from the trained schedule"
    assert second.use_cache
    assert (second.detect, second.start_s, second.end_s) == (first.detect, None, None)
    with qtbot.waitSignal(lifted.controller.finished):
        write_schedule(editor, qtbot, "60 @ 3")
    assert library.configs[-1].lift.prune == PruneConfig("TPMo", ((3, 60),), "TRI")
    with qtbot.waitSignal(lifted.controller.finished):
        choose(editor, "none")
    assert library.configs[-1].lift.prune == PruneConfig()
    assert not lifted.workspace.strip.isVisible(), "nothing is pruned"
    with qtbot.waitSignal(lifted.controller.finished):
        choose(editor, "trained")
    assert library.configs[-1].lift.prune is None
    assert Settings().run.pruner == "trained"


def test_lifting_again_keeps_range_and_person_and_shows_no_half_take(
    opened: Window, library: FakeLibrary, qtbot: QtBot
) -> None:
    opened.controller.session.set_trim(0.5, 1.5)
    run_to_end(opened, qtbot)
    with qtbot.waitSignal(opened.controller.finished):
        opened.controller.select_person(2)
    opened.controller.session.set_trim(None, None)
    first = opened.controller.session.take
    library.hold = True
    editor = opened.workspace.panel.pruning.editor
    choose(editor, "TPC")
    qtbot.waitUntil(lambda: opened.controller.state is RunState.RUNNING)
    qtbot.wait(200)
    assert opened.controller.session.take is first
    with qtbot.waitSignal(opened.controller.finished):
        library.release()
    config = library.configs[-1]
    assert (config.start_s, config.end_s, config.persons) == (0.5, 1.5, (2,))
    assert opened.controller.session.take.frame_count == first.frame_count == 30


def test_a_dragged_slider_lifts_once_where_it_stops(
    lifted: Window, editor: PruningEditor, library: FakeLibrary, qtbot: QtBot
) -> None:
    assert editor.keep.value() == 25, "61 of 243 frames"
    runs = len(library.configs)
    editor.keep.setSliderDown(True)
    for percent in range(24, 9, -1):
        editor.keep.setValue(percent)
        qtbot.wait(5)
    qtbot.wait(3 * PAUSE_MS)
    assert len(library.configs) == runs, "it is still held"
    with qtbot.waitSignal(lifted.controller.finished):
        editor.keep.setSliderDown(False)
    assert len(library.configs) == runs + 1
    assert library.configs[-1].lift.prune.schedule == default_schedule(243, 6, 0.10)
    assert editor.schedule.text() == schedule_text(default_schedule(243, 6, 0.10))
    with qtbot.waitSignal(lifted.controller.finished):
        editor.keep.setValue(100)
    assert library.configs[-1].lift.prune.schedule == ()


def test_an_impossible_schedule_says_why_and_runs_nothing(
    lifted: Window, editor: PruningEditor, library: FakeLibrary, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(lifted.controller.finished):
        choose(editor, "TPC")
    runs = len(library.configs)
    for text, reason in (
        ("400 @ 2", "Keeping 400 frames"),
        ("81 @ 9", "block 9"),
        ("many", "frames @ block"),
        ("81 @ 2, 121 @ 4", "Keeping 121"),
    ):
        write_schedule(editor, qtbot, text)
        assert editor.problem_text.isVisible()
        assert reason in editor.problem_text.text()
    qtbot.wait(3 * PAUSE_MS)
    lifted.actions_["run"].trigger()
    assert len(library.configs) == runs
    assert lifted.controller.state is RunState.IDLE
    assert "Keeping 121" in lifted.banner.message.text()
    assert Settings().run.schedule == schedule_text(HALVING.schedule), "what cannot be run is not kept"
    with qtbot.waitSignal(lifted.controller.finished):
        write_schedule(editor, qtbot, "81 @ 2")
    assert not editor.problem_text.isVisible()


def test_a_recipe_tried_and_taken_back_runs_nothing(
    lifted: Window, editor: PruningEditor, library: FakeLibrary, qtbot: QtBot
) -> None:
    choose(editor, "TPMo")
    choose(editor, "trained")
    qtbot.wait(3 * PAUSE_MS)
    assert len(library.configs) == 1
    editor.pause.setInterval(400)
    choose(editor, "TPMo")
    run_to_end(lifted, qtbot)  # by the button, before the pause is over
    qtbot.wait(700)
    assert len(library.configs) == 2


def test_another_lifter_drops_a_schedule_that_does_not_fit_it(
    lifted: Window, editor: PruningEditor, library: FakeLibrary, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(lifted.controller.finished):
        choose(editor, "TPS")
    panel = lifted.workspace.panel
    with qtbot.waitSignal(lifted.controller.finished):
        panel.lifter.setCurrentIndex(panel.lifter.findData("centre"))
    config = library.configs[-1].lift
    assert (config.lifter, config.prune) == ("centre", None)
    assert "351 frames" in panel.pruning.host.text()


def test_recovery_offers_only_what_the_lifter_can(editor: PruningEditor, lifted: Window) -> None:
    def offered() -> list[str]:
        model = editor.recoverer.model()
        return [editor.recoverer.itemData(i) for i in range(3) if model.item(i).isEnabled()]

    assert offered() == ["TRI"]
    lifted.workspace.panel.lifter.setCurrentIndex(1)
    assert offered() == ["TRI", ""]


def test_nothing_is_lifted_again_before_there_is_a_take(opened: Window, library: FakeLibrary, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: opened.workspace.panel.pruning.editor.info is not None)
    opened.workspace.panel.pruning.editor.pause.setInterval(PAUSE_MS)
    choose(opened.workspace.panel.pruning.editor, "none")
    qtbot.wait(3 * PAUSE_MS)
    assert library.configs == []
    run_to_end(opened, qtbot)
    assert library.configs[0].lift.prune == PruneConfig()


def test_a_recipe_that_fails_keeps_the_take(
    lifted: Window, editor: PruningEditor, library: FakeLibrary, qtbot: QtBot
) -> None:
    first = lifted.controller.session.take
    library.fail = NoPersonError("It went wrong.", "Try another one.")
    choose(editor, "TPC")
    qtbot.waitUntil(lambda: lifted.controller.state is RunState.FAILED)
    assert lifted.controller.session.take is first
    assert lifted.banner.message.text() == "It went wrong."


def test_the_cost_comes_from_the_library_and_only_where_it_is_seen(
    lifted: Window, library: FakeLibrary, qtbot: QtBot
) -> None:
    recipe = lifted.workspace.panel.pruning
    qtbot.wait(100)
    assert library.costs == [], "the section is closed"
    recipe.head.setChecked(True)
    qtbot.waitUntil(lambda: recipe.editor.cost.text() == "61 of 243 frames, about 75 % less computation")
    with qtbot.waitSignal(lifted.controller.finished):
        recipe.editor.keep.setValue(100)
    qtbot.waitUntil(lambda: recipe.editor.cost.text() == "All 243 frames, nothing saved")
    choose(recipe.editor, "trained")
    qtbot.waitUntil(lambda: "75 %" in recipe.editor.cost.text())
    assert library.costs == [("", None), ("", PruneConfig())], "what is known is not worked out again"


def test_the_recipe_is_remembered(
    opened: Window, make_window: Callable[..., Window], library: FakeLibrary, qtbot: QtBot
) -> None:
    panel = opened.workspace.panel
    qtbot.waitUntil(lambda: panel.pruning.editor.info is not None)
    choose(panel.pruning.editor, "TPS")
    panel.pruning.editor.motion.setValue(50)
    with qtbot.waitSignal(panel.changed):
        write_schedule(panel.pruning.editor, qtbot, "90 @ 1")
    opened.close()
    again = make_window(library).workspace.panel
    qtbot.waitUntil(lambda: again.pruning.editor.info is not None)
    assert again.pruning.editor.schedule.text() == "90 @ 1"
    assert again.pruning.editor.keep.value() == 37
    assert Settings().run.run_config(None, None, None).lift.prune == PruneConfig("TPS", ((1, 90),), "TRI", 0.5)
    again.reset.click()
    assert Settings().run.run_config(None, None, None).lift.prune is None


# --- comparing


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


# --- token strip


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
