"""Test MotionBERT: both sizes, pruning, the attention of TPA (parity: tests/golden)."""

from __future__ import annotations

import pytest
import torch

from pipeline import registry
from pipeline.core.errors import ModelError
from pipeline.lift.hourglass.host import PruneConfig
from pipeline.lift.networks.motionbert import MotionBERT, MotionBERTConfig


def test_full_size_has_the_paper_s_parameter_count():
    with torch.device("meta"):
        model = MotionBERT()
    assert sum(p.numel() for p in model.parameters()) == pytest.approx(42.5e6, rel=1e-3)


def small(prune: PruneConfig | None = None, **sizes: int) -> MotionBERT:
    torch.manual_seed(3)
    given = {"frames": 15, "channels": 24, "representation": 10, "depth": 4, "heads": 3} | sizes
    model = MotionBERT(MotionBERTConfig(**given), prune).eval()
    for p in (model.temp_embed, model.pos_embed):
        torch.nn.init.normal_(p, std=0.5)
    return model


def test_other_sizes_are_only_arguments():
    model = small(frames=9, joints=5, in_channels=2, depth=1, out_channels=2)
    assert model(torch.randn(2, 9, 5, 2)).shape == (2, 9, 5, 2)


def test_wrong_input_is_refused_with_both_shapes():
    with pytest.raises(ValueError, match=r"\(1, 15, 17, 2\), expected \(B, 15, 17, 3\)"):
        small()(torch.randn(1, 15, 17, 2))


def test_an_unknown_size_is_refused():
    with pytest.raises(TypeError, match="width"):
        MotionBERT.from_sizes({"frames": 9, "width": 3}, PruneConfig())


def test_it_is_in_the_registry():
    assert registry.find("host", "motionbert").load() is MotionBERT


def test_frames_are_dropped_before_the_block_and_keep_their_place_in_time():
    """Prune 15 -> 5 at block 0: equals a 5-frame model with the kept frames' embeddings."""
    kept = [0, 4, 7, 10, 14]
    pruned, short = small(PruneConfig("TPS", ((0, 5),))), small(frames=5)
    state = pruned.state_dict()
    short.load_state_dict(state | {"temp_embed": state["temp_embed"][:, kept]}, strict=True)
    x = torch.randn(1, 15, 17, 3)
    with torch.inference_mode():
        joints, frames = pruned.forward_kept(x)
        torch.testing.assert_close(joints, short(x[:, kept]))
    assert frames[0].tolist() == kept


@pytest.mark.parametrize("stream", ["blocks_st", "blocks_ts"])
@torch.inference_mode()
def test_tpa_reads_the_temporal_attention_of_both_streams(stream: str):
    """Make one stream attend only to frame 6, the other to all: frame 6 must be kept."""
    model = small(PruneConfig("TPA", ((1, 1),)), depth=2)
    C = 24
    for blocks in (model.blocks_st, model.blocks_ts):
        blocks[0].attn_t.qkv.weight[: 2 * C] = 0  # queries and keys are zero: even attention
        blocks[0].attn_t.qkv.bias[: 2 * C] = 0
    chosen = getattr(model, stream)[0].attn_t
    chosen.qkv.bias[:C] = 8.0  # every query asks for a large first half of every key
    chosen.qkv.weight[C : 2 * C, 0] = 50.0  # which comes from channel 0 of the tokens
    for layer in (model.blocks_st[0], model.blocks_ts[0]):
        layer.attn_s.proj.weight.zero_()
        layer.mlp_s.fc2.weight.zero_()
    model.joints_embed.weight.zero_()
    model.pos_embed.zero_()
    model.temp_embed.copy_(torch.randn(model.temp_embed.shape) * 0.1)
    model.temp_embed[0, 6, 0, 0] = 9.0
    _, kept = model.forward_kept(torch.randn(2, 15, 17, 3))
    assert kept.tolist() == [[6], [6]]


def test_pruning_without_recovering_is_refused():
    with pytest.raises(ModelError, match="without recovering"):
        small(PruneConfig("TPS", ((1, 5),), ""))
