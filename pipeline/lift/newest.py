"""The newest rows of a window for a fraction of its cost: what a live run asks a lifter for, thirty times a second.

A window of 243 frames is lifted for each new frame, and only a few rows of the answer are looked at. In a frame
transformer that is pruned evenly (TPS) it is known beforehand what those rows depend on: the last block before a
pruning has to answer only for the frames that stay and for the rows that are asked for, and recovering needs the kept
frames next to those rows alone. Nothing of this is an approximation: the rows are those of the whole window to the
rounding of float32. Other hosts lift the whole window.

Two things are, measured with the fast lifter of then (h2ot_fast_v1), newest frames of val.npz, MPJPE with modelled
detector errors and with perfect joints:

* `early`: the first pruning is made before the first block, so that the frames it drops are not even encoded. 96.1 and
  48.3 mm instead of 96.2 and 48.3 (33 reads); a window takes 0.7 of the time, two people's 0.6. Keeping more of the
  newest frames and fewer of the old ones was no better: 97.9 and 48.7.
* `share`: the oldest third of the window is left out. 81.9 and 48.6 mm instead of 82.8 and 48.8 (120 reads after a
  whole window of past).

With h2ot_fast_v2 the two together cost up to 1.5 mm against the whole window (394 reads, `training.evaluate --causal
--live`).

A window that is not full runs at its own length, with as many frames kept in proportion; below 27 frames, and beside a
longer window that is lifted with it, it is led in: before its first frame it runs to and fro. (Error of the newest pose
on val.npz, h2ot_fast_v2, modelled detector errors and perfect joints, as they are and led in to a full window: 9 frames
77.6 and 44.3 -> 73.7 and 40.9 mm, 27 frames 70.4 and 39.3 -> 71.0 and 39.4, 54 frames 71.1 and 38.4 -> 72.2 and 38.7,
108 frames 64.5 and 38.3 -> 64.9 and 38.4. With the frames in the middle instead, as a short clip's, 9 have 75.8 and
42.9, 54 72.5 and 39.5. Two people in one pass cost two thirds of two passes.)

Shapes: `B` windows, `n` frames of them, `k` rows that are asked for, `C` channels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from pipeline.lift.base import WindowLifter
from pipeline.lift.centred import repeat_ends
from pipeline.lift.frametransformer import FrameBlock, FrameTransformer, pulled_to_rays, turn_of, turned
from pipeline.lift.inputs import NetworkInput, mirror
from pipeline.lift.lifter import HostLifter
from pipeline.lift.windows import lead_in, pad_index
from pipeline.types import Floats, check_shape

Index = NDArray[np.int64]
Schedule = tuple[tuple[int, int], ...]

LIVE_SHARE = 2 / 3
_SHORT = 27  # frames


class NewestLifter:
    """Lifts rows of growing windows of at most `frames` frames. Use from one thread.

    `share` of the lifter's own frames; 1 and `early` False: nothing is approximated.
    """

    def __init__(self, lifter: WindowLifter, early: bool = True, share: float = LIVE_SHARE) -> None:
        self.lifter = lifter
        self.frames = lifter.frames
        self._network = _lazy_network(lifter)
        schedule = lifter.prune.schedule
        self._schedule = ((0, schedule[0][1]), *schedule[1:]) if early and schedule else schedule
        if self._network is not None:
            self.frames = round(lifter.frames * share)

    @property
    def lazy(self) -> bool:
        """Whether rows cost less than the window."""
        return self._network is not None

    def lift(
        self, joints_image: Floats, scores: Floats, size_px: tuple[int, int], fov_deg: float | None, rows: Sequence[int]
    ) -> Floats:
        """(B, n, 17, 2) px, (B, n, 17), n at most F -> (B, k, 17, 3) of the frames `rows` (rising), as `WindowLifter`.

        Raises `ModelError`.
        """
        check_shape("joints_image", joints_image, (None, None, 17, 2))
        check_shape("scores", scores, joints_image.shape[:-1])
        if self._network is not None and isinstance(self.lifter, HostLifter):
            before = max(0, _SHORT - joints_image.shape[1])
            if before:
                index = lead_in(joints_image.shape[1], _SHORT)
                joints_image, scores = joints_image[:, index], scores[:, index]
            given = self.lifter.network_input(joints_image, scores, size_px, fov_deg)
            return self._lift_lazily(self.lifter, self._network, given, tuple(before + row for row in rows))
        if self.lifter.seq2frame:
            padded, certain = (np.stack([repeat_ends(w) for w in part]) for part in (joints_image, scores))
            # One pass a row: each from the window around it, in which the frames after the newest one repeat it.
            return np.stack(
                [self._row_by_row(w, s, size_px, fov_deg, rows) for w, s in zip(padded, certain, strict=True)]
            )
        index, before = pad_index(joints_image.shape[1], self.frames)
        lifted = self.lifter.lift_windows(joints_image[:, index], scores[:, index], size_px, None, fov_deg)
        return lifted[:, [before + row for row in rows]]

    def _row_by_row(
        self, joints: Floats, scores: Floats, size_px: tuple[int, int], fov_deg: float | None, rows: Sequence[int]
    ) -> Floats:
        windows = [slice(row, row + self.frames) for row in rows]
        return np.concatenate([self.lifter.lift_frames(joints[w], scores[w], size_px, None, fov_deg) for w in windows])

    def _lift_lazily(
        self, lifter: HostLifter, network: FrameTransformer, given: NetworkInput, rows: tuple[int, ...]
    ) -> Floats:
        x = np.concatenate([given.values, mirror(given.values)]) if lifter.flip else given.values
        autocast = torch.autocast(lifter.device.type, lifter.dtype, enabled=lifter.dtype != torch.float32)
        with torch.inference_mode(), autocast:
            source = torch.from_numpy(x).to(lifter.device)
            joints: Floats = forward_rows(network, source, rows, self._schedule).float().cpu().numpy()
        if lifter.flip:
            joints = (joints[: len(given.values)] + mirror(joints[len(given.values) :])) / 2
        joints = joints - joints[:, :, :1]
        if given.axes is not None:
            joints = joints @ given.axes[:, list(rows)]
        return np.ascontiguousarray(joints, dtype=np.float32)


def _lazy_network(lifter: WindowLifter) -> FrameTransformer | None:
    """The lifter's network if `forward_rows` can run it."""
    if not isinstance(lifter, HostLifter) or not isinstance(lifter.model, FrameTransformer):
        return None
    prune, entry = lifter.prune, lifter.entry
    evenly = not prune.schedule or (prune.strategy == "TPS" and not prune.motion_share and prune.recover == "TRI")
    return lifter.model if evenly and entry.root == "subtract" and entry.scale == "metres" else None


@dataclass(frozen=True, slots=True)
class _Stage:
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


# The same windows come again and again; while they fill, each length once.
@lru_cache(maxsize=128)
def _plan(
    frames: int, rows: tuple[int, ...], depth: int, schedule: Schedule, turning: tuple[int, int], device: torch.device
) -> list[_Stage]:
    """`turning`: what `turn_of` wants beside the frames."""

    def placed(places: Index) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(places)).to(device)

    def stage(blocks: range, kept: Index, near: Index) -> _Stage:
        asked = np.union1d(kept, wanted)
        after = np.clip(np.searchsorted(near, wanted, side="right"), min(1, len(near) - 1), len(near) - 1)
        before = np.maximum(after - 1, 0)
        apart = np.maximum(near[after] - near[before], 1)
        share = np.clip((wanted - near[before]) / apart, 0, 1).astype(np.float32)[:, None]
        placed_share = torch.from_numpy(share).to(device)
        turn = turn_of(placed(alive)[None], *turning)
        where = placed(np.searchsorted(alive, asked))
        return _Stage(
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

    `schedule` None: the network's own. For windows of another length it is scaled, so that kept frames lie as far apart
    as the deep blocks are used to.
    """
    c, n = network.config, x.shape[1]
    schedule = network.pruner.config.schedule if schedule is None else schedule
    schedule = tuple((block, max(1, round(keep * n / c.frames))) for block, keep in schedule)
    stages = _plan(n, rows, c.depth, schedule, network.turning, x.device)
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


def _answers(block: FrameBlock, x: Tensor, stage: _Stage) -> Tensor:
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
