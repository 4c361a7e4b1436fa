"""Write files atomically, and turn file system errors into errors with a hint."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import platformdirs
from filelock import FileLock, Timeout

from ..core.errors import OutputError

try:
    import fcntl
except ImportError:  # Windows, where a file that is open cannot be removed
    fcntl = None  # type: ignore[assignment]

_HINTS = {
    errno.ENOSPC: "The disk is full: free some space, or choose a folder on another disk.",
    errno.EDQUOT: "Your disk quota is used up: free some space, or choose another folder.",
    errno.EACCES: "You have no permission to write there: choose another folder.",
    errno.EPERM: "You have no permission to write there: choose another folder.",
    errno.EROFS: "That place is read-only: choose another folder.",
    errno.ENOTDIR: "A part of that path is a file, not a folder: choose another folder.",
    errno.ENAMETOOLONG: "The name is too long for this file system: choose a shorter one.",
}


_LOCK = ".lock"  # a file of no bytes; it stays, because a lock whose file is removed holds nobody off
_LONGEST_CHANGE_S = 60.0
_TEMPORARY = re.compile(r"\.hourglass-[a-z0-9_]{8}\.part(\.\w+)?")  # names of temporary files
_cleared: set[Path] = set()  # folders whose abandoned temporary files this process has removed

# Python's stand-ins for bytes of a file's name that are not UTF-8, and halves of Windows' UTF-16.
_SURROGATE = re.compile("[\ud800-\udfff]")


def printable(name: str) -> str:
    """Return a file's name as printable text: bytes outside its encoding become U+FFFD."""
    return _SURROGATE.sub("\ufffd", name)


def output_error(path: Path, error: OSError) -> OutputError:
    """Build the `OutputError` of a failed write, with the hint for its cause."""
    hint = _HINTS.get(error.errno or 0, "Choose another folder, or check the disk.")
    return OutputError(f"Cannot write {path} ({error.strerror or error}).", hint)


def make_folder(path: Path) -> None:
    """Create the folder `path` with its parents; raise `OutputError` if it is not writable."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise output_error(path, error) from error


@contextlib.contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Lock `folder`, made if missing, while a file in it is read, changed and written.

    Another thread or process that asks for it waits. Not reentrant. Raises `OutputError` if the folder is not writable,
    or if nobody lets go of it for a minute.
    """
    make_folder(folder)
    lock = FileLock(folder / _LOCK, timeout=_LONGEST_CHANGE_S)
    try:
        lock.acquire()
    except Timeout as error:
        hint = "End the other programs that use this folder, then try again."
        raise OutputError(f"Another program keeps {folder} locked.", hint) from error
    except OSError as error:
        raise output_error(folder / _LOCK, error) from error
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def atomic_write(path: Path, mode: str = "wb") -> Iterator[IO]:
    """Write `path` through a temporary file in the same folder that is renamed at the end.

    Readers see either the old file or the complete new one. `mode` is "wb" or "w" (UTF-8, newlines unchanged). On any
    failure the old file stays and the temporary one is deleted. Raises `OutputError` if the file system refuses. Text
    never fails: what UTF-8 cannot hold (see `printable`) is "?".
    """
    text = {} if "b" in mode else {"encoding": "utf-8", "errors": "replace", "newline": ""}
    with _replacement(path) as temporary, temporary.open(mode, **text) as file:  # type: ignore[call-overload]
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield the path of a temporary file with `path`'s suffix that replaces `path` at the end.

    This is `atomic_write` for libraries that write files by name.
    """
    with _replacement(path, path.suffix) as temporary:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())


@contextlib.contextmanager
def _replacement(path: Path, suffix: str = "") -> Iterator[Path]:
    """Yield an empty temporary file, then rename it to `path`, or delete it on failure.

    It is locked meanwhile: one that is not belongs to a process that was killed, and the next run removes it.
    """
    temporary: Path | None = None
    handle = -1
    try:
        if path.parent not in _cleared:
            _cleared.add(path.parent)
            remove_abandoned(path.parent)
        handle, temporary = _new_temporary(path.parent, suffix)
        yield temporary
        # mkstemp makes private files; the result gets the permissions of an ordinary new file.
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(path)
    except OSError as error:
        raise output_error(path, error) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        if handle >= 0:
            os.close(handle)


def _new_temporary(folder: Path, suffix: str) -> tuple[int, Path]:
    """Create a temporary file; return the handle that holds its lock (-1: this system needs none), and its path."""
    while True:
        handle, name = tempfile.mkstemp(prefix=".hourglass-", suffix=f".part{suffix}", dir=folder)
        if fcntl is None:
            os.close(handle)
            return -1, Path(name)
        with contextlib.suppress(OSError):  # a file system without locks: then nobody removes it either
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(handle).st_nlink:
            return handle, Path(name)
        os.close(handle)  # another process took it for an abandoned one before it was locked


def remove_abandoned(folder: Path) -> None:
    """Remove the temporary files in `folder` of processes that were killed while they wrote."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            if _TEMPORARY.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with contextlib.suppress(OSError):
                    _remove_unlocked(Path(entry.path))


def _remove_unlocked(path: Path) -> None:
    """Remove a file unless its writer holds its lock. Raises OSError."""
    if fcntl is None:
        path.unlink()
        return
    handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
    finally:
        os.close(handle)


def cache_path() -> Path:
    """Return the user's cache folder, which may not exist yet; HOURGLASS_CACHE overrides it."""
    override = os.environ.get("HOURGLASS_CACHE")
    return Path(override) if override else Path(platformdirs.user_cache_dir("hourglass-pose", appauthor=False))


def cache_folder() -> Path:
    """Return the cache folder and create it if needed; raise `OutputError` if that fails."""
    path = cache_path()
    make_folder(path)
    return path
