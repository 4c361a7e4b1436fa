"""MixSTE: alternating spatial and temporal attention, with H2OT token pruning.

J. Zhang, Z. Tu, J. Yang, Y. Chen, J. Yuan: "MixSTE: Seq2seq Mixed Spatio-Temporal Encoder for 3D Human Pose
Estimation in Video", CVPR 2022, arXiv 2203.00859. Written from the paper; parameter names are those of the published
checkpoints, so that these load strictly. Pruning and recovering: see `hourglass.host`.

A **block** is one spatial layer (the joints of a frame attend to each other) and one temporal layer (the frames of a
joint attend to each other). Shapes: `B` windows, `F` frames, `n` remaining frames, `J` joints, `C` channels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ..hourglass.host import HourglassHost, PruneConfig, all_frames, check_windows, config_from_sizes, gather_frames
from ..hourglass.layers import Block


@dataclass(frozen=True, slots=True)
class MixSTEConfig:
    """Sizes of the model. The defaults are the paper's."""

    frames: int = 243
    channels: int = 512
    depth: int = 8  # blocks, each of a spatial and a temporal layer
    heads: int = 8
    mlp_ratio: float = 2.0
    in_channels: int = 2  # x, y or x, y, confidence
    joints: int = 17
    out_channels: int = 3
    seq2frame: bool = False  # True: only the centre frame is predicted; every pruning keeps it, recovering is optional


class MixSTE(HourglassHost):
    """Lift joints of windows (B, F, J, in_channels) to 3D joints (B, F, J, 3), all F frames.

    Pruned without recovering (`seq2frame` only): joints of the kept frames, (B, r, J, 3).
    """

    def __init__(self, config: MixSTEConfig | None = None, prune: PruneConfig | None = None) -> None:
        c = config or MixSTEConfig()
        super().__init__(
            prune, frames=c.frames, depth=c.depth, channels=c.channels, heads=c.heads, seq2frame=c.seq2frame
        )
        self.config = c
        self.Spatial_patch_to_embedding = nn.Linear(c.in_channels, c.channels)
        self.Spatial_pos_embed = nn.Parameter(torch.zeros(1, c.joints, c.channels))
        self.Temporal_pos_embed = nn.Parameter(torch.zeros(1, c.frames, c.channels))
        self.STEblocks = nn.ModuleList(Block(c.channels, c.heads, c.mlp_ratio) for _ in range(c.depth))
        self.TTEblocks = nn.ModuleList(Block(c.channels, c.heads, c.mlp_ratio) for _ in range(c.depth))
        # One norm for all spatial and one for all temporal layers, as in the published model.
        self.Spatial_norm = nn.LayerNorm(c.channels, eps=1e-6)
        self.Temporal_norm = nn.LayerNorm(c.channels, eps=1e-6)
        self.head = nn.Sequential(nn.LayerNorm(c.channels), nn.Linear(c.channels, c.out_channels))

    @classmethod
    def from_sizes(cls, sizes: Mapping[str, Any], prune: PruneConfig) -> MixSTE:
        """Build from the `sizes` of a manifest entry. Raises TypeError for an unknown size."""
        return cls(config_from_sizes("MixSTE", MixSTEConfig, sizes), prune)

    def forward_kept(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Predict the kept frames' joints and numbers, (B, F, J, C) -> (B, r, J, 3), (B, r).

        With TRA the joints are already recovered: (B, F, J, 3).
        """
        c = self.config
        check_windows("MixSTE", x, c.frames, c.joints, c.in_channels)
        kept = all_frames(x)  # (B, F)
        x = self.Spatial_patch_to_embedding(x) + self.Spatial_pos_embed  # (B, F, J, C)
        attention: Tensor | None = None
        for block in range(c.depth):
            x, kept = self.prune(block, x, kept, attention)
            B, n, J, C = x.shape
            x = self.Spatial_norm(self.STEblocks[block](x.reshape(B * n, J, C)))
            x = x.view(B, n, J, C).transpose(1, 2)  # (B, J, n, C)
            if block == 0:
                # Temporal positions are added here, by the frame numbers in the window: block 0 may have pruned.
                x = x + gather_frames(self.Temporal_pos_embed.expand(B, -1, -1), kept)[:, None]
            x, attention = self._temporal(block, x.reshape(B * J, n, C))
            if attention is not None:
                attention = attention.view(B, J, n).mean(1)  # (B, n)
            x = x.view(B, J, n, C).transpose(1, 2)  # (B, n, J, C)
        return self.head(self.recover_tokens(x)), kept

    def _temporal(self, block: int, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Run a temporal layer (B J, n, C); also return the attention (B J, n) if needed."""
        layer: Block = self.TTEblocks[block]  # type: ignore[assignment]
        columns = None
        if self.pruner.needs_attention(block + 1):
            x, columns = layer.forward_columns(x)
        else:
            x = layer(x)
        return self.Temporal_norm(x), columns
