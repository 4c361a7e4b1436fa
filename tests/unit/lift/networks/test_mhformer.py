"""Test MHFormer: sizes as arguments, pruning and recovering (parity: tests/golden)."""

from __future__ import annotations

import pytest
import torch

from pipeline import registry
from pipeline.lift.hourglass.host import PruneConfig
from pipeline.lift.networks.mhformer import MHFormer, MHFormerConfig


def small(prune: PruneConfig | None = None, **sizes: int) -> MHFormer:
    torch.manual_seed(3)
    given = {"frames": 18, "channels": 12, "hidden": 20, "heads": 3, "generation_depth": 2} | sizes
    model = MHFormer(MHFormerConfig(**given), prune).eval()
    for name, p in model.named_parameters():
        if "pos_embed" in name:
            torch.nn.init.normal_(p, std=0.5)
    return model


def test_other_sizes_are_only_arguments():
    model = small(frames=8, generation_heads=2, joints=5, in_channels=3, depth=1, out_channels=2)
    assert model(torch.randn(2, 8, 5, 3)).shape == (2, 8, 5, 2)


def test_wrong_input_is_refused_with_both_shapes():
    with pytest.raises(ValueError, match=r"\(1, 17, 17, 2\), expected \(B, 18, 17, 2\)"):
        small()(torch.randn(1, 17, 17, 2))


def test_an_unknown_size_is_refused():
    with pytest.raises(TypeError, match="width"):
        MHFormer.from_sizes({"frames": 9, "width": 3}, PruneConfig())


def test_frames_that_the_heads_of_generation_cannot_share_are_refused():
    with pytest.raises(ValueError, match="350 channels cannot be shared by 9 heads"):
        MHFormer(MHFormerConfig(frames=350))


def test_it_is_in_the_registry():
    assert registry.find("host", "mhformer").load() is MHFormer


@torch.inference_mode()
def test_two_stages_prune_the_unpruned_weights_and_keep_the_centre():
    full, pruned = small(), small(PruneConfig("TPS", ((1, 8), (2, 4)), ""))
    pruned.load_state_dict(full.state_dict(), strict=True)
    x = torch.randn(2, 18, 17, 2)
    joints, kept = pruned.forward_kept(x)
    assert kept.shape == (2, 4)
    assert 9 in kept[0]
    assert joints.shape == (2, 4, 17, 3)
    torch.testing.assert_close(pruned(x), joints)  # without recovering: the head's output for the kept frames
    recovering = small(PruneConfig("TPS", ((1, 8), (2, 4)), "TRI"))
    recovering.load_state_dict(full.state_dict(), strict=True)
    out = recovering(x)
    assert out.shape == (2, 18, 17, 3)
    torch.testing.assert_close(out[:, kept[0]], joints)


@torch.inference_mode()
def test_pruning_at_block_0_equals_refining_only_the_kept_frames():
    """Drop half the frames before SHR: generation reads all of them, SHR and CHI only that half."""
    model, pruned = small(), small(PruneConfig("TPS", ((0, 6),), ""))
    x = torch.randn(1, 18, 17, 2)
    joints, kept = pruned.forward_kept(x)
    tokens = model.generate(x)[:, kept[0]]
    hidden = model.Transformer_hypothesis
    for i in (1, 2, 3):
        setattr(hidden, f"pos_embed_{i}", torch.nn.Parameter(getattr(hidden, f"pos_embed_{i}")[:, kept[0]]))
    refined, _ = model.refine(tokens, kept)
    y = hidden.norm(refined.flatten(2)).transpose(1, 2)
    torch.testing.assert_close(joints, model.regression(y).transpose(1, 2).unflatten(-1, (17, 3)))


@torch.inference_mode()
def test_tpc_sees_the_hypotheses_side_by_side_not_their_mean():
    """Select frames whose hypotheses cancel each other in the mean."""
    model = small(PruneConfig("TPC", ((0, 5),), ""))
    x = torch.randn(1, 18, 3, 12)
    x[:, :, 2] = -x[:, :, 0] - x[:, :, 1]  # mean over the hypotheses is zero in every frame
    for i in (1, 2, 3):
        getattr(model.Transformer_hypothesis, f"pos_embed_{i}").zero_()
    _, kept = model.refine(x, torch.arange(18)[None])
    assert kept.tolist() != [[0, 1, 2, 3, 9]]  # the result of ties everywhere: the earliest ones and the centre
