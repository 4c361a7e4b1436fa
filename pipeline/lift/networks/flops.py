"""What a host costs, in GFLOPs a window: in the convention of the papers, and with the attention products.

The papers on video pose transformers (HoT, arXiv 2311.12028; H2OT, arXiv 2509.06956) count two operations for each
multiply-add of the linear and convolutional layers and leave out everything else. The matrix products inside attention
and graph layers are what grows with the square of the frames, so the second figure has them too.

Nothing is computed: one window goes through a copy on the `meta` device, where tensors have shapes but no values. It
needs no weights, takes a fraction of a second and is exact for every schedule.

(Why not torch's FlopCounterMode: it gives the same figures, ten times slower, because every operation is taken apart
in Python first; and its first use loads torch's compiler, which takes seconds.)
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
    """Of one window through one model. G = 1e9 operations; a multiply-add is two."""

    parameters: int
    gflops: float  # linear and convolutional layers: the papers' convention
    gflops_with_products: float  # and the matrix products of attention and graph layers


def count(model: nn.Module, frames: int, joints: int, in_channels: int) -> Cost:
    """Cost of a host for one window (1, frames, joints, in_channels). The model itself is neither run nor changed."""
    copied = _without_values(model)
    with torch.no_grad(), _Products() as products, counting(copied) as layers:
        copied(torch.empty(1, frames, joints, in_channels, device="meta"))
    parameters = sum(p.numel() for p in model.parameters())
    return Cost(parameters, layers.published / 1e9, (layers.published + products.done) / 1e9)


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


class _Products(TorchFunctionMode):
    """Counts the matrix products between tensors on `meta`; layers are counted by `counting`.

    Functions that are slow there, because their shapes are worked out in Python, are answered here.
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
    """The same model on `meta`, without ever copying a weight."""
    shapes: dict[int, Any] = {id(p): nn.Parameter(p.detach().to("meta"), p.requires_grad) for p in model.parameters()}
    shapes |= {id(b): b.to("meta") for b in model.buffers()}
    return copy.deepcopy(model, shapes).eval()
