"""Test MixSTE: sizes as arguments, pruning at any block (parity: tests/golden)."""

from __future__ import annotations

import pytest
import torch

from pipeline.lift.hourglass.host import PruneConfig
from pipeline.lift.networks.mixste import MixSTE, MixSTEConfig


def small(prune: PruneConfig | None = None, **sizes: int) -> MixSTE:
    torch.manual_seed(3)
    sizes = {"frames": 15, "channels": 24, "depth": 4, "heads": 3, "in_channels": 3} | sizes
    model = MixSTE(MixSTEConfig(**sizes), prune).eval()
    for p in (model.Temporal_pos_embed, model.Spatial_pos_embed):
        torch.nn.init.normal_(p, std=0.5)
    return model


def test_other_sizes_are_only_arguments():
    model = small(frames=9, joints=5, in_channels=2, depth=1)
    assert model(torch.randn(2, 9, 5, 2)).shape == (2, 9, 5, 3)


def test_wrong_input_is_refused_with_both_shapes():
    with pytest.raises(ValueError, match=r"\(1, 14, 17, 3\), expected \(B, 15, 17, 3\)"):
        small()(torch.randn(1, 14, 17, 3))


def test_an_unknown_size_is_refused():
    with pytest.raises(TypeError, match="width"):
        MixSTE.from_sizes({"frames": 9, "width": 3}, PruneConfig())


def test_a_schedule_needs_no_parameters_and_prunes_the_unpruned_weights():
    full, pruned = small(), small(PruneConfig("TPS", ((1, 9), (3, 5))))
    pruned.load_state_dict(full.state_dict(), strict=True)
    x = torch.randn(2, 15, 17, 3)
    with torch.inference_mode():
        joints, kept = pruned.forward_kept(x)
        out = pruned(x)
    assert kept[0].tolist() == [0, 4, 7, 10, 14]
    assert joints.shape == (2, 5, 17, 3)
    assert out.shape == (2, 15, 17, 3)
    torch.testing.assert_close(out[:, kept[0]], joints)
    torch.testing.assert_close(out[:, 5], joints[:, 1] + (joints[:, 2] - joints[:, 1]) / 3)


def test_frames_pruned_before_block_0_keep_their_place_in_time():
    """Prune 15 -> 5 at block 0: equals a 5-frame model with the kept frames' embeddings."""
    pruned = small(PruneConfig("TPS", ((0, 5),)))
    kept = [0, 4, 7, 10, 14]
    state = pruned.state_dict()
    state["Temporal_pos_embed"] = state["Temporal_pos_embed"][:, kept]
    short = small(frames=5)
    short.load_state_dict(state, strict=True)
    x = torch.randn(1, 15, 17, 3)
    with torch.inference_mode():
        joints, frames = pruned.forward_kept(x)
        expected = short(x[:, kept])
    assert frames[0].tolist() == kept
    torch.testing.assert_close(joints, expected)


def test_windows_of_a_batch_do_not_see_each_other():
    model, x = small(PruneConfig("TPS", ((2, 7),))), torch.randn(3, 15, 17, 3)
    with torch.inference_mode():
        torch.testing.assert_close(model(x)[1:2], model(x[1:2]), rtol=0, atol=1e-5)
