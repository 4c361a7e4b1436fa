"""Test that a camera that turns on its tripod changes neither paths nor gravity."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from pipeline.core.camera import Camera
from pipeline.core.take import SceneEstimate, Track3D
from pipeline.post.finish import finish
from pipeline.rig.foot_directions import foot_directions
from tests.helpers.motion import CAMERA, LiftedPerson, Scene, clip, facing_camera, scene

WALK = facing_camera(clip("walk"))


def turning(made: Scene, turn: np.ndarray) -> LiftedPerson:
    """Return the person of a scene as a camera sees and lifts them that turns by the rotation vectors (T, 3)."""
    from_turned = Rotation.from_rotvec(turn).as_matrix()
    seen = made.person
    rays = np.concatenate([CAMERA.rays(seen.joints_image_h36m), np.ones((*seen.scores.shape, 1))], -1)
    rays = np.einsum("tji,tkj->tki", from_turned, rays)
    image = rays[..., :2] / rays[..., 2:] * CAMERA.focal_px + CAMERA.middle_px
    relative = np.einsum("tji,tkj->tki", from_turned, seen.relative)
    return dataclasses.replace(seen, joints_image_h36m=image.astype(np.float32), relative=relative.astype(np.float32))


def pan(frames: int, degrees: float) -> np.ndarray:
    angles = np.radians(np.linspace(-0.5, 0.5, frames) * degrees)
    return np.stack([0 * angles, angles, 0 * angles], axis=-1)


def lifted_from(
    made: Scene, person: LiftedPerson, turn: np.ndarray | None, use: str = "measure"
) -> tuple[Track3D, SceneEstimate]:
    config = dataclasses.replace(
        made.config,
        scene=dataclasses.replace(made.config.scene, camera_motion=use),  # type: ignore[arg-type]
    )
    camera = Camera.of(made.info, config.scene, person.time_s)
    (track,), told = finish([person.track], [person.lifted], camera, config, turn=turn)
    return track, told


def test_the_path_is_that_of_a_camera_that_stands_still() -> None:
    made = scene(WALK, distance_m=7.5)
    turn = pan(len(WALK), 30)
    still, _ = lifted_from(made, made.person, None)
    followed, told = lifted_from(made, turning(made, turn), turn)
    assert np.linalg.norm(followed.joints - still.joints, axis=-1).max() < 0.005
    assert told.turn is not None
    assert "30.0 degrees" in told.notes["turn"]
    ignored, told = lifted_from(made, turning(made, turn), turn, "ignore")
    assert np.linalg.norm(ignored.joints[:, 0] - still.joints[:, 0], axis=-1).max() > 1
    assert told.turn is None


def test_gravity_is_one_direction_while_the_camera_tilts() -> None:
    """The camera tilts by 20 degrees while the person stands."""
    made = scene(np.repeat(WALK[:1], 120, axis=0))
    turn = pan(120, 20)[:, [1, 0, 2]]
    track, _ = lifted_from(made, turning(made, turn), turn)
    spine = track.joints[:, 8] - track.joints[:, 0]
    lean = np.degrees(np.arccos(spine[:, 2] / np.linalg.norm(spine, axis=-1)))
    assert np.ptp(lean) < 0.5


def test_toes_point_where_a_still_camera_finds_them() -> None:
    made = scene(WALK, distance_m=7.5)
    turn = pan(len(WALK), 30)
    feet = []
    for person, turned in ((made.person, None), (turning(made, turn), turn)):
        track, told = lifted_from(made, person, turned)
        feet.append(foot_directions(track.joints.astype(float), with_toes(person, turned), told, CAMERA))
    assert feet[0] is not None
    assert feet[1] is not None
    off = np.degrees(np.arccos(np.clip((feet[0] * feet[1]).sum(-1), -1, 1)))
    assert np.nanmax(off) < 1.5


def with_toes(person: LiftedPerson, turn: np.ndarray | None):
    """Return the track with COCO-23 toes that a still camera sees 25 px beside and 8 below the ankles."""
    from pipeline.core.poses import PersonTrack
    from pipeline.core.skeletons import COCO23

    names = list(COCO23.names)
    joints = np.zeros((len(person.scores), len(names), 2), np.float32)
    from_turned = None if turn is None else Rotation.from_rotvec(turn).as_matrix()
    for side, ankle in (("left", 6), ("right", 3)):
        at = person.joints_image_h36m[:, ankle].astype(float)
        rays = np.concatenate([CAMERA.rays(at), np.ones((len(at), 1))], -1)
        if from_turned is not None:
            rays = np.einsum("tij,tj->ti", from_turned, rays)
        still = rays[:, :2] / rays[:, 2:] + np.array([25.0, 8.0]) / CAMERA.focal_px
        toes = np.concatenate([still, np.ones((len(at), 1))], -1)
        if from_turned is not None:
            toes = np.einsum("tji,tj->ti", from_turned, toes)
        joints[:, names.index(f"{side}_ankle")] = at
        for name in ("big_toe", "small_toe"):
            joints[:, names.index(f"{side}_{name}")] = toes[:, :2] / toes[:, 2:] * CAMERA.focal_px + CAMERA.middle_px
    scores = np.full(joints.shape[:2], 0.9, np.float32)
    return PersonTrack.of(1, person.frame_index, person.time_s, joints, scores, "coco23")


@pytest.mark.parametrize("ratio", [0.5, 2.0])
def test_turns_are_rescaled_for_another_field_of_view(ratio: float) -> None:
    from pipeline.camera_motion.steady import turn_at

    turn = pan(10, 4.0)
    longer = dataclasses.replace(CAMERA, fov_deg=float(2 * np.degrees(np.arctan(np.tan(np.radians(30)) / ratio))))
    found = turn_at(turn, CAMERA, longer)
    assert found is not None
    np.testing.assert_allclose(found, turn / ratio, rtol=1e-6)
    assert turn_at(None, CAMERA, longer) is None
