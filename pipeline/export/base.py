"""The contract of an exporter."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from pipeline.types import Take


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What to write. `persons` None: everyone who was lifted."""

    persons: tuple[int, ...] | None = None
    unit: Literal["cm", "m"] = "cm"  # of formats that may choose (BVH)
    root_motion: bool = True


@runtime_checkable
class Exporter(Protocol):
    """Writes a take in one format, atomically.

    Files are `<stem>...<suffix>` in `folder`; formats that hold one person write `<stem>.x` for the first of the
    chosen persons and `<stem>_person<N>.x` for the others. Returns the paths written, main file first. Raises
    `OutputError` if there is nothing to write or the file system refuses; nothing half-written stays.
    """

    name: str
    suffix: str

    def write(self, take: Take, folder: Path, stem: str, options: ExportOptions) -> list[Path]: ...
