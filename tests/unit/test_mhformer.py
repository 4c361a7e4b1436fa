"""MHFormer: the published parameter names and the golden outputs, sizes as arguments, pruning and recovering."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pipeline import registry
from pipeline.lift.mhformer import MHFormer, MHFormerConfig
from pipeline.lift.tokens import PruneConfig
from tests.golden.rule import golden_state_dict

DATA = Path(__file__).parent.parent / "golden" / "data"
HOT = PruneConfig("TPC", ((1, 117),), "")  # of the published TPC checkpoint


@cache
def golden(name: str, prune: PruneConfig) -> tuple[MHFormer, dict[str, np.ndarray]]:
    """The model with its golden weights, loaded strictly, and the stored arrays."""
    facts: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    given = facts["hyperparameters"]
    sizes = {
        "frames": given["frames"],
        "channels": given["channel"],
        "hidden": given["d_hid"],
        "depth": given["layers"],
        "in_channels": facts["in_channels"],
    }
    model = MHFormer.from_sizes(sizes, prune).eval()
    assert {k: list(v.shape) for k, v in model.state_dict().items()} == facts["state_dict"]
    assert sum(p.numel() for p in model.parameters()) == facts["parameters"]
    state = golden_state_dict(facts["state_dict"], facts["salt"])
    state["regression.0.num_batches_tracked"] = torch.tensor(0)  # a counter of training; not part of the rule
    model.load_state_dict(state, strict=True)
    with np.load(DATA / f"{name}.npz") as stored:
        return model, dict(stored)


@torch.inference_mode()
def test_golden_output_and_published_names():
    model, stored = golden("mhformer", PruneConfig())
    out = model(torch.from_numpy(stored["input"])).numpy()
    assert out.shape == (2, 351, 17, 3)
    np.testing.assert_allclose(out, stored["output"], rtol=0, atol=1e-4)


@torch.inference_mode()
def test_tpc_golden_output_with_the_stored_selection(monkeypatch: pytest.MonkeyPatch):
    model, stored = golden("tpc_mhformer", HOT)
    selection = torch.from_numpy(stored["kept_frames"])  # one stage: positions are frame numbers
    monkeypatch.setattr(model.pruner, "select", lambda *_: selection)
    out = model(torch.from_numpy(stored["input"])).numpy()
    np.testing.assert_allclose(out, stored["output"], rtol=0, atol=1e-4)


@torch.inference_mode()
def test_tpc_stored_selection_follows_the_rule_wherever_there_is_no_tie(monkeypatch: pytest.MonkeyPatch):
    """Two frames that are each other's nearest neighbour are equally dense: the published code leaves it to rounding
    which of the two counts as denser, so frames of such pairs cannot be predicted. All others can: those with the
    highest scores are kept, without exception, in the stored selection as in ours. (By the mean of the hypotheses
    instead of all of them side by side this fails.)
    """
    model, stored = golden("tpc_mhformer", HOT)
    seen: list[torch.Tensor] = []
    select = model.pruner.select

    def spy(block: int, x: torch.Tensor, *rest: Any) -> torch.Tensor:
        seen.append(x)
        return select(block, x, *rest)

    monkeypatch.setattr(model.pruner, "select", spy)
    _, ours = model.forward_kept(torch.from_numpy(stored["input"]))
    for b in range(2):
        feature = seen[0][b, :, 0].double().numpy()  # (F, 3 C)
        distance = np.linalg.norm(feature[:, None] - feature[None], axis=-1) / np.sqrt(3 * 512)
        others = distance + np.where(np.eye(351), np.inf, 0)
        nearest = others.argmin(1)
        density = np.exp(-(others.min(1) ** 2) / 2)  # of a frame's two nearest ones, the first is itself
        delta = np.where(density[None] > density[:, None], distance, distance.max()).min(1)
        plain = nearest[nearest] != np.arange(351)
        plain[175] = False  # the centre is kept whatever its score
        assert plain.sum() > 190
        for kept in (ours[b].numpy(), stored["kept_frames"][b]):
            stays = np.isin(np.arange(351), kept)
            assert stays[175]
            assert (density * delta)[plain & stays].min() > (density * delta)[plain & ~stays].max()


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
    torch.testing.assert_close(pruned(x), joints)  # nothing is recovered: the head's output for the kept frames
    recovering = small(PruneConfig("TPS", ((1, 8), (2, 4)), "TRI"))
    recovering.load_state_dict(full.state_dict(), strict=True)
    out = recovering(x)
    assert out.shape == (2, 18, 17, 3)
    torch.testing.assert_close(out[:, kept[0]], joints)


@torch.inference_mode()
def test_pruning_at_block_0_equals_refining_only_the_kept_frames():
    """Generation always sees every frame; dropping half of them before SHR is SHR and CHI on that half."""
    model, pruned = small(), small(PruneConfig("TPS", ((0, 6),), ""))
    x = torch.randn(1, 18, 17, 2)
    joints, kept = pruned.forward_kept(x)
    tokens = model._generate(x)[:, kept[0]]
    hidden = model.Transformer_hypothesis
    for i in (1, 2, 3):
        setattr(hidden, f"pos_embed_{i}", torch.nn.Parameter(getattr(hidden, f"pos_embed_{i}")[:, kept[0]]))
    refined, _ = model._refine(tokens, kept)
    y = hidden.norm(refined.flatten(2)).transpose(1, 2)
    torch.testing.assert_close(joints, model.regression(y).transpose(1, 2).unflatten(-1, (17, 3)))


@torch.inference_mode()
def test_tpc_sees_the_hypotheses_side_by_side_not_their_mean():
    """Hypotheses that cancel each other in the mean still tell frames apart."""
    model = small(PruneConfig("TPC", ((0, 5),), ""))
    x = torch.randn(1, 18, 3, 12)
    x[:, :, 2] = -x[:, :, 0] - x[:, :, 1]  # mean over the hypotheses is zero in every frame
    for i in (1, 2, 3):
        getattr(model.Transformer_hypothesis, f"pos_embed_{i}").zero_()
    _, kept = model._refine(x, torch.arange(18)[None])
    assert kept.tolist() != [[0, 1, 2, 3, 9]]  # what ties everywhere would give: the earliest ones and the centre
