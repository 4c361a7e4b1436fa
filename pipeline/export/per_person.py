"""Write one file per selected person, all of them or none."""

from __future__ import annotations

import contextlib
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ..system.files import atomic_path
from .tracks import SelectedPerson, Selection, text_files

log = logging.getLogger(__name__)


def write_text(
    selection: Selection,
    folder: Path,
    stem: str,
    suffix: str,
    text: Callable[[SelectedPerson, Path], Iterable[str]],
) -> list[Path]:
    """Write text files: `text` yields the pieces of one person's file.

    Returns the paths as `Exporter.write` does.
    """
    paths = selection.paths(folder, stem, suffix)
    with text_files(paths) as files:
        for file, path, person in zip(files, paths, selection.people, strict=True):
            file.writelines(text(person, path))
    log.info("wrote %s", ", ".join(path.name for path in paths))
    return paths


def write_elsewhere(
    selection: Selection,
    folder: Path,
    stem: str,
    suffix: str,
    make: Callable[[Sequence[Path]], None],
) -> list[Path]:
    """Write files through a library or program that opens them by name.

    `make` writes all files to a temporary folder; they are copied from there, so that a full disk gives this program's
    error message and not the library's.
    """
    paths = selection.paths(folder, stem, suffix)
    with contextlib.ExitStack() as stack:
        targets = [stack.enter_context(atomic_path(path)) for path in paths]
        between = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hourglass-")))
        made = selection.paths(between, "motion", suffix)
        make(made)
        for source, target in zip(made, targets, strict=True):
            shutil.copyfile(source, target)
    log.info("wrote %s", ", ".join(path.name for path in paths))
    return paths
