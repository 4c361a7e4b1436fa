"""Export a take in several formats."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..core.errors import OutputError
from ..core.take import Take
from ..registry import find
from ..system.files import make_folder
from ..system.result_names import replaces
from .base import UNWATCHED, Exporter, ExportOptions, Watch
from .tracks import selected

# Requested format -> exporters: "csv" is both tables.
ALIASES: dict[str, tuple[str, ...]] = {"csv": ("csv", "csv_wide")}
DEFAULT_FORMATS: tuple[str, ...] = ("bvh", "csv")


def expand(formats: Sequence[str]) -> tuple[str, ...]:
    """Expand requested names to exporter names, each once, in order.

    Raises `ConfigError` for an unknown name.
    """
    names = dict.fromkeys(name for wanted in formats for name in ALIASES.get(wanted, (wanted,)))
    for name in names:
        find("exporter", name)
    return tuple(names)


def export_take(
    take: Take,
    folder: Path,
    stem: str,
    formats: Sequence[str],
    options: ExportOptions | None = None,
    watch: Watch = UNWATCHED,
    *,
    aliases: bool = True,
) -> list[Path]:
    """Write `take` to `folder` (made if needed) in all `formats`; returns the paths written.

    With `aliases` False a name means one exporter: "csv" writes no wide table.
    With the option `report` the files are read back, and `<stem>_report.json` is the last of the paths.

    Raises `ConfigError` for an unknown format, `OutputError` if there is nothing to write, the stem is no file name, or
    the file system refuses, and `Cancelled` on request of `watch`. Formats finished before that stay; none is left
    incomplete.
    """
    options = options or ExportOptions()
    names = expand(formats) if aliases else tuple(dict.fromkeys(formats))
    exporters: list[Exporter] = [find("exporter", name).load()() for name in names]
    if not stem or Path(stem).name != stem:
        raise OutputError(f"'{stem}' is not a file name.", "Give a name without folders.")
    source = Path(take.info.path) if take.info.path else None
    replaced = None if source is None else replaces(source, folder, stem, (*names, "report"))
    if replaced is not None:
        raise OutputError(
            f"{replaced.name} in {folder} is what the take was made of.", "Choose another folder or name."
        )
    selection = selected(take, options)  # before the folder is made: an empty take leaves no files
    make_folder(folder)
    written: dict[str, list[Path]] = {}
    for exporter in exporters:
        watch.cancel.check()
        written[exporter.name] = exporter.write(selection, folder, stem, watch)
    paths = dict.fromkeys(path for files in written.values() for path in files)
    if options.report:
        from .report import write_report

        paths[write_report(selection, folder, stem, written)] = None
    return list(paths)
