"""Define the exporter contract (`Exporter`), and progress and cancel of an export (`Watch`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from ..core.concurrency import CancelToken
from ..core.export_options import ExportOptions
from ..core.take import Progress
from .tracks import Selection

__all__ = ["UNWATCHED", "ExportOptions", "Exporter", "Watch"]


def _ignore(progress: Progress) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Watch:
    """Receive the progress of an export and check its cancel token."""

    cancel: CancelToken = field(default_factory=CancelToken)
    progress: Callable[[Progress], None] = _ignore

    def step(self, name: str, done: int, total: int) -> None:
        """Report `done` of `total` (0: unknown) steps of format `name`. Raises `Cancelled`."""
        self.cancel.check()
        self.progress(Progress("export", done, total, name))


UNWATCHED = Watch()


@runtime_checkable
class Exporter(Protocol):
    """Write the selected people of a take in one format, atomically.

    Files are `<stem>...<suffix>` in `folder`; formats that hold one person write `<stem>.x` for the first of the chosen
    persons and `<stem>_person<N>.x` for the others. Returns the paths written, main file first. Raises `OutputError` if
    there is nothing to write or the file system refuses; no partial file remains.

    Slow formats report to `watch` regularly; after its `Cancelled` the folder is unchanged. Fast formats need not
    report.
    """

    name: str
    suffix: str

    def write(self, selection: Selection, folder: Path, stem: str, watch: Watch = UNWATCHED) -> list[Path]: ...
