"""Test seq2frame models: every frame from the window around it, against a plain loop."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from pipeline import weights
from pipeline.core.camera import Camera
from pipeline.core.concurrency import CancelToken
from pipeline.core.errors import Cancelled
from pipeline.core.poses import PersonTrack
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.lift.host_lifter import HostLifter
from pipeline.lift.hourglass.host import HourglassHost
from pipeline.lift.inputs.normalise import mirror, network_input
from pipeline.lift.networks.mhformer import MHFormer
from pipeline.lift.networks.mixste import MixSTE
from pipeline.lift.windows import TrackLift

CAMERA = Camera.assumed((640, 480))
RECIPES = (
    PruneConfig(),
    PruneConfig("TPC", ((1, 9), (2, 5)), ""),
    PruneConfig("TPMo", ((1, 9), (2, 5)), "TRI"),
    PruneConfig("TPS", ((1, 8),), "TRA"),
)


def model_of(host: str, prune: PruneConfig, frames: int = 13) -> HourglassHost:
    sizes = {"frames": frames, "channels": 16, "depth": 3, "heads": 2, "in_channels": 2}
    if host == "mixste":
        made: HourglassHost = MixSTE.from_sizes(sizes | {"seq2frame": True}, prune)
    else:
        made = MHFormer.from_sizes(sizes | {"hidden": 32, "generation_depth": 1, "generation_heads": 1}, prune)
    generator = torch.Generator().manual_seed(3)
    for name, value in made.named_parameters():  # norms near one, so that the output depends on the input
        norm = value.dim() == 1 and name.endswith("weight")
        value.data = 0.3 * torch.randn(value.shape, generator=generator) + float(norm)
    return made.eval().requires_grad_(False)


def lifter_of(model: HourglassHost, flip: bool = True) -> HostLifter:
    entry = dataclasses.replace(weights.find(), frames=model.frames, channels=("x", "y"), normalisation="screen")
    return HostLifter(entry, model, torch.device("cpu"), flip)


def track(count: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    joints = rng.uniform(100, 400, (17, 2)) + 150 * np.sin(
        np.arange(count)[:, None, None] / 4 + rng.uniform(0, 6, 17)[:, None]
    )
    return joints.astype(np.float32), np.full((count, 17), 0.9, np.float32)


def by_hand(model: HourglassHost, joints: np.ndarray) -> np.ndarray:
    """Lift frame by frame with the end frames of the track repeated, one window per pass."""
    F, out = model.frames, []
    for frame in range(len(joints)):
        rows = [min(max(frame + offset, 0), len(joints) - 1) for offset in range(-(F // 2), F - F // 2)]
        window = joints[rows][None]
        x = network_input("screen", window, np.ones(window.shape[:-1], np.float32), CAMERA, 2).values
        poses = []
        for given in (x, mirror(x)):
            every, kept = model.forward_kept(torch.from_numpy(given))
            row = F // 2 if every.shape[1] == F else kept[0].tolist().index(F // 2)
            poses.append(every[0, row].numpy())
        pose = (poses[0] + mirror(poses[1])) / 2
        out.append(pose - pose[:1])
    return np.stack(out)


@pytest.mark.parametrize("prune", RECIPES, ids=lambda prune: prune.label)
@pytest.mark.parametrize("host", ["mixste", "mhformer"])
def test_every_frame_of_a_window_is_the_centre_of_its_own(host: str, prune: PruneConfig) -> None:
    model = model_of(host, prune)
    lifter = lifter_of(model)
    joints, scores = track(26)
    out = lifter.lift_windows(joints.reshape(2, 13, 17, 2), scores.reshape(2, 13, 17), CAMERA)
    assert out.shape == (2, 13, 17, 3)
    for window, lifted in zip(joints.reshape(2, 13, 17, 2), out, strict=True):
        np.testing.assert_allclose(lifted, by_hand(model, window), rtol=0, atol=2e-5)
    assert np.abs(np.diff(out[0], axis=0)).max() > 1e-3  # frames differ


def test_the_output_for_a_window_as_given_is_the_models_own() -> None:
    """Compare the centre's pose with that of the raw model, with and without recovering."""
    joints, scores = track(13)
    model = model_of("mixste", PruneConfig("TPS", ((1, 9), (2, 5)), "TRI"))
    out = lifter_of(model, flip=False).lift_windows(joints[None], scores[None], CAMERA)
    raw = model(torch.from_numpy(network_input("screen", joints[None], scores[None], CAMERA, 2).values))[0, 6].numpy()
    np.testing.assert_allclose(out[0, 6], raw - raw[:1], rtol=0, atol=1e-5)


@pytest.mark.parametrize("frames", [13, 12])
def test_an_even_number_of_frames_has_its_centre_too(frames: int) -> None:
    model = model_of("mixste", PruneConfig("TPS", ((1, 7),), ""), frames)
    joints, scores = track(frames)
    out = lifter_of(model).lift_windows(joints[None], scores[None], CAMERA)
    np.testing.assert_allclose(out[0], by_hand(model, joints), rtol=0, atol=2e-5)


@pytest.mark.parametrize("length", [1, 5, 13, 20, 40])
def test_a_track_has_seams_nowhere(length: int) -> None:
    """Push in any batches: each frame has its full window; only the track's ends are repeated."""
    model = model_of("mhformer", PruneConfig("TPS", ((1, 9),), ""))
    joints, scores = track(length)
    expected = by_hand(model, joints)
    for step in (3, 100):
        lift = TrackLift(lifter_of(model), CAMERA, repair_sides=False)
        for start in range(0, length, step):
            rows = slice(start, start + step)
            lift.push(PersonTrack.of_h36m17(1, np.arange(length)[rows] / 30, joints[rows], scores[rows]))
            lift.lift_ready()
            done = lift.rows_lifted
            np.testing.assert_allclose(lift.result()[:done], expected[:done], rtol=0, atol=2e-5)
            assert done <= max(0, lift.rows_pushed - 6)
        if length > 30:
            assert done > 0  # before the end
        lift.finish()
        np.testing.assert_allclose(lift.result(), expected, rtol=0, atol=2e-5)
        assert lift.rows_lifted == length


def test_each_frame_costs_one_pass() -> None:
    model = model_of("mixste", PruneConfig())
    passes = 0
    forward = model.forward_kept

    def counting(x: torch.Tensor):
        nonlocal passes
        passes += len(x)
        assert len(x) <= 16
        return forward(x)

    model.forward_kept = counting  # type: ignore[method-assign]
    joints, scores = track(40)
    joints[3] = np.nan
    lift = TrackLift(lifter_of(model, flip=False), CAMERA)
    lift.push(PersonTrack.of_h36m17(1, np.arange(40) / 30, joints, scores))
    lift.finish()
    assert passes == 40


def test_a_long_absence_is_an_end_on_both_sides() -> None:
    model = model_of("mixste", PruneConfig())
    joints, scores = track(80)
    joints[30:60] = np.nan
    lift = TrackLift(lifter_of(model), CAMERA)
    lift.push(PersonTrack.of_h36m17(1, np.arange(80) / 30, joints, scores))
    lift.finish()
    out = lift.result()
    np.testing.assert_allclose(out[:30], by_hand(model, joints[:30]), rtol=0, atol=2e-5)
    np.testing.assert_allclose(out[60:], by_hand(model, joints[60:]), rtol=0, atol=2e-5)
    assert np.isnan(out[30:60]).all()


def test_what_was_kept_is_told_of_the_window_around_the_middle() -> None:
    """Report the kept frames of the middle window, because every window keeps its centre."""
    lifter = lifter_of(model_of("mixste", PruneConfig("TPS", ((1, 5),), "")))
    joints, scores = track(30)
    lifter.lift_windows(joints[None, :13], scores[None, :13], CAMERA)
    assert np.nonzero(lifter.last_kept[1][0])[0].tolist() == [0, 3, 6, 9, 12]
    lift = TrackLift(lifter, CAMERA)
    lift.push(PersonTrack.of_h36m17(1, np.arange(30) / 30, joints, scores))
    lift.finish()
    blocks, kept = lift.kept()
    assert blocks == (1,)
    # Parts of 13, 13 and 4 frames, whose kept frames are those of the windows around frames 6, 19 and 28.
    expected = [*range(0, 13, 3), *range(13, 26, 3), 28]
    assert np.nonzero(kept[0])[0].tolist() == expected


def test_a_cancel_does_not_wait_for_the_whole_window() -> None:
    cancel = CancelToken()
    cancel.cancel()
    joints, scores = track(13)
    with pytest.raises(Cancelled):
        lifter_of(model_of("mixste", PruneConfig())).lift_windows(joints[None], scores[None], CAMERA, cancel)


def test_a_seq2seq_model_is_not_run_frame_by_frame() -> None:
    sizes = {"frames": 13, "channels": 16, "depth": 3, "heads": 2, "in_channels": 2}
    lifter = lifter_of(MixSTE.from_sizes(sizes, PruneConfig()).eval())
    with pytest.raises(ValueError, match="one by one"):
        lifter.lift_frames(*track(26), CAMERA)
