"""Test that settings refuse invalid values and survive JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.config import DetectConfig, LiftConfig, PostConfig, RunConfig, SceneConfig
from pipeline.core.errors import ConfigError
from pipeline.core.pruning_schedule import PruneConfig

_FOLLOWING = PruneConfig("TPS", ((1, 9),), motion_share=0.25)


@given(
    st.builds(
        RunConfig,
        detect=st.builds(
            DetectConfig,
            max_people=st.integers(1, 20),
            precision=st.sampled_from(["float32", "bfloat16"]),
            runtime=st.sampled_from(["auto", "openvino", "mediapipe"]),
        ),
        lift=st.builds(
            LiftConfig,
            prune=st.sampled_from([None, PruneConfig(), PruneConfig("TPMo", ((1, 9), (3, 5)), "TRA"), _FOLLOWING]),
            flip=st.booleans(),
            device=st.sampled_from(["auto", "cpu", "cuda:1", "mps"]),
            precision=st.sampled_from(["float32", "bfloat16"]),
        ),
        post=st.builds(
            PostConfig,
            smooth_hz=st.sampled_from([0.0, 0.5, 7.0, 60.0]),
            foot_lock=st.sampled_from(["off", "auto", "always", "grounding"]),
        ),
        scene=st.builds(
            SceneConfig,
            fov_deg=st.none() | st.floats(5, 150),
            pitch_deg=st.none() | st.floats(-89, 89),
            roll_deg=st.none() | st.floats(-180, 180),
            height_cm=st.none() | st.floats(40, 260),
            heights_cm=st.dictionaries(st.integers(1, 20), st.floats(40, 260), max_size=3),
        ),
        start_s=st.none() | st.floats(0, 10),
        end_s=st.none() | st.floats(10.5, 1e5),
        persons=st.none() | st.just("all") | st.tuples(st.integers(1, 9), st.integers(1, 9)),
    )
)
def test_json_round_trip(config: RunConfig) -> None:
    assert RunConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


def test_a_precision_that_an_older_version_chose_is_float32_now() -> None:
    old = RunConfig().to_json()
    old["lift"]["precision"] = "auto"
    del old["detect"]["precision"]
    assert RunConfig.from_json(old) == RunConfig()


@pytest.mark.parametrize(
    "make",
    [
        lambda: SceneConfig(fov_deg=0),
        lambda: SceneConfig(fov_deg=180),
        lambda: SceneConfig(pitch_deg=90),
        lambda: SceneConfig(roll_deg=181),
        lambda: PostConfig(foot_lock="sticky"),
        lambda: SceneConfig(height_cm=17),
        lambda: SceneConfig(fov_deg=float("nan")),
        lambda: PostConfig(smooth_hz=-1),
        lambda: LiftConfig(device="gpu"),
        lambda: LiftConfig(precision="float16"),  # type: ignore[arg-type]
        lambda: LiftConfig(precision="auto"),  # type: ignore[arg-type]
        lambda: DetectConfig(precision="float16"),  # type: ignore[arg-type]
        lambda: DetectConfig(max_people=0),
        lambda: RunConfig(start_s=2, end_s=1),
        lambda: RunConfig(start_s=-1),
        lambda: RunConfig(end_s=float("inf")),
        lambda: RunConfig(persons=(0,)),
        lambda: RunConfig(persons=()),
        lambda: RunConfig.from_json({"colour": "red"}),
        lambda: RunConfig.from_json({"detect": {"colour": "red"}}),
    ],
)
def test_impossible_values_are_refused_with_a_hint(make) -> None:
    with pytest.raises(ConfigError) as caught:
        make()
    assert caught.value.hint
