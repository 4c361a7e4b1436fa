"""Describe a checkpoint file to the dialogs of the window: plain values, nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something a checkpoint file does not say: the published value, to be corrected by whoever knows better.

    `kind` is "number", "stages" (frames @ block) or "choice".
    """

    key: str
    label: str
    kind: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()  # (value, title)
    help: str = ""


@dataclass(frozen=True, slots=True)
class FoundCheckpoint:
    """What was recognised in a checkpoint file, and what had to be assumed."""

    path: Path
    title: str
    read: tuple[str, ...]  # sentences: what stands in the file
    assumed: tuple[str, ...]  # and what does not
    fields: tuple[Assumption, ...] = ()
    corrections: tuple[tuple[str, str], ...] = ()  # by which it was recognised: (`Assumption.key`, value)


@dataclass(frozen=True, slots=True)
class RecipeCost:
    """Of one window, by `pipeline.lift.networks.flops`: billions of operations, in the papers' convention."""

    gflops: float
    full_gflops: float  # of the same lifter with nothing pruned

    @property
    def saved(self) -> float:
        """Share of the computation that pruning saves."""
        return 1 - self.gflops / self.full_gflops if self.full_gflops > 0 else 0.0
