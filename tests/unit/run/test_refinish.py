"""Test that refinishing with other settings equals a run with these settings."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from pipeline.core.config import PostConfig, RunConfig
from pipeline.core.skeletons import h36m17_from
from pipeline.run.refinish import refinish
from pipeline.take.file import load_take, save_take
from tests.helpers.motion import Scene, clip, facing_camera, scene


@pytest.fixture(scope="module")
def seen() -> Scene:
    made = scene(facing_camera(clip("walk")))
    person = made.person
    joints, scores = h36m17_from("h36m17", person.joints_image_h36m, person.scores)  # as from a detector
    return dataclasses.replace(made, person=dataclasses.replace(person, joints_image_h36m=joints, scores=scores))


def changed(config: RunConfig, **values: object) -> RunConfig:
    post = {name: value for name, value in values.items() if hasattr(config.post, name)}
    rest = {name: value for name, value in values.items() if name not in post}
    return dataclasses.replace(
        config, post=dataclasses.replace(config.post, **post), scene=dataclasses.replace(config.scene, **rest)
    )


@pytest.mark.parametrize("values", [{"pitch_deg": 7.0, "roll_deg": 3.0}, {"smooth_hz": 2.0}, {"bones": "off"}])
def test_it_is_as_if_it_had_been_run_so(seen: Scene, values: dict[str, object]) -> None:
    config = changed(seen.config, **values)
    again, fresh = refinish(seen.take(), config), dataclasses.replace(seen, config=config).take()
    np.testing.assert_array_equal(again.tracks3d[0].joints, fresh.tracks3d[0].joints)
    assert again.scene is not None
    assert fresh.scene is not None
    np.testing.assert_array_equal(again.scene.rotation, fresh.scene.rotation)
    assert RunConfig.from_json(again.provenance["config"]) == config
    assert not np.array_equal(again.tracks3d[0].joints, seen.take().tracks3d[0].joints)


def test_back_and_forth_changes_nothing(seen: Scene, tmp_path) -> None:
    take = seen.take()
    away = refinish(take, changed(seen.config, pitch_deg=20.0, smooth="off"))
    back = refinish(load_take(save_take(away, tmp_path / "away.pose3d")), seen.config)
    np.testing.assert_array_equal(back.tracks3d[0].joints, take.tracks3d[0].joints)
    assert back.provenance == take.provenance


def test_measured_limbs_are_the_body_s(seen: Scene) -> None:
    take = refinish(seen.take(), changed(seen.config, limbs_cm={"thigh": 50.0, "shank": 30.0}))
    joints = take.tracks3d[0].joints.astype(np.float64)
    for hip, knee, ankle in ((1, 2, 3), (4, 5, 6)):
        assert np.linalg.norm(joints[:, hip] - joints[:, knee], axis=1) == pytest.approx(0.50, abs=1e-3)
        assert np.linalg.norm(joints[:, knee] - joints[:, ankle], axis=1) == pytest.approx(0.30, abs=1e-3)


def test_a_take_without_what_was_lifted_stays_as_it_is(seen: Scene) -> None:
    bare = dataclasses.replace(seen.take(), lifted=())
    assert refinish(bare, RunConfig(post=PostConfig(smooth="off"))) is bare
