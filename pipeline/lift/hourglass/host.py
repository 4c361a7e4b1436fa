"""Prune and recover the tokens of a video pose transformer: base class of the hosts.

H2OT: "Hierarchical Hourglass Tokenizer for Efficient Video Pose Transformers", TPAMI 2025, arXiv 2509.06956, after
HoT, CVPR 2024, arXiv 2311.12028. A token is one frame's feature with all its joints; neighbouring frames carry nearly
the same information, so only a few representative frames go through the deep blocks (`select`), and all frames are
recovered at the end (`recover`). TPS + TRI is the paper's best trade-off; it has no parameters and fits any unpruned
checkpoint.

A host is an `HourglassHost`: it calls `prune` at the input of every block and `recover_tokens` before its head.

Shapes: `B` windows, `F` frames of a window, `n` remaining frames, `r` frames to keep, `J` joints, `C` channels.
Kept frames are (B, n) int64 *original* frame numbers, strictly rising; they may differ between the windows of a batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, Self, TypeVar

import torch
from torch import Tensor, nn

from ...core.pruning_schedule import PruneConfig
from .layers import AttentionLayer
from .recover import CrossAttention, attend, interpolate
from .select import all_frames, gather_frames, select_clusters_as_published, selector_for

__all__ = [
    "HourglassHost",
    "PruneConfig",
    "TokenPruner",
    "all_frames",
    "check_windows",
    "config_from_sizes",
    "gather_frames",
]

C = TypeVar("C", bound=Any)


def config_from_sizes(host: str, config: type[C], sizes: Mapping[str, Any]) -> C:
    """Build the config dataclass of a host from the `sizes` of a manifest entry.

    Raises TypeError for a size that the host does not have.
    """
    if unknown := set(sizes) - {field.name for field in fields(config)}:
        raise TypeError(f"{host} has no size called {', '.join(sorted(unknown))}")
    return config(**sizes)


def check_windows(host: str, x: Tensor, frames: int, joints: int, in_channels: int) -> None:
    """Raise ValueError unless x is (B, frames, joints, in_channels)."""
    wanted = (frames, joints, in_channels)
    if x.shape[1:] != wanted:
        raise ValueError(f"{host} input has shape {tuple(x.shape)}, expected (B, {', '.join(map(str, wanted))})")


class TokenPruner:
    """Apply a pruning schedule to the blocks of one host.

    It is stateless: kept frames are passed along with the tokens.
    """

    def __init__(self, config: PruneConfig, frames: int, depth: int, seq2frame: bool = False) -> None:
        """Check the schedule. `seq2frame`: every selection keeps the centre frame, `frames // 2`."""
        config.check(frames, depth, seq2frame)
        self.config = config
        self.selector = selector_for(config)
        self._keep = dict(config.schedule)
        self._alive = [frames, *config.frames_per_block(frames, depth)]  # [block]: frames that reach this block
        self._centre = frames // 2 if seq2frame else None

    def prunes(self, block: int) -> bool:
        """Return whether frames are dropped at the input of `block`."""
        return block in self._keep and self._keep[block] < self._alive[block]

    def needs_attention(self, block: int) -> bool:
        """Return whether `at_block(block)` needs the means of the preceding attention (TPA)."""
        return self.config.strategy == "TPA" and self.prunes(block)

    def at_block(self, block: int, x: Tensor, kept: Tensor, attention: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Prune tokens (B, n, J, C), kept (B, n) at the input of `block` -> (B, r, J, C), (B, r).

        They are unchanged if all frames stay. `attention` (B, n): attention that each frame received in the previous
        temporal layer, mean over heads, joints and queries; only if `needs_attention(block)`.
        """
        if not self.prunes(block):
            return x, kept
        index = self.select(block, x, kept, attention)
        return gather_frames(x, index), kept.gather(1, index)

    @torch.no_grad()
    def select(self, block: int, x: Tensor, kept: Tensor, attention: Tensor | None = None) -> Tensor:
        """Return the positions (B, r), among the n remaining frames, of the frames kept at `block`."""
        centre = None if self._centre is None else (kept == self._centre).long().argmax(1, keepdim=True)
        return self.selector(x, self._keep[block], centre, attention)

    def recover(self, joints: Tensor, kept: Tensor, frames: int) -> Tensor:
        """Recover joints (B, r, J, D) of kept frames (B, r) with TRI -> (B, frames, J, D).

        For the output of the head. Without recovering (seq2frame), after TRA and without pruning the joints are
        returned unchanged.
        """
        if joints.shape[1] == frames or self.config.recover != "TRI":
            return joints
        return interpolate(joints, kept, frames)


class HourglassHost(nn.Module):
    """Base class of the hosts: pruner and learned parameters under their published names.

    The parameters exist only if the configuration uses them: `x_token` (1, F, C) and `cross_attention` with TRA,
    `pos_embed_token` (1, r, C) with TPC + TRA in seq2seq models.
    """

    def __init__(
        self,
        prune: PruneConfig | None,
        *,
        frames: int,
        depth: int,
        channels: int,
        heads: int,
        qkv_bias: bool = True,
        seq2frame: bool = False,
    ) -> None:
        super().__init__()
        prune = prune or PruneConfig()
        self.frames = frames
        self.seq2frame = seq2frame  # True: only the centre frame is predicted
        self._watcher: list[tuple[int, Tensor]] | None = None
        self.pruner = TokenPruner(prune, frames, depth, seq2frame)
        self._positions = prune.position_names(seq2frame)
        for block, keep in prune.schedule:
            if block in self._positions:
                self.register_parameter(self._positions[block], nn.Parameter(torch.zeros(1, keep, channels)))
        if prune.schedule and prune.recover == "TRA":
            self.x_token = nn.Parameter(torch.zeros(1, frames, channels))
            self.cross_attention = CrossAttention(channels, heads, qkv_bias)

    def prune(self, block: int, x: Tensor, kept: Tensor, attention: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Prune with `TokenPruner.at_block` and add the learned positions to the kept tokens."""
        if not self.pruner.prunes(block):
            return x, kept
        x, kept = self.pruner.at_block(block, x, kept, attention)
        if self._watcher is not None:
            self._watcher.append((block, kept))
        if block in self._positions:
            positions: Tensor = getattr(self, self._positions[block])
            x = x + positions[:, :, None]
        return x, kept

    def recover_tokens(self, x: Tensor) -> Tensor:
        """Recover tokens (B, r, J, C) with TRA -> (B, F, J, C), else return them unchanged.

        (TRI comes after the head.)
        """
        if x.shape[1] == self.frames or self.pruner.config.recover != "TRA":
            return x
        return attend(self.cross_attention, self.x_token, x)

    def forward(self, x: Tensor) -> Tensor:
        """Predict joints (B, F, J, D); without recovering those of the kept frames, (B, r, J, D)."""
        joints, kept = self.forward_kept(x)
        return self.pruner.recover(joints, kept, self.frames)

    @contextmanager
    def record_stages(self) -> Iterator[list[tuple[int, Tensor]]]:
        """Record (block, kept frames (B, r)) of every pruning inside the context."""
        stages: list[tuple[int, Tensor]] = []
        self._watcher = stages
        try:
            yield stages
        finally:
            self._watcher = None

    def as_published(self) -> Self:
        """Use the published code's order of operations: unfused attention, TPC by rounded distances.

        This is slower, and TPC then depends on the rounding of the machine. For parity checks and as the baseline of
        benchmarks. Returns the model itself.
        """
        for module in self.modules():
            if isinstance(module, AttentionLayer):
                module.fused = False
        if self.pruner.config.strategy == "TPC":
            self.pruner.selector = select_clusters_as_published
        return self

    def forward_kept(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Predict joints before TRI, and kept frames: (B, F, J, C) -> (B, r, J, D), (B, r).

        With TRA the joints are (B, F, J, D). A host with its own recovering always returns (B, F, J, D).
        """
        raise NotImplementedError
