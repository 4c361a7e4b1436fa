"""Select the frames that token pruning keeps: four strategies of H2OT (arXiv 2509.06956).

The first one, TPC, is from HoT (arXiv 2311.12028). Every selector takes tokens (B, n, J, C) and returns (B, r)
positions among the n frames, strictly rising; they may differ between the windows of a batch. `centre` (B, 1) is the
position that has to stay (seq2frame models), or None. Selections are made in float32 also under autocast, without
gradients, without noise and with ties broken by time, so that two runs and two devices agree. A new strategy is a new
function in `SELECTORS`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ...core.pruning_schedule import PruneConfig
from .layers import without_autocast
from .motion_adaptive import select_by_motion

_NEIGHBOURS = 2  # k of DPC-kNN; a frame is its own first neighbour, as in the published code
_INF = float("inf")


def all_frames(x: Tensor) -> Tensor:
    """Return the kept frames (B, F) of unpruned tokens (B, F, ...): every frame."""
    return torch.arange(x.shape[1], device=x.device).expand(x.shape[0], -1)


def gather_frames(x: Tensor, index: Tensor) -> Tensor:
    """Pick frames: x (B, n, ...) and index (B, r) into the n -> (B, r, ...)."""
    # Window by window, which copies whole rows: `gather` copies element by element and takes six times as long.
    return torch.stack([window.index_select(0, frames) for window, frames in zip(x, index, strict=True)])


def select_clusters(x: Tensor, r: int, centre: Tensor | None = None, attention: Tensor | None = None) -> Tensor:
    """Select cluster centres by density peaks clustering (TPC; DPC-kNN, Du et al. 2016).

    Each frame is one vector (the mean over the joints). A frame scores high if its neighbours are near (density) and
    the nearest denser frame is far (delta).

    Two frames that are each other's nearest neighbour are equally dense by definition, so ties are the rule here, not
    the exception: the earlier frame counts as denser. In the published code rounding and random noise decide.
    """
    feature = x.float().mean(2)  # (B, n, C)
    distance = _distances(feature) / feature.shape[-1] ** 0.5  # (B, n, n)
    density = _density(distance)  # (B, n)
    theirs, mine = density[:, None, :], density[:, :, None]
    denser = (theirs > mine) | (theirs == mine).tril(-1)
    farthest = distance.amax((1, 2), keepdim=True)
    delta = torch.where(denser, distance, farthest).amin(-1)
    return _highest(density * delta, r, centre)


def select_clusters_as_published(
    x: Tensor, r: int, centre: Tensor | None = None, attention: Tensor | None = None
) -> Tensor:
    """Select by TPC as in the published code, but without noise.

    The rounding of a matrix product breaks ties. For parity checks only: which of two equally dense frames stays
    depends on the processor and the library's build.
    """
    feature = functional.adaptive_avg_pool1d(x.float().transpose(2, 3).flatten(1, 2), 1).view(*x.shape[:2], -1)
    distance = torch.cdist(feature, feature) / feature.shape[-1] ** 0.5  # (B, n, n)
    density = _density(distance)
    denser = density[:, None, :] > density[:, :, None]
    farthest = distance.amax((1, 2), keepdim=True)
    return _highest(torch.where(denser, distance, farthest).amin(-1) * density, r, centre)


def _distances(x: Tensor) -> Tensor:
    """Compute exactly symmetric Euclidean distances (B, n, n) float32 of (B, n, C).

    They are zero on the diagonal. A matrix product in float32 rounds as coarsely as the differences in density: a frame
    would not even be at distance zero from itself, and the selection would change with the batch and the device. In
    float64 it is exact enough, and several times faster than subtracting every pair of frames.
    """
    if x.device.type == "mps":  # has no float64
        return torch.cdist(x, x, compute_mode="donot_use_mm_for_euclid_dist")
    with without_autocast(x):
        x = x.double()
        products = x @ x.transpose(1, 2)
        square = products.diagonal(dim1=1, dim2=2)
        distance = (square[:, :, None] + square[:, None]) - (products + products.transpose(1, 2))
        distance.diagonal(dim1=1, dim2=2).zero_()
        return distance.clamp(min=0).sqrt().float()


def _density(distance: Tensor) -> Tensor:
    """Compute densities (B, n) in (0, 1] from the distances (B, n, n) to the nearest frames.

    Each frame is its own nearest one.
    """
    k = min(_NEIGHBOURS, distance.shape[-1])
    return distance.topk(k, dim=-1, largest=False).values.square().mean(-1).neg().exp()


def select_attended(x: Tensor, r: int, centre: Tensor | None = None, attention: Tensor | None = None) -> Tensor:
    """Select the frames with the most attention (B, n) in the previous temporal layer (TPA)."""
    if attention is None or attention.shape != x.shape[:2]:
        shape = "none" if attention is None else tuple(attention.shape)
        raise ValueError(f"TPA needs the previous temporal attention {tuple(x.shape[:2])}, got {shape}")
    return _highest(attention.float(), r, centre)


def select_moving(x: Tensor, r: int, centre: Tensor | None = None, attention: Tensor | None = None) -> Tensor:
    """Select the frames that differ most from the frame before, and both end frames (TPMo)."""
    motion = (x[:, 1:].float() - x[:, :-1].float()).norm(dim=-1).mean(-1)  # (B, n - 1)
    score = functional.pad(motion[:, :-1], (1, 1), value=_INF)  # the ends stay: recovering needs both
    return _highest(score, r, centre)


def select_uniform(x: Tensor, r: int, centre: Tensor | None = None, attention: Tensor | None = None) -> Tensor:
    """Select r of the n frames, spread evenly from the first to the last one (TPS)."""
    B, n = x.shape[:2]
    # numpy on purpose: float64 on every device (some have none), so that every device selects the same frames.
    even = torch.from_numpy(np.linspace(0, n - 1, r).round().astype(np.int64))
    index = even.to(x.device, non_blocking=True).expand(B, -1)
    if centre is None:
        return index
    nearest = (index - centre).abs().argmin(1, keepdim=True)  # the first one of several
    return index.scatter(1, nearest, centre)


def _highest(score: Tensor, r: int, centre: Tensor | None) -> Tensor:
    """Return positions (B, r) of the highest scores (B, n) by time; at equal scores the earlier."""
    if centre is not None:
        score = score.scatter(1, centre, _INF)
    # Not topk: which of equal scores it takes depends on the device.
    return score.argsort(dim=1, descending=True, stable=True)[:, :r].sort(dim=1).values


Selector = Callable[[Tensor, int, Tensor | None, Tensor | None], Tensor]

# (tokens (B, n, J, C), r, centre (B, 1) or None, attention (B, n) or None) -> (B, r) positions among the n frames
SELECTORS: dict[str, Selector] = {
    "TPC": select_clusters,
    "TPA": select_attended,
    "TPMo": select_moving,
    "TPS": select_uniform,
}


def selector_for(config: PruneConfig) -> Selector:
    """Return the selector of a checked configuration: its strategy's, or motion-adaptive TPS."""
    if not config.motion_share:
        return SELECTORS[config.strategy]
    return partial(select_by_motion, share=config.motion_share)
