"""Motion-adaptive TPS: keep more frames where the body moves fast and fewer where it rests.

Not in the H2OT paper (arXiv 2509.06956), whose sampler (TPS) spreads the kept frames evenly in time, and whose motion
pruner (TPMo) takes the fastest frames and leaves gaps of any length. Here r frames are spread evenly along a *path*
from the first to the last remaining frame, whose length is partly time and partly distance travelled. The number of
kept frames is that of TPS, and so is the cost.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

_SPEED_WINDOW = 5  # steps over which a speed is averaged: detector jitter must not count as motion
_REDISTRIBUTE_PASSES = 4  # passes that share the excess length of long steps among the others; converges within 4
_PATH_UNITS = 1 << 24  # integer units of the path's length: sums of integers do not depend on their order


def select_by_motion(
    x: Tensor, r: int, centre: Tensor | None = None, attention: Tensor | None = None, *, share: float
) -> Tensor:
    """Select r of the n frames of tokens (B, n, J, C) evenly along the path.

    Returns strictly rising positions (B, r). The length of a step between frames is (1 - share) x the mean step + share
    x the motion of the tokens in it (norm of their difference, mean over the joints, as in TPMo). The first and the
    last frame stay, and `centre` (B, 1) if given: `PruneConfig.check` ensures that r is large enough for them.
    """
    steps = _steps(x, r, share)
    path = functional.pad((steps * _PATH_UNITS).round().long().cumsum(1), (1, 0))  # (B, n), from 0
    order = torch.arange(r, device=x.device)  # (r,)
    wanted = path[:, -1:] * order // (r - 1)  # (B, r), evenly along the path
    after = torch.searchsorted(path, wanted).clamp(1, x.shape[1] - 1)
    before = after - 1
    nearer = wanted - path.gather(1, before) <= path.gather(1, after) - wanted
    index = torch.where(nearer, before, after)
    # Every frame at most once: where two positions coincide (a step longer than 1 / (r - 1) of the path), the later one
    # moves on, but leaves enough frames for those after it.
    index = (index - order).cummax(1).values + order
    index = torch.minimum(index, order + (x.shape[1] - r))
    if centre is None:
        return index
    nearest = (index[:, 1:-1] - centre).abs().argmin(1, keepdim=True) + 1  # not the ends, which stay
    return index.scatter(1, nearest, centre)


def _steps(x: Tensor, r: int, share: float) -> Tensor:
    """Compute step lengths (B, n - 1) of tokens (B, n, J, C), at most about 1 / (r - 1).

    Their sum is about 1. A jump in one frame (a detector that loses an arm) would otherwise use up several kept frames,
    of which only one fits into a step: the excess is shared among the other steps.
    """
    moved = (x[:, 1:].float() - x[:, :-1].float()).norm(dim=-1).mean(-1)  # (B, n - 1)
    side = _SPEED_WINDOW // 2
    smooth = functional.pad(moved[:, None], (side, side), mode="replicate")
    moved = functional.avg_pool1d(smooth, _SPEED_WINDOW, 1)[:, 0]
    mean = moved.mean(1, keepdim=True)
    still = mean <= torch.finfo(torch.float32).tiny
    speed = torch.where(still, 1.0, moved / mean.clamp(min=torch.finfo(torch.float32).tiny))
    # The last term gives every step a length, also with share 1 where nothing moves.
    steps = (1 - share) + share * speed + 1e-3
    steps = steps / steps.sum(1, keepdim=True)
    longest = 1 / (r - 1)
    for _ in range(_REDISTRIBUTE_PASSES):
        full = steps >= longest
        others = torch.where(full, 0.0, steps)
        left = 1 - longest * full.sum(1, keepdim=True)
        factor = left.clamp(min=0) / others.sum(1, keepdim=True).clamp(min=1e-12)
        steps = torch.where(full, longest, others * factor)
    return steps
