"""Test that a lifter with a depth channel sees the detector's own depth on every path, and that others do not."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pipeline.core.camera import Camera, Frame, VideoInfo
from pipeline.core.concurrency import CancelToken
from pipeline.core.config import LiftConfig, LiveConfig, RunConfig, SceneConfig
from pipeline.core.poses import PersonTrack, Pose2D, depth_h36m17_from
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.core.skeletons import BLAZEPOSE33, H36M17, chain_length, h36m17_from
from pipeline.lift.host_lifter import HostLifter
from pipeline.lift.inputs.normalise import mirror
from pipeline.lift.inputs.own_depth import with_depth
from pipeline.lift.networks.frame_transformer import FrameTransformer, FrameTransformerConfig
from pipeline.lift.windows import TrackLift
from pipeline.live.detect_live import Observed
from pipeline.live.skeletons.scene import LiveScene
from pipeline.run.last_take import last_take
from pipeline.run.lift_video import analyse
from pipeline.run.relift import relift
from pipeline.sources.joints2d.source import Joints2DSource
from pipeline.take import edit
from pipeline.take.file import load_take, save_take
from pipeline.weights import WeightEntry
from training.synthesis.rendered_tracks import depth_channel

F, FRAMES = 27, 70
CAMERA = Camera((640, 480), 60.0, rate_hz=30.0)
INFO = VideoInfo("", "", 640, 480, 30.0, 0, 0.0)
CHANNELS = ("x", "y", "confidence", "size", "ray_x", "ray_y")


def lifter_of(deep: bool, schedule: tuple[tuple[int, int], ...] = ((1, 9), (2, 5)), flip: bool = True) -> HostLifter:
    """Make a random lifter, with or without the channel."""
    torch.manual_seed(3)
    config = FrameTransformerConfig(
        F, channels=32, encoder_depth=1, depth=3, decoder_depth=1, heads=4, in_channels=6 + deep, along_rays=True,
        depth_channel=deep,
    )  # fmt: skip
    network = FrameTransformer(config, PruneConfig("TPS", schedule, "TRI")).eval()
    for value in network.parameters():
        torch.nn.init.normal_(value, std=0.15)
    entry = WeightEntry(
        name="deep", file="x", sha256="", bytes=0, host="frametransformer", sizes={}, frames=F, rate_hz=(24, 75),
        channels=(*CHANNELS, "depth") if deep else CHANNELS, joint_rule="hourglass", normalisation="person_ray",
        unit_stature_m=1.55,
    )  # fmt: skip
    return HostLifter(entry, network.requires_grad_(False), torch.device("cpu"), flip)


def joints_of(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a moving figure in BlazePose's joints: pixels (T, 33, 2), scores (T, 33), own depth (T, 33)."""
    rng = np.random.default_rng(seed)
    rest = rng.uniform((240, 100), (400, 400), (33, 2))
    joints = rest + np.cumsum(rng.normal(0, 2, (FRAMES, 1, 2)), axis=0) + rng.normal(0, 1, (FRAMES, 33, 2))
    depth = rng.uniform(-0.3, 0.3, 33) + rng.normal(0, 0.03, (FRAMES, 33))
    return joints.astype(np.float32), rng.uniform(0.3, 1, (FRAMES, 33)).astype(np.float32), depth.astype(np.float16)


def track_of(with_it: bool = True, rate_hz: float = 30.0) -> PersonTrack:
    joints, scores, depth = joints_of()
    times = np.arange(FRAMES) / rate_hz
    extras = {"depth": depth} if with_it else {}
    return PersonTrack.of(1, np.arange(FRAMES), times, joints, scores, BLAZEPOSE33.key, extras)


def lifted(lifter: HostLifter, track: PersonTrack, camera: Camera = CAMERA) -> np.ndarray:
    lift = TrackLift(lifter, camera)
    for start in range(0, FRAMES, 16):
        lift.push(track.rows(slice(start, start + 16)))
        lift.lift_ready()
    lift.finish()
    return lift.result()


@pytest.fixture(scope="module")
def deep() -> Iterator[HostLifter]:
    lifter = lifter_of(True)
    yield lifter
    lifter.close()


def test_the_channel_is_that_of_training() -> None:
    """Training converts a detector's 3D in metres; the program carries z in lengths of the body's chain."""
    rng = np.random.default_rng(1)
    metres = rng.normal(0, 0.3, (5, 33, 3)).astype(np.float32)
    points = h36m17_from(BLAZEPOSE33.key, metres, np.ones((5, 33), np.float32))[0]
    own = metres[..., 2] / chain_length(points)[:, None]
    carried = depth_h36m17_from(BLAZEPOSE33.key, own.astype(np.float32))
    channel = with_depth(np.zeros((1, 5, 17, 6), np.float32), carried[None], 1.55)[0, ..., 6]
    np.testing.assert_allclose(channel, depth_channel(points), atol=1e-6)
    rounded = depth_h36m17_from(BLAZEPOSE33.key, own.astype(np.float16))
    np.testing.assert_allclose(1.55 * rounded, 1.55 * carried, atol=1e-3)


def test_unknown_depth_is_zero_and_the_rest_of_the_input_stays() -> None:
    values = np.random.default_rng(0).normal(size=(2, 4, 17, 6)).astype(np.float32)
    depth = np.full((2, 4, 17), np.nan, np.float32)
    depth[0, 1, 3], depth[0, 1, 4] = 0.1, 9.0
    out = with_depth(values, depth, 1.55)
    np.testing.assert_array_equal(out[..., :6], values)
    assert out[0, 1, 3, 6] == pytest.approx(0.155)
    assert out[0, 1, 4, 6] == 1.5
    assert np.count_nonzero(out[..., 6]) == 2
    assert not with_depth(values, None, 1.55)[..., 6].any()


def test_a_lifter_with_the_channel_answers_differently_and_another_one_the_same(deep: HostLifter) -> None:
    seeing, blind = lifted(deep, track_of()), lifted(deep, track_of(with_it=False))
    assert np.linalg.norm(seeing - blind, axis=-1).mean() > 0.01
    plain = lifter_of(False)
    np.testing.assert_array_equal(lifted(plain, track_of()), lifted(plain, track_of(with_it=False)))


def test_frames_without_depth_count_as_those_of_a_detector_without(deep: HostLifter) -> None:
    joints, scores, depth = joints_of()
    unknown = PersonTrack.of(
        1, np.arange(FRAMES), np.arange(FRAMES) / 30, joints, scores, BLAZEPOSE33.key,
        {"depth": np.full_like(depth, np.nan)},
    )  # fmt: skip
    np.testing.assert_array_equal(lifted(deep, unknown), lifted(deep, track_of(with_it=False)))


def test_a_mirrored_person_gets_the_mirrored_pose(deep: HostLifter) -> None:
    """With flip augmentation. Mirroring exchanges the sides of the depth, and changes none of its values."""
    track = track_of()
    joints, scores = track.h36m17
    flipped = joints[:, H36M17.mirror] * [-1, 1] + [640, 0]
    camera = replace(CAMERA, rate_hz=30.0)
    depth = track.depth_h36m17
    index = np.arange(F)
    one = deep.lift_windows(joints[None, index], scores[None, index], camera, depth=depth[None, index])
    other = deep.lift_windows(
        flipped[None, index].astype(np.float32), scores[None, index][..., H36M17.mirror], camera,
        depth=depth[None, index][..., H36M17.mirror],
    )  # fmt: skip
    np.testing.assert_allclose(other, mirror(one), atol=1e-4)


@pytest.mark.parametrize("rate_hz", [15.0, 120.0])
def test_depth_is_resampled_with_the_joints(deep: HostLifter, rate_hz: float) -> None:
    """Resampling a constant depth to any frame rate keeps it, so the answer is that of one frame's depth."""
    track = track_of(rate_hz=rate_hz)
    still = np.repeat(track.depth[:1], FRAMES, axis=0)
    camera = replace(CAMERA, rate_hz=rate_hz)
    steady = lifted(deep, replace(track, extras={"depth": still}), camera)
    assert np.isfinite(steady).all()
    assert np.abs(steady - lifted(deep, track_of(with_it=False, rate_hz=rate_hz), camera)).max() > 0.01
    assert 0 < np.abs(steady - lifted(deep, track, camera)).mean() < 0.05


@pytest.mark.parametrize("schedule", [(), ((1, 9), (2, 5))])
@pytest.mark.parametrize("fast", [False, True])
def test_the_latest_frames_are_those_of_the_whole_window(schedule: Any, fast: bool) -> None:
    if fast and importlib.util.find_spec("openvino") is None:
        pytest.skip("OpenVINO is for x86")
    lifter = lifter_of(True, schedule)
    track, window, rows = track_of(), np.arange(F), (10, 20, 25, 26)
    joints, scores, depth = (part[None, window] for part in (*track.h36m17, track.depth_h36m17))
    whole = lifter.lift_windows(joints, scores, CAMERA, depth=depth)
    newest = lifter.newest(early=False, share=1, openvino=fast)
    assert newest.runtime == ("openvino" if fast else "torch")
    np.testing.assert_allclose(newest.lift(joints, scores, CAMERA, rows, depth), whole[:, list(rows)], atol=1e-4)
    assert np.abs(newest.lift(joints, scores, CAMERA, rows) - whole[:, list(rows)]).max() > 0.01


def test_a_live_scene_gives_the_lifter_what_a_file_gives(deep: HostLifter) -> None:
    """Record the windows of a live run: row by row, their depth is that of the person's frames."""
    newest = deep.newest(early=False, share=1)
    given: list[tuple[np.ndarray, np.ndarray]] = []
    lift = newest.lift

    def watched(joints, scores, camera, rows, depth=None):
        given.append((joints, depth))
        return lift(joints, scores, camera, rows, depth)

    newest.lift = watched  # type: ignore[method-assign]
    track = track_of()
    scene = LiveScene(newest, LiveConfig(scene=SceneConfig(fov_deg=60.0)), INFO)
    for i in range(40):
        joints, scores, depth = track.joints_image[[i]], track.scores[[i]], track.depth[[i]]
        pose = Pose2D(np.zeros((1, 4), np.float32), joints, scores, BLAZEPOSE33.key, extras={"depth": depth})
        frame = Frame(i, i / 30, np.zeros((480, 640, 3), np.uint8))
        scene.update(Observed(frame, pose, (1,), CAMERA, True, 0, 0, 0), lift=True, seen_hz=30.0)
    joints, depth = given[-1]
    np.testing.assert_allclose(joints[0], track.h36m17[0][40 - F : 40], atol=1e-2)
    np.testing.assert_allclose(depth[0], track.depth_h36m17[40 - F : 40], atol=1e-4)


def test_a_saved_take_is_relifted_to_the_same_numbers(deep: HostLifter, tmp_path: Path) -> None:
    joints, scores, depth = joints_of()
    arrays = {
        "joints_image": joints, "scores": scores, "fps_hz": 30, "width_px": 640, "height_px": 480,
        "skeleton": BLAZEPOSE33.key, "depth": depth,
    }  # fmt: skip
    source = Joints2DSource.of({name: np.asarray(value) for name, value in arrays.items()}, "joints")
    config = RunConfig()
    take = last_take(analyse(source, config, CancelToken(), Engine(deep)))  # type: ignore[arg-type]
    opened = load_take(save_take(take, tmp_path / "a.pose3d"))
    np.testing.assert_array_equal(opened.tracks2d[0].depth, depth)
    again = last_take(relift(opened, (1,), config, CancelToken(), Engine(deep)))  # type: ignore[arg-type]
    np.testing.assert_array_equal(again.lifted[0].relative, take.lifted[0].relative)
    np.testing.assert_array_equal(again.tracks3d[0].joints, take.tracks3d[0].joints)
    exchanged = edit.exchange_sides(opened, 1)
    turned = last_take(relift(exchanged.take, (1,), config, CancelToken(), Engine(deep)))  # type: ignore[arg-type]
    swapped = replace(opened.tracks2d[0].mirrored())
    np.testing.assert_array_equal(turned.lifted[0].relative, lifted(deep, swapped, take.camera))


class Engine:
    """Give every run the one lifter of the test."""

    def __init__(self, lifter: HostLifter) -> None:
        self._lifter = lifter

    def lifter(self, config: LiftConfig) -> HostLifter:
        return self._lifter
