"""The hourglass that makes a video pose transformer cheap: its configuration, and what every host shares of it.

H2OT: "Hierarchical Hourglass Tokenizer for Efficient Video Pose Transformers", TPAMI 2025, arXiv 2509.06956, after
HoT, CVPR 2024, arXiv 2311.12028. A token is one frame's feature with all its joints; neighbouring frames say nearly
the same, so only a few representative frames go through the deep blocks (`pruning`), and all frames are recovered at
the end (`recovering`). TPS + TRI is the paper's best trade-off; it has no parameters and fits any unpruned checkpoint.

A host is an `HourglassHost`: it calls `prune` at the input of every block and `recover_tokens` before its head.

Shapes: `B` windows, `F` frames of a window, `n` frames still alive, `r` frames to keep, `J` joints, `C` channels.
Kept frames are (B, n) int64 *original* frame numbers, strictly rising; they may differ between the windows of a batch.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from pipeline.errors import ModelError
from pipeline.lift.pruning import SELECTORS, all_frames, gather_frames
from pipeline.lift.recovering import RECOVERERS, CrossAttention, attend, interpolate

__all__ = ["HourglassHost", "PruneConfig", "TokenPruner", "all_frames", "gather_frames"]

_HINT = "Correct the pruning schedule ('prune' in the weights manifest, or the --prune options)."


@dataclass(frozen=True, slots=True)
class PruneConfig:
    """What to prune, where and how to get the frames back. The default keeps every frame.

    `strategy` is "TPC", "TPA", "TPMo" or "TPS". `schedule` holds (block, frames to keep) pairs: at the *input* of that
    block only so many frames stay; blocks must rise and frames must fall. `recover` is "TRA", "TRI", or "" for none
    (seq2frame models only).
    """

    strategy: str = "TPS"
    schedule: tuple[tuple[int, int], ...] = ()
    recover: str = "TRI"

    def check(self, frames: int, depth: int, seq2frame: bool = False) -> None:
        """Raise `ModelError` unless a host with `depth` blocks and `frames` frames can follow this schedule."""
        if not self.schedule:
            return
        if self.strategy not in SELECTORS:
            raise ModelError(f"The pruning strategy '{self.strategy}' is not known.", f"Known: {', '.join(SELECTORS)}.")
        if self.recover not in ("", *RECOVERERS):
            raise ModelError(f"The recovering '{self.recover}' is not known.", f"Known: {', '.join(RECOVERERS)}.")
        if not self.recover and not seq2frame:
            raise ModelError(
                "A model that gives every frame cannot be pruned without recovering: frames would be missing.",
                f"Choose one of {', '.join(RECOVERERS)}.",
            )
        last_block, alive = -1, frames + 1
        for block, keep in self.schedule:
            if not last_block < block < depth:
                raise ModelError(f"Pruning at block {block} does not fit: blocks rise from 0 to {depth - 1}.", _HINT)
            if not 1 <= keep < alive:
                raise ModelError(f"Keeping {keep} frames at block {block} does not fit: {alive - 1} are alive.", _HINT)
            last_block, alive = block, keep
        if self.strategy == "TPA" and self.schedule[0][0] == 0:
            raise ModelError(
                "TPA cannot prune at block 0: it reads the temporal attention of the block before, and there is none.",
                "Prune at block 1 or later, or choose another strategy.",
            )
        least = 3 if seq2frame else 2
        if self.strategy == "TPMo" and alive < least:
            ends = "the first, the centre and the last frame" if seq2frame else "the first and the last frame"
            raise ModelError(f"TPMo cannot keep {alive}: it always keeps {ends}.", f"Keep {least} or more.")

    def frames_per_block(self, frames: int, depth: int) -> list[int]:
        """How many frames each block sees: the cost profile of the hourglass."""
        keep = dict(self.schedule)
        return [frames := keep.get(block, frames) for block in range(depth)]

    def position_names(self, seq2frame: bool = False) -> dict[int, str]:
        """Block -> name of the position embedding learned for the frames kept there.

        Only the HoT seq2seq models (TPC + TRA) have it; the published ones prune once, further stages count from 2.
        """
        if seq2frame or (self.strategy, self.recover) != ("TPC", "TRA"):
            return {}
        return {
            block: "pos_embed_token" if stage == 1 else f"pos_embed_token_{stage}"
            for stage, (block, _) in enumerate(self.schedule, start=1)
        }

    def check_learned(self, names: Collection[str]) -> None:
        """Raise `ModelError` if a checkpoint with these parameter names lacks what TRA learned, or has it unused."""
        wanted, there = bool(self.schedule) and self.recover == "TRA", "x_token" in names
        if wanted and not there:
            raise ModelError(
                "TRA cannot be put into this checkpoint: it has no learned query tokens (x_token, cross_attention).",
                "Recover with TRI, which needs no training.",
            )
        if there and not wanted:
            raise ModelError(
                "This checkpoint was trained to recover with TRA (it holds x_token).", "Prune it, and recover with TRA."
            )

    @staticmethod
    def from_json(data: dict[str, Any] | None) -> PruneConfig:
        """From a manifest's `prune` object ({"strategy", "schedule", "recover"}); None keeps every frame."""
        if not data:
            return PruneConfig()
        schedule = tuple((int(block), int(keep)) for block, keep in data.get("schedule", ()))
        return PruneConfig(str(data.get("strategy", "TPS")), schedule, str(data.get("recover", "TRI")))


class TokenPruner:
    """Follows a schedule through the blocks of one host. Holds no state: kept frames travel beside the tokens."""

    def __init__(self, config: PruneConfig, frames: int, depth: int, seq2frame: bool = False) -> None:
        """`seq2frame`: every selection keeps the centre frame, number `frames // 2`."""
        config.check(frames, depth, seq2frame)
        self.config = config
        self._keep = dict(config.schedule)
        self._alive = [frames, *config.frames_per_block(frames, depth)]  # [block]: frames that come to this block
        self._centre = frames // 2 if seq2frame else None

    def prunes(self, block: int) -> bool:
        """Whether frames are dropped at the input of `block`."""
        return block in self._keep and self._keep[block] < self._alive[block]

    def needs_attention(self, block: int) -> bool:
        """Whether `at_block(block)` wants the column means of the temporal attention before it (TPA)."""
        return self.config.strategy == "TPA" and self.prunes(block)

    def at_block(self, block: int, x: Tensor, kept: Tensor, attention: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """At the input of `block`: tokens (B, n, J, C), kept (B, n) -> (B, r, J, C), (B, r); unchanged if all stay.

        `attention` (B, n) is how much the previous temporal attention looked at each frame: the mean over heads, joints
        and queries; only if `needs_attention(block)`.
        """
        if not self.prunes(block):
            return x, kept
        index = self.select(block, x, kept, attention)
        return gather_frames(x, index), kept.gather(1, index)

    @torch.no_grad()
    def select(self, block: int, x: Tensor, kept: Tensor, attention: Tensor | None = None) -> Tensor:
        """Positions (B, r), among the n alive frames, of those that stay at `block`."""
        centre = None if self._centre is None else (kept == self._centre).long().argmax(1, keepdim=True)
        return SELECTORS[self.config.strategy](x, self._keep[block], centre, attention)

    def recover(self, joints: Tensor, kept: Tensor, frames: int) -> Tensor:
        """After the head: joints (B, r, J, D) of the kept frames (B, r) -> (B, frames, J, D) with TRI.

        Without recovering (seq2frame) they stay as they are; after TRA or without pruning all are there.
        """
        if joints.shape[1] == frames or self.config.recover != "TRI":
            return joints
        return interpolate(joints, kept, frames)


class HourglassHost(nn.Module):
    """What every host has of the hourglass: the pruner and the learned parameters, under their published names.

    These exist only if the configuration uses them: `x_token` (1, F, C) and `cross_attention` with TRA,
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
        self.pruner = TokenPruner(prune, frames, depth, seq2frame)
        self._positions = prune.position_names(seq2frame)
        for block, keep in prune.schedule:
            if block in self._positions:
                self.register_parameter(self._positions[block], nn.Parameter(torch.zeros(1, keep, channels)))
        if prune.schedule and prune.recover == "TRA":
            self.x_token = nn.Parameter(torch.zeros(1, frames, channels))
            self.cross_attention = CrossAttention(channels, heads, qkv_bias)

    def prune(self, block: int, x: Tensor, kept: Tensor, attention: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """`TokenPruner.at_block`, and the learned positions added to what stays."""
        if not self.pruner.prunes(block):
            return x, kept
        x, kept = self.pruner.at_block(block, x, kept, attention)
        if block in self._positions:
            positions: Tensor = getattr(self, self._positions[block])
            x = x + positions[:, :, None]
        return x, kept

    def recover_tokens(self, x: Tensor) -> Tensor:
        """Before the head: tokens (B, r, J, C) -> (B, F, J, C) with TRA, else unchanged (TRI comes after the head)."""
        if x.shape[1] == self.frames or self.pruner.config.recover != "TRA":
            return x
        return attend(self.cross_attention, self.x_token, x)

    def forward(self, x: Tensor) -> Tensor:
        """What the model returns: joints (B, F, J, D); without recovering those of the kept frames, (B, r, J, D)."""
        joints, kept = self.forward_kept(x)
        return self.pruner.recover(joints, kept, self.frames)

    def forward_kept(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Input (B, F, J, 2 or 3) -> joints before TRI, (B, r, J, D), with TRA (B, F, J, D); and kept frames (B, r)."""
        raise NotImplementedError
