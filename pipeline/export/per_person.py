"""A file for each person chosen, all of them or none: what the `write` of such exporters does."""

from __future__ import annotations

import contextlib
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ..core.take import Take, Track3D
from ..system.files import atomic_path
from .base import ExportOptions
from .tracks import chosen_tracks, person_paths, text_files

log = logging.getLogger(__name__)


def write_text(
    take: Take,
    folder: Path,
    stem: str,
    suffix: str,
    options: ExportOptions,
    text: Callable[[Track3D, Path], Iterable[str]],
) -> list[Path]:
    """Text files: `text` gives the pieces of one person's. Returns the paths as `Exporter.write` does."""
    tracks = chosen_tracks(take, options)
    paths = person_paths(folder, stem, suffix, tracks)
    with text_files(paths) as files:
        for file, path, track in zip(files, paths, tracks, strict=True):
            file.writelines(text(track, path))
    log.info("wrote %s", ", ".join(path.name for path in paths))
    return paths


def write_elsewhere(
    take: Take,
    folder: Path,
    stem: str,
    suffix: str,
    options: ExportOptions,
    make: Callable[[Sequence[Track3D], Sequence[Path]], None],
) -> list[Path]:
    """Files that a library or a program writes by name: `make` writes them to a folder of its own, for all at once.

    They are copied from there: a full disk then speaks in our words and not in the library's.
    """
    tracks = chosen_tracks(take, options)
    paths = person_paths(folder, stem, suffix, tracks)
    with contextlib.ExitStack() as stack:
        targets = [stack.enter_context(atomic_path(path)) for path in paths]
        between = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hourglass-")))
        made = person_paths(between, "motion", suffix, tracks)
        make(tracks, made)
        for source, target in zip(made, targets, strict=True):
            shutil.copyfile(source, target)
    log.info("wrote %s", ", ".join(path.name for path in paths))
    return paths
