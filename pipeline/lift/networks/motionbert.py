"""MotionBERT's DSTformer: two streams of spatial and temporal attention, with pruning.

W. Zhu, X. Ma, Z. Liu, L. Liu, W. Wu, Y. Wang: "MotionBERT: A Unified Perspective on Learning Human Motion
Representations", ICCV 2023, arXiv 2210.06551. Written from the paper; parameter names are those of the published
checkpoints, so that these load strictly. Pruning and recovering: see `hourglass.host`.

A **block** runs the same tokens through two streams, space then time (`st`) and time then space (`ts`), and adds them
with weights that a small linear layer predicts for every token. Shapes: `B` windows, `F` frames, `n` remaining frames,
`J` joints, `C` channels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ..hourglass.host import HourglassHost, PruneConfig, all_frames, check_windows, config_from_sizes
from ..hourglass.layers import Attention, Mlp


@dataclass(frozen=True, slots=True)
class MotionBERTConfig:
    """Sizes of the model. The defaults are the full size; Lite has channels 256 and mlp_ratio 4."""

    frames: int = 243
    channels: int = 512
    representation: int = 512  # width of the layer below the head
    depth: int = 5  # blocks, each of two streams
    heads: int = 8
    mlp_ratio: float = 2.0
    in_channels: int = 3  # x, y, confidence
    joints: int = 17
    out_channels: int = 3


class Stream(nn.Module):
    """Attend over the joints of a frame and over the frames of a joint, each followed by an MLP."""

    def __init__(self, config: MotionBERTConfig, time_first: bool) -> None:
        super().__init__()
        C = config.channels
        self.time_first = time_first
        self.norm1_s = nn.LayerNorm(C, eps=1e-6)
        self.norm1_t = nn.LayerNorm(C, eps=1e-6)
        self.attn_s = Attention(C, config.heads)
        self.attn_t = Attention(C, config.heads)
        self.norm2_s = nn.LayerNorm(C, eps=1e-6)
        self.norm2_t = nn.LayerNorm(C, eps=1e-6)
        self.mlp_s = Mlp(C, int(C * config.mlp_ratio))
        self.mlp_t = Mlp(C, int(C * config.mlp_ratio))

    def forward(self, x: Tensor, with_columns: bool = False) -> tuple[Tensor, Tensor | None]:
        """Run the stream on (B, n, J, C); if requested, also return each frame's attention (B, n)."""
        if self.time_first:
            x, columns = self.time(x, with_columns)
            return self.space(x), columns
        return self.time(self.space(x), with_columns)

    def space(self, x: Tensor) -> Tensor:
        B, n, J, C = x.shape
        x = x + self.attn_s(self.norm1_s(x).reshape(B * n, J, C)).view(B, n, J, C)
        out: Tensor = x + self.mlp_s(self.norm2_s(x))
        return out

    def time(self, x: Tensor, with_columns: bool) -> tuple[Tensor, Tensor | None]:
        B, n, J, C = x.shape
        tokens = self.norm1_t(x).transpose(1, 2).reshape(B * J, n, C)
        columns = None
        if with_columns:
            mixed, columns = self.attn_t.forward_columns(tokens)
            columns = columns.view(B, J, n).mean(1)  # (B, n)
        else:
            mixed = self.attn_t(tokens)
        x = x + mixed.view(B, J, n, C).transpose(1, 2)
        return x + self.mlp_t(self.norm2_t(x)), columns


class Representation(nn.Module):
    """Compute the motion representation of the pretraining, in (-1, 1). (..., C) -> (..., R)."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.fc = nn.Linear(channels, width)

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(self.fc(x))


class MotionBERT(HourglassHost):
    """Lift windows (B, F, J, in_channels) to 3D joints (B, F, J, 3), all F frames (seq2seq)."""

    def __init__(self, config: MotionBERTConfig | None = None, prune: PruneConfig | None = None) -> None:
        c = config or MotionBERTConfig()
        super().__init__(prune, frames=c.frames, depth=c.depth, channels=c.channels, heads=c.heads)
        self.config = c
        self.temp_embed = nn.Parameter(torch.zeros(1, c.frames, 1, c.channels))
        self.pos_embed = nn.Parameter(torch.zeros(1, c.joints, c.channels))
        self.joints_embed = nn.Linear(c.in_channels, c.channels)
        self.blocks_st = nn.ModuleList(Stream(c, time_first=False) for _ in range(c.depth))
        self.blocks_ts = nn.ModuleList(Stream(c, time_first=True) for _ in range(c.depth))
        self.norm = nn.LayerNorm(c.channels, eps=1e-6)
        self.pre_logits = Representation(c.channels, c.representation)
        self.head = nn.Linear(c.representation, c.out_channels)
        self.ts_attn = nn.ModuleList(nn.Linear(2 * c.channels, 2) for _ in range(c.depth))

    @classmethod
    def from_sizes(cls, sizes: Mapping[str, Any], prune: PruneConfig) -> MotionBERT:
        """Build from the `sizes` of a manifest entry. Raises TypeError for an unknown size."""
        return cls(config_from_sizes("MotionBERT", MotionBERTConfig, sizes), prune)

    def forward_kept(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Predict the kept frames' joints and numbers, (B, F, J, C) -> (B, r, J, 3), (B, r).

        With TRA the joints are already recovered: (B, F, J, 3).
        """
        c = self.config
        check_windows("MotionBERT", x, c.frames, c.joints, c.in_channels)
        kept = all_frames(x)  # (B, F)
        x = self.joints_embed(x) + self.pos_embed + self.temp_embed  # (B, F, J, C)
        attention: Tensor | None = None
        for block in range(c.depth):
            x, kept = self.prune(block, x, kept, attention)
            x, attention = self._block(block, x)
        return self.head(self.pre_logits(self.recover_tokens(self.norm(x)))), kept

    def _block(self, block: int, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Run and mix both streams, (B, n, J, C); also return the attention (B, n) if needed."""
        with_columns = self.pruner.needs_attention(block + 1)
        space_time, columns_st = self.blocks_st[block](x, with_columns)
        time_space, columns_ts = self.blocks_ts[block](x, with_columns)
        share = self.ts_attn[block](torch.cat([space_time, time_space], -1)).softmax(-1)  # (B, n, J, 2)
        x = space_time * share[..., :1] + time_space * share[..., 1:]
        # Both streams attend over time, so their attention has equal weight.
        return x, (columns_st + columns_ts) / 2 if with_columns else None
