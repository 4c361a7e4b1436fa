"""Add and remove the user's lifters: files and manifest in the user's weights folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ..core.errors import ConfigError
from ..system.files import atomic_write, one_writer, output_error
from .catalogue import MANIFEST, bundled, is_own, manifest, own, user_folder
from .entries import WeightEntry, read_own_entries, write_own_entries

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def check_name(name: str) -> None:
    """Raise `ConfigError` unless a new lifter can have this name."""
    if not _NAME.fullmatch(name):
        hint = "Take up to 64 small letters, digits, dots, dashes and underscores, beginning with a letter or digit."
        raise ConfigError(f"A lifter cannot be called '{name}'.", hint)
    if any(entry.name == name for entry in manifest()) or bundled(f"{name}.safetensors").exists():
        raise ConfigError(
            f"There is a lifter called '{name}' already.", "Choose another name, or remove that one first."
        )


def register(entry: WeightEntry, content: bytes) -> Path:
    """Write the file of a new lifter, then list it in the user's manifest; both or neither.

    Returns the file's path. Raises `ConfigError` for a name that is taken, `ModelError` if the user's manifest is
    invalid, `OutputError`.
    """
    folder = user_folder()
    with one_writer(folder):
        check_name(entry.name)
        listed = read_own_entries(folder / MANIFEST, "lifters")
        path = folder / entry.file
        with atomic_write(path) as file:
            file.write(content)
        try:
            write_own_entries(folder / MANIFEST, [*listed, entry.to_json()])
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return path


def unregister(name: str) -> None:
    """Remove a lifter and its file from the user's folder.

    Raises `ConfigError` if it is not the user's, `ModelError` if the user's manifest is invalid, `OutputError`.
    """
    folder = user_folder()
    with one_writer(folder):
        if not is_own(name):
            if any(entry.name == name for entry in manifest()):
                raise ConfigError(f"The lifter '{name}' comes with the program.", "Only lifters that you added can go.")
            known = ", ".join(entry.name for entry in manifest() if is_own(entry.name)) or "none"
            raise ConfigError(f"There is no lifter called '{name}'.", f"Added by you: {known}.")
        entry = next(entry for entry in own().entries if entry.name == name)
        # An invalid entry of the same name may name any file: only the checked one is deleted.
        listed = read_own_entries(folder / MANIFEST, "lifters")
        gone = next(data for data in listed if _facts(data) == (entry.name, entry.file))
        rest = [data for data in listed if data is not gone]
        write_own_entries(folder / MANIFEST, rest)
        if any(_facts(data)[1] == entry.file for data in rest):
            return
        path = folder / entry.file
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise output_error(path, error) from error


def _facts(data: Any) -> tuple[Any, Any]:
    """Return name and file of an entry, unchecked."""
    return (data.get("name"), data.get("file")) if isinstance(data, dict) else (None, None)
