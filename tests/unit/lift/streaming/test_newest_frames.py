"""Test that rows lifted without the rest equal those of the whole window."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pipeline.core.camera import Camera
from pipeline.core.config import LiftConfig
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.lift.host_lifter import create_lifter
from pipeline.lift.networks.frame_transformer import FrameTransformer, FrameTransformerConfig
from pipeline.lift.streaming.lazy_rows import forward_rows
from pipeline.lift.streaming.newest_frames import LazyWindow

CAMERA = Camera((1280, 720), 60.0)


def walk(frames: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return a noisy figure moving through the image: (1, frames, 17, 2) px, (1, frames, 17)."""
    rng = np.random.default_rng(seed)
    rest = rng.uniform((560, 200), (720, 600), (17, 2))
    path = np.cumsum(rng.normal(0, 3, (frames, 1, 2)), axis=0)
    joints = rest + path + rng.normal(0, 2, (frames, 17, 2))
    return joints[None].astype(np.float32), rng.uniform(0.3, 1, (1, frames, 17)).astype(np.float32)


@pytest.mark.parametrize("schedule", [(), ((1, 9), (2, 4)), ((0, 9),), ((0, 9), (3, 3)), ((2, 20),), ((1, 1),)])
def test_rows_alone_are_the_rows_of_the_whole_window(schedule):
    torch.manual_seed(1)
    config = FrameTransformerConfig(frames=27, channels=32, depth=4, heads=4, along_rays=True)
    network = FrameTransformer(config, PruneConfig("TPS", schedule, "TRI")).eval()
    for value in network.parameters():
        torch.nn.init.normal_(value, std=0.2)
    x = torch.randn(2, 27, 17, 6)
    with torch.inference_mode():
        whole = network(x)
        for rows in ((24,), (10, 23, 24, 25, 26), (0, 13), tuple(range(27))):
            alone = forward_rows(network, x, rows)
            assert alone.shape == (2, len(rows), 17, 3)
            torch.testing.assert_close(alone, whole[:, list(rows)], rtol=1e-3, atol=1e-3)


@pytest.fixture(scope="module")
def fast():
    with_flip = create_lifter(LiftConfig(lifter="h2ot_fast_v2", device="cpu", precision="float32"))
    yield with_flip
    with_flip.close()


@pytest.mark.parametrize("flip", [True, False])
def test_newest_rows_of_the_bundled_lifter(fast, flip):
    fast.flip = flip
    newest = fast.newest(early=False, share=1)
    assert isinstance(newest, LazyWindow)
    joints, scores = walk(243)
    joints[0, 30:40, 5] = np.nan
    whole = fast.lift_windows(joints, scores, CAMERA)
    rows = (200, 226, 240, 242)
    alone = newest.lift(joints, scores, CAMERA, rows)
    np.testing.assert_allclose(alone, whole[:, list(rows)], atol=2e-5)


def test_pruning_early_changes_little(fast):
    fast.flip = False
    joints, scores = walk(243)
    rows = (226, 240, 242)
    exact, early = (fast.newest(early, 1).lift(joints, scores, CAMERA, rows) for early in (False, True))
    apart = np.linalg.norm(exact - early, axis=-1).mean()
    assert 0 < apart < 0.03  # m, for a figure with far more jitter than a person


def test_a_window_that_is_still_filling(fast):
    newest = fast.newest()
    assert newest.frames == 162
    for frames in (1, 2, 26, 100):
        joints, scores = walk(frames)
        lifted = newest.lift(joints, scores, CAMERA, (frames - 1,))
        assert lifted.shape == (1, 1, 17, 3)
        assert np.isfinite(lifted).all()
        assert np.abs(lifted[:, :, 0]).max() == 0


@pytest.mark.parametrize("name", ["mixste_h2ot_v2"])
def test_other_hosts_lift_the_padded_window(name):
    lifter = create_lifter(LiftConfig(lifter=name, device="cpu", precision="float32", flip=False))
    newest = lifter.newest()
    assert not isinstance(newest, LazyWindow)
    joints, scores = walk(243)
    whole = lifter.lift_windows(joints, scores, CAMERA)
    np.testing.assert_allclose(newest.lift(joints, scores, CAMERA, (242,)), whole[:, 242:], atol=1e-6)
    assert newest.lift(joints[:, :50], scores[:, :50], CAMERA, (48, 49)).shape == (1, 2, 17, 3)
    lifter.close()
