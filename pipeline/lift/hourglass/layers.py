"""Transformer layers shared by all hosts, with the parameter names of timm.

The published checkpoints of this field derive from that code, so their files hold `norm1, attn.qkv, attn.proj, norm2,
mlp.fc1, mlp.fc2`. Shapes: `N` sequences, `L` tokens in a sequence, `C` channels, `H` heads.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


def without_autocast(x: Tensor) -> AbstractContextManager[Any]:
    """Disable autocast on the device of `x`: computations keep the precision of their tensors."""
    device = x.device.type
    if not torch.amp.is_autocast_available(device):  # "meta", on which FLOPs are counted
        return nullcontext()
    return torch.autocast(device, enabled=False)


class AttentionLayer(nn.Module):
    """Base of self- and cross-attention: queries, keys and values (N, H, L, C / H).

    `fused` uses torch's kernel, which never stores the attention matrix. Without it the products are computed one after
    the other, as in the published code: slower, and equal except for rounding.
    """

    fused = True

    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        if self.fused:
            return functional.scaled_dot_product_attention(q, k, v)
        return ((q @ k.transpose(-2, -1)) * q.shape[-1] ** -0.5).softmax(-1) @ v


class Attention(AttentionLayer):
    """Multi-head self-attention over the tokens of a sequence (Vaswani et al. 2017)."""

    def __init__(self, channels: int, heads: int, qkv_bias: bool = True) -> None:
        super().__init__()
        if channels % heads:
            raise ValueError(f"{channels} channels cannot be shared by {heads} heads")
        self.heads = heads
        self.qkv = nn.Linear(channels, channels * 3, bias=qkv_bias)
        self.proj = nn.Linear(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self._split(x)
        return self._merge(self.attend(q, k, v))

    def forward_columns(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Also return the attention that each token receives, (N, L) float32.

        It is the mean over heads and queries. For token pruning by attention (TPA). Not fused, because the fused kernel
        never stores the attention matrix.
        """
        q, k, v = self._split(x)
        weights = ((q * q.shape[-1] ** -0.5) @ k.transpose(-2, -1)).softmax(-1, dtype=torch.float32)  # (N, H, L, L)
        return self._merge(weights.to(v.dtype) @ v), weights.detach().mean((1, 2))

    def _split(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Project (N, L, C) to queries, keys and values, each (N, H, L, C / H)."""
        N, L, C = x.shape
        qkv = self.qkv(x).view(N, L, 3, self.heads, C // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        return q, k, v

    def _merge(self, mixed: Tensor) -> Tensor:
        """Merge the heads, (N, H, L, C / H) -> (N, L, C), and project."""
        out: Tensor = self.proj(mixed.transpose(1, 2).flatten(2))
        return out


class Mlp(nn.Module):
    """Two linear layers with a GELU between them, token by token."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(channels, hidden)
        self.fc2 = nn.Linear(hidden, channels)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.fc2(functional.gelu(self.fc1(x)))
        return out


class Block(nn.Module):
    """Pre-norm transformer block: x + attention(norm(x)), then x + mlp(norm(x)).

    (N, L, C) -> (N, L, C).
    """

    def __init__(self, channels: int, heads: int, mlp_ratio: float, qkv_bias: bool = True, eps: float = 1e-6) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(channels, eps=eps)
        self.attn = Attention(channels, heads, qkv_bias)
        self.norm2 = nn.LayerNorm(channels, eps=eps)
        self.mlp = Mlp(channels, int(channels * mlp_ratio))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attn(self.norm1(x))
        out: Tensor = x + self.mlp(self.norm2(x))
        return out

    def forward_columns(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Also return the attention that each token receives, (N, L), as in `Attention`."""
        mixed, columns = self.attn.forward_columns(self.norm1(x))
        x = x + mixed
        return x + self.mlp(self.norm2(x)), columns
