"""Recover every frame of a window from the kept frames (H2OT, arXiv 2509.06956).

TRA (attention, from HoT, arXiv 2311.12028) works on tokens before the head and has learned parameters; TRI
(interpolation) works on the joints after the head and has none.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .layers import AttentionLayer
from .select import gather_frames


class CrossAttention(AttentionLayer):
    """Attend from query tokens to other tokens, with the parameter names of HoT checkpoints.

    `N` sequences: queries (N or 1, F, C), tokens (N, r, C) -> (N, F, C). The values can come from other tokens than the
    keys: `values` (N, r, C), as in MHFormer.
    """

    def __init__(self, channels: int, heads: int, qkv_bias: bool = True) -> None:
        super().__init__()
        if channels % heads:
            raise ValueError(f"{channels} channels cannot be shared by {heads} heads")
        self.heads = heads
        self.linear_q = nn.Linear(channels, channels, bias=qkv_bias)
        self.linear_k = nn.Linear(channels, channels, bias=qkv_bias)
        self.linear_v = nn.Linear(channels, channels, bias=qkv_bias)
        self.proj = nn.Linear(channels, channels)

    def forward(self, queries: Tensor, tokens: Tensor, values: Tensor | None = None) -> Tensor:
        values = tokens if values is None else values
        q, k, v = (
            layer(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)  # (N, H, L, C / H)
            for layer, x in ((self.linear_q, queries), (self.linear_k, tokens), (self.linear_v, values))
        )
        mixed = self.attend(q.expand(len(tokens), -1, -1, -1), k, v)
        out: Tensor = self.proj(mixed.transpose(1, 2).flatten(2))
        return out


def attend(attention: CrossAttention, x_token: Tensor, x: Tensor) -> Tensor:
    """Recover tokens with TRA: learned queries (1, F, C) attend to kept tokens (B, r, J, C).

    Returns (B, F, J, C). Each joint is recovered separately. The query is the same for every window and joint, and the
    result of the attention is added to it.
    """
    B, r, J, C = x.shape
    tokens = x.transpose(1, 2).reshape(B * J, r, C)
    recovered = x_token + attention(x_token, tokens)  # (B J, F, C)
    return recovered.view(B, J, -1, C).transpose(1, 2)


def interpolate(joints: Tensor, kept: Tensor, frames: int) -> Tensor:
    """Recover joints with TRI: (B, r, J, D) at frames `kept` (B, r) -> (B, frames, J, D).

    See `interpolate_at`.
    """
    return interpolate_at(joints, kept, torch.arange(frames, device=kept.device).expand(len(kept), -1))


def interpolate_at(joints: Tensor, kept: Tensor, wanted: Tensor) -> Tensor:
    """Interpolate (B, r, J, D) at frames `kept` (B, r) linearly to `wanted` (B, n).

    Returns (B, n, J, D). Uses the true, possibly uneven kept frames; constant before the first and after the last one.
    Half precision (from autocast) is converted to float32: positions in bfloat16 would be rounded to centimetres.
    """
    if joints.dtype in (torch.float16, torch.bfloat16):
        joints = joints.float()
    r = kept.shape[1]
    if r == 1:
        return joints.expand(-1, wanted.shape[1], -1, -1)
    after = torch.searchsorted(kept.contiguous(), wanted.contiguous(), right=True).clamp(1, r - 1)  # (B, n)
    before = after - 1
    start, end = kept.gather(1, before), kept.gather(1, after)
    share = ((wanted - start).to(joints.dtype) / (end - start).to(joints.dtype)).clamp(0, 1)
    return torch.lerp(gather_frames(joints, before), gather_frames(joints, after), share[..., None, None])
