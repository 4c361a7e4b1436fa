"""Rows of a frame transformer's answer without the rest of it: which frames they depend on, and the way through.

`plan_rows` works out, from the pruning alone, which frames each block has to answer for; `forward_rows` runs the
network so. The rows are those of the whole window to the rounding of float32.

Shapes: `B` windows, `n` frames of them, `k` rows that are asked for, `C` channels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from ..networks.frame_transformer import FrameBlock, FrameTransformer, pulled_to_rays, turn_of, turned

Index = NDArray[np.int64]
Schedule = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of blocks between two prunings, and the way back over the pruning behind it."""

    blocks: range
    turn: tuple[Tensor, Tensor]  # of the frames that are alive
    turn_asked: tuple[Tensor, Tensor]
    asked: Tensor  # of the alive: those whose tokens leave the last block, rising
    kept: Tensor  # of the asked: those that go on to the next stage
    wanted: Tensor  # of the asked: those that recovering needs here; in the last stage, where it starts
    near: Tensor  # of the asked: the kept ones whose tokens come back from the next stage
    before: Tensor  # of those: the neighbours of each wanted one in time, and
    after: Tensor
    share: Tensor  # (wanted, 1) how far it lies between them


def plan_rows(
    network: FrameTransformer, frames: int, rows: tuple[int, ...], schedule: Schedule, device: torch.device
) -> list[Stage]:
    """The stages of a window of so many frames.

    For windows of another length than the network's `schedule` is scaled, so that kept frames lie as far apart as the
    deep blocks are used to.
    """
    c = network.config
    scaled = tuple((block, max(1, round(keep * frames / c.frames))) for block, keep in schedule)
    return _plan(frames, rows, c.depth, scaled, network.turning, device)


# The same windows come again and again; while they fill, each length once.
@lru_cache(maxsize=128)
def _plan(
    frames: int, rows: tuple[int, ...], depth: int, schedule: Schedule, turning: tuple[int, int], device: torch.device
) -> list[Stage]:
    """`turning`: what `turn_of` wants beside the frames."""

    def placed(places: Index) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(places)).to(device)

    def stage(blocks: range, kept: Index, near: Index) -> Stage:
        asked = np.union1d(kept, wanted)
        after = np.clip(np.searchsorted(near, wanted, side="right"), min(1, len(near) - 1), len(near) - 1)
        before = np.maximum(after - 1, 0)
        apart = np.maximum(near[after] - near[before], 1)
        share = np.clip((wanted - near[before]) / apart, 0, 1).astype(np.float32)[:, None]
        placed_share = torch.from_numpy(share).to(device)
        turn = turn_of(placed(alive)[None], *turning)
        where = placed(np.searchsorted(alive, asked))
        return Stage(
            blocks=blocks,
            turn=turn,
            turn_asked=(turn[0][:, :, where], turn[1][:, :, where]),
            asked=where,
            kept=placed(np.searchsorted(asked, kept)),
            wanted=placed(np.searchsorted(asked, wanted)),
            near=placed(np.searchsorted(asked, near)),
            before=placed(before),
            after=placed(after),
            share=placed_share,
        )

    alive, wanted = np.arange(frames), np.array(rows, np.int64)
    begin, stages = 0, []
    for block, keep in schedule:
        if keep >= len(alive):
            continue  # a window so short that nothing is left to drop
        kept = alive[np.linspace(0, len(alive) - 1, keep).round().astype(np.int64)]  # as `pruning.select_uniform`
        after = np.clip(np.searchsorted(kept, wanted, side="right"), min(1, keep - 1), keep - 1)
        near = kept[np.unique(np.concatenate([after, np.maximum(after - 1, 0)]))]
        stages.append(stage(range(begin, block), kept, near))
        alive, wanted, begin = kept, near, block
    stages.append(stage(range(begin, depth), wanted[:0], wanted))
    return stages


def forward_rows(
    network: FrameTransformer, x: Tensor, rows: tuple[int, ...], schedule: Schedule | None = None
) -> Tensor:
    """(B, n, 17, channels) -> joints (B, k, 17, 3): those rows of `FrameTransformer.forward`.

    `schedule` None: the network's own.
    """
    c = network.config
    schedule = network.pruner.config.schedule if schedule is None else schedule
    stages = plan_rows(network, x.shape[1], rows, schedule, x.device)
    # If there is no block before the first pruning, nothing looks at the frames that it drops.
    given = x if len(stages[0].blocks) else x[:, stages[0].asked]
    own = min(c.in_channels, 3)
    tokens = network.embed(torch.cat([given[..., :own].flatten(2), given[:, :, 0, own:]], -1))
    for layer in network.encoder:
        tokens = layer(tokens)
    left: list[Tensor] = []  # tokens that left each stage but the last
    for number, stage in enumerate(stages):
        for block in stage.blocks[:-1]:
            tokens = network.blocks[block](tokens, stage.turn)
        if len(stage.blocks):
            tokens = _answers(network.blocks[stage.blocks[-1]], tokens, stage)  # type: ignore[arg-type]
        if number < len(stages) - 1:
            left.append(tokens)
            tokens = tokens[:, stage.kept]
    tokens = tokens[:, stages[-1].wanted]
    for stage, before in zip(reversed(stages[:-1]), reversed(left), strict=True):
        added = tokens - before[:, stage.near]
        between = torch.lerp(added[:, stage.before].float(), added[:, stage.after].float(), stage.share)  # TRI
        tokens = before[:, stage.wanted] + between.to(before.dtype)
    for layer in network.decoder:
        tokens = layer(tokens)
    tokens = network.norm(tokens)
    joints = network.head(tokens).unflatten(-1, (c.joints, c.out_channels))
    if not c.along_rays:
        return joints
    return pulled_to_rays(joints, x[:, list(rows)], network.gate(tokens))


def _answers(block: FrameBlock, x: Tensor, stage: Stage) -> Tensor:
    """The asked rows of a block's answer: keys and values of all frames, queries of those alone."""
    if x.shape[1] == 1:
        return block(x, stage.turn)[:, stage.asked]
    attention, channels = block.attn, x.shape[-1]
    normed = block.norm1(x)
    weight, bias = attention.qkv.weight, attention.qkv.bias
    q = functional.linear(normed[:, stage.asked], weight[:channels], None if bias is None else bias[:channels])
    k, v = functional.linear(normed, weight[channels:], None if bias is None else bias[channels:]).chunk(2, -1)
    heads, size = attention.heads, channels // attention.heads
    q, k, v = (part.view(*part.shape[:2], heads, size).transpose(1, 2) for part in (q, k, v))
    mixed = attention.attend(turned(q, stage.turn_asked), turned(k, stage.turn), v)
    rows = x[:, stage.asked] + attention.proj(mixed.transpose(1, 2).flatten(2))
    return rows + block.mlp(block.norm2(rows))
