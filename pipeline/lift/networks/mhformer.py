"""MHFormer: three pose hypotheses, refined separately, then jointly, with token pruning.

W. Li, H. Liu, H. Tang, P. Wang, L. Van Gool: "MHFormer: Multi-Hypothesis Transformer for 3D Human Pose Estimation",
CVPR 2022, arXiv 2111.12707. Written from the paper; parameter names are those of the published checkpoints, so that
these load strictly. Pruning and recovering: see `hourglass.host`.

Three parts, by the paper's names: MHG (Multi-Hypothesis Generation) is a cascade of three transformers whose tokens
are the *coordinates* of the window and whose channels are its *frames*, one hypothesis each; SHR (Self-Hypothesis
Refinement) lets the frames of a hypothesis attend to each other; CHI (Cross-Hypothesis Interaction) lets them attend to
the other two hypotheses. SHR and CHI are the blocks that pruning counts: they are the ones whose tokens are frames.

seq2frame: training uses only the centre frame, but the head returns a pose for every kept frame. Shapes: `B` windows,
`F` frames, `n` remaining frames, `J` joints, `H` = 3 hypotheses, `C` channels of a hypothesis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ..hourglass.host import HourglassHost, PruneConfig, all_frames, check_windows, config_from_sizes
from ..hourglass.layers import Attention, Block, Mlp
from ..hourglass.recover import CrossAttention

_NUMBERS = (1, 2, 3)  # numbers of the hypotheses in the parameter names
# Hypotheses that give queries, keys and values to each hypothesis in CHI: the other two, then the hypothesis itself.
_SOURCES = ((1, 2, 0), (0, 2, 1), (0, 1, 2))


@dataclass(frozen=True, slots=True)
class MHFormerConfig:
    """Sizes of the model. The defaults are the paper's."""

    frames: int = 351
    channels: int = 512  # channels of one hypothesis
    hidden: int = 1024  # hidden channels of the MLPs of SHR and CHI
    depth: int = 3  # SHR and CHI blocks: the last one is CHI
    heads: int = 8  # heads of SHR and CHI
    generation_depth: int = 4  # blocks of each transformer of MHG
    generation_heads: int = 9  # heads of MHG; they divide the frames: 27, 81, 243 and 351 are multiples of 9
    generation_mlp_ratio: float = 2.0
    in_channels: int = 2  # x, y
    joints: int = 17
    out_channels: int = 3


class Generation(nn.Module):
    """Attend over the coordinates of the window (MHG). (B, J * in_channels, F) -> same."""

    def __init__(self, c: MHFormerConfig) -> None:
        super().__init__()
        self.pos_embed = nn.Parameter(torch.zeros(1, c.joints * c.in_channels, c.frames))
        self.blocks = nn.ModuleList(
            Block(c.frames, c.generation_heads, c.generation_mlp_ratio) for _ in range(c.generation_depth)
        )
        self.norm = nn.LayerNorm(c.frames, eps=1e-6)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.pos_embed
        for block in self.blocks:
            x = block(x)
        out: Tensor = self.norm(x)
        return out


def _three(module: nn.Module, name: str) -> list[Any]:
    """Return the layers `name1`, `name2` and `name3`, one for each hypothesis."""
    return [getattr(module, f"{name}{i}") for i in _NUMBERS]


class _Hypotheses(nn.Module):
    """Last layer of SHR and CHI: one MLP over the concatenated hypotheses, which mixes them."""

    def __init__(self, c: MHFormerConfig) -> None:
        super().__init__()
        self.norm2 = nn.LayerNorm(3 * c.channels, eps=1e-6)
        self.mlp = Mlp(3 * c.channels, c.hidden)

    def mix(self, hypotheses: list[Tensor]) -> Tensor:
        """Mix three hypotheses (B, n, C) -> (B, n, H, C)."""
        x = torch.cat(hypotheses, -1)
        x = x + self.mlp(self.norm2(x))
        return x.unflatten(-1, (3, -1))


class SelfHypothesisRefinement(_Hypotheses):
    """Attend over the frames of each hypothesis, then mix (SHR). (B, n, H, C) -> same."""

    def __init__(self, c: MHFormerConfig) -> None:
        super().__init__(c)
        for i in _NUMBERS:
            self.add_module(f"norm1_{i}", nn.LayerNorm(c.channels, eps=1e-6))
            self.add_module(f"attn_{i}", Attention(c.channels, c.heads))

    def forward(self, x: Tensor) -> Tensor:
        layers = zip(x.unbind(2), _three(self, "norm1_"), _three(self, "attn_"), strict=True)
        return self.mix([own + attention(norm(own)) for own, norm, attention in layers])

    def forward_columns(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Also return the attention of each frame, (B, n), mean over heads, queries and hypotheses."""
        refined, columns = [], []
        for own, norm, attention in zip(x.unbind(2), _three(self, "norm1_"), _three(self, "attn_"), strict=True):
            mixed, attended = attention.forward_columns(norm(own))
            refined.append(own + mixed)
            columns.append(attended)
        return self.mix(refined), torch.stack(columns).mean(0)


class CrossHypothesisInteraction(_Hypotheses):
    """Attend to each hypothesis by the other two, then mix (CHI). (B, n, H, C) -> same."""

    def __init__(self, c: MHFormerConfig) -> None:
        super().__init__(c)
        for i in _NUMBERS:
            for role in _NUMBERS:  # query, key, value
                self.add_module(f"norm3_{i}{role}", nn.LayerNorm(c.channels, eps=1e-6))
            self.add_module(f"attn_{i}", CrossAttention(c.channels, c.heads))

    def forward(self, x: Tensor) -> Tensor:
        hypotheses = list(x.unbind(2))
        for h, sources in enumerate(_SOURCES):
            norms = _three(self, f"norm3_{h + 1}")
            # In order: the second hypothesis already reads the updated first one.
            normed = [norm(hypotheses[source]) for norm, source in zip(norms, sources, strict=True)]
            hypotheses[h] = hypotheses[h] + getattr(self, f"attn_{h + 1}")(*normed)
        return self.mix(hypotheses)


class Refinement(nn.Module):
    """Hold SHR and CHI under their published names; `MHFormer` runs them and prunes in between."""

    def __init__(self, c: MHFormerConfig) -> None:
        super().__init__()
        for i in _NUMBERS:
            self.register_parameter(f"pos_embed_{i}", nn.Parameter(torch.zeros(1, c.frames, c.channels)))
        self.SHR_blocks = nn.ModuleList(SelfHypothesisRefinement(c) for _ in range(c.depth - 1))
        self.CHI_blocks = nn.ModuleList([CrossHypothesisInteraction(c)])
        self.norm = nn.LayerNorm(3 * c.channels, eps=1e-6)


class MHFormer(HourglassHost):
    """Lift windows (B, F, J, in_channels) to (B, F, J, 3); only the centre frame is trained.

    Pruned without recovering: joints of the kept frames, (B, r, J, 3).
    """

    def __init__(self, config: MHFormerConfig | None = None, prune: PruneConfig | None = None) -> None:
        c = config or MHFormerConfig()
        # TRA recovers each hypothesis separately, as it does each joint in the other hosts.
        super().__init__(prune, frames=c.frames, depth=c.depth, channels=c.channels, heads=c.heads, seq2frame=True)
        self.config = c
        for i in _NUMBERS:
            self.add_module(f"norm_{i}", nn.LayerNorm(c.frames))  # eps 1e-5 here, unlike all other layers
            self.add_module(f"Transformer_encoder_{i}", Generation(c))
            self.add_module(f"embedding_{i}", nn.Conv1d(c.joints * c.in_channels, c.channels, kernel_size=1))
        self.Transformer_hypothesis = Refinement(c)
        self.regression = nn.Sequential(
            nn.BatchNorm1d(3 * c.channels), nn.Conv1d(3 * c.channels, c.joints * c.out_channels, kernel_size=1)
        )

    @classmethod
    def from_sizes(cls, sizes: Mapping[str, Any], prune: PruneConfig) -> MHFormer:
        """Build from the `sizes` of a manifest entry. Raises TypeError for an unknown size."""
        return cls(config_from_sizes("MHFormer", MHFormerConfig, sizes), prune)

    def forward_kept(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Predict the kept frames' joints and numbers, (B, F, J, C) -> (B, r, J, 3), (B, r).

        With TRA the joints are already recovered: (B, F, J, 3).
        """
        c = self.config
        check_windows("MHFormer", x, c.frames, c.joints, c.in_channels)
        kept = all_frames(x)  # (B, F)
        x = self.generate(x)
        x, kept = self.refine(x, kept)
        x = self.Transformer_hypothesis.norm(x.flatten(2)).view(x.shape)  # (B, r, H, C)
        x = self.recover_tokens(x).flatten(2)  # (B, r or F, H C)
        joints: Tensor = self.regression(x.transpose(1, 2).contiguous()).transpose(1, 2)  # (B, r or F, J 3)
        return joints.reshape(len(x), -1, c.joints, c.out_channels), kept

    def generate(self, x: Tensor) -> Tensor:
        """Generate hypotheses (MHG), each from the one before: (B, F, J, C) -> (B, F, H, C)."""
        x = x.flatten(2).transpose(1, 2)  # (B, J in_channels, F)
        hypotheses = []
        for i in _NUMBERS:
            norm, encoder, embedding = (getattr(self, f"{n}_{i}") for n in ("norm", "Transformer_encoder", "embedding"))
            x = x + encoder(norm(x))
            hypotheses.append(embedding(x).transpose(1, 2))  # (B, F, C)
        return torch.stack(hypotheses, 2)

    def refine(self, x: Tensor, kept: Tensor) -> tuple[Tensor, Tensor]:
        """Refine and prune by SHR and CHI: (B, F, H, C), (B, F) -> (B, r, H, C), (B, r)."""
        hidden = self.Transformer_hypothesis
        x = x + torch.stack(_three(hidden, "pos_embed_"), 2)
        attention: Tensor | None = None
        for block, layer in enumerate([*hidden.SHR_blocks, *hidden.CHI_blocks]):
            # A frame is selected by its concatenated hypotheses, not by their mean: unlike joints, they are
            # alternatives.
            concatenated, kept = self.prune(block, x.flatten(2)[:, :, None], kept, attention)  # (B, n, 1, H C)
            x = concatenated.view(*kept.shape, len(_NUMBERS), -1)  # (B, n, H, C)
            if self.pruner.needs_attention(block + 1):
                x, attention = layer.forward_columns(x)
            else:
                x = layer(x)
        return x, kept
