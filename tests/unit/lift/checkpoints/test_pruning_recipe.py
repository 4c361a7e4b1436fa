"""Test other pruning for bundled weights: the full model, schedules, refusals, kept frames."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from pipeline import weights
from pipeline.core.camera import Camera
from pipeline.core.config import LiftConfig
from pipeline.core.errors import ModelError
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.lift.checkpoints import load as checkpoints
from pipeline.lift.host_lifter import HostLifter, create_lifter
from pipeline.lift.inputs.normalise import mirror, network_input
from pipeline.lift.networks import flops
from pipeline.lift.networks.mixste import MixSTE, MixSTEConfig
from pipeline.run.models import Engine
from tests.golden.mocap import SIZE_PX, mocap_clip

MIXSTE = "mixste_h2ot_v2"  # bundled, with the published architecture
CPU = LiftConfig(lifter=MIXSTE, device="cpu", precision="float32")
SPARSE = PruneConfig("TPS", ((1, 61),), "TRI")


@pytest.fixture(scope="module")
def lifter() -> HostLifter:
    return create_lifter(CPU)


@pytest.fixture(scope="module")
def window(lifter: HostLifter) -> tuple[np.ndarray, np.ndarray, Camera]:
    joints = mocap_clip()[0][None, : lifter.frames]
    return joints, np.full(joints.shape[:-1], 0.9, np.float32), Camera.assumed(SIZE_PX)


def test_the_full_model_is_the_host_without_any_pruning(lifter: HostLifter, window) -> None:
    full = create_lifter(dataclasses.replace(CPU, prune=PruneConfig()))
    entry = weights.find(MIXSTE)
    host = MixSTE.from_sizes(entry.sizes, PruneConfig()).eval()
    host.load_state_dict(checkpoints.read_state_dict(weights.locate(entry)))
    given = network_input(entry.normalisation, *window, 3)
    x = given.values
    with torch.no_grad():
        out, flipped = host(torch.from_numpy(x)).numpy(), host(torch.from_numpy(mirror(x))).numpy()
    expected = (out + mirror(flipped)) / 2
    expected = given.camera_from_answer(expected - expected[:, :, :1])
    np.testing.assert_allclose(full.lift_windows(*window), expected, rtol=0, atol=1e-5)
    assert full.last_kept == {}
    assert full.prune.schedule == ()
    # The weights were trained pruned, so the full model's output is near that with the trained pruning, but not equal.
    difference = np.linalg.norm(lifter.lift_windows(*window) - expected, axis=-1).mean()
    assert 1e-5 < difference < 0.02


def test_another_recipe_without_reading_the_file_again(lifter: HostLifter, window, monkeypatch) -> None:
    fresh = create_lifter(dataclasses.replace(CPU, prune=SPARSE)).lift_windows(*window)
    before = lifter.lift_windows(*window)
    monkeypatch.setattr(checkpoints, "read_state_dict", lambda path: pytest.fail("the file was read again"))
    other = lifter.with_prune(SPARSE)
    np.testing.assert_array_equal(other.lift_windows(*window), fresh)
    assert np.abs(fresh - before).max() > 1e-3
    other.close()
    np.testing.assert_array_equal(lifter.lift_windows(*window), before)
    # The manifest's pruning is the default.
    for own in (None, PruneConfig.from_json(weights.find(MIXSTE).prune)):
        np.testing.assert_array_equal(lifter.with_prune(own).lift_windows(*window), before)


@pytest.mark.parametrize(
    ("prune", "reason"),
    [
        (PruneConfig("TPS", ((2, 81),), "TRA"), "no learned query tokens"),
        (PruneConfig("TPS", ((6, 81),), "TRI"), "block 6 does not fit"),
        (PruneConfig("TPS", ((2, 244),), "TRI"), "Keeping 244 frames"),
        (PruneConfig("TPA", ((0, 81),), "TRI"), "TPA cannot prune at block 0"),
        (PruneConfig("TPS", ((2, 81),), ""), "without recovering"),
    ],
)
def test_what_cannot_be_put_into_these_weights_is_refused(lifter: HostLifter, window, prune, reason: str) -> None:
    for make in (lifter.with_prune, lambda p: create_lifter(dataclasses.replace(CPU, prune=p))):
        with pytest.raises(ModelError, match=reason) as caught:
            make(prune)
        assert caught.value.hint
    assert np.isfinite(lifter.lift_windows(*window)).all()  # the first lifter still works


HOT = PruneConfig("TPC", ((1, 5),), "TRA")


@pytest.mark.parametrize(
    ("prune", "reason"),
    [
        (HOT, ""),
        (PruneConfig("TPC", ((2, 5),), "TRA"), ""),
        (PruneConfig("TPC", ((1, 7),), "TRA"), r"learned positions for the frames that TPC \+ TRA keeps \(5\)"),
        (PruneConfig("TPS", ((1, 5),), "TRA"), "learned positions"),
        (PruneConfig("TPC", ((1, 5),), "TRI"), "trained to recover with TRA"),
        (PruneConfig(), "trained to recover with TRA"),
    ],
)
def test_what_a_model_trained_with_tpc_and_tra_can_do(prune: PruneConfig, reason: str) -> None:
    sizes = {"frames": 13, "channels": 16, "depth": 3, "heads": 2, "in_channels": 3}
    state = MixSTE(MixSTEConfig(**sizes), HOT).state_dict()
    entry = dataclasses.replace(weights.find(MIXSTE), frames=13, sizes=sizes, prune=HOT.to_json())
    if not reason:
        assert checkpoints.load_host(entry, prune, state).pruner.config == prune
        return
    with pytest.raises(ModelError, match=reason) as caught:
        checkpoints.load_host(entry, prune, state)
    assert caught.value.hint


def test_learned_positions_cannot_be_made_up() -> None:
    sizes = {"frames": 13, "channels": 16, "depth": 3, "heads": 2, "in_channels": 3}
    state = MixSTE(MixSTEConfig(**sizes), PruneConfig("TPS", ((1, 5),), "TRA")).state_dict()
    entry = dataclasses.replace(weights.find(MIXSTE), frames=13, sizes=sizes)
    with pytest.raises(ModelError, match="no learned positions"):
        checkpoints.load_host(entry, HOT, state)


def test_what_each_stage_kept(lifter: HostLifter, window) -> None:
    joints, scores, size = window
    windows = np.concatenate([joints, joints + 30 * np.sin(joints / 40), joints[:, ::-1]])
    lifter.lift_windows(windows, np.repeat(scores, 3, axis=0), size)
    first = np.linspace(0, 242, 121).round().astype(int)
    second = first[np.linspace(0, 120, 81).round().astype(int)]
    assert list(lifter.last_kept) == [2, 4]
    for kept, expected in zip(lifter.last_kept.values(), (first, second), strict=True):
        assert kept.shape == (3, 243)
        assert all(np.nonzero(row)[0].tolist() == expected.tolist() for row in kept)
    lifter.lift_windows(joints[:0], scores[:0], size)
    assert lifter.last_kept == {}


def test_stages_are_those_of_the_windows_not_of_their_mirror_images(lifter: HostLifter, window) -> None:
    """Select by content (TPA): each window of a batch has its own kept frames."""
    joints, scores, size = window
    other = joints[:, ::-1] + np.float32(20)
    chooser = lifter.with_prune(PruneConfig("TPA", ((2, 40),), "TRI"))
    alone = []
    for one in (joints, other):
        chooser.lift_windows(one, scores, size)
        alone.append(chooser.last_kept[2][0])
    assert (alone[0] != alone[1]).any()
    chooser.lift_windows(np.concatenate([joints, other]), np.repeat(scores, 2, axis=0), size)
    np.testing.assert_array_equal(chooser.last_kept[2], alone)
    unflipped = HostLifter(chooser.entry, chooser.model, torch.device("cpu"), flip=False)
    unflipped.lift_windows(joints, scores, size)
    np.testing.assert_array_equal(unflipped.last_kept[2][0], alone[0])


def test_stages_survive_a_batch_that_had_to_be_halved(lifter: HostLifter, window, monkeypatch) -> None:
    joints, scores, size = window
    model = lifter.with_prune(SPARSE)
    whole, forward = 0, model.model.forward

    def greedy(x: torch.Tensor) -> torch.Tensor:
        nonlocal whole
        if len(x) > 2:
            whole += 1
            raise torch.OutOfMemoryError("out of memory")
        return forward(x)

    monkeypatch.setattr(model.model, "forward", greedy)
    model.lift_windows(np.repeat(joints, 3, axis=0), np.repeat(scores, 3, axis=0), size)
    assert whole == 2
    assert model.last_kept[1].sum(1).tolist() == [61, 61, 61]


def test_cost_of_a_window_is_the_counters(lifter: HostLifter) -> None:
    assert lifter.gflops == pytest.approx(flops.count(lifter.model, 243, 17, 3).gflops, rel=1e-9)


def test_the_engine_changes_the_recipe_and_nothing_else(window, monkeypatch) -> None:
    reads = []
    read = checkpoints.read_state_dict
    monkeypatch.setattr(checkpoints, "read_state_dict", lambda path: reads.append(path) or read(path))
    with Engine() as engine:
        own = engine.lifter(CPU)
        assert engine.lifter(CPU) is own
        expected = own.lift_windows(*window)
        sparse = engine.lifter(dataclasses.replace(CPU, prune=SPARSE))
        assert sparse.prune == SPARSE
        assert np.abs(sparse.lift_windows(*window) - expected).max() > 1e-3
        with pytest.raises(RuntimeError, match="closed"):
            own.lift_windows(*window)
        with pytest.raises(ModelError, match="block 9"):
            engine.lifter(dataclasses.replace(CPU, prune=PruneConfig("TPS", ((9, 61),), "TRI")))
        assert engine.lifter(dataclasses.replace(CPU, prune=SPARSE)) is sparse
        np.testing.assert_array_equal(engine.lifter(CPU).lift_windows(*window), expected)
        assert len(reads) == 1
        engine.lifter(dataclasses.replace(CPU, flip=False))
        assert len(reads) == 2
