"""Test TRI and TRA on small cases computed by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pipeline.lift.hourglass.recover import CrossAttention, attend, interpolate


def test_interpolation_by_hand_at_uneven_frames() -> None:
    """Interpolate two windows with different kept frames: 0, 10, 4 at (0, 1, 4) and (1, 3, 5)."""
    joints = torch.tensor([0.0, 10.0, 4.0])[None, :, None, None].expand(2, -1, 1, 3)
    back = interpolate(joints, torch.tensor([[0, 1, 4], [1, 3, 5]]), 6)[..., 0, 0]
    assert back[0].tolist() == [0, 10, 8, 6, 4, 4]
    assert back[1].tolist() == [0, 0, 5, 10, 7, 4]


def test_kept_frames_come_back_untouched() -> None:
    joints, kept = torch.randn(1, 4, 17, 3), torch.tensor([[0, 2, 3, 9]])
    assert torch.equal(interpolate(joints, kept, 10)[:, kept[0]], joints)


@pytest.mark.parametrize("half", [torch.float16, torch.bfloat16])
def test_half_precision_is_interpolated_in_float32(half: torch.dtype) -> None:
    joints = torch.tensor([1.0, 2.0])[None, :, None, None].to(half)
    back = interpolate(joints, torch.tensor([[0, 3]]), 4)
    assert back.dtype == torch.float32
    torch.testing.assert_close(back[0, :, 0, 0], torch.tensor([1, 4 / 3, 5 / 3, 2]), rtol=0, atol=1e-6)


def plain(channels: int = 2) -> CrossAttention:
    """Return attention of one head with identity projections."""
    layer = CrossAttention(channels, heads=1)
    for linear in (layer.linear_q, layer.linear_k, layer.linear_v, layer.proj):
        torch.nn.init.eye_(linear.weight)
        torch.nn.init.zeros_(linear.bias)
    return layer.requires_grad_(False)


def test_untrained_queries_read_the_mean_of_the_kept_tokens() -> None:
    """Recover with a zero `x_token`: every frame attends equally to all kept frames."""
    x = torch.randn(2, 4, 3, 2)
    back = attend(plain(), torch.zeros(1, 6, 2), x)
    torch.testing.assert_close(back, x.mean(1, keepdim=True).expand(-1, 6, -1, -1))


def test_attention_by_hand() -> None:
    """Compute TRA by hand.

    out(f, j) = x_token(f) + sum over kept k of softmax_k(x_token(f) . x(k, j) / sqrt(2)) x(k, j).
    """
    queries = np.array([[1.0, 0.0], [0.0, 2.0], [-1.0, 1.0]])  # F = 3
    x = np.array([[[1.0, 2.0], [0.0, 1.0]], [[3.0, -1.0], [2.0, 2.0]]])  # (r = 2, J = 2, C = 2)
    expected = np.empty((3, 2, 2))
    for f in range(3):
        for j in range(2):
            weights = np.exp(x[:, j] @ queries[f] / np.sqrt(2))
            expected[f, j] = queries[f] + (weights / weights.sum()) @ x[:, j]
    back = attend(plain(), torch.tensor(queries[None], dtype=torch.float32), torch.tensor(x[None], dtype=torch.float32))
    np.testing.assert_allclose(back[0].numpy(), expected, atol=1e-6)


def test_joints_and_windows_do_not_mix() -> None:
    torch.manual_seed(0)
    layer, x, queries = CrossAttention(4, 2).requires_grad_(False), torch.randn(2, 3, 5, 4), torch.randn(1, 6, 4)
    other = x.clone()
    other[1, :, 3] += 1
    same = torch.isclose(attend(layer, queries, x), attend(layer, queries, other), atol=1e-6).all(-1).all(1)  # (B, J)
    assert same.tolist() == [[True] * 5, [True, True, True, False, True]]


def test_what_is_read_can_differ_from_what_is_compared() -> None:
    """Pass values that are not the keys' tokens, as MHFormer does."""
    queries, keys, values = torch.zeros(1, 1, 2), torch.randn(1, 3, 2), torch.randn(1, 3, 2)
    torch.testing.assert_close(plain()(queries, keys, values), values.mean(1, keepdim=True))


def test_heads_have_to_share_the_channels() -> None:
    with pytest.raises(ValueError, match="6 channels cannot be shared by 4 heads"):
        CrossAttention(6, 4)
