"""Test the frame transformer: rotary positions, recovering of detail, and initialisation."""

from __future__ import annotations

import pytest
import torch

from pipeline.lift.hourglass.host import PruneConfig
from pipeline.lift.networks.frame_transformer import FrameTransformer, FrameTransformerConfig, pull_to_rays

SIZES = {"channels": 32, "encoder_depth": 1, "depth": 4, "decoder_depth": 1, "heads": 4}


def model(frames: int = 25, stride: int = 1, prune: PruneConfig | None = None, attend: float = 0.5) -> FrameTransformer:
    """Build a model with the same weights for any window; `attend`: strength of the attention."""
    made = FrameTransformer(FrameTransformerConfig(frames, stride=stride, **SIZES), prune)
    generator = torch.Generator().manual_seed(4)
    for name, value in made.named_parameters():
        noise = torch.randn(value.shape, generator=generator) * max(value.shape[-1], 1) ** -0.5
        value.data = (
            noise * attend if "attn.proj" in name else noise + float("norm" in name and name.endswith("weight"))
        )
    return made.eval().requires_grad_(False)


@pytest.fixture
def window() -> torch.Tensor:
    return torch.randn(2, 25, 17, 6, generator=torch.Generator().manual_seed(1))


def test_weights_do_not_depend_on_the_window(window):
    long, sparse = model(25), model(9, stride=3)
    assert {k: v.shape for k, v in long.state_dict().items()} == {k: v.shape for k, v in sparse.state_dict().items()}
    # Nine rows, three frames apart, are the input of the long model that keeps these nine from its first block on.
    pruned = model(25, prune=PruneConfig("TPS", ((0, 9),), "TRI"))
    rows = torch.arange(0, 25, 3)
    torch.testing.assert_close(pruned(window)[:, rows], sparse(window[:, rows]), atol=1e-5, rtol=0)
    assert (pruned(window)[:, rows] - model(9, stride=1)(window[:, rows])).abs().max() > 1e-3  # positions matter


def test_only_differences_of_places_count(window):
    made = model(12)
    kept = torch.arange(12).expand(2, -1)
    tokens = torch.randn(2, 12, 32, generator=torch.Generator().manual_seed(2))
    here = made.blocks[0](tokens, made.rotation(kept))
    torch.testing.assert_close(here, made.blocks[0](tokens, made.rotation(kept + 100)), atol=1e-4, rtol=0)
    assert (here - made.blocks[0](tokens, made.rotation(kept * 5))).abs().max() > 1e-3


@pytest.mark.parametrize("schedule", [((1, 9),), ((1, 13), (3, 5))])
def test_kept_frames_lose_nothing_and_the_others_keep_their_own_detail(window, schedule):
    # Without attention frames are independent: pruning must then change no kept frame at all.
    full, pruned = model(attend=0)(window), model(attend=0, prune=PruneConfig("TPS", schedule, "TRI"))
    joints, kept = pruned.forward_kept(window)
    rows = kept[0]
    assert len(rows) == schedule[-1][1]
    torch.testing.assert_close(joints[:, rows], full[:, rows], atol=1e-5, rtol=0)
    # One frame's input changes one frame's output, though it went through no deep block.
    left_out = next(f for f in range(25) if f not in rows.tolist())
    other = window.clone()
    other[:, left_out] += 1
    change = (pruned(other) - joints).abs().amax((0, 2, 3))
    assert change[left_out] > 1e-3
    assert change[[f for f in range(25) if f != left_out]].max() < 1e-6


def test_steady_tokens_are_recovered_exactly(window):
    still = window[:, :1].expand(-1, 25, -1, -1).contiguous()
    pruned = model(attend=0, prune=PruneConfig("TPS", ((1, 13), (3, 5)), "TRI"))
    torch.testing.assert_close(pruned(still), model(attend=0)(still), atol=1e-5, rtol=0)


def test_a_new_model_starts_as_a_model_of_single_frames(window):
    torch.manual_seed(0)
    made = FrameTransformer(FrameTransformerConfig(25, **SIZES))
    made.initialise()
    one = FrameTransformer(FrameTransformerConfig(1, **SIZES))
    one.load_state_dict(made.state_dict())
    with torch.inference_mode():
        together, alone = made(window), torch.cat([one(window[:, f : f + 1]) for f in range(25)], 1)
    torch.testing.assert_close(together, alone, atol=1e-6, rtol=0)
    assert 0 < together.abs().max() < 1


def test_numbers_that_joints_share_are_read_once(window):
    made = model()
    other = window.clone()
    other[:, :, 1:, 3:] = 9  # only those of the first joint are read
    torch.testing.assert_close(made(other), made(window))
    other[:, :, 0, 3:] = 9
    assert (made(other) - made(window)).abs().max() > 1e-3


def test_joints_are_pulled_to_their_rays():
    generator = torch.Generator().manual_seed(6)
    true = torch.randn(2, 5, 17, 3, generator=generator) * 0.4
    true[:, :, 0] = 0
    distance = 3.0
    slopes = true[..., :2] / (distance + true[..., 2:])
    size = 0.5
    given = torch.cat([slopes / size * 2, torch.ones(2, 5, 17, 1), torch.full((2, 5, 17, 1), size).log()], -1)
    given = torch.cat([given, torch.zeros(2, 5, 17, 2)], -1)
    wide_open, shut = torch.full((2, 5, 17), 50.0), torch.full((2, 5, 17), -50.0)
    # Correct depths, and x, y that are correct on average: the rays give the exact joints.
    off = true.clone()
    off[..., :2] += 0.05 * torch.randn(2, 5, 17, 2, generator=generator)
    off[:, :, 0] = 0
    pulled = pull_to_rays(off, given, wide_open)
    assert (pulled - true).norm(dim=-1).mean() < 0.25 * (off - true).norm(dim=-1).mean()
    torch.testing.assert_close(pull_to_rays(true + 7.0, given, wide_open), true, atol=1e-5, rtol=0)  # any offset
    torch.testing.assert_close(pull_to_rays(off, given, shut), off)
    half = pull_to_rays(off, given, torch.zeros(2, 5, 17))
    torch.testing.assert_close(half, (pulled + off) / 2, atol=1e-6, rtol=0)
    # A joint that was not seen does not count, however wrong its position.
    blind = given.clone()
    blind[:, :, 7, :2] = 8.0
    blind[:, :, 7, 2] = 0
    others = [j for j in range(17) if j != 7]
    seen = pull_to_rays(true, blind, wide_open)[:, :, others]
    torch.testing.assert_close(seen, true[:, :, others], atol=1e-4, rtol=0)
    # A window without a person stays finite.
    assert torch.isfinite(pull_to_rays(off, torch.zeros_like(given), wide_open)).all()


def test_the_gate_is_a_part_of_the_model_only_if_asked_for(window):
    made = FrameTransformer(FrameTransformerConfig(25, along_rays=True, **SIZES))
    made.initialise()
    assert {name for name in made.state_dict() if name.startswith("gate")} == {"gate.weight", "gate.bias"}
    with torch.inference_mode():
        assert (made(window)[:, :, 0] == 0).all()  # relative to the pelvis
    with pytest.raises(ValueError, match="person_ray"):
        FrameTransformer(FrameTransformerConfig(25, along_rays=True, in_channels=3, **SIZES))


def test_weights_without_the_depth_columns_answer_as_for_a_detector_without_depth() -> None:
    """A lifter trained with the depth channel can be bundled for detectors that have none."""
    sizes = SIZES | {"in_channels": 7}
    deep = FrameTransformer(FrameTransformerConfig(25, depth_channel=True, along_rays=True, **sizes)).eval()
    deep.initialise()
    torch.nn.init.normal_(deep.head.weight, std=0.1)
    weights = dict(deep.state_dict())
    joints = weights["head.weight"].shape[0] // 3
    weights["embed.weight"] = weights["embed.weight"][:, :-joints]
    plain = FrameTransformer(FrameTransformerConfig(25, along_rays=True, **(SIZES | {"in_channels": 6}))).eval()
    plain.load_state_dict(weights)
    x = torch.randn(2, 25, joints, 7, generator=torch.Generator().manual_seed(1))
    x[..., 3:6] = x[:, :, :1, 3:6]
    assert (deep(x) - plain(x[..., :6])).abs().max() > 1e-3  # it reads the depth ...
    x[..., 6] = 0
    torch.testing.assert_close(deep(x), plain(x[..., :6]))  # ... and lacks nothing without it
