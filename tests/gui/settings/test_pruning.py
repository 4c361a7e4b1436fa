"""Test pruning recipes in the window: schedules, re-lifting, costs, what is remembered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from app.backend.pruning_settings import parse_schedule, problem
from app.run_settings import RunSettings
from app.settings import Settings
from app.views.settings.pruning_editor import PruningEditor
from app.window import Window
from pipeline.core.errors import ConfigError, NoPersonError
from pipeline.core.live import RunState
from pipeline.core.pruning_schedule import PruneConfig, default_schedule, schedule_text
from tests.gui.conftest import run_to_end
from tests.gui.settings.conftest import PAUSE_MS, choose, write_schedule
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.fakes import HALVING


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
