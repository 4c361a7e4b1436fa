"""A take with its people and methods, on a synthetic one: no network."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

import pipeline as hg
from pipeline.core.camera import VideoInfo
from pipeline.core.errors import ConfigError, NoPersonError, TakeError
from tests.helpers.fakes import COUNT, FPS, HEIGHT, WIDTH, make_take, walking


@pytest.fixture
def take() -> hg.Take:
    info = VideoInfo("walk.mp4", "", WIDTH, HEIGHT, FPS, COUNT, COUNT / FPS)
    return hg.Take.of(make_take(info, (1, 2)))


def test_people_have_their_arrays(take: hg.Take) -> None:
    first, second = take.people
    assert (first.number, second.number) == (1, 2)
    assert first.joints_world.shape == (COUNT, 17, 3)
    np.testing.assert_array_equal(first.joints_world, walking(COUNT))
    assert first.joints_image.shape == (COUNT, 17, 2)
    assert first.scores.shape == (COUNT, 17)
    assert first.contacts.shape == (COUNT, 2)
    assert first.time_s[1] - first.time_s[0] == pytest.approx(1 / FPS)
    assert first.gait is None, "it glides"
    named = dataclasses.replace(take, names={2: "Ada"})
    assert [person.name for person in named.people] == ["Person 1", "Ada"]
    assert repr(named.people[1]) == "<Ada: 60 frames, seen in 100 %>"
    assert repr(take) == "<Take of walk.mp4: 60 frames at 30 Hz, 2 of 2 people in 3D>"


def test_angles_are_found_by_both_names(take: hg.Take) -> None:
    angles = take.people[0].angles()
    assert "right_knee_flexion" in angles
    assert "knee_r" not in list(angles), "one name each in tables"
    np.testing.assert_array_equal(angles["knee_r"], angles["right_knee_flexion"])
    np.testing.assert_array_equal(angles["hip_abduction_l"], angles["left_hip_abduction"])
    with pytest.raises(KeyError, match=r"no angle 'ankle_r'; there are trunk_tilt"):
        angles["ankle_r"]


def test_it_is_the_same_take_with_methods(take: hg.Take) -> None:
    assert hg.Take.of(take) is take
    assert type(dataclasses.replace(take, names={1: "Ada"})) is hg.Take
    plain = make_take(take.info)
    assert hg.Take.of(plain).tracks2d is plain.tracks2d, "nothing is copied"


def test_saved_and_loaded(take: hg.Take, tmp_path: Path) -> None:
    assert take.save(tmp_path / "squat.take") == tmp_path / "squat.take"
    again = hg.load(str(tmp_path / "squat.take"))
    assert isinstance(again, hg.Take)
    np.testing.assert_array_equal(again.people[1].joints_world, take.people[1].joints_world)
    assert again.config == take.config
    with pytest.raises(TakeError):
        hg.load(tmp_path / "nothing.take")


def test_exported_for_one_or_all(take: hg.Take, tmp_path: Path) -> None:
    told: list[hg.Progress] = []
    files = take.export(tmp_path, ["bvh", "trc"], preset="unity", progress=told.append)
    assert [path.name for path in files] == ["walk.bvh", "walk_person2.bvh", "walk.trc", "walk_person2.trc"]
    assert "LeftUpperArm" in files[0].read_text()
    (only,) = take.export(tmp_path / "one", "bvh", people=2, stem="ada")
    assert only == tmp_path / "one" / "ada.bvh"
    with pytest.raises(TypeError, match=r"export\(\) has no setting 'perset'. Did you mean 'preset'"):
        take.export(tmp_path, ["bvh"], perset="unity")
    with pytest.raises(ConfigError, match="inches"):
        take.export(tmp_path, ["bvh"], unit="inches")
    with pytest.raises(hg.Cancelled):
        take.export(tmp_path / "none", ["bvh"], cancel=lambda: True)


def test_refinished_without_a_network(take: hg.Take) -> None:
    before = take.people[0].joints_world.copy()
    smoother = take.refinish(smooth="butterworth", smooth_hz=6, height_cm=180)
    assert (smoother.config.post.smooth_hz, smoother.config.scene.height_cm) == (6, 180)
    assert smoother.lifted is take.lifted
    np.testing.assert_array_equal(take.people[0].joints_world, before)
    size = [float(np.nanmax(one.people[0].joints_world[..., 2])) for one in (take.refinish(height_cm=90), smoother)]
    assert size[1] > 1.8 * size[0]
    with pytest.raises(TypeError, match=r"refinish\(\) has no setting 'lifter'"):
        take.refinish(lifter="h2ot_fast_v2")
    with pytest.raises(TypeError, match=r"refinish\(\) has no setting 'fov_deg'"):
        take.refinish(fov_deg=70)
    with pytest.raises(TakeError, match="older version"):
        dataclasses.replace(take, lifted=()).refinish(smooth="off")


def test_what_cannot_be_lifted_again(take: hg.Take) -> None:
    with pytest.raises(TypeError, match="'detector': it detects nothing"):
        take.relift(detector="mediapipe")
    with pytest.raises(NoPersonError, match="no person 7"):
        take.relift(7)
    with pytest.raises(ConfigError, match="no lifter called 'nobody'"):
        take.relift(lifter="nobody", prune="tps")
