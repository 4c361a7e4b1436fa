"""What a host costs, in GFLOPs a window: in the convention of the papers, and with the attention products.

The papers on video pose transformers (HoT, arXiv 2311.12028; H2OT, arXiv 2509.06956) count two operations for each
multiply-add of the linear and convolutional layers and leave out everything else. The matrix products inside attention
and graph layers are what grows with the square of the frames, so the second figure has them too.

Nothing is computed: one window goes through a copy on the `meta` device, where tensors have shapes but no values. It
needs no weights, takes a fraction of a second and is exact for every schedule.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from pipeline.lift.recovering import CrossAttention


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one window through one model. G = 1e9 operations; a multiply-add is two."""

    parameters: int
    gflops: float  # linear and convolutional layers: the papers' convention
    gflops_with_products: float  # and the matrix products of attention and graph layers


def count(model: nn.Module, frames: int, joints: int, in_channels: int) -> Cost:
    """Cost of a host for one window (1, frames, joints, in_channels). The model itself is neither run nor changed."""
    copied = _without_values(model)
    with torch.no_grad(), FlopCounterMode(display=False) as everything, counting(copied) as layers:
        copied(torch.empty(1, frames, joints, in_channels, device="meta"))
    products = everything.get_total_flops() - layers.done
    parameters = sum(p.numel() for p in model.parameters())
    return Cost(parameters, layers.published / 1e9, (layers.published + products) / 1e9)


@dataclass(slots=True)
class Layers:
    """Operations of linear and convolutional layers in what has run so far."""

    done: int = 0
    repeated: int = 0  # not done here, but by the published code

    @property
    def published(self) -> int:
        """In the papers' convention; grows with the windows of a batch."""
        return self.done + self.repeated


@contextmanager
def counting(model: nn.Module) -> Iterator[Layers]:
    """Inside, whatever runs through `model` is counted, at no noticeable cost: for a run that takes place anyway."""
    layers = Layers()

    def layer(module: nn.Module, _: Any, out: Tensor) -> None:
        weight = module.weight
        assert isinstance(weight, Tensor)
        layers.done += 2 * out.numel() * weight[0].numel()

    def recover(module: nn.Module, given: tuple[Tensor, ...]) -> None:
        # TRA asks the same for every joint. Here the queries are projected once; the published code repeats them first,
        # and so do the published figures.
        queries, tokens = given[:2]
        layers.repeated += 2 * (len(tokens) - len(queries)) * queries[0].numel() * queries.shape[-1]

    hooks = []
    for module in model.modules():
        if isinstance(module, nn.Linear | nn.Conv1d | nn.Conv2d):
            hooks.append(module.register_forward_hook(layer))
        elif isinstance(module, CrossAttention):
            hooks.append(module.register_forward_pre_hook(recover))
    try:
        yield layers
    finally:
        for hook in hooks:
            hook.remove()


def _without_values(model: nn.Module) -> nn.Module:
    """The same model on `meta`, without ever copying a weight."""
    shapes: dict[int, Any] = {id(p): nn.Parameter(p.detach().to("meta"), p.requires_grad) for p in model.parameters()}
    shapes |= {id(b): b.to("meta") for b in model.buffers()}
    return copy.deepcopy(model, shapes).eval()
