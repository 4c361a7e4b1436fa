"""The contract of an exporter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from ..core.concurrency import CancelToken
from ..core.export_options import ExportOptions
from ..core.take import Progress, Take

__all__ = ["UNWATCHED", "ExportOptions", "Exporter", "Watch"]


def _nobody(progress: Progress) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Watch:
    """Whoever waits for an export: is told how far it is, and may stop it."""

    cancel: CancelToken = field(default_factory=CancelToken)
    progress: Callable[[Progress], None] = _nobody

    def step(self, name: str, done: int, total: int) -> None:
        """`done` of `total` (0: unknown) of the format `name`. Raises `Cancelled` if it is to stop."""
        self.cancel.check()
        self.progress(Progress("export", done, total, name))


UNWATCHED = Watch()


@runtime_checkable
class Exporter(Protocol):
    """Writes a take in one format, atomically.

    Files are `<stem>...<suffix>` in `folder`; formats that hold one person write `<stem>.x` for the first of the
    chosen persons and `<stem>_person<N>.x` for the others. Returns the paths written, main file first. Raises
    `OutputError` if there is nothing to write or the file system refuses; nothing half-written stays.

    What takes so long that people want to see how far it is asks `watch` every now and then, and after its `Cancelled`
    the folder is as it was. What is written at once need not ask.
    """

    name: str
    suffix: str

    def write(
        self, take: Take, folder: Path, stem: str, options: ExportOptions, watch: Watch = UNWATCHED
    ) -> list[Path]: ...
