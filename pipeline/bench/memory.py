"""Count the peak memory of live tensors in a run: the same figure on every machine.

The size of the process would include the libraries, earlier work and memory that the allocator keeps. Scratch space
inside a kernel is not counted.
"""

from __future__ import annotations

import weakref
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class LiveTensors(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Track `peak`, the most bytes that tensors created in this context occupied at once.

    Views and tensors that existed before do not count.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.now = self.peak = 0
        self._known: set[int] = set()

    def __torch_dispatch__(self, function: Any, types: Any, given: tuple[Any, ...] = (), named: Any = None) -> Any:
        self._register((given, named), counted=False)  # a storage first seen as an argument existed before
        out = function(*given, **(named or {}))
        self._register(out, counted=True)
        return out

    def _register(self, values: Any, counted: bool) -> None:
        for tensor in tree_leaves(values):
            if isinstance(tensor, Tensor):
                self._count(tensor.untyped_storage(), counted)

    def _count(self, storage: torch.UntypedStorage, counted: bool) -> None:
        key, size = storage._cdata, storage.nbytes() if counted else 0
        if key in self._known:
            return
        self._known.add(key)
        self.now += size
        self.peak = max(self.peak, self.now)
        weakref.finalize(storage, self._free, key, size)

    def _free(self, key: int, size: int) -> None:
        self._known.discard(key)
        self.now -= size


def weight_bytes(model: nn.Module) -> int:
    """Return the size of a model's parameters and buffers in bytes."""
    return sum(tensor.nbytes for tensor in (*model.parameters(), *model.buffers()))
