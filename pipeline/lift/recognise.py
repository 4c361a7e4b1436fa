"""What a checkpoint file is: which host, how large, pruned how. Read from the names and shapes of its tensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.schedule import PruneConfig


@dataclass(frozen=True, slots=True)
class Overrides:
    """What a file cannot tell, said by a person. None: from the sidecar, else the published value."""

    heads: int | None = None
    neighbours: int | None = None  # MotionAGFormer
    prune: str | None = None  # "TPC", "TPA", "TPMo", "TPS" or "none", any letter case
    tokens: tuple[int, ...] | None = None  # frames kept by each stage
    at: tuple[int, ...] | None = None  # block of each stage
    recover: str | None = None  # "TRA", "TRI" or "none", any letter case
    seq2frame: bool | None = None


@dataclass(frozen=True, slots=True)
class Recognised:
    """One checkpoint. `read` and `assumed` are sentences for people; nothing in `assumed` stands in the file."""

    path: Path
    host: str  # a name of the registry
    title: str  # "MixSTE, 243 frames, 512 channels"
    sizes: Mapping[str, Any]  # for `from_sizes`
    prune: PruneConfig
    parameters: int
    read: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)  # what else the sidecar said: fields of a manifest entry


def recognise(path: Path, overrides: Overrides | None = None) -> Recognised:
    """Look at a checkpoint file; runs nothing of it and writes nothing. Takes a second for a large one.

    Raises `ModelError` if it is none, or one of another network, or if `overrides` do not fit.
    """
    raise NotImplementedError
