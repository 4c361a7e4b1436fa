"""Find the files that an export would replace, and a name that replaces none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.system.result_names import free_stem
from pipeline.take.file import SUFFIX as TAKE_SUFFIX


def replaced_files(folder: Path, stem: str, formats: Sequence[str]) -> list[str]:
    """List the names of files in `folder` that results called `stem` in `formats` would replace."""
    return sorted(name for name in _files(folder) if free_stem(stem, (), [name], formats) != free_stem(stem, ()))


def free_name(folder: Path, stem: str, formats: Sequence[str]) -> str:
    """Return `stem`, or with a number behind it, so that results in `formats` replace no file."""
    return free_stem(stem, (), _files(folder), formats)


def _files(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir() if path.suffix.lower() != TAKE_SUFFIX]  # no export writes one
    except OSError:
        return []
