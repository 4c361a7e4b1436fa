"""What the window knows of lifters and checkpoint files: plain values that views may hold. No Qt, nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pipeline.core.pruning_schedule import PruneConfig

CHECKPOINT_SUFFIXES = (".pth", ".tr", ".pt", ".bin", ".safetensors")  # MotionAGFormer's are .pth.tr
INSTALLED, MISSING, DAMAGED = "installed", "missing", "damaged"


@dataclass(frozen=True, slots=True)
class LifterInfo:
    """One lifter that can be chosen, or could be if its weights were here."""

    name: str
    title: str
    host: str = ""  # key in the registry
    host_title: str = ""
    frames: int = 0  # of a window
    depth: int = 0  # blocks
    prune: PruneConfig = field(default_factory=PruneConfig)  # as it was trained
    seq2frame: bool = False  # only the centre frame counts
    default: bool = False
    state: str = INSTALLED
    reason: str = ""  # why it is not installed, and what to do
    licence: str = ""
    limits: str = ""
    size_bytes: int = 0
    downloadable: bool = False
    added: bool = False  # by the user: can be removed again

    @property
    def learned(self) -> bool:
        """Whether it has the learned tokens that TRA needs. They come with the training, never without."""
        return bool(self.prune.schedule) and self.prune.recover == "TRA"


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
