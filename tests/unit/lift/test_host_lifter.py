"""Test the lifter of a host: accuracy on real motion, flip, memory, misfitting checkpoints."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline import weights
from pipeline.core.camera import Camera
from pipeline.core.config import LiftConfig
from pipeline.core.errors import ConfigError, ModelError
from pipeline.core.poses import PersonTrack
from pipeline.lift.checkpoints import load as checkpoints
from pipeline.lift.host_lifter import HostLifter, create_lifter
from pipeline.lift.hourglass.host import HourglassHost
from pipeline.lift.windows import TrackLift
from tests.golden.mocap import DATA, RATE_HZ, SIZE_PX, mocap_clip, mpjpe, p_mpjpe

CAMERA = Camera.assumed(SIZE_PX)

MIXSTE = "mixste_h2ot_v2"  # bundled, with the published architecture; its input rule accepts windows of any content


@pytest.fixture(scope="module")
def lifter() -> HostLifter:
    return create_lifter(LiftConfig(device="cpu", precision="float32"))


def ones(joints: np.ndarray) -> np.ndarray:
    return np.full(joints.shape[:-1], 0.9, np.float32)


def lift(lifter: HostLifter, joints: np.ndarray, fps: float) -> np.ndarray:
    track = TrackLift(lifter, Camera.assumed(SIZE_PX, fps))
    track.push(PersonTrack.of_h36m17(1, np.arange(len(joints)) / fps, joints, ones(joints)))
    track.finish()
    return track.result()


def test_real_motion_is_lifted_better_than_its_mean_pose(lifter: HostLifter):
    """Lift deep squats of a held-out subject; the limits allow for other weights, not for bugs."""
    joints, truth = mocap_clip()
    truth = truth * np.float32(lifter.unit_stature_m / 1.55)
    out = lift(lifter, joints, RATE_HZ)
    mean_pose = np.broadcast_to(truth.mean(axis=0), truth.shape)
    assert mpjpe(out, truth) < 0.070 < mpjpe(mean_pose, truth)
    assert p_mpjpe(out, truth) < 0.040
    # Upright and not mirrored: y down, left hip on the same side as in the ground truth.
    assert out[:, 3, 1].min() > 0.3
    assert (np.sign(out[:, 4, 0]) == np.sign(truth[:, 4, 0])).all()


@pytest.mark.parametrize(("take", "fps"), [(slice(0, 300, 6), 10.0), (slice(0, 100), RATE_HZ)])
def test_a_slow_camera_and_a_short_clip_cost_little_accuracy(lifter: HostLifter, take: slice, fps: float):
    joints, truth = mocap_clip()
    out = lift(lifter, joints[take], fps)
    assert p_mpjpe(out, truth[take] * np.float32(lifter.unit_stature_m / 1.55)) < 0.045


def test_output_of_the_stored_weights_does_not_change(lifter: HostLifter):
    with np.load(DATA / "lifter_output.npz") as stored:
        if str(stored["sha256"]) != weights.find().sha256:
            pytest.skip("the default weights are new: run python -m tests.golden.make_lifter_golden")
        expected = stored["joints"]
    joints, _ = mocap_clip()
    window = joints[None, : lifter.frames]
    out = lifter.lift_windows(window, ones(window), CAMERA)
    np.testing.assert_allclose(out[0, ::9], expected, rtol=0, atol=1e-4)


def test_with_flip_the_mirrored_picture_gives_the_mirrored_body(lifter: HostLifter):
    """Lift a mirror image: the symmetry of flip averaging is exact for any weights."""
    from pipeline.lift.inputs.normalise import mirror

    joints, _ = mocap_clip()
    window = joints[None, : lifter.frames]
    flipped = mirror(window)
    flipped[..., 0] += SIZE_PX[0]
    out = lifter.lift_windows(window, ones(window), CAMERA)
    np.testing.assert_allclose(lifter.lift_windows(flipped, ones(window), CAMERA), mirror(out), rtol=0, atol=1e-4)
    plain = create_lifter(LiftConfig(flip=False, device="cpu", precision="float32"))
    assert np.abs(plain.lift_windows(flipped, ones(window), CAMERA) - mirror(out)).max() > 1e-3


class Greedy(HourglassHost):
    """Model of 4 frames that runs out of memory for more than `limit` windows."""

    def __init__(self, limit: int, message: str = "CUDA out of memory") -> None:
        super().__init__(None, frames=4, depth=1, channels=1, heads=1)
        self.limit, self.message, self.sizes = limit, message, []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.sizes.append(len(x))
        if len(x) > self.limit:
            raise torch.OutOfMemoryError(self.message) if "CUDA" in self.message else RuntimeError(self.message)
        return x.clone()


@pytest.mark.parametrize("message", ["CUDA out of memory", "DefaultCPUAllocator: can't allocate memory: 9 bytes"])
def test_too_little_memory_means_smaller_batches(message: str):
    entry = dataclasses.replace(weights.find(MIXSTE), frames=4)
    model = Greedy(4, message)
    lifter = HostLifter(entry, model, torch.device("cpu"))
    joints = np.random.default_rng(0).uniform(0, 400, (5, 4, 17, 2)).astype(np.float32)
    out = lifter.lift_windows(joints, ones(joints), CAMERA)
    assert model.sizes == [10, 6, 4, 2, 4]  # 5 windows and their mirror images, then 3 (2, 1) and 2
    plenty = HostLifter(entry, Greedy(99), torch.device("cpu"))
    np.testing.assert_array_equal(out, plenty.lift_windows(joints, ones(joints), CAMERA))
    with pytest.raises(ModelError, match="does not fit into the memory") as caught:
        HostLifter(entry, Greedy(1, message), torch.device("cpu")).lift_windows(joints, ones(joints), CAMERA)
    assert caught.value.hint


def test_other_runtime_errors_are_bugs_and_stay_visible():
    entry = dataclasses.replace(weights.find(MIXSTE), frames=4)
    lifter = HostLifter(entry, Greedy(0, "shape mismatch"), torch.device("cpu"))
    with pytest.raises(RuntimeError, match="shape mismatch"):
        lifter.lift_windows(np.ones((1, 4, 17, 2), np.float32), np.ones((1, 4, 17), np.float32), CAMERA)


def test_root_is_subtracted_or_set_to_zero_as_the_entry_says():
    joints = np.random.default_rng(0).uniform(0, 400, (1, 4, 17, 2)).astype(np.float32)
    outs = {}
    for rule in ("subtract", "zero"):
        entry = dataclasses.replace(weights.find(MIXSTE), frames=4, root=rule)
        lifter = HostLifter(entry, Greedy(9), torch.device("cpu"), flip=False)
        outs[rule] = lifter.lift_windows(joints, ones(joints), CAMERA)
        assert (outs[rule][:, :, 0] == 0).all()
    shift = outs["zero"][:, :, 1:] - outs["subtract"][:, :, 1:]
    np.testing.assert_allclose(shift, np.broadcast_to(shift[:, :, :1], shift.shape), atol=1e-6)
    assert np.abs(shift).max() > 0.1
    with pytest.raises(ModelError, match="root rule"):
        HostLifter(dataclasses.replace(weights.find(), root="other"), Greedy(9), torch.device("cpu"))


def test_a_joint_rule_that_is_not_ours_is_refused():
    with pytest.raises(ModelError, match="joints by the rule 'coco_mid'"):
        HostLifter(dataclasses.replace(weights.find(), joint_rule="coco_mid"), Greedy(9), torch.device("cpu"))


def test_unknown_lifter_and_absent_device():
    with pytest.raises(ConfigError, match="no lifter called 'nonsense'"):
        create_lifter(LiftConfig(lifter="nonsense"))
    if not torch.cuda.is_available():
        with pytest.raises(ModelError, match="cuda"):
            create_lifter(LiftConfig(device="cuda"))


def test_a_closed_lifter_does_not_work(lifter: HostLifter):
    other = create_lifter(LiftConfig(device="cpu", precision="float32"))
    other.close()
    window = np.ones((1, other.frames, 17, 2), np.float32)
    with pytest.raises(RuntimeError, match="closed"):
        other.lift_windows(window, ones(window), CAMERA)


def small_model() -> torch.nn.Module:
    return checkpoints.build_host(weights.find(MIXSTE))


def test_weights_that_do_not_fit_are_refused_by_name():
    model, state = small_model(), small_model().state_dict()
    missing = {k: v for k, v in state.items() if k != "head.1.bias"}
    with pytest.raises(ModelError, match=r"missing: head\.1\.bias"):
        checkpoints.load_strictly(model, missing, "x")
    with pytest.raises(ModelError, match="not part of the model: extra"):
        checkpoints.load_strictly(model, state | {"extra": torch.zeros(1)}, "x")
    with pytest.raises(ModelError, match=r"head\.1\.bias \(4,\) instead of \(3,\)"):
        checkpoints.load_strictly(model, state | {"head.1.bias": torch.zeros(4)}, "x")


def test_sizes_that_do_not_fit_are_refused():
    entry = weights.find(MIXSTE)
    with pytest.raises(ModelError, match="nonsense"):
        checkpoints.build_host(dataclasses.replace(entry, sizes={**entry.sizes, "nonsense": 3}))
    with pytest.raises(ModelError, match="cannot be shared"):
        checkpoints.build_host(dataclasses.replace(entry, sizes={**entry.sizes, "heads": 7}))
    with pytest.raises(ModelError, match="do not fit the model"):
        checkpoints.load_host(dataclasses.replace(entry, sizes={**entry.sizes, "mlp_ratio": 4}))


@pytest.mark.parametrize(
    "wrap", [lambda s: s, lambda s: {"model_pos": {f"module.{k}": v for k, v in s.items()}, "epoch": 3}]
)
def test_pytorch_checkpoints_and_their_wrappers(tmp_path: Path, wrap):
    state = small_model().state_dict()
    path = tmp_path / "model.pth"
    torch.save(wrap(state), path)
    read = checkpoints.read_state_dict(path)
    assert set(read) == set(state)
    checkpoints.load_strictly(small_model(), read, "x")


def test_code_in_a_checkpoint_is_never_run(tmp_path: Path):
    marker = tmp_path / "ran"

    class Evil:
        def __reduce__(self):
            return (Path.touch, (marker,))

    path = tmp_path / "evil.pth"
    torch.save({"state_dict": Evil()}, path)
    with pytest.raises(ModelError, match="cannot be read safely"):
        checkpoints.read_state_dict(path)
    assert not marker.exists()


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_broken_file_is_a_clear_error(tmp_path: Path, suffix: str):
    path = tmp_path / f"broken{suffix}"
    path.write_bytes(b"not weights at all" * 10)
    with pytest.raises(ModelError, match="cannot be read"):
        checkpoints.read_state_dict(path)
