"""Skeletons in the world from one observation after the other: place, size, floor, and what is known later."""

from __future__ import annotations

import dataclasses
import tracemalloc

import numpy as np
import pytest

from pipeline.body.bones import bone_lengths
from pipeline.core.camera import Camera, Frame, VideoInfo
from pipeline.core.config import LiveConfig, SceneConfig
from pipeline.core.poses import Pose2D
from pipeline.lift.streaming.newest_frames import WholeWindow
from pipeline.live.detect_live import LiveObserver, Observed
from pipeline.live.skeletons.scene import SETTLED_FRAMES, LiveScene, warm_up
from pipeline.live.skeletons.world import LiveWorld
from tests.helpers.live.fakes import FakeDetector, FakeLifter
from tests.helpers.motion import CAMERA, FOV_DEG, RATE_HZ, SIZE_PX, Scene, clip, facing_camera, scene

PICTURE = np.zeros((SIZE_PX[1], SIZE_PX[0], 3), np.uint8)
INFO = VideoInfo("", "", 320, 240, 30.0, 0, 0.0)
NOBODY = np.zeros((0, 17, 2), np.float32)


class Oracle(FakeLifter):
    """Knows the motion: a row gets the pose of the frame whose joints it shows."""

    frames = 243

    def __init__(self, motion: Scene) -> None:
        super().__init__()
        self.image, self.relative = motion.person.joints_image_h36m, motion.person.relative

    def lift_windows(self, joints_image, scores, camera, cancel=None, depth=None):
        far = ((joints_image[:, :, None, 10] - self.image[None, None, :, 10]) ** 2).sum(-1)
        far = far + ((joints_image[:, :, None, 3] - self.image[None, None, :, 3]) ** 2).sum(-1)
        return self.relative[far.argmin(-1)]


def config_of(motion: Scene, **changes) -> LiveConfig:
    scene_config = SceneConfig(fov_deg=FOV_DEG, height_cm=motion.config.scene.height_cm)
    return dataclasses.replace(LiveConfig(scene=scene_config), **changes)


def observed(
    motion: Scene, index: int, identities=(1,), detected: bool = True, picture: np.ndarray = PICTURE
) -> Observed:
    """Everyone stands at the same place; that is enough here."""
    joints = np.stack([motion.person.joints_image_h36m[index]] * len(identities)) if identities else NOBODY
    scores = np.full(joints.shape[:2], 0.9, np.float32)
    boxes = np.concatenate([joints.min(1), joints.max(1)], axis=1) if identities else np.zeros((0, 4), np.float32)
    frame = Frame(index, index / RATE_HZ, picture)
    camera = Camera((picture.shape[1], picture.shape[0]), FOV_DEG, rate_hz=RATE_HZ)
    return Observed(frame, Pose2D(boxes, joints, scores, "h36m17"), identities, camera, detected, 0, 0, 0)


@pytest.fixture(scope="module")
def walk() -> Scene:
    return scene(facing_camera(clip("walk")), distance_m=5.0, pitch_deg=12.0)


def live(motion: Scene, config: LiveConfig) -> LiveScene:
    return LiveScene(WholeWindow(Oracle(motion)), config, motion.info)


def test_a_walk_is_where_it_is_and_stands_on_the_floor(walk):
    config = config_of(walk)
    world, seen = live(walk, config), []
    for index in range(len(walk.truth)):
        known = world.update(observed(walk, index), lift=True, seen_hz=RATE_HZ)
        assert known.lifted
        assert known.time_s == pytest.approx((index - 2) / RATE_HZ)
        (person,) = known.people
        assert person.person == 1
        assert person.provisional
        seen.append(person.joints)
    seen = np.stack(seen[2:])  # of the frames two before
    truth = walk.truth[: len(seen)]
    late = slice(120, None)
    np.testing.assert_allclose(
        bone_lengths(seen[late]), np.broadcast_to(bone_lengths(seen[-1]), (len(seen[late]), 17)), atol=0.02
    )
    path, true_path = (p[late, 0] - p[-1, 0] for p in (seen, truth))
    assert np.abs(path - true_path).max() < 0.15  # of metres that were walked
    ankles, true_ankles = (p[late][:, [3, 6], 2].min(axis=1) for p in (seen, truth))
    assert np.abs(ankles - true_ankles).mean() < 0.08  # after three seconds of walking towards the camera
    pose, true_pose = (p[late] - p[late, :1] for p in (seen, truth))
    assert np.linalg.norm(pose - true_pose, axis=-1).mean() < 0.06  # the filter lags, the tilt is estimated
    step = np.linalg.norm(np.diff(seen[late, 0], 2, axis=0), axis=-1)
    assert np.percentile(step, 99) < 0.01  # nothing leaps


def test_what_is_known_later_is_final_and_nearer_to_the_truth(walk):
    world = live(walk, config_of(walk))
    count = len(walk.truth)
    for index in range(count):
        world.update(observed(walk, index), lift=True, seen_hz=RATE_HZ)
    times, joints = world.history(1)
    assert len(times) == count - SETTLED_FRAMES
    np.testing.assert_allclose(times, np.arange(len(times)) / RATE_HZ, atol=1e-9)
    truth = walk.truth[: len(times)]
    late = slice(60, None)
    pose, true_pose = (p[late] - p[late, :1] for p in (joints, truth))
    assert np.linalg.norm(pose - true_pose, axis=-1).mean() < 0.035
    assert len(world.history(7)[0]) == 0


def test_every_frame_becomes_final_though_the_lifter_rests(walk):
    world = live(walk, config_of(walk, lookahead=20))
    for index in range(170):
        known = world.update(observed(walk, index), lift=index % 3 == 0, seen_hz=RATE_HZ)
        assert known.lifted == (index % 3 == 0)
        assert len(known.people) == 1
        assert not known.people[0].provisional  # 20 later frames are known
    times, _ = world.history(1)
    assert len(times) >= 170 - SETTLED_FRAMES - 3
    np.testing.assert_allclose(np.diff(times), 1 / RATE_HZ, atol=1e-6)


def test_who_came_later_is_lifted_in_the_same_pass_and_has_their_own_past(walk):
    lifter = Oracle(walk)
    passes = []
    newest = WholeWindow(lifter)
    lift = newest.lift
    newest.lift = lambda joints, *rest: passes.append(joints.shape) or lift(joints, *rest)
    together, alone = LiveScene(newest, config_of(walk), walk.info), live(walk, config_of(walk))
    for index in range(150):
        both = together.update(observed(walk, index, (1,) if index < 100 else (1, 2)), lift=True, seen_hz=RATE_HZ)
        own = alone.update(observed(walk, index, () if index < 100 else (2,)), lift=True, seen_hz=RATE_HZ)
        if index >= 100:
            second = next(person for person in both.people if person.person == 2)
            pose, true = (person.joints - person.joints[:1] for person in (second, own.people[0]))
            assert np.linalg.norm(pose - true, axis=-1).mean() < 0.02
    assert len(passes) == 150
    assert passes[-1][:2] == (2, 150)
    for world in (together, alone):
        times, _ = world.history(2)
        np.testing.assert_allclose(times, np.arange(100, 150 - SETTLED_FRAMES) / RATE_HZ, atol=1e-6)


def test_predicted_frames_move_on_between_two_lifts(walk):
    config = config_of(walk, lookahead=0, smooth=False)
    sparse, full = live(walk, config), live(walk, config)
    apart = []
    for index in range(160):
        a = sparse.update(observed(walk, index, detected=index % 2 == 0), lift=True, seen_hz=RATE_HZ)
        b = full.update(observed(walk, index), lift=True, seen_hz=RATE_HZ)
        assert a.lifted == (index % 2 == 0)
        if index > 100:
            pose, true = (x.people[0].joints - x.people[0].joints[:1] for x in (a, b))
            apart.append(np.linalg.norm(pose - true, axis=-1).mean())
    assert max(apart) < 0.03


def test_people_who_leave_come_back_and_are_forgotten_in_the_end(walk):
    world = live(walk, config_of(walk))
    for index in range(30):
        world.update(observed(walk, index, (1, 2)), lift=True)
    gone = [len(world.update(observed(walk, index, (1,)), lift=True).people) for index in range(30, 60)]
    assert gone[0] == 2  # missed for a moment
    assert gone[-1] == 1
    back = world.update(observed(walk, 60, (1, 2)), lift=True)
    assert [person.person for person in back.people] == [1, 2]
    nobody = [world.update(observed(walk, index, ()), lift=True) for index in range(61, 91)]
    assert nobody[-1].people == ()
    assert nobody[-1].lifted
    world.update(observed(walk, len(walk.truth) - 1, ()), lift=True)
    late = Frame(9999, 99.0, PICTURE)
    world.update(Observed(late, Pose2D.nobody("h36m17"), (), CAMERA, True, 0, 0, 0), lift=True)
    assert len(world.history(1)[0]) == 0


def test_another_size_of_the_picture_starts_anew(walk):
    world = live(walk, config_of(walk))
    for index in range(40):
        world.update(observed(walk, index), lift=True)
    small = np.zeros((360, 640, 3), np.uint8)
    known = world.update(observed(walk, 40, picture=small), lift=True)
    assert len(known.people) == 1
    assert np.isfinite(known.people[0].joints).all()
    assert len(world.history(1)[0]) == 0


def test_warming_up_runs_the_lifter_and_leaves_nothing():
    lifter = FakeLifter()
    warm_up(WholeWindow(lifter), LiveConfig())
    assert lifter.windows >= 10


def test_the_camera_is_levelled_and_the_world_stays_where_it_is():
    motion = scene(facing_camera(clip("walk")), distance_m=4.0, camera_height_m=2.0, pitch_deg=25.0)
    world = LiveWorld(SceneConfig())
    camera = motion.person.relative.astype(np.float64)
    joints = camera + [0.0, 0.3, 4.0]
    places = []
    for index in range(len(joints)):
        time_s = index / RATE_HZ
        if world.due(time_s):
            world.learn(time_s, {1: (np.arange(index + 1)[-90:] / RATE_HZ, joints[: index + 1][-90:])})
        places.append(world.place(time_s, joints[60]))
    pitch_deg = float(np.degrees(np.arcsin(-world.rotation[2, 2])))
    assert pitch_deg == pytest.approx(25.0, abs=4)
    places = np.stack(places)
    assert np.linalg.norm(np.diff(places[100:], axis=0), axis=-1).max() < 0.01
    assert np.abs(places[-30:, 0, :2] - places[-1, 0, :2]).max() < 0.05


def test_a_tilt_that_was_set_is_kept():
    world = LiveWorld(SceneConfig(pitch_deg=10.0))
    world.learn(0.0, {1: (np.zeros(1), clip("walk")[:1] + [0, 0, 5])})
    world.place(0.0, clip("walk")[0])
    assert np.degrees(np.arcsin(-world.rotation[2, 2])) == pytest.approx(10.0)


def test_predictions_carry_people_on_for_a_moment():
    detector = FakeDetector(lambda time_s: [(100 + 200 * time_s, 120)])
    observer = LiveObserver(detector, INFO, SceneConfig())
    picture = np.zeros((240, 320, 3), np.uint8)
    for index in range(6):
        _, identities = observer.detect(Frame(index, index / 30, picture))
    assert identities == (1,)
    pose, identities = observer.predict(Frame(6, 6 / 30, picture))
    assert identities == (1,)
    assert len(detector.calls) == 6
    assert pose.joints_image[0, 0, 0] == pytest.approx(100 + 200 * 6 / 30, abs=1.5)
    pose, identities = observer.predict(Frame(8, 2.0, picture))
    assert identities == ()
    assert len(pose.scores) == 0


def test_identities_go_on_counting_over_a_change_of_size():
    observer = LiveObserver(FakeDetector(lambda _: [(100, 120)]), INFO, SceneConfig())
    seen = [
        observer.detect(Frame(i, i / 30, np.zeros((240, w, 3), np.uint8)))[1] for i, w in enumerate((320, 320, 400))
    ]
    assert seen == [(1,), (1,), (2,)]


def test_the_tracker_forgets_in_live_mode():
    observer = LiveObserver(FakeDetector(lambda _: [(100, 120)]), INFO, SceneConfig())
    picture = np.zeros((240, 320, 3), np.uint8)
    for index in range(100):  # everybody comes when the one before is forgotten
        _, identities = observer.detect(Frame(index, 20.0 * index, picture))
        assert identities == (index + 1,)
    assert observer.tracker is not None
    assert len(observer.tracker.identities()) == 1
    assert len(observer.tracker.frame_index) == 0


def test_memory_does_not_grow_with_the_length_of_a_run():
    detector = FakeDetector(lambda time_s: [(100 + 30 * np.sin(time_s), 120)])
    observer, world = (
        LiveObserver(detector, INFO, SceneConfig()),
        LiveScene(WholeWindow(FakeLifter()), LiveConfig(), INFO),
    )
    picture = np.zeros((240, 320, 3), np.uint8)

    def play(frames: range) -> None:
        for index in frames:
            frame = Frame(index, index / 30, picture)
            pose, identities = observer.detect(frame)
            seen = Observed(frame, pose, identities, observer.camera, True, 0, 0, 0)
            world.update(seen, lift=True, seen_hz=30.0)
            detector.calls.clear()

    play(range(120))
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    play(range(120, 300))
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 40_000  # 180 frames of 2D and 3D would be over 150 kB
