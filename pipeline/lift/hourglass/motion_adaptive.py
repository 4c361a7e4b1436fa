"""A keep-rate that follows the motion: TPS with more frames where the body moves fast, fewer where it rests.

Not in the H2OT paper (arXiv 2509.06956), whose sampler (TPS) spreads the kept frames evenly in time, and whose motion
pruner (TPMo) takes the fastest frames and leaves holes of any length. Here r frames stand evenly along a *path* from
the first to the last frame alive, whose length is partly time and partly distance travelled. As many frames stay as
with TPS, so it costs the same.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

_SMOOTHED = 5  # steps that a speed is averaged over: a detector's tremble is no motion
_ROUNDS = 4  # of handing on what one step is too short to take; it has settled by then
_UNITS = 1 << 24  # the path is measured in whole units: sums of integers do not depend on their order


def select_following(
    x: Tensor, r: int, centre: Tensor | None = None, attention: Tensor | None = None, *, share: float
) -> Tensor:
    """r of the n frames of tokens (B, n, J, C), evenly along the path -> (B, r) positions, strictly rising.

    A step between frames is as long as (1 - share) x the mean step + share x how far the tokens move in it (the norm of
    their difference, mean over the joints, as in TPMo). The first and the last frame stay, and `centre` (B, 1) if
    given: `PruneConfig.check` sees to it that r has room for them.
    """
    steps = _steps(x, r, share)
    path = functional.pad((steps * _UNITS).round().long().cumsum(1), (1, 0))  # (B, n), from 0
    places = torch.arange(r, device=x.device)  # (r,)
    wanted = path[:, -1:] * places // (r - 1)  # (B, r), evenly along the path
    after = torch.searchsorted(path, wanted).clamp(1, x.shape[1] - 1)
    before = after - 1
    nearer = wanted - path.gather(1, before) <= path.gather(1, after) - wanted
    index = torch.where(nearer, before, after)
    # Every frame once: where two fell together (a step longer than a share of the path), the later one moves on, but
    # not so far that the last ones have no place.
    index = (index - places).cummax(1).values + places
    index = torch.minimum(index, places + (x.shape[1] - r))
    if centre is None:
        return index
    nearest = (index[:, 1:-1] - centre).abs().argmin(1, keepdim=True) + 1  # not the ends, which stay
    return index.scatter(1, nearest, centre)


def _steps(x: Tensor, r: int, share: float) -> Tensor:
    """Tokens (B, n, J, C) -> (B, n - 1) lengths of the steps, together about 1, none much longer than 1 / (r - 1).

    A leap of one frame (a detector that loses an arm) would otherwise swallow frames that cannot be set closer than one
    by one: what is too much is shared among the other steps.
    """
    moved = (x[:, 1:].float() - x[:, :-1].float()).norm(dim=-1).mean(-1)  # (B, n - 1)
    side = _SMOOTHED // 2
    smooth = functional.pad(moved[:, None], (side, side), mode="replicate")
    moved = functional.avg_pool1d(smooth, _SMOOTHED, 1)[:, 0]
    mean = moved.mean(1, keepdim=True)
    still = mean <= torch.finfo(torch.float32).tiny
    speed = torch.where(still, 1.0, moved / mean.clamp(min=torch.finfo(torch.float32).tiny))
    # The last term keeps time running where nothing moves at all.
    steps = (1 - share) + share * speed + 1e-3
    steps = steps / steps.sum(1, keepdim=True)
    longest = 1 / (r - 1)
    for _ in range(_ROUNDS):
        full = steps >= longest
        others = torch.where(full, 0.0, steps)
        left = 1 - longest * full.sum(1, keepdim=True)
        factor = left.clamp(min=0) / others.sum(1, keepdim=True).clamp(min=1e-12)
        steps = torch.where(full, longest, others * factor)
    return steps
