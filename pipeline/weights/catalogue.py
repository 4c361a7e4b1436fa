"""List the lifters, locate their files, and verify these.

An invalid manifest of the program raises an error. In the user's manifest, an invalid entry is left out, and `own`
reports the reason.
"""

from __future__ import annotations

import hashlib
import logging
import os
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

from ..core.errors import INSTALLATION, ConfigError, ModelError
from ..system.files import cache_path
from ..system.safe_read import DamagedFile
from .entries import WeightEntry, WeightFile, read_entries

log = logging.getLogger(__name__)


def _own_folder() -> Path:
    """Return the folder of the program's weights: in the installed package, or the checkout."""
    packaged = Path(__file__).resolve().parents[1] / "bundled"
    return packaged if packaged.is_dir() else packaged.parents[1] / "weights"


PROJECT_FOLDER = _own_folder()
MANIFEST = "manifest.json"
_MIN_DIGITS = 8  # digits of a sha256, smallest number accepted: what OpenMMLab publishes


@dataclass(frozen=True, slots=True)
class Own:
    """Hold the lifters that the user added, and sentences about invalid entries of the manifest."""

    path: Path
    entries: tuple[WeightEntry, ...] = ()
    problems: tuple[str, ...] = ()


def manifest(path: Path | None = None) -> tuple[WeightEntry, ...]:
    """Return all lifters: the program's, then the user's. With `path`: those of that manifest.

    Raises `ModelError` if the program's manifest, or the one at `path`, cannot be read.
    """
    if path is not None:
        return _read(path)
    return (*_read(bundled(MANIFEST)), *own().entries)


def find(name: str = "") -> WeightEntry:
    """Return the entry of that name; "" gives the default.

    Raises `ConfigError` with the known names.
    """
    listed = manifest()
    for entry in listed:
        if entry.name == name or (not name and entry.default):
            return entry
    known = ", ".join(entry.name for entry in listed) or "none"
    what = f"There is no lifter called '{name}'." if name else "The manifest names no default lifter."
    raise ConfigError(what, f"Known: {known}.", field="lifter")


def folders() -> tuple[Path, ...]:
    """Return where weights are searched: HOURGLASS_WEIGHTS, the program's folder, the user's."""
    named = os.environ.get("HOURGLASS_WEIGHTS")
    return (*([Path(named)] if named else []), PROJECT_FOLDER, user_folder())


def bundled(name: str) -> Path:
    """Return the path of a file that comes with the program, or of its replacement.

    A file of that name in HOURGLASS_WEIGHTS replaces it.
    """
    found = (folder / name for folder in folders()[:-1])
    return next((path for path in found if path.is_file()), PROJECT_FOLDER / name)


def user_folder() -> Path:
    """Return the folder of downloaded and added weights and of the user's manifest.

    It need not exist.
    """
    return cache_path() / "weights"


def own() -> Own:
    """Read the user's manifest; another process may change it at any time. Never raises."""
    path = user_folder() / MANIFEST
    try:
        stat = path.stat()
    except OSError:
        return Own(path)
    return _read_own(path, stat.st_mtime_ns, stat.st_size)


def is_own(name: str) -> bool:
    """Return whether the user added the lifter of that name."""
    return any(entry.name == name for entry in own().entries)


@cache
def _read(path: Path) -> tuple[WeightEntry, ...]:
    hint = "It comes with the program: get the program again."
    try:
        listed = read_entries(path)
    except (OSError, DamagedFile) as error:
        raise ModelError(f"The list of lifters {path} cannot be read ({error}).", hint) from error
    return tuple(WeightEntry.from_json(entry) for entry in listed)


@lru_cache(maxsize=4)
def _read_own(path: Path, mtime_ns: int, size: int) -> Own:
    """Read the user's manifest; time and size are cache keys, so a changed file is read again."""
    try:
        listed = read_entries(path)
    except (OSError, DamagedFile) as error:
        problem = f"The list of your own lifters {path} cannot be read ({error}). Correct it, or delete it."
        log.warning("%s", problem)
        return Own(path, (), (problem,))
    taken = {entry.name for entry in _read(bundled(MANIFEST))}
    entries, problems = [], []
    for data in listed:
        try:
            # A user's entry never replaces the program's default.
            entry = replace(WeightEntry.from_json(data), default=False)
            if entry.name in taken or bundled(entry.file).exists():
                raise ModelError(f"There is another lifter called '{entry.name}', or another file '{entry.file}'.")
        except (ModelError, TypeError, ValueError, AttributeError) as error:
            problems.append(f"An entry of {path} is left out: {error}")
            log.warning("%s", problems[-1])
            continue
        taken.add(entry.name)
        entries.append(entry)
    return Own(path, tuple(entries), tuple(problems))


def path_of(entry: WeightFile) -> Path | None:
    """Return the unchecked path of the file of `entry`; None if it is not installed."""
    for folder in folders():
        if (path := folder / entry.file).is_file():
            return path
    return None


def locate(entry: WeightFile, added: bool | None = None) -> Path:
    """Return the file of `entry`, checked against size and sha256.

    `added`: whether the user added it; None searches the lifters. Raises `ModelError` with a hint.
    """
    if entry.url:
        again, what = f"Download it again ({entry.url}).", f"download:{entry.name}"
    elif is_own(entry.name) if added is None else added:
        again, what = "Remove it, then add the file again.", f"remove:{entry.name}"
    else:
        again, what = "It comes with the program: get the program again.", INSTALLATION
    path = path_of(entry)
    if path is None:
        by_hand = f"or put a file of that name into {user_folder()}."
        hint = f"It can be downloaded ({entry.url}), {by_hand}" if entry.url else again
        missing = f"The weights of '{entry.name}' are not installed ({entry.file} is missing)."
        raise ModelError(missing, hint, field=what)
    try:
        size = path.stat().st_size
        whole = entry.bytes in (0, size) and is_hash_of(entry.sha256, file_sha256(path))
    except OSError as error:
        raise ModelError(
            f"The weights {path} cannot be read ({error.strerror}).", "Check the file's permissions."
        ) from error
    if not whole:
        damaged = f"The weights {path} are damaged: they are not the file that the manifest describes."
        raise ModelError(damaged, again, field=what)
    return path


def is_hash_of(known: str, sha256: str) -> bool:
    """Return whether `known`, a hash or at least its first eight digits, matches this sha256."""
    return len(known) >= _MIN_DIGITS and sha256.startswith(known)


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file; computed again only if the file has changed.

    Raises `OSError`.
    """
    stat = path.stat()
    return _sha256(path, stat.st_mtime_ns, stat.st_size)


@cache
def _sha256(path: Path, mtime_ns: int, size: int) -> str:
    """Compute the sha256; time and size are cache keys, so that a changed file is read again."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
