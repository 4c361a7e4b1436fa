"""Compare the latest frames on OpenVINO with torch's, and test the fallback where it fails."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
import torch

from pipeline.core.camera import Camera
from pipeline.core.config import LiftConfig
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.lift.host_lifter import create_lifter
from pipeline.lift.networks.frame_transformer import FrameTransformer, FrameTransformerConfig
from pipeline.lift.streaming import openvino_rows as module
from pipeline.lift.streaming.lazy_rows import forward_rows
from pipeline.lift.streaming.openvino_rows import OpenVinoRows, openvino_rows

if importlib.util.find_spec("openvino") is None:
    pytest.skip("OpenVINO is for x86", allow_module_level=True)


def network_of(schedule: tuple[tuple[int, int], ...], along_rays: bool = True) -> FrameTransformer:
    torch.manual_seed(1)
    config = FrameTransformerConfig(frames=27, channels=32, depth=4, heads=4, along_rays=along_rays)
    network = FrameTransformer(config, PruneConfig("TPS", schedule, "TRI")).eval()
    for value in network.parameters():
        torch.nn.init.normal_(value, std=0.2)
    return network


@pytest.mark.parametrize(
    "schedule", [(), ((1, 9), (2, 4)), ((0, 9),), ((0, 9), (3, 3)), ((2, 20),), ((1, 1),), ((0, 26),)]
)
@pytest.mark.parametrize("along_rays", [True, False])
def test_the_same_rows_as_torch(schedule: tuple[tuple[int, int], ...], along_rays: bool) -> None:
    """Compare rows, also of windows too short for a pruning, and with a single remaining frame."""
    network = network_of(schedule, along_rays)
    fast = OpenVinoRows(network, schedule)
    rng = np.random.default_rng(0)
    for windows, frames in ((1, 27), (3, 27), (2, 11), (1, 2), (1, 1), (3, 27)):
        x = rng.uniform(-1, 1, (windows, frames, 17, 6)).astype(np.float32)
        for rows in ((frames - 1,), tuple(range(frames)), (0, frames - 1) if frames > 1 else (0,)):
            with torch.inference_mode():
                right = forward_rows(network, torch.from_numpy(x), rows, schedule).numpy()
            answer = fast(x, rows)
            assert answer.shape == (windows, len(rows), 17, 3)
            np.testing.assert_allclose(answer, right, rtol=1e-3, atol=1e-3)


def test_an_answer_is_not_overwritten_by_the_next_one() -> None:
    fast = OpenVinoRows(network_of(()), ())
    x = np.random.default_rng(0).uniform(-1, 1, (2, 1, 27, 17, 6)).astype(np.float32)
    first = fast(x[0], (26,))
    kept = first.copy()
    fast(x[1], (26,))
    np.testing.assert_array_equal(first, kept)


def live_like(frames: int = 162, people: int = 2) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    joints = rng.uniform((560, 200), (720, 600), (people, 1, 17, 2)) + rng.normal(0, 2, (people, frames, 17, 2))
    joints += np.cumsum(rng.normal(0, 3, (people, frames, 1, 2)), axis=1)
    return joints.astype(np.float32), rng.uniform(0.3, 1, (people, frames, 17)).astype(np.float32)


@pytest.mark.parametrize("flip", [False, True])
def test_the_live_lifter_answers_as_without(flip: bool) -> None:
    lifter = create_lifter(LiftConfig(lifter="h2ot_fast_v2", device="cpu", precision="float32", flip=flip))
    fast, plain = lifter.newest(openvino=True), lifter.newest()
    assert (fast.runtime, plain.runtime) == ("openvino", "torch")
    for frames in (1, 9, 60, 162):
        joints, scores = live_like(frames)
        joints[0, : frames // 2, 5] = np.nan
        rows = sorted({max(0, frames - 17), frames - 1})
        one, other = (newest.lift(joints, scores, Camera((1280, 720), 60.0), rows) for newest in (fast, plain))
        np.testing.assert_allclose(one, other, atol=2e-5)
    lifter.close()


def test_only_float32_on_the_processor_is_handed_over() -> None:
    lifter = create_lifter(LiftConfig(lifter="h2ot_fast_v2", device="cpu", precision="bfloat16", flip=False))
    assert lifter.newest(openvino=True).runtime == "torch"
    lifter.close()


@pytest.mark.parametrize("error", [RuntimeError("no such device"), OSError("cannot load"), ImportError("half of it")])
def test_an_openvino_that_does_not_run_is_told_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def fails() -> None:
        raise error

    monkeypatch.setattr(module, "quiet_openvino", fails)
    assert openvino_rows(network_of(()), ()) is None
    assert str(error) in caplog.text


def test_one_that_answers_otherwise_is_not_used(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Change the meaning of an operation, as a later version might."""
    rotate = module._Graph._rotate
    monkeypatch.setattr(module._Graph, "_rotate", lambda self, x, cos, sin: rotate(self, x, sin, cos))
    assert openvino_rows(network_of(()), ()) is None
    assert "differ from torch" in caplog.text


def test_without_openvino_torch_lifts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert openvino_rows(network_of(()), ()) is None
