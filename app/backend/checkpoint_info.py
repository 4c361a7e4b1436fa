"""Describe a checkpoint file to the dialogs of the window: plain values, nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Assumption:
    """Hold a value that a checkpoint file does not state: the published one, open to correction.

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
    """Hold what was recognised in a checkpoint file, and what had to be assumed."""

    path: Path
    title: str
    read: tuple[str, ...]  # sentences about what the file states
    assumed: tuple[str, ...]  # sentences about what it does not state
    fields: tuple[Assumption, ...] = ()
    corrections: tuple[tuple[str, str], ...] = ()  # (`Assumption.key`, value) given by the user


@dataclass(frozen=True, slots=True)
class RecipeCost:
    """Hold the GFLOPs of one window, counted by `pipeline.lift.networks.flops` as in the papers."""

    gflops: float
    full_gflops: float  # without pruning

    @property
    def saved(self) -> float:
        """Return the share of the computation that pruning saves."""
        return 1 - self.gflops / self.full_gflops if self.full_gflops > 0 else 0.0
