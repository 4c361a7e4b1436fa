"""Token pruning and recovering: the hourglass that makes a video pose transformer cheap.

H2OT: "Hierarchical Hourglass Tokenizer for Efficient Video Pose Transformers", TPAMI 2025, arXiv 2509.06956, after
HoT, CVPR 2024, arXiv 2311.12028. A token is one frame's feature with all its joints; neighbouring frames say nearly
the same, so only a few representative frames go through the deep blocks, and all frames are recovered at the end.

Here: TPS (token pruning sampler, uniform) and TRI (token recovering by interpolation), the paper's best trade-off; it
has no parameters and can be put into an unpruned checkpoint. A host calls `TokenPruner.at_block` at the input of every
block, and `recover` after its head. A new strategy is a new function in `_SELECTORS`.

Shapes: `B` windows, `F` frames of a window, `n` frames still alive, `r` frames to keep, `J` joints, `C` channels.
Kept frames are (B, n) int64 *original* frame numbers, strictly rising; they may differ between the windows of a batch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from pipeline.errors import ModelError


@dataclass(frozen=True, slots=True)
class PruneConfig:
    """What to prune, where and how to get the frames back. The default keeps every frame.

    `schedule` holds (block, frames to keep) pairs: at the *input* of that block only so many frames stay. Blocks and
    frames count must rise and fall strictly. `recover` is "TRI", or "" for models that need no recovering.
    """

    strategy: str = "TPS"
    schedule: tuple[tuple[int, int], ...] = ()
    recover: str = "TRI"

    def check(self, frames: int, depth: int) -> None:
        """Raise `ModelError` unless a host with `depth` blocks and `frames` frames can follow this schedule."""
        hint = "Correct the 'prune' entry of the lifter in the weights manifest."
        if self.schedule and self.strategy not in _SELECTORS:
            raise ModelError(
                f"The pruning strategy '{self.strategy}' is not known.", f"Known: {', '.join(_SELECTORS)}."
            )
        if self.schedule and self.recover not in _RECOVERERS:
            raise ModelError(f"The recovering '{self.recover}' is not known.", f"Known: {', '.join(_RECOVERERS)}.")
        last_block, alive = -1, frames + 1
        for block, keep in self.schedule:
            if not last_block < block < depth:
                raise ModelError(f"Pruning at block {block} does not fit: blocks rise from 0 to {depth - 1}.", hint)
            if not 1 <= keep < alive:
                raise ModelError(f"Keeping {keep} frames at block {block} does not fit: {alive - 1} are alive.", hint)
            last_block, alive = block, keep

    def frames_per_block(self, frames: int, depth: int) -> list[int]:
        """How many frames each block sees: the cost profile of the hourglass."""
        keep = dict(self.schedule)
        alive = [frames := keep.get(block, frames) for block in range(depth)]
        return alive

    @staticmethod
    def from_json(data: dict[str, Any] | None) -> PruneConfig:
        """From a manifest's `prune` object ({"strategy", "schedule", "recover"}); None keeps every frame."""
        if not data:
            return PruneConfig()
        schedule = tuple((int(block), int(keep)) for block, keep in data.get("schedule", ()))
        return PruneConfig(str(data.get("strategy", "TPS")), schedule, str(data.get("recover", "TRI")))


def all_frames(x: Tensor) -> Tensor:
    """Tokens (B, F, ...) -> kept frames (B, F): every frame is alive."""
    return torch.arange(x.shape[1], device=x.device).expand(x.shape[0], -1)


def gather_frames(x: Tensor, index: Tensor) -> Tensor:
    """Pick frames: x (B, n, ...) and index (B, r) into the n -> (B, r, ...)."""
    shape = (*index.shape, *[1] * (x.dim() - 2))
    return x.gather(1, index.view(shape).expand(*index.shape, *x.shape[2:]))


def select_uniform(x: Tensor, r: int) -> Tensor:
    """TPS: tokens (B, n, J, C) -> (B, r) index of r of the n frames, spread evenly from the first to the last one."""
    B, n = x.shape[:2]
    # numpy on purpose: float64 everywhere (some devices have none), so that every device picks the same frames.
    index = torch.from_numpy(np.linspace(0, n - 1, r).round().astype(np.int64))
    return index.to(x.device, non_blocking=True).expand(B, -1)


# (tokens (B, n, J, C), r) -> (B, r) index into the n frames, strictly rising
_SELECTORS: dict[str, Callable[[Tensor, int], Tensor]] = {"TPS": select_uniform}


class TokenPruner:
    """Follows a schedule through the blocks of one host. Holds no state: kept frames travel beside the tokens."""

    def __init__(self, config: PruneConfig, frames: int, depth: int) -> None:
        config.check(frames, depth)
        self.config = config
        self._keep = dict(config.schedule)

    def at_block(self, block: int, x: Tensor, kept: Tensor) -> tuple[Tensor, Tensor]:
        """At the input of `block`: tokens (B, n, J, C), kept (B, n) -> (B, r, J, C), (B, r); unchanged if all stay."""
        r = self._keep.get(block)
        if r is None or r >= x.shape[1]:
            return x, kept
        index = _SELECTORS[self.config.strategy](x, r)
        return gather_frames(x, index), kept.gather(1, index)

    def recover(self, joints: Tensor, kept: Tensor, frames: int) -> Tensor:
        """After the head: joints (B, r, J, D) of the kept frames (B, r) -> (B, frames, J, D)."""
        if joints.shape[1] == frames:
            return joints
        return _RECOVERERS[self.config.recover](joints, kept, frames)


def interpolate(joints: Tensor, kept: Tensor, frames: int) -> Tensor:
    """TRI: joints (B, r, J, D) at frames `kept` (B, r) -> (B, frames, J, D), linear in time.

    Uses the true, possibly uneven kept frames; constant before the first and after the last one. Half precision (from
    autocast) becomes float32: positions in bfloat16 would be rounded to centimetres.
    """
    if joints.dtype in (torch.float16, torch.bfloat16):
        joints = joints.float()
    B, r = kept.shape
    if r == 1:
        return joints.expand(-1, frames, -1, -1)
    wanted = torch.arange(frames, device=kept.device).expand(B, -1).contiguous()
    after = torch.searchsorted(kept.contiguous(), wanted, right=True).clamp(1, r - 1)  # (B, frames)
    before = after - 1
    start, end = kept.gather(1, before), kept.gather(1, after)
    share = ((wanted - start).to(joints.dtype) / (end - start).to(joints.dtype)).clamp(0, 1)
    return torch.lerp(gather_frames(joints, before), gather_frames(joints, after), share[..., None, None])


_RECOVERERS: dict[str, Callable[[Tensor, Tensor, int], Tensor]] = {"TRI": interpolate}
