"""Count the GFLOPs per window of a host, by the papers' convention and with all products.

The papers on video pose transformers (HoT, arXiv 2311.12028; H2OT, arXiv 2509.06956) count two operations for each
multiply-add of the linear and convolutional layers and leave out everything else. The matrix products inside attention
and graph layers grow with the square of the frames, so the second figure includes them.

Nothing is computed: one window goes through a copy on the `meta` device, where tensors have shapes but no values. This
needs no weights, takes a fraction of a second and is exact for every schedule.

(Why not torch's FlopCounterMode: it gives the same figures, ten times slower, because it decomposes every operation in
Python first; and its first use loads torch's compiler, which takes seconds.)
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from ..hourglass.recover import CrossAttention


@dataclass(frozen=True, slots=True)
class Cost:
    """Hold the cost of one window through one model. G = 1e9 operations; a multiply-add is two."""

    parameters: int
    gflops: float  # linear and convolutional layers: the papers' convention
    gflops_with_products: float  # layers and the matrix products of attention and graph layers


def count(model: nn.Module, frames: int, joints: int, in_channels: int) -> Cost:
    """Count the cost of one window (1, frames, joints, in_channels) without running the model."""
    copied = _without_values(model)
    with torch.no_grad(), _Products() as products, counting(copied) as layers:
        copied(torch.empty(1, frames, joints, in_channels, device="meta"))
    parameters = sum(p.numel() for p in model.parameters())
    return Cost(parameters, layers.published / 1e9, (layers.published + products.done) / 1e9)


@dataclass(slots=True)
class Layers:
    """Count the operations of linear and convolutional layers that have run so far."""

    done: int = 0
    repeated: int = 0  # operations that only the published code does

    @property
    def published(self) -> int:
        """Return the operations in the papers' convention, of all windows of a batch."""
        return self.done + self.repeated


@contextmanager
def counting(model: nn.Module) -> Iterator[Layers]:
    """Count the operations of `model` inside the context, without noticeable cost."""
    layers = Layers()

    def layer(module: nn.Module, _: Any, out: Tensor) -> None:
        weight = module.weight
        assert isinstance(weight, Tensor)
        layers.done += 2 * out.numel() * weight[0].numel()

    def recover(module: nn.Module, given: tuple[Tensor, ...]) -> None:
        # The queries of TRA are the same for every joint. Here they are projected once; the published code repeats them
        # first, and the published figures count that.
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


class _Products(TorchFunctionMode):
    """Count the matrix products between tensors on `meta`; `counting` counts the layers.

    Functions that are slow there, because their shapes are computed in Python, are replaced here.
    """

    _MATMUL = (torch.matmul, torch.Tensor.matmul, torch.Tensor.__matmul__, torch.bmm, torch.Tensor.bmm)
    _SAME_SHAPE = (functional.layer_norm, functional.gelu)

    def __init__(self) -> None:
        super().__init__()
        self.done = 0

    def __torch_function__(self, function: Any, types: Any, given: tuple[Any, ...] = (), named: Any = None) -> Any:
        if function in self._SAME_SHAPE:
            return given[0]  # no values: any tensor of this shape is the result
        if function is functional.linear:
            return given[0].new_empty(*given[0].shape[:-1], len(given[1]))
        if function is functional.scaled_dot_product_attention:
            q, k, v = given
            self.done += 2 * q.shape[:-1].numel() * k.shape[-2] * (q.shape[-1] + v.shape[-1])
            return q.new_empty(*q.shape[:-1], v.shape[-1])
        out = function(*given, **(named or {}))
        if function in self._MATMUL:
            self.done += 2 * out.numel() * given[0].shape[-1]
        return out


def _without_values(model: nn.Module) -> nn.Module:
    """Return a copy of the model on `meta` without copying a weight."""
    shapes: dict[int, Any] = {id(p): nn.Parameter(p.detach().to("meta"), p.requires_grad) for p in model.parameters()}
    shapes |= {id(b): b.to("meta") for b in model.buffers()}
    return copy.deepcopy(model, shapes).eval()
