"""Test pruning and recovering of tokens: TPS and TRI by definition, and no effect if unused."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from pipeline.core.errors import ModelError
from pipeline.lift.hourglass.host import PruneConfig, TokenPruner, all_frames, gather_frames
from pipeline.lift.hourglass.recover import interpolate
from pipeline.lift.networks.mixste import MixSTE, MixSTEConfig

SCHEDULE = ((2, 121), (4, 81))


def tokens(frames: int, batch: int = 2) -> torch.Tensor:
    """Return tokens (B, F, 17, 4) whose values are their frame numbers."""
    return torch.arange(frames, dtype=torch.float32)[None, :, None, None].expand(batch, -1, 17, 4).contiguous()


def test_two_stages_keep_original_frames_that_the_tokens_belong_to():
    pruner = TokenPruner(PruneConfig("TPS", SCHEDULE), 243, 6)
    x = tokens(243)
    kept = all_frames(x)
    for block in range(6):
        x, kept = pruner.at_block(block, x, kept)
        expected = dict(enumerate([243, 243, 121, 121, 81, 81]))[block]
        assert kept.shape == (2, expected)
        assert x.shape == (2, expected, 17, 4)
        assert (kept.diff(dim=1) > 0).all()
        assert torch.equal(x[:, :, 3, 1], kept.float())
    first = np.round(np.linspace(0, 242, 121)).astype(int)
    second = first[np.round(np.linspace(0, 120, 81)).astype(int)]
    assert kept[0].tolist() == second.tolist()
    assert kept[0, 0] == 0
    assert kept[0, -1] == 242


def test_frames_per_block():
    assert PruneConfig("TPS", SCHEDULE).frames_per_block(243, 6) == [243, 243, 121, 121, 81, 81]
    assert PruneConfig().frames_per_block(27, 3) == [27, 27, 27]


def test_linear_motion_comes_back_exactly_from_uneven_and_differing_frames():
    time = torch.arange(50, dtype=torch.float64)
    slope = torch.randn(17, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    motion = (time[:, None, None] * slope)[None].expand(2, -1, -1, -1)
    kept = torch.tensor([[0, 1, 2, 17, 18, 40, 49], [0, 9, 10, 11, 33, 48, 49]])
    back = interpolate(gather_frames(motion, kept), kept, 50)
    assert back.dtype == torch.float64
    torch.testing.assert_close(back, motion, rtol=0, atol=1e-12)


def test_beyond_the_kept_frames_the_ends_hold():
    motion = torch.arange(20.0)[None, :, None, None].expand(1, -1, 17, 3)
    kept = torch.tensor([[4, 9, 13]])
    back = interpolate(gather_frames(motion, kept), kept, 20)[0, :, 0, 0]
    assert back[:5].tolist() == [4.0] * 5
    assert back[13:].tolist() == [13.0] * 7
    assert back[11] == 11
    single = interpolate(motion[:, 7:8], torch.tensor([[7]]), 20)
    assert (single == 7).all()
    assert single.shape == (1, 20, 17, 3)


def test_keeping_every_frame_changes_nothing():
    x = torch.randn(2, 30, 17, 3)
    kept = all_frames(x)
    assert torch.equal(interpolate(x, kept, 30), x)
    pruner = TokenPruner(PruneConfig("TPS", ((1, 30),)), 30, 3)
    again, same = pruner.at_block(1, x, kept)
    assert again is x
    assert same is kept
    assert pruner.recover(x, kept, 30) is x


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (PruneConfig("TPX", SCHEDULE), "strategy 'TPX' is not known"),
        (PruneConfig("TPX"), "strategy 'TPX' is not known"),
        (PruneConfig("TPS", SCHEDULE, "TRX"), "recovering 'TRX' is not known"),
        (PruneConfig("TPS", SCHEDULE, ""), "without recovering: frames would be missing"),
        (PruneConfig("TPS", ((6, 81),)), "block 6 does not fit: blocks rise from 0 to 5"),
        (PruneConfig("TPS", ((-1, 81),)), "block -1 does not fit"),
        (PruneConfig("TPS", ((4, 121), (2, 81))), "block 2 does not fit: blocks rise"),
        (PruneConfig("TPS", ((2, 121), (2, 81))), "block 2 does not fit: blocks rise"),
        (PruneConfig("TPS", ((2, 81), (4, 121))), "Keeping 121 frames at block 4 does not fit: 81 are alive"),
        (PruneConfig("TPS", ((2, 81), (4, 81))), "Keeping 81 frames at block 4 does not fit"),
        (PruneConfig("TPS", ((2, 244),)), "Keeping 244 frames at block 2 does not fit: 243 are alive"),
        (PruneConfig("TPS", ((2, 0),)), "Keeping 0 frames"),
        (PruneConfig("TPA", ((0, 81),)), "TPA cannot prune at block 0"),
        (PruneConfig("TPMo", ((2, 9), (4, 1))), "TPMo cannot keep 1: it always keeps the first and the last"),
        (PruneConfig("TPS", ((2, 1),), motion_share=0.5), "TPS by motion cannot keep 1"),
        (PruneConfig("TPS", SCHEDULE, motion_share=1.5), "share of motion is 1.5"),
        (PruneConfig("TPS", SCHEDULE, motion_share=-0.1), "share of motion is -0.1"),
        (PruneConfig("TPS", SCHEDULE, motion_share=float("nan")), "share of motion is nan"),
        (PruneConfig("TPMo", SCHEDULE, motion_share=0.5), "TPMo cannot follow the motion: it has its own rule"),
    ],
)
def test_a_schedule_that_cannot_be_followed_is_refused(config: PruneConfig, reason: str):
    with pytest.raises(ModelError, match=reason) as refused:
        TokenPruner(config, 243, 6)
    assert refused.value.hint


def test_the_centre_needs_a_place_beside_both_ends():
    for config in (PruneConfig("TPMo", ((2, 2),)), PruneConfig("TPS", ((2, 2),), motion_share=0.5)):
        config.check(243, 6)
        with pytest.raises(ModelError, match="cannot keep 2: it always keeps the first, the centre and the last"):
            config.check(243, 6, seq2frame=True)


@pytest.mark.parametrize("strategy", ["TPC", "TPA", "TPMo", "TPS"])
@pytest.mark.parametrize("recover", ["TRA", "TRI", ""])
def test_what_can_be_followed_is_not_refused(strategy: str, recover: str):
    PruneConfig(strategy, ((1, 243), (3, 121), (5, 3)), recover).check(243, 6, seq2frame=True)
    PruneConfig(strategy, (), recover).check(243, 6)  # nothing is pruned, so nothing is recovered


def test_tra_needs_a_checkpoint_that_learned_it_and_such_a_checkpoint_needs_tra():
    tri, tra, full = PruneConfig("TPS", SCHEDULE, "TRI"), PruneConfig("TPS", SCHEDULE, "TRA"), PruneConfig()
    with pytest.raises(ModelError, match="TRA cannot be put into this checkpoint") as refused:
        tra.check_learned(["head.1.weight"])
    assert "TRI" in refused.value.hint
    for config in (tri, full):
        config.check_learned(["head.1.weight"])
        with pytest.raises(ModelError, match="trained to recover with TRA"):
            config.check_learned(["head.1.weight", "x_token"])
    tra.check_learned(["head.1.weight", "x_token"])


def test_positions_are_learned_for_clusters_with_tra_only():
    names = {2: "pos_embed_token", 4: "pos_embed_token_2"}
    assert PruneConfig("TPC", SCHEDULE, "TRA").position_names() == names
    assert PruneConfig("TPC", SCHEDULE, "TRA").position_names(seq2frame=True) == {}
    assert PruneConfig("TPC", SCHEDULE, "TRI").position_names() == {}
    assert PruneConfig("TPS", SCHEDULE, "TRA").position_names() == {}


def test_config_from_json():
    data = {"strategy": "TPS", "schedule": [[2, 121], [4, 81]], "recover": "TRI"}
    assert PruneConfig.from_json(data) == PruneConfig("TPS", SCHEDULE, "TRI")
    assert PruneConfig.from_json({}) == PruneConfig.from_json(None) == PruneConfig()


@pytest.mark.parametrize(
    "config",
    [
        PruneConfig(),
        PruneConfig("TPC", SCHEDULE, "TRA"),
        PruneConfig("TPA", SCHEDULE, ""),
        PruneConfig("TPS", SCHEDULE, motion_share=0.3),
    ],
)
def test_config_comes_back_from_json(config: PruneConfig):
    text = json.dumps(config.to_json())
    assert PruneConfig.from_json(json.loads(text)) == config
    assert ("motion_share" in text) == (config.motion_share > 0)  # files without it do not change


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"schedule": [[2, 121, 3]]}, "no list of"),
        ({"schedule": 81}, "no list of"),
        ({"schedule": [["two", 121]]}, "no list of"),
        ({"schedule": [[2, 121]], "motion_share": "much"}, "share of motion"),
    ],
)
def test_json_that_is_no_schedule_is_refused(data: dict[str, object], reason: str):
    with pytest.raises(ModelError, match=reason):
        PruneConfig.from_json(data)


def test_label_names_strategy_stages_recovering_and_motion():
    assert PruneConfig("TPS", SCHEDULE).label == "TPS + TRI, 121 @ 2, 81 @ 4"
    following = PruneConfig("TPS", ((1, 61),), motion_share=0.3)
    assert following.label == "TPS by 30 % motion + TRI, 61 @ 1"
    assert PruneConfig().label == "every frame"


def small(prune: PruneConfig) -> MixSTE:
    torch.manual_seed(0)
    model = MixSTE(MixSTEConfig(frames=12, channels=16, depth=3, heads=2, in_channels=3), prune).eval()
    torch.nn.init.normal_(model.Temporal_pos_embed, std=0.5)
    return model


def test_nothing_is_allocated_on_the_default_device():
    """Run with 'meta' as default device: a tensor made without a device would have no values."""
    model, x = small(PruneConfig("TPS", ((0, 9), (1, 7), (2, 4)))), torch.randn(2, 12, 17, 3)
    with torch.inference_mode():
        expected = model(x)
        with torch.device("meta"):
            again = model(x)
    assert again.device.type == "cpu"
    assert torch.equal(again, expected)


def test_positions_stay_float32_under_autocast():
    model, x = small(PruneConfig("TPS", ((1, 5),))), torch.randn(1, 12, 17, 3)
    with torch.inference_mode():
        expected = model(x)
        with torch.autocast("cpu", torch.bfloat16):
            half = model(x)
    assert half.dtype == torch.float32
    # Interpolated in float32: frame 1 lies between its kept neighbours 0 and 3, not on a bfloat16 step.
    torch.testing.assert_close(half[:, 1], half[:, 0] + (half[:, 3] - half[:, 0]) / 3, rtol=0, atol=1e-6)
    torch.testing.assert_close(half, expected, rtol=0, atol=0.1)


def test_gradients_reach_the_weights_through_pruning_and_recovering():
    model = small(PruneConfig("TPS", ((1, 5), (2, 3)))).train()
    model(torch.randn(2, 12, 17, 3)).square().mean().backward()
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in model.parameters())
    assert model.Temporal_pos_embed.grad.abs().sum(-1).ne(0).all()  # block 0 saw every frame
