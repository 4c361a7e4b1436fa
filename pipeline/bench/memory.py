"""How much memory the tensors of a run take at once, counted tensor by tensor: the same figure on every machine.

Not the process's size: that holds the libraries and whatever ran before, and an allocator keeps what it once had. Not
counted: scratch space inside a kernel.
"""

from __future__ import annotations

import weakref
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class LiveTensors(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Inside, `peak` follows the most bytes that tensors made here took at once. Views take none."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.now = self.peak = 0
        self._known: set[int] = set()

    def __torch_dispatch__(self, function: Any, types: Any, given: tuple[Any, ...] = (), named: Any = None) -> Any:
        self._meet((given, named), counted=False)  # what is met first as an argument was there before
        out = function(*given, **(named or {}))
        self._meet(out, counted=True)
        return out

    def _meet(self, values: Any, counted: bool) -> None:
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
    """Bytes of parameters and buffers."""
    return sum(tensor.nbytes for tensor in (*model.parameters(), *model.buffers()))
