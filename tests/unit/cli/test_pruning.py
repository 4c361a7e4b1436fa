"""Test the pruning options: the schedules that they select, and the errors of combinations."""

from __future__ import annotations

import argparse
import dataclasses

import pytest

from pipeline import weights
from pipeline.cli import build_parser
from pipeline.cli.lift import config_from
from pipeline.cli.options import pruning as recipe
from pipeline.core.errors import ConfigError
from pipeline.core.pruning_schedule import PruneConfig

OWN = PruneConfig("TPC", ((3, 81),), "TRA")


def asked(*options: str, base: PruneConfig | None = None) -> PruneConfig | None:
    parser = argparse.ArgumentParser()
    recipe.add_arguments(parser)
    return recipe.prune_from(parser.parse_args(options), base)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", None),
        ("--prune none", PruneConfig()),
        ("--prune NONE", PruneConfig()),
        ("--prune tps --tokens 121,81 --at 2,4", PruneConfig("TPS", ((2, 121), (4, 81)), "TRI")),
        ("--prune TpMo --tokens 61 --at 1 --recover TRA", PruneConfig("TPMo", ((1, 61),), "TRA")),
        ("--prune tpc --tokens 61 --at 7 --recover none", PruneConfig("TPC", ((7, 61),), "")),
        ("--tokens 61 --at 0", PruneConfig("TPS", ((0, 61),), "TRI")),
        ("--tokens 61 --at 1 --motion 0.5", PruneConfig("TPS", ((1, 61),), "TRI", 0.5)),
    ],
)
def test_what_is_asked_for(options: str, expected: PruneConfig | None) -> None:
    assert asked(*options.split()) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", None),
        ("--prune none", PruneConfig()),
        ("--prune tps", PruneConfig("TPS", ((3, 81),), "TRA")),
        ("--recover tri", PruneConfig("TPC", ((3, 81),), "TRI")),
        ("--tokens 121,61 --at 2,5", PruneConfig("TPC", ((2, 121), (5, 61)), "TRA")),
    ],
)
def test_what_is_not_named_is_as_the_model_does_it(options: str, expected: PruneConfig | None) -> None:
    assert asked(*options.split(), base=OWN) == expected


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("--prune tpx --tokens 61 --at 1", "--prune tpx is not known"),
        ("--prune tps --tokens 61 --at 1 --recover spline", "--recover spline is not known"),
        ("--prune tps --tokens 121,81 --at 2", "--tokens has 2 and --at has 1 numbers"),
        ("--prune tps --tokens 121", "--tokens needs --at"),
        ("--at 2", "--at needs --tokens"),
        ("--prune tps --tokens 121,x --at 2,4", "--tokens 121,x is no list of whole numbers"),
        ("--prune tps --tokens 61 --at 1.5", "--at 1.5 is no list of whole numbers"),
        ("--prune tps", "not said how many frames"),
        ("--recover tri", "not said how many frames"),
        ("--prune none --tokens 61 --at 1", "keeps every frame"),
        ("--tokens 61 --at 1 --motion much", "--motion much is no share"),
        ("--tokens 61 --at 1 --motion 1.5", "--motion 1.5 is no share"),
        ("--tokens 61 --at 1 --motion nan", "--motion nan is no share"),
    ],
)
def test_what_does_not_fit_together_is_said(options: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        asked(*options.split())
    assert caught.value.hint


def test_another_strategy_does_not_follow_the_motion_as_the_models_own_does() -> None:
    own = PruneConfig("TPS", ((3, 81),), "TRI", 0.4)
    assert asked("--prune", "tpmo", base=own) == PruneConfig("TPMo", ((3, 81),), "TRI")
    assert asked("--tokens", "61", "--at", "3", base=own) == PruneConfig("TPS", ((3, 61),), "TRI", 0.4)
    assert asked("--motion", "0", base=own) == PruneConfig("TPS", ((3, 81),), "TRI")


def test_lift_takes_what_is_not_named_from_the_manifest() -> None:
    arguments = build_parser().parse_args(["lift", "--sample", "-o", "x", "--prune", "tpmo"])
    prune = config_from(arguments).lift.prune
    trained = PruneConfig.from_json(weights.find().prune)
    assert trained.schedule
    assert prune == dataclasses.replace(trained, strategy="TPMo")
    plain = build_parser().parse_args(["lift", "--sample", "-o", "x"])
    assert config_from(plain).lift.prune is None


def test_labels_are_for_people() -> None:
    assert PruneConfig().label == "every frame"
    assert PruneConfig("TPS", ((2, 121), (4, 81)), "TRI").label == "TPS + TRI, 121 @ 2, 81 @ 4"
    assert PruneConfig("TPC", ((7, 61),), "").label == "TPC, 61 @ 7"
