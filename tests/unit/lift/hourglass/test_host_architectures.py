"""Test every pruner with every recoverer and host: properties that hold for any weights.

A host is added by one row in HOSTS: its registry target and the sizes of a small model.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import pytest
import torch

from pipeline.lift.hourglass.host import PruneConfig

FRAMES = 13
SCHEDULE = ((1, 9), (2, 5))  # two stages: hierarchical
PRUNERS = ("TPC", "TPA", "TPMo", "TPS", "TPS-motion")  # the last one is motion-adaptive TPS


def config(pruner: str, recoverer: str, schedule: tuple[tuple[int, int], ...] = SCHEDULE) -> PruneConfig:
    strategy, _, motion = pruner.partition("-")
    return PruneConfig(strategy, schedule, recoverer, motion_share=0.5 if motion else 0.0)


@dataclass(frozen=True)
class Host:
    """`sizes` go to `from_sizes`; the model has FRAMES frames and at least 3 blocks that prune."""

    name: str
    target: str
    sizes: dict[str, Any]
    in_channels: int
    seq2frame: bool = False
    recoverers: tuple[str, ...] = ("TRI", "TRA")
    own_recovering: bool = False  # True: TRI recovers tokens before the head

    def build(self, prune: PruneConfig | None = None) -> torch.nn.Module:
        """Build a small model; its random weights depend on the name, not on the pruning."""
        module, _, name = self.target.partition(":")
        model = getattr(importlib.import_module(module), name).from_sizes(self.sizes, prune or PruneConfig())
        for key, value in model.named_parameters():
            generator = torch.Generator().manual_seed(sum(key.encode()))
            if value.dim() == 1:  # norms near one, biases near zero
                value.data = 0.1 * torch.randn(value.shape, generator=generator) + float(key.endswith("weight"))
            else:
                scale = value.shape[-1] ** -0.5 if key.endswith("weight") else 0.5
                value.data = scale * torch.randn(value.shape, generator=generator)
        return model.eval()


_MIXSTE = {"frames": FRAMES, "channels": 16, "depth": 3, "heads": 2, "in_channels": 2}
_MHFORMER = _MIXSTE | {"hidden": 32, "generation_depth": 1, "generation_heads": 1}
_MOTIONBERT = {"frames": FRAMES, "channels": 16, "representation": 24, "depth": 3, "heads": 2}
_FRAMES = {"frames": FRAMES, "channels": 16, "encoder_depth": 1, "depth": 3, "decoder_depth": 1, "heads": 2}
_MOTIONAGFORMER = {"frames": FRAMES, "channels": 16, "depth": 3, "heads": 2, "neighbours": 3, "representation": 24}
HOSTS = (
    Host("mixste", "pipeline.lift.networks.mixste:MixSTE", _MIXSTE, 2),
    Host(
        "mixste-seq2frame",
        "pipeline.lift.networks.mixste:MixSTE",
        _MIXSTE | {"seq2frame": True},
        2,
        True,
        ("", "TRI", "TRA"),
    ),
    Host("mhformer", "pipeline.lift.networks.mhformer:MHFormer", _MHFORMER, 2, True, ("", "TRI", "TRA")),
    Host(
        "frametransformer", "pipeline.lift.networks.frame_transformer:FrameTransformer", _FRAMES, 6, own_recovering=True
    ),
    Host("motionbert", "pipeline.lift.networks.motionbert:MotionBERT", _MOTIONBERT, 3),
    Host("motionagformer", "pipeline.lift.networks.motionagformer:MotionAGFormer", _MOTIONAGFORMER, 3),
    Host(
        "motionagformer-seq2frame",
        "pipeline.lift.networks.motionagformer:MotionAGFormer",
        _MOTIONAGFORMER | {"seq2frame": True},
        3,
        True,
        ("", "TRI", "TRA"),
    ),
)
CASES = [
    pytest.param(host, pruner, recoverer, id=f"{host.name}-{pruner}-{recoverer or 'none'}")
    for host in HOSTS
    for pruner in PRUNERS
    for recoverer in host.recoverers
]
every_combination = pytest.mark.parametrize(("host", "pruner", "recoverer"), CASES)


def windows(host: Host, batch: int = 2) -> torch.Tensor:
    """Return random poses; even windows hardly move in the first half, odd ones in the second."""
    x = torch.randn(batch, FRAMES, 17, host.in_channels, generator=torch.Generator().manual_seed(5))
    late = (torch.arange(FRAMES) >= FRAMES // 2)[None, :, None, None]
    odd = (torch.arange(batch) % 2 == 1)[:, None, None, None]
    return torch.where(late != odd, x, 0.1 * x)


@every_combination
@torch.inference_mode()
def test_keeping_every_frame_changes_nothing(host: Host, pruner: str, recoverer: str):
    model, x = host.build(config(pruner, recoverer, ((1, FRAMES),))), windows(host)
    assert torch.equal(model(x), host.build()(x))
    assert model.forward_kept(x)[1].tolist() == [list(range(FRAMES))] * 2


@every_combination
@torch.inference_mode()
def test_kept_frames_and_shapes(host: Host, pruner: str, recoverer: str):
    model, x = host.build(config(pruner, recoverer)), windows(host, batch=4)
    joints, kept = model.forward_kept(x)
    assert kept.shape == (4, 5)
    assert kept.dtype == torch.int64
    assert (kept.diff(dim=1) > 0).all()  # sorted and unique
    assert kept.min() >= 0
    assert kept.max() < FRAMES
    assert model(x).shape == (4, FRAMES if recoverer else 5, 17, 3)
    assert joints.shape[1] == (FRAMES if recoverer == "TRA" or host.own_recovering else 5)
    if host.seq2frame:
        assert (kept == FRAMES // 2).any(dim=1).all()
    if pruner in ("TPMo", "TPS", "TPS-motion"):
        assert kept[:, 0].tolist() == [0] * 4
        assert kept[:, -1].tolist() == [FRAMES - 1] * 4
    if pruner == "TPS":
        assert len(kept.unique(dim=0)) == 1
    else:
        assert len(kept.unique(dim=0)) > 1  # items of a batch keep different frames


@every_combination
@torch.inference_mode()
def test_every_stage_keeps_original_frames_of_the_stage_before(host: Host, pruner: str, recoverer: str):
    model, x = host.build(config(pruner, recoverer)), windows(host, batch=4)
    with model.record_stages() as stages:
        final = model.forward_kept(x)[1]
    assert [(block, tuple(kept.shape)) for block, kept in stages] == [(1, (4, 9)), (2, (4, 5))]
    (_, first), (_, second) = stages
    assert torch.equal(second, final)
    for b in range(4):
        assert set(second[b].tolist()) <= set(first[b].tolist()) <= set(range(FRAMES))
    if host.seq2frame:
        assert (first == FRAMES // 2).any(dim=1).all()


@every_combination
@torch.inference_mode()
def test_pruning_really_happens(host: Host, pruner: str, recoverer: str):
    """Compare with the unpruned output, which differs unless the schedule is ignored."""
    x = windows(host)
    model = host.build(config(pruner, recoverer))
    full = host.build()(x)
    out, kept = model(x), model.forward_kept(x)[1]
    here = full if recoverer else full.gather(1, kept[:, :, None, None].expand(-1, -1, 17, 3))
    assert (out - here).abs().max() > 1e-3


@pytest.mark.parametrize(("host", "pruner", "recoverer"), [case for case in CASES if "TRI" in case.values])
@torch.inference_mode()
def test_a_motion_linear_in_time_is_recovered_exactly(host: Host, pruner: str, recoverer: str):
    """Recover by TRI from the frames that this host kept, which are unevenly spaced."""
    model, x = host.build(config(pruner, recoverer)), windows(host)
    kept = model.forward_kept(x)[1]
    slope = torch.randn(17, 3, dtype=torch.float64)
    line = torch.arange(FRAMES, dtype=torch.float64)[:, None, None] * slope
    back = model.pruner.recover(line[kept], kept, FRAMES)
    for b in range(2):
        first, last = int(kept[b, 0]), int(kept[b, -1])
        torch.testing.assert_close(back[b, first : last + 1], line[first : last + 1], rtol=0, atol=1e-12)
        assert (back[b, :first] == line[first]).all()
        assert (back[b, last:] == line[last]).all()


@every_combination
@torch.inference_mode()
def test_a_batch_of_two_is_two_batches_of_one_and_two_runs_agree(host: Host, pruner: str, recoverer: str):
    model, x = host.build(config(pruner, recoverer)), windows(host)
    (joints, kept), out = model.forward_kept(x), model(x)
    for b in range(2):
        alone, alone_kept = model.forward_kept(x[b : b + 1])
        assert torch.equal(alone_kept, kept[b : b + 1])
        torch.testing.assert_close(alone, joints[b : b + 1], rtol=0, atol=1e-5)
    assert torch.equal(model(x), out)
    assert torch.equal(host.build(config(pruner, recoverer))(x), out)


@every_combination
@torch.inference_mode()
def test_nothing_is_allocated_on_the_default_device(host: Host, pruner: str, recoverer: str):
    """Run with 'meta' as default device: a tensor made without a device would have no values."""
    model, x = host.build(config(pruner, recoverer)), windows(host)
    expected = model(x)
    with torch.device("meta"):
        again = model(x)
    assert again.device.type == "cpu"
    assert torch.equal(again, expected)


@every_combination
@torch.inference_mode()
def test_autocast(host: Host, pruner: str, recoverer: str):
    model, x = host.build(config(pruner, recoverer)), windows(host)
    with torch.autocast("cpu", torch.bfloat16):
        out, kept = model(x), model.forward_kept(x)[1]
        unpruned = host.build()(x)
    # Interpolated joints are float32, the rest has the type that the head gives without pruning.
    assert out.dtype == (torch.float32 if recoverer == "TRI" and not host.own_recovering else unpruned.dtype)
    assert out.isfinite().all()
    assert kept.dtype == torch.int64
    assert kept.shape == (2, 5)
    if pruner == "TPS":  # the selection cannot change with the precision
        torch.testing.assert_close(out.float(), model(x), rtol=0, atol=0.25)


@every_combination
def test_gradients_reach_every_weight(host: Host, pruner: str, recoverer: str):
    model = host.build(config(pruner, recoverer)).train()
    model(windows(host)).square().mean().backward()
    without = [k for k, p in model.named_parameters() if p.grad is None or not p.grad.isfinite().all()]
    assert without == []
