"""Determine which of TPC's choices of frames do not depend on rounding.

TPC is `pipeline.lift.hourglass.select.select_clusters`. Two frames that are each other's nearest neighbour are equally
dense by definition. The published code compares densities whose distances come from a float32 matrix product, so the
rounding of that product, which differs between processors, decides which of the two stays. Here the arithmetic is
exact, and every comparison closer than the rounding is left open: the remaining choices must be the same in every
implementation on every machine.
"""

from __future__ import annotations

import torch
from torch import Tensor

# Bound on the rounding of a density, in units of float32's half spacing at the mean square of the features. Measured:
# reordering the channels moves a density by up to 5 of these units.
_UNITS = 16


def decided(tokens: Tensor, keep: int, centre: int | None) -> tuple[Tensor, Tensor]:
    """Find the frames that TPC keeps and those that it drops under any rounding.

    Tokens (B, n, J, C) -> two masks (B, n).
    """
    x = tokens.double().mean(2)
    _, n, C = x.shape
    distance = torch.cdist(x, x, compute_mode="donot_use_mm_for_euclid_dist") / C**0.5  # (B, n, n)
    density = distance.topk(2, dim=-1, largest=False).values.square().mean(-1).neg().exp()  # (B, n)
    rounding = _UNITS * 2**-24 * x.square().mean((1, 2))[:, None]  # (B, 1)
    lead = density[:, None, :] - density[:, :, None]  # [b, i, j]: density of j minus that of i
    farthest = distance.amax((1, 2), keepdim=True)
    surely, maybe = lead > rounding[..., None], (lead > -rounding[..., None]) & ~torch.eye(n, dtype=torch.bool)
    highest = torch.where(surely, distance, farthest).amin(-1) * (density + rounding)  # (B, n): bounds of the score
    lowest = torch.where(maybe, distance, farthest).amin(-1) * (density - rounding)
    if centre is not None:
        highest[:, centre] = lowest[:, centre] = float("inf")
    rivals = (highest[:, None, :] > lowest[:, :, None]).sum(-1) - 1  # number of others that may score higher
    betters = (lowest[:, None, :] > highest[:, :, None]).sum(-1)  # number of others that certainly do
    return rivals < keep, betters >= keep
