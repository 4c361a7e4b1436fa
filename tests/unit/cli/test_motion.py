"""Test the flags of `lift` for the steps after the lifter."""

from __future__ import annotations

import argparse
import dataclasses

import pytest

from pipeline.cli.lift import add_parser, config_from
from pipeline.core.config import PostConfig
from pipeline.core.errors import ConfigError


def parsed(*flags: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    return parser.parse_args(["lift", "a.mp4", "-o", "out", *flags])


def test_without_flags_everything_is_as_the_library_has_it() -> None:
    assert config_from(parsed()).post == PostConfig()


def test_a_precision_holds_for_all_networks_and_is_float32_unless_asked_for() -> None:
    for flags, precision in (((), "float32"), (("--precision", "bfloat16"), "bfloat16")):
        config = config_from(parsed(*flags))
        assert config.lift.precision == config.detect.precision == precision
    with pytest.raises(SystemExit):
        parsed("--precision", "auto")


def test_the_detectors_runtime_is_openvino_where_it_is_unless_one_is_named() -> None:
    assert config_from(parsed()).detect.runtime == "auto"
    assert config_from(parsed("--detector-runtime", "mediapipe")).detect.runtime == "mediapipe"
    with pytest.raises(SystemExit):
        parsed("--detector-runtime", "tflite")


def test_there_is_a_flag_for_every_field() -> None:
    other = PostConfig(0.5, "savitzky_golay", 5.0, "directions", 0.4, "list", "off", False, "grounding")
    assert all(
        getattr(other, field.name) != getattr(PostConfig(), field.name) for field in dataclasses.fields(PostConfig)
    )
    arguments = parsed(
        "--fill-gap", "0.5", "--smooth-kind", "savitzky_golay", "--smooth", "5", "--bones", "directions",
        "--picture", "0.4", "--sides", "list", "--limits", "off", "--no-calm-turns", "--feet", "grounding",
        "--limb", "thigh=44", "--limb", "shank=41.5",
    )  # fmt: skip
    config = config_from(arguments)
    assert config.post == other
    assert config.scene.limbs_cm == {"thigh": 44.0, "shank": 41.5}


@pytest.mark.parametrize(
    "flags", [("--limb", "thigh"), ("--limb", "wing=30"), ("--limb", "thigh=900"), ("--picture", "2")]
)
def test_what_cannot_be_is_refused_with_a_hint(flags: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError) as caught:
        config_from(parsed(*flags))
    assert caught.value.hint
