"""Test that a correction lifts and finishes only what it touches, and that it puts the 3D right."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from pipeline.core.camera import Camera
from pipeline.core.concurrency import CancelToken
from pipeline.core.config import PostConfig, RunConfig, SceneConfig
from pipeline.core.poses import PersonTrack
from pipeline.core.take import Take
from pipeline.post.finish import camera_space
from pipeline.post.stretches.state import lock_whole, person_state, steps_of
from pipeline.run.last_take import last_take
from pipeline.run.models import Engine
from pipeline.run.relift import relift
from pipeline.run.relift_stretch import StretchLifter
from pipeline.take.corrections.layer import move, with_corrections
from tests.helpers.motion import clip, facing_camera, make_take, scene

WRIST, ELBOW, OTHER = 13, 12, 16
CONFIG = RunConfig(scene=SceneConfig(fov_deg=60.0))


@pytest.fixture(scope="module")
def engine():
    with Engine() as made:
        yield made


def walking(frames: int, noise_px: float = 1.0) -> tuple[Take, np.ndarray]:
    """Return a take without 3D of a person who walks forward and backward, and the true joints (T, 17, 3)."""
    walk = facing_camera(clip("walk"))
    there = np.arange(frames) % (2 * len(walk) - 2)
    body = walk[np.where(there < len(walk), there, 2 * len(walk) - 2 - there)]
    one = scene(body)
    take = make_take([one.person], one.info, one.config)
    track = take.tracks2d[0]
    joints = track.joints_image + np.random.default_rng(4).normal(0, noise_px, track.joints_image.shape)
    track = PersonTrack.of(1, track.frame_index, track.time_s, joints.astype(np.float32), track.scores, "h36m17")
    return dataclasses.replace(take, tracks2d=(track,), tracks3d=(), lifted=(), scene=None), body


def lifted(take: Take, engine: Engine, config: RunConfig = CONFIG) -> Take:
    return last_take(relift(take, (1,), config, CancelToken(), engine), None, None, CancelToken())


def error_mm(take: Take, truth: np.ndarray, rows: slice) -> float:
    """Return the mean distance of the left elbow and wrist from the truth, relative to the pelvis, mm.

    Both bodies are brought to one size and turned onto each other.
    """
    found = take.tracks3d[0].joints[rows].astype(np.float64)
    found, true = found - found[:, :1], truth[rows] - truth[rows, :1]
    far = []
    for one, two in zip(found, true, strict=True):
        still = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15, 16]
        u, _, v = np.linalg.svd(one[still].T @ two[still])
        turn = u @ np.diag([1, 1, np.sign(np.linalg.det(u @ v))]) @ v
        size = np.linalg.norm(two[still]) / np.linalg.norm(one[still])
        far.append(np.linalg.norm(size * one[[ELBOW, WRIST]] @ turn - two[[ELBOW, WRIST]], axis=-1))
    return 1000 * float(np.mean(far))


def test_six_keys_halve_the_error_of_a_detector_fault(engine: Engine) -> None:
    good, truth = walking(243)
    true2d = good.tracks2d[0].joints_image
    joints, fault = true2d.copy(), slice(100, 140)
    joints[fault, WRIST], joints[fault, ELBOW] = joints[fault, OTHER] + 4, joints[fault, 15] + 4  # the other arm's
    track = good.tracks2d[0]
    wrong = PersonTrack.of(1, track.frame_index, track.time_s, joints, track.scores, "h36m17")
    take = lifted(dataclasses.replace(good, tracks2d=(wrong,)), engine)
    keys = {
        frame: {"left_wrist": tuple(true2d[frame, WRIST]), "left_elbow": tuple(true2d[frame, ELBOW])}
        for frame in (100, 108, 116, 124, 132, 139)
    }
    layered = with_corrections(take, [move(take, 1, keys, falloff_s=0.0)])
    done = StretchLifter(CONFIG, engine).apply(take, layered)
    before, after = error_mm(take, truth, fault), error_mm(done.take, truth, fault)
    assert before > 100
    assert after < before / 2
    perfect = error_mm(lifted(good, engine), truth, fault)
    assert after < perfect + 15
    assert done.whole
    again = lifted(layered.take, engine)
    np.testing.assert_allclose(done.take.tracks3d[0].joints, again.tracks3d[0].joints, atol=1e-4)


@pytest.mark.parametrize("post", [PostConfig(), PostConfig(foot_lock="off", smooth="butterworth", limits="off")])
def test_a_stretch_is_what_finishing_everything_with_the_same_constants_gives(engine: Engine, post: PostConfig) -> None:
    config = dataclasses.replace(CONFIG, post=post)
    take = lifted(walking(3000)[0], engine, config)
    x, y = take.tracks2d[0].joints_image[1500, WRIST]
    keys = {1500: {"left_wrist": (x + 30, y - 40)}, 1520: {"left_wrist": (x + 20, y - 60)}}
    layered = with_corrections(take, [move(take, 1, keys)])
    done = StretchLifter(config, engine).apply(take, layered)
    assert not done.whole
    assert done.windows <= 4
    changed = np.flatnonzero(done.changed[1])
    assert len(changed) < 1500
    assert changed.min() < 1500 < 1520 < changed.max()
    # The same with the constants of the whole track before the change, on all rows.
    track, camera = layered.take.tracks2d[0], Camera.of(take.info, config.scene, take.time_s)
    steps = steps_of(camera, config, take.scene, 1)
    constants = person_state(take.tracks2d[0], take.lifted[0], steps).constants
    in_camera, _ = camera_space(track, done.take.lifted[0], camera, steps.config, constants.stretch(0))
    locked = lock_whole(steps.on_floor(in_camera), steps)[2]
    world = steps.twisted(locked, constants.of("twist").stretch(0)) + take.scene.translation * [1, 1, 0]
    np.testing.assert_allclose(done.take.tracks3d[0].joints, world, atol=1e-4)
    # Lifted again, everything is the same before those steps; standard errors after them, too.
    again = lifted(layered.take, engine, config)
    np.testing.assert_allclose(done.take.lifted[0].relative, again.lifted[0].relative, atol=1e-5)
    np.testing.assert_allclose(done.take.tracks3d[0].error_m, again.tracks3d[0].error_m, rtol=0.01, atol=1e-3)
    # Taken back, the take is what it was.
    none = with_corrections(done.take, [])
    back = StretchLifter(config, engine).apply(done.take, none)
    np.testing.assert_allclose(back.take.tracks3d[0].joints, take.tracks3d[0].joints, atol=2e-4)


def test_a_person_without_3d_is_corrected_in_2d_only(engine: Engine) -> None:
    take = walking(100)[0]
    x, y = take.tracks2d[0].joints_image[50, WRIST]
    layered = with_corrections(take, [move(take, 1, {50: {"left_wrist": (x + 30, y)}})])
    done = StretchLifter(CONFIG, engine).apply(take, layered)
    assert (done.changed, done.windows, done.take.tracks3d) == ({}, 0, ())
