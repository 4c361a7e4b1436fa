"""Test that a take of an earlier version opens and gives the same numbers."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.take import Take
from pipeline.run.refinish import refinish
from pipeline.take.file import load_take, save_take
from pipeline.take.provenance import can_refinish, take_config

OLD = Path(__file__).parents[2] / "data" / "take_0619064.pose3d"


@pytest.fixture(scope="module")
def take() -> Take:
    return load_take(OLD)


def test_all_of_it_is_there(take: Take) -> None:
    assert [track.person for track in take.tracks2d] == [1, 2]
    assert [track.person for track in take.tracks3d] == [1]
    assert (take.name_of(1), take.name_of(2)) == ("Ada", "Person 2")
    assert take.tracks2d[0].frame_index.tolist() == list(range(100, 116))
    assert take.tracks2d[0].skeleton == "blazepose33"
    assert take.token_stages[0].blocks == (2, 4)
    assert [(finding.kind, finding.first) for finding in take.scene.findings] == [("sudden_turn", 14)]
    config = take_config(take)
    assert config is not None
    assert config.lift.precision == "float32"  # that version measured which precision is faster, and stores "auto"


def test_its_2d_is_converted_to_h36m17_when_it_is_read(take: Take) -> None:
    joints, scores = take.tracks2d[0].h36m17
    np.testing.assert_allclose(joints[5, 0], [652.63794, 258.90402], rtol=1e-7)
    np.testing.assert_allclose(joints[5, 10], [698.5885, 90.3374], rtol=1e-6)
    assert scores[5, 0] == pytest.approx(0.99783236, rel=1e-7)


def test_its_camera_is_the_one_it_was_finished_with(take: Take) -> None:
    camera = take.camera
    assert camera.size_px == (1768, 994)
    assert (camera.fov_deg, camera.fov_from, camera.rate_hz) == (pytest.approx(60.0), "assumed", 30.0)
    assert take.scene.pitch_deg == 3.8049436538050267


def test_its_3d_is_unchanged_and_refinished_as_that_version_did(take: Take) -> None:
    np.testing.assert_allclose(take.tracks3d[0].joints[5, 10], [0.2530334, 0.085332, 1.664043], atol=1e-6)
    assert can_refinish(take)
    config = take_config(take)
    assert config is not None
    same = refinish(take, config)
    np.testing.assert_allclose(same.tracks3d[0].joints, take.tracks3d[0].joints, atol=1e-6)
    np.testing.assert_allclose(same.scene.reprojection_px[1], take.scene.reprojection_px[1], atol=1e-4)
    taller = refinish(
        take, dataclasses.replace(config, scene=dataclasses.replace(config.scene, pitch_deg=5.0, height_cm=180.0))
    )
    np.testing.assert_allclose(taller.tracks3d[0].joints[5, 10], [0.2589318, 0.1085569, 1.7655612], atol=1e-6)
    np.testing.assert_allclose(taller.tracks3d[0].joints[5, 3], [0.2097543, -0.0202599, 0.1071372], atol=1e-6)


def test_it_is_saved_as_it_was(take: Take, tmp_path: Path) -> None:
    again = load_take(save_take(take, tmp_path / "again.pose3d"))
    for before, after in zip(take.tracks2d, again.tracks2d, strict=True):
        np.testing.assert_array_equal(before.joints_image, after.joints_image)
        np.testing.assert_array_equal(before.h36m17[0], after.h36m17[0])
    np.testing.assert_array_equal(take.tracks3d[0].joints, again.tracks3d[0].joints)
    np.testing.assert_array_equal(take.lifted[0].relative, again.lifted[0].relative)
    assert again.provenance == take.provenance
