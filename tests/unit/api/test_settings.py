"""Settings as keywords: where they go, and what is refused."""

from __future__ import annotations

import pytest

from pipeline import weights
from pipeline.api.settings import cancel_token, changed, chosen_people, named_pruning
from pipeline.core.concurrency import CancelToken
from pipeline.core.config import LiveConfig, RunConfig
from pipeline.core.errors import Cancelled, ConfigError
from pipeline.core.pruning_schedule import PruneConfig


def test_each_keyword_goes_to_the_part_that_has_it() -> None:
    config = changed(
        RunConfig(),
        {"height_cm": 172, "smooth": "off", "device": "cpu", "detector": "rtmo-s", "end_s": 2.0, "use_cache": False},
        "lift()",
    )
    assert (config.scene.height_cm, config.post.smooth, config.detect.detector) == (172, "off", "rtmo-s")
    assert config.detect.device == config.lift.device == "cpu", "a device is for both"
    assert (config.end_s, config.use_cache) == (2.0, False)
    assert changed(config, {"height_cm": None}, "lift()").scene.height_cm is None, "back to the assumed one"
    live = changed(LiveConfig(), {"lookahead": 5, "smooth": False, "max_people": 1}, "live()")
    assert (live.lookahead, live.smooth, live.detect.max_people) == (5, False, 1)
    assert live.detect.prompt is False, "what is not named stays"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"heigth_cm": 172}, "no setting 'heigth_cm'. Did you mean 'height_cm'"),
        ({"persons": (1,)}, "no setting 'persons'"),
        ({"colour": 1}, "no setting 'colour'. There are: .*end_s"),
    ],
)
def test_a_setting_that_does_not_exist_is_named(settings: dict[str, object], says: str) -> None:
    with pytest.raises(TypeError, match=f"lift\\(\\) has {says}"):
        changed(RunConfig(), settings, "lift()")


def test_values_out_of_range_name_the_field() -> None:
    with pytest.raises(ConfigError) as caught:
        changed(RunConfig(), {"fov_deg": 300}, "lift()")
    assert caught.value.fields == ("fov_deg",)


def test_a_strategy_by_name_takes_the_schedule_of_the_lifter() -> None:
    fast = weights.find("h2ot_fast_v2")
    trained = PruneConfig.from_json(fast.prune)
    assert named_pruning("TpMo", fast.name) == PruneConfig("TPMo", trained.schedule, trained.recover)
    assert named_pruning("none", fast.name) == PruneConfig()
    with pytest.raises(ConfigError, match="'tpx' is not known") as caught:
        named_pruning("tpx", fast.name)
    assert caught.value.fields == ("prune",)
    pruned = changed(RunConfig(), {"lifter": fast.name, "prune": "tpmo"}, "relift()")
    assert pruned.lift.prune == named_pruning("tpmo", fast.name)
    other = changed(pruned, {"lifter": "h2ot_quality_v6"}, "relift()")
    assert other.lift.prune is None, "the schedule of one lifter means nothing to another"


def test_people_are_numbers_or_everyone() -> None:
    assert chosen_people(None) is None
    assert chosen_people("all") == "all"
    assert chosen_people(2) == (2,)
    assert chosen_people([1, 3]) == (1, 3)
    with pytest.raises(ConfigError, match="'Ada' names nobody"):
        chosen_people("Ada")


def test_a_function_can_say_whether_to_stop() -> None:
    token = CancelToken()
    assert cancel_token(token) is token
    assert not cancel_token(None).cancelled
    answers = [False, True, False]
    asked = cancel_token(lambda: answers.pop(0))
    asked.check()
    with pytest.raises(Cancelled):
        asked.check()
    assert asked.cancelled, "once stopped it is not asked again"
    assert answers == [False]


def test_hands_are_a_setting_of_detecting() -> None:
    config = changed(RunConfig(), {"hands": True}, "lift()")
    assert config.detect.hands
    assert RunConfig.from_json(config.to_json()).detect.hands
    assert not RunConfig().detect.hands
    older = RunConfig().to_json()
    del older["detect"]["hands"]  # takes of versions without it
    assert not RunConfig.from_json(older).detect.hands
