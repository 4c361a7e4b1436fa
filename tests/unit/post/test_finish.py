"""Test the way from lifted joints to the world: size, floor, gravity, labels."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from pipeline.body.bones import bone_lengths
from pipeline.body.stature import chain_from_height, chain_length
from pipeline.core.camera import Camera
from pipeline.core.config import RunConfig, SceneConfig
from pipeline.core.geometry import camera_from_world, rotation_world_from_camera
from pipeline.post.ground.floor import find_floor, floor_height
from tests.helpers.motion import LiftedPerson, clip, facing_camera, finished, hidden, make_take, scene

JUMP = facing_camera(clip("jump"))


@pytest.mark.parametrize(
    ("distance_m", "camera_height_m", "pitch_deg"),
    [(2.5, 1.0, 0.0), (4.0, 1.4, 0.0), (6.0, 1.4, 0.0), (4.0, 2.2, 15.0)],
)
@pytest.mark.parametrize("name", ["jump", "walk"])
def test_truth_comes_back(name, distance_m, camera_height_m, pitch_deg):
    joints = facing_camera(clip(name))
    if name == "walk":
        distance_m += 3.5  # it walks toward the camera
    seen = scene(joints, distance_m, camera_height_m, pitch_deg)
    track = seen.take().tracks3d[0]
    error = track.joints - seen.truth
    assert track.space == "world"
    assert np.linalg.norm(error, axis=-1).mean() < 0.04
    assert abs(np.median(error[:, 0, 2])) < 0.015  # the floor


def test_jump_height_is_kept():
    seen = scene(JUMP)
    height = seen.take().tracks3d[0].joints[:, 0, 2]
    assert height.max() - height[0] == pytest.approx(seen.truth[:, 0, 2].max() - seen.truth[0, 0, 2], abs=0.015)
    ankles = seen.take().tracks3d[0].joints[:, [3, 6], 2]
    assert ankles.min(axis=1).max() > 0.5  # both feet are half a metre up: the floor did not follow


def test_one_body_exactly_and_the_height_that_was_set():
    seen = scene(JUMP)
    config = dataclasses.replace(seen.config, scene=dataclasses.replace(seen.config.scene, height_cm=188.0))
    tracks, _ = finished([seen.person], seen.info, config)
    assert np.ptp(bone_lengths(tracks[0].joints), axis=0).max() < 1e-5
    assert float(chain_length(tracks[0].joints[0])) == pytest.approx(chain_from_height(188.0), abs=1e-4)


def test_people_of_different_height_stand_on_one_floor():
    """The second one is a child of 120 cm."""
    per_m = JUMP / float(chain_length(JUMP[0]))
    grown, child = (scene(per_m * chain_from_height(tall), person=one) for one, tall in ((1, 188.0), (2, 120.0)))
    heights = SceneConfig(height_cm=188.0, heights_cm={2: 120.0})
    tracks, told = finished([grown.person, child.person], grown.info, dataclasses.replace(grown.config, scene=heights))
    for track, height_cm in zip(tracks, (188.0, 120.0), strict=True):
        assert float(chain_length(track.joints[0])) == pytest.approx(chain_from_height(height_cm), abs=1e-4)
        assert track.joints[0, [3, 6], 2].mean() == pytest.approx(0.05 * height_cm / 100, abs=0.04), "on the floor"
    assert told.notes["height"] == "set by the user"
    _, told = finished(
        [grown.person, child.person],
        grown.info,
        dataclasses.replace(grown.config, scene=SceneConfig(heights_cm={2: 120.0})),
    )
    assert told.notes["height"] == "set by the user for person 2, else assumed"


def test_origin_is_under_the_first_pelvis_and_axes_are_right():
    track = scene(JUMP).take().tracks3d[0]
    assert np.allclose(track.joints[0, 0, :2], 0, atol=1e-6)
    assert track.joints[0, 10, 2] > 1.5  # head up
    assert track.joints[0, 4, 0] > 0.05 > -0.05 > track.joints[0, 1, 0]  # facing the camera, the left is at +x
    assert track.joints[0, 9, 1] < track.joints[0, 8, 1]  # the nose points to the camera, which stands at -y


def test_scene_is_exactly_the_way_from_the_camera():
    seen = scene(JUMP, pitch_deg=10.0)
    take = seen.take()
    estimate = take.scene
    assert estimate is not None
    assert np.allclose(estimate.rotation, rotation_world_from_camera(10.0))
    assert np.allclose(estimate.translation, [0, -4.0, 1.4], atol=0.1)
    # The world's joints project to where the detector saw them.
    camera = camera_from_world(take.tracks3d[0].joints, estimate.rotation, estimate.translation)
    image = take.camera.project(camera)
    assert np.median(np.linalg.norm(image - seen.person.joints_image_h36m, axis=-1)) < 2


def test_notes_say_where_values_come_from():
    seen = scene(JUMP)
    assert seen.take().scene.notes == {
        "fov": "set by the user",
        "height": "set by the user",
        "pitch": "set by the user",
        "roll": "assumed",
        "floor": "estimated from the feet",
    }
    _, estimate = finished([seen.person], seen.info, RunConfig())
    assert estimate.notes["fov"] == estimate.notes["height"] == "assumed"
    assert estimate.notes["pitch"].startswith("estimated from how people stand")
    assert estimate.fov_deg == pytest.approx(Camera.assumed((1280, 720)).fov_deg)
    told = dataclasses.replace(seen.info, fov_deg=71.0)
    _, estimate = finished([seen.person], told, RunConfig(scene=SceneConfig(pitch_deg=3.0)))
    assert (estimate.fov_deg, estimate.notes["fov"]) == (71.0, "from the file")
    assert (estimate.pitch_deg, estimate.notes["pitch"]) == (3.0, "set by the user")


def test_unseen_frames_stay_unseen_and_the_others_hardly_change():
    seen = scene(JUMP)
    gap = np.isin(np.arange(len(JUMP)), [*range(15), *range(120, 150), *range(195, 205)])
    whole, holed = seen.take().tracks3d[0], seen.take(gap).tracks3d[0]
    assert np.array_equal(holed.seen, ~gap)
    assert np.isnan(holed.joints[gap]).all()
    assert (holed.scores[gap] == 0).all()
    first = int(np.flatnonzero(~gap)[0])
    shift = whole.joints[first, 0] * [1, 1, 0]  # its origin is the first pelvis that was seen
    assert np.abs(holed.joints[~gap] + shift - whole.joints[~gap]).max() < 0.06


def test_two_people_share_floor_and_origin():
    first, second = scene(JUMP), scene(JUMP, distance_m=5.5, person=2)
    take = make_take([first.person, second.person], first.info, first.config)
    one, two = take.tracks3d
    assert (one.person, two.person) == (1, 2)
    assert np.allclose(one.joints[0, 0, :2], 0, atol=1e-6)
    assert two.joints[0, 0, 1] == pytest.approx(1.5, abs=0.1)
    assert abs(one.joints[0, [3, 6], 2].mean() - two.joints[0, [3, 6], 2].mean()) < 0.04


@pytest.mark.parametrize("frames", [1, 2, 7])
def test_very_short_takes(frames):
    seen = scene(JUMP)
    p = seen.person
    short = LiftedPerson(
        1,
        p.frame_index[:frames],
        p.time_s[:frames],
        p.joints_image_h36m[:frames],
        p.scores[:frames],
        p.relative[:frames],
    )
    tracks, _ = finished([short], seen.info, seen.config)
    assert np.abs(tracks[0].joints - seen.truth[:frames]).max() < 0.06


def test_nobody_at_all():
    seen = scene(JUMP)
    tracks, estimate = finished([hidden(seen.person, np.ones(len(JUMP), bool))], seen.info, seen.config)
    assert not tracks[0].seen.any()
    assert np.isfinite(estimate.translation).all()
    assert estimate.notes["floor"] == "assumed"
    assert finished([], seen.info, seen.config)[0] == ()


def test_floor_ignores_steps_and_outliers():
    rng = np.random.default_rng(0)
    on_floor, on_step, wrong = rng.normal(0.09, 0.01, 400), rng.normal(0.4, 0.01, 900), np.full(20, -1.5)
    assert floor_height(np.concatenate([on_floor, on_step, wrong]), 0.085) == pytest.approx(0.005, abs=0.01)
    assert floor_height(np.zeros(0), 0.085) == 0.0


def test_a_jump_from_a_roof_ends_on_the_floor():
    """Stand still on a roof for long, fall two metres and walk away without standing still."""
    up = np.array([0.0, 0.0, 1.0])
    standing = np.repeat(JUMP[:1], 180, axis=0) + 2 * up
    falling = np.repeat(JUMP[:1], 38, axis=0) + np.linspace(2, 0, 38)[:, None, None] * up
    walking = facing_camera(clip("walk"))[20:]
    joints = np.concatenate([standing, falling, walking - walking[0, 0] * [1, 1, 0]])
    height = find_floor([joints], [np.ones(joints.shape[:2])], 60.0, [0.085])
    assert height == pytest.approx(0.0, abs=0.03)
    # Without the end the roof is the floor.
    assert find_floor([standing], [np.ones(standing.shape[:2])], 60.0, [0.085]) == pytest.approx(2.0, abs=0.03)


def test_wrong_shapes_are_refused():
    seen = scene(JUMP)
    with pytest.raises(ValueError, match=r"relative has shape \(205, 17, 2\), expected \(any, 17, 3\)"):
        dataclasses.replace(seen.person.lifted, relative=seen.person.relative[..., :2])
    short = dataclasses.replace(seen.person, relative=seen.person.relative[:204])
    with pytest.raises(ValueError, match=r"relative has shape \(204, 17, 3\), expected \(205, 17, 3\)"):
        finished([short], seen.info, seen.config)
