"""Compute only requested rows of a frame transformer, from the frames they depend on.

`plan_rows` derives from the pruning schedule which frames each block has to compute; `forward_rows` runs the network
accordingly. The rows equal those of the whole window to the rounding of float32.

Shapes: `B` windows, `n` frames of them, `k` requested rows, `C` channels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from ..networks.frame_transformer import FrameBlock, FrameTransformer, pull_to_rays, rotary_angles, rotate

Index = NDArray[np.int64]
Schedule = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class RowStage:
    """Plan the blocks between two prunings, and the recovering of the pruning after them.

    All but `blocks` and the rotations are indices or weights; "asked" frames are those that the last block computes.
    """

    blocks: range
    rotation: tuple[Tensor, Tensor]  # rotary (cos, sin) of the remaining frames
    rotation_asked: tuple[Tensor, Tensor]  # rotary (cos, sin) of the asked frames
    asked: Tensor  # indices into the remaining frames: tokens that leave the last block, rising
    kept: Tensor  # indices into `asked`: tokens that go on to the next stage
    wanted: Tensor  # indices into `asked`: tokens that recovering needs; in the last stage, those it starts from
    near: Tensor  # indices into `asked`: kept tokens that come back from the next stage
    before: Tensor  # indices into `near`: kept neighbour before each wanted frame
    after: Tensor  # indices into `near`: kept neighbour after each wanted frame
    share: Tensor  # (wanted, 1) interpolation weight of the neighbour after it


def plan_rows(
    network: FrameTransformer, frames: int, rows: tuple[int, ...], schedule: Schedule, device: torch.device
) -> list[RowStage]:
    """Plan the stages of a window of `frames` frames.

    For windows of another length than the network's, `schedule` is scaled, so that kept frames have the spacing that
    the deep blocks were trained with.
    """
    c = network.config
    scaled = tuple((block, max(1, round(keep * frames / c.frames))) for block, keep in schedule)
    return _plan(frames, rows, c.depth, scaled, network.rotary_sizes, device)


# The same window length recurs in every frame of a live run; while windows fill, each length occurs once.
@lru_cache(maxsize=128)
def _plan(
    frames: int,
    rows: tuple[int, ...],
    depth: int,
    schedule: Schedule,
    rotary_sizes: tuple[int, int],
    device: torch.device,
) -> list[RowStage]:
    """Plan the stages; `rotary_sizes` are the last arguments of `rotary_angles`."""

    def on_device(index: Index) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(index)).to(device)

    def stage(blocks: range, kept: Index, near: Index) -> RowStage:
        asked = np.union1d(kept, wanted)
        after = np.clip(np.searchsorted(near, wanted, side="right"), min(1, len(near) - 1), len(near) - 1)
        before = np.maximum(after - 1, 0)
        distance = np.maximum(near[after] - near[before], 1)
        share = np.clip((wanted - near[before]) / distance, 0, 1).astype(np.float32)[:, None]
        rotation = rotary_angles(on_device(alive)[None], *rotary_sizes)
        asked_index = on_device(np.searchsorted(alive, asked))
        return RowStage(
            blocks=blocks,
            rotation=rotation,
            rotation_asked=(rotation[0][:, :, asked_index], rotation[1][:, :, asked_index]),
            asked=asked_index,
            kept=on_device(np.searchsorted(asked, kept)),
            wanted=on_device(np.searchsorted(asked, wanted)),
            near=on_device(np.searchsorted(asked, near)),
            before=on_device(before),
            after=on_device(after),
            share=torch.from_numpy(share).to(device),
        )

    alive, wanted = np.arange(frames), np.array(rows, np.int64)
    begin, stages = 0, []
    for block, keep in schedule:
        if keep >= len(alive):
            continue  # the window is so short that no frame is dropped
        kept = alive[np.linspace(0, len(alive) - 1, keep).round().astype(np.int64)]  # as `select.select_uniform`
        after = np.clip(np.searchsorted(kept, wanted, side="right"), min(1, keep - 1), keep - 1)
        near = kept[np.unique(np.concatenate([after, np.maximum(after - 1, 0)]))]
        stages.append(stage(range(begin, block), kept, near))
        alive, wanted, begin = kept, near, block
    stages.append(stage(range(begin, depth), wanted[:0], wanted))
    return stages


def forward_rows(
    network: FrameTransformer, x: Tensor, rows: tuple[int, ...], schedule: Schedule | None = None
) -> Tensor:
    """Compute rows of `FrameTransformer.forward`: (B, n, 17, channels) -> (B, k, 17, 3).

    `schedule` None: that of the network.
    """
    c = network.config
    schedule = network.pruner.config.schedule if schedule is None else schedule
    stages = plan_rows(network, x.shape[1], rows, schedule, x.device)
    # Without a block before the first pruning, the frames that it drops are not used.
    used = x if len(stages[0].blocks) else x[:, stages[0].asked]
    tokens = network.embed(network.inputs(used))
    for layer in network.encoder:
        tokens = layer(tokens)
    outputs: list[Tensor] = []  # tokens that leave each stage except the last
    for number, stage in enumerate(stages):
        for block in stage.blocks[:-1]:
            tokens = network.blocks[block](tokens, stage.rotation)
        if len(stage.blocks):
            tokens = _answers(network.blocks[stage.blocks[-1]], tokens, stage)  # type: ignore[arg-type]
        if number < len(stages) - 1:
            outputs.append(tokens)
            tokens = tokens[:, stage.kept]
    tokens = tokens[:, stages[-1].wanted]
    for stage, before in zip(reversed(stages[:-1]), reversed(outputs), strict=True):
        added = tokens - before[:, stage.near]
        between = torch.lerp(added[:, stage.before].float(), added[:, stage.after].float(), stage.share)  # TRI
        tokens = before[:, stage.wanted] + between.to(before.dtype)
    for layer in network.decoder:
        tokens = layer(tokens)
    tokens = network.norm(tokens)
    joints = network.head(tokens).unflatten(-1, (c.joints, c.out_channels))
    if not c.along_rays:
        return joints
    return pull_to_rays(joints, x[:, list(rows)], network.gate(tokens))


def _answers(block: FrameBlock, x: Tensor, stage: RowStage) -> Tensor:
    """Compute the asked rows of a block: keys and values of all frames, queries of those."""
    if x.shape[1] == 1:
        return block(x, stage.rotation)[:, stage.asked]
    attention, channels = block.attn, x.shape[-1]
    normed = block.norm1(x)
    weight, bias = attention.qkv.weight, attention.qkv.bias
    q = functional.linear(normed[:, stage.asked], weight[:channels], None if bias is None else bias[:channels])
    k, v = functional.linear(normed, weight[channels:], None if bias is None else bias[channels:]).chunk(2, -1)
    heads, size = attention.heads, channels // attention.heads
    q, k, v = (part.view(*part.shape[:2], heads, size).transpose(1, 2) for part in (q, k, v))
    mixed = attention.attend(rotate(q, stage.rotation_asked), rotate(k, stage.rotation), v)
    rows = x[:, stage.asked] + attention.proj(mixed.transpose(1, 2).flatten(2))
    return rows + block.mlp(block.norm2(rows))
