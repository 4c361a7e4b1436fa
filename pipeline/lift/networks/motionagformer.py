"""MotionAGFormer: parallel attention and graph convolution, with H2OT token pruning.

S. Mehraban, V. Adeli, B. Taati: "MotionAGFormer: Enhancing 3D Human Pose Estimation with a Transformer-GCNFormer
Network", WACV 2024, arXiv 2310.16288. Written from the paper; parameter names are those of the published checkpoints,
so that these load strictly. Pruning and recovering: see `hourglass.host`; the graph layers: see `graph_layers`.

A **block** runs the same tokens through two streams, attention and graph, each over space and then over time, and adds
them with weights that a small linear layer predicts for every token. Shapes: `B` windows, `F` frames, `n` remaining
frames, `J` joints, `C` channels.

With the golden weights of the tests the output equals the published one to 1e-4 in most frames. In the others rounding
decides: the temporal graph selects the most similar frames, and of two frames with nearly equal similarity another
processor may select the other one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ..hourglass.host import HourglassHost, PruneConfig, all_frames, check_windows, config_from_sizes
from ..hourglass.layers import Attention, Mlp
from .graph_layers import H36M17_EDGES, FrameGraph, JointGraph


@dataclass(frozen=True, slots=True)
class MotionAGFormerConfig:
    """Sizes of the model. The defaults are the paper's B; `SIZES` has the others."""

    frames: int = 243
    channels: int = 128
    depth: int = 16  # blocks, each of two streams
    heads: int = 8  # no tensor shape shows heads and neighbours: B of the HoT repository has 4 of each
    neighbours: int = 2  # frames joined to each frame in the temporal graph, including itself
    mlp_ratio: float = 4.0
    representation: int = 512  # width of the layer below the head
    in_channels: int = 3  # x, y, confidence
    joints: int = 17
    out_channels: int = 3
    edges: tuple[tuple[int, int], ...] = H36M17_EDGES  # (to, from) joints of the spatial graph
    norm_kept: bool | None = None  # temporal batch norms of pruned blocks: True: one entry per kept frame (trained
    # pruned), False: one per frame of the window (an unpruned checkpoint); None: True with TRA, which needs training
    seq2frame: bool = False  # True: only the centre frame is predicted; every pruning keeps it, recovering is optional


SIZES = {
    "xs": MotionAGFormerConfig(frames=27, channels=64, depth=12),
    "s": MotionAGFormerConfig(frames=81, channels=64, depth=26),
    "b": MotionAGFormerConfig(),
    "l": MotionAGFormerConfig(depth=26),
}


class MetaBlock(nn.Module):
    """Compute x + s1 mixer(norm(x)), then x + s2 mlp(norm(x)) (MetaFormer, CVPR 2022).

    s1 and s2 are learned scales of the channels. Tokens (B, n, J, C) -> same.
    """

    def __init__(self, config: MotionAGFormerConfig, mixer: nn.Module) -> None:
        super().__init__()
        C = config.channels
        self.norm1 = nn.LayerNorm(C)
        self.mixer = mixer
        self.norm2 = nn.LayerNorm(C)
        self.mlp = Mlp(C, int(C * config.mlp_ratio))
        self.layer_scale_1 = nn.Parameter(torch.full((C,), 1e-5))
        self.layer_scale_2 = nn.Parameter(torch.full((C,), 1e-5))

    def add(self, x: Tensor, mixed: Tensor) -> Tensor:
        """Add both residuals; `mixed` is the mixer's output for norm1(x)."""
        x = x + self.layer_scale_1 * mixed
        out: Tensor = x + self.layer_scale_2 * self.mlp(self.norm2(x))
        return out


class GraphBlock(MetaBlock):
    """Mix tokens with a `JointGraph` or a `FrameGraph`."""

    def forward(self, x: Tensor, kept: Tensor) -> Tensor:
        return self.add(x, self.mixer(self.norm1(x), kept))


class AttentionBlock(MetaBlock):
    """Mix tokens with attention over the joints of a frame or over the frames of a joint."""

    mixer: Attention

    def space(self, x: Tensor) -> Tensor:
        return self.add(x, self.mixer(self.norm1(x).flatten(0, 1)).view(x.shape))

    def time(self, x: Tensor, want_columns: bool) -> tuple[Tensor, Tensor | None]:
        """Attend over time; if wanted, also return the attention that each frame receives.

        The attention (B, n) is the mean over heads, joints and queries.
        """
        B, n, J, C = x.shape
        sequences = self.norm1(x).transpose(1, 2).reshape(B * J, n, C)
        columns: Tensor | None = None
        if want_columns:
            mixed, columns = self.mixer.forward_columns(sequences)
            columns = columns.view(B, J, n).mean(1)
        else:
            mixed = self.mixer(sequences)
        return self.add(x, mixed.view(B, J, n, C).transpose(1, 2)), columns


class DualStream(nn.Module):
    """Run and fuse the attention and graph streams.

    `frames` is the length of the temporal batch norm.
    """

    def __init__(self, config: MotionAGFormerConfig, frames: int) -> None:
        super().__init__()
        c, C = config, config.channels
        self.att_spatial = AttentionBlock(c, Attention(C, c.heads, qkv_bias=False))
        self.att_temporal = AttentionBlock(c, Attention(C, c.heads, qkv_bias=False))
        self.graph_spatial = GraphBlock(c, JointGraph(C, c.joints, c.edges))
        self.graph_temporal = GraphBlock(c, FrameGraph(C, frames, c.neighbours))
        self.fusion = nn.Linear(2 * C, 2)
        nn.init.zeros_(self.fusion.weight)  # training starts from the mean of both streams
        nn.init.constant_(self.fusion.bias, 0.5)

    def forward(self, x: Tensor, kept: Tensor, want_columns: bool) -> tuple[Tensor, Tensor | None]:
        """Run a block on tokens (B, n, J, C); if wanted, also return each frame's attention.

        `kept` (B, n) are the frame numbers.
        """
        attended, columns = self.att_temporal.time(self.att_spatial.space(x), want_columns)
        joined = self.graph_temporal(self.graph_spatial(x, kept), kept)  # (B, n, J, C)
        share = self.fusion(torch.cat([attended, joined], -1)).softmax(-1)  # (B, n, J, 2)
        return attended * share[..., :1] + joined * share[..., 1:], columns


class Representation(nn.Module):
    """Compute the features in (-1, 1) below the head. (..., C) -> (..., R)."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.fc = nn.Linear(channels, width)

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(self.fc(x))


class MotionAGFormer(HourglassHost):
    """Lift joints of windows (B, F, J, in_channels) to 3D joints (B, F, J, 3), all F frames.

    Pruned without recovering (`seq2frame` only): joints of the kept frames, (B, r, J, 3).
    """

    def __init__(self, config: MotionAGFormerConfig | None = None, prune: PruneConfig | None = None) -> None:
        c = config or MotionAGFormerConfig()
        super().__init__(
            prune,
            frames=c.frames,
            depth=c.depth,
            channels=c.channels,
            heads=c.heads,
            qkv_bias=False,
            seq2frame=c.seq2frame,
        )
        self.config = c
        prune = self.pruner.config
        alive = prune.frames_per_block(c.frames, c.depth)
        norm_kept = prune.recover == "TRA" if c.norm_kept is None else c.norm_kept
        self.joints_embed = nn.Linear(c.in_channels, c.channels)
        self.pos_embed = nn.Parameter(torch.zeros(1, c.joints, c.channels))
        self.layers = nn.ModuleList(DualStream(c, n if norm_kept else c.frames) for n in alive)
        self.norm = nn.LayerNorm(c.channels)
        self.rep_logit = Representation(c.channels, c.representation)
        self.head = nn.Linear(c.representation, c.out_channels)

    @classmethod
    def from_sizes(cls, sizes: Mapping[str, Any], prune: PruneConfig) -> MotionAGFormer:
        """Build from the `sizes` of a manifest entry. Raises TypeError for an unknown size."""
        return cls(config_from_sizes("MotionAGFormer", MotionAGFormerConfig, sizes), prune)

    def forward_kept(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Predict the kept frames' joints and numbers, (B, F, J, C) -> (B, r, J, 3), (B, r).

        With TRA the joints are already recovered: (B, F, J, 3).
        """
        c = self.config
        check_windows("MotionAGFormer", x, c.frames, c.joints, c.in_channels)
        kept = all_frames(x)  # (B, F)
        # Time has no embedding: only the temporal batch norms depend on the frame number.
        x = self.joints_embed(x) + self.pos_embed  # (B, F, J, C)
        attention: Tensor | None = None
        for block, layer in enumerate(self.layers):
            x, kept = self.prune(block, x, kept, attention)
            x, attention = layer(x, kept, self.pruner.needs_attention(block + 1))
        x = self.recover_tokens(self.norm(x))
        return self.head(self.rep_logit(x)), kept
