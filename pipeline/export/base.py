"""The contract of an exporter."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, runtime_checkable

from pipeline.formats import ExportOptions
from pipeline.types import Take

__all__ = ["ExportOptions", "Exporter"]


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
