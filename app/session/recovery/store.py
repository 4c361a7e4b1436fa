"""Keep the unsaved take of a program in a folder, and find those of programs that crashed.

A folder holds the take, a note of what it is, and a lock of the program that writes it. The lock of a program that is
gone can be taken: so are takes found that a crash left.
"""

from __future__ import annotations

import json
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile

from pipeline.system.files import atomic_write, make_folder
from pipeline.take.file import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.core.take import Take

_TAKE, _NOTE, _LOCK = f"take{SUFFIX}", "note.json", "lock"


@dataclass(frozen=True, slots=True)
class Unsaved:
    """Describe a take that a crash left unsaved.

    Its lock is held, so that no other program offers it.
    """

    folder: Path
    name: str  # of the video
    saved_as: Path | None  # the file that it was opened from or saved to
    time_s: float  # when it was written, seconds since the epoch
    lock: QLockFile

    @property
    def take(self) -> Path:
        return self.folder / _TAKE

    def discard(self) -> None:
        """Delete the take."""
        _delete(self.folder, self.lock)


class RecoveryStore:
    """Write the unsaved take of this program; the methods may run in any thread, one at a time."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder: Path | None = None
        self._lock: QLockFile | None = None

    def write(self, take: Take, saved_as: Path | None, save: Callable[[Take, Path], object]) -> None:
        """Keep `take`, in place of the one before. Raises `OutputError`."""
        if self._folder is None:
            folder = self._root / uuid.uuid4().hex
            make_folder(folder)
            self._lock = _locked(folder)
            self._folder = folder
        save(take, self._folder / _TAKE)
        note = {"name": take.info.name, "saved_as": None if saved_as is None else str(saved_as)}
        with atomic_write(self._folder / _NOTE) as file:
            file.write(json.dumps(note).encode())

    def clear(self) -> None:
        """Delete the take that was kept: it is saved, or not wanted."""
        folder, lock, self._folder, self._lock = self._folder, self._lock, None, None
        if folder is not None:
            _delete(folder, lock)

    def adopt(self, unsaved: Unsaved) -> None:
        """Keep the open take, from now on, where it was found."""
        self.clear()
        self._folder, self._lock = unsaved.folder, unsaved.lock

    def left_by_crashes(self) -> list[Unsaved]:
        """Return the takes of programs that are gone, newest first."""
        found = []
        for folder in sorted(self._root.glob("*")) if self._root.is_dir() else ():
            one = _unsaved(folder) if folder != self._folder else None
            if one is not None:
                found.append(one)
        return sorted(found, key=lambda one: -one.time_s)


def _locked(folder: Path) -> QLockFile | None:
    """Return the lock of a folder, held by this program; None where a running program holds it."""
    lock = QLockFile(str(folder / _LOCK))
    lock.setStaleLockTime(0)  # however old, it counts while its program runs
    return lock if lock.tryLock(0) else None


def _unsaved(folder: Path) -> Unsaved | None:
    """Return the take in a folder whose program is gone; None where there is none."""
    lock = _locked(folder) if folder.is_dir() else None
    if lock is None:
        return None
    try:
        note = json.loads((folder / _NOTE).read_text(encoding="utf-8"))
        name, saved_as = str(note["name"]), note["saved_as"]
        time_s = (folder / _TAKE).stat().st_mtime
    except (OSError, ValueError, KeyError, TypeError):  # the crash came before the first take was whole
        _delete(folder, lock)
        return None
    return Unsaved(folder, name, Path(saved_as) if isinstance(saved_as, str) else None, time_s, lock)


def _delete(folder: Path, lock: QLockFile | None) -> None:
    if lock is not None:
        lock.unlock()
    shutil.rmtree(folder, ignore_errors=True)
