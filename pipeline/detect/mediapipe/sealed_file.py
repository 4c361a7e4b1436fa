"""Keep derived files in the cache, with their checksums: a damaged one is made again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from ...system.files import atomic_write
from ...weights import file_sha256

log = logging.getLogger(__name__)


def sealed_sha256(path: Path, make: Callable[[], bytes]) -> str:
    """Return the sha256 of the file at `path`.

    If it is missing or damaged, what `make` returns is written. The checksum and the size are in a `.sha256` file
    beside it. Raises what `make` raises, and `OutputError`.
    """
    seal = path.with_suffix(".sha256")
    found = _whole(path, seal)
    if found is None:
        content = make()
        with atomic_write(path) as file:
            file.write(content)
        found = file_sha256(path)
        with atomic_write(seal, "w") as file:
            file.write(f"{found} {path.stat().st_size}\n")
    return found


def _whole(path: Path, seal: Path) -> str | None:
    """Return the file's sha256 if it is unchanged since it was written, else None."""
    try:
        expected, size = seal.read_text(encoding="ascii").split()
        if path.stat().st_size == int(size) and file_sha256(path) == expected:
            return expected
        log.warning("A file in the cache is damaged and is made again: %s", path)
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        log.warning("A file in the cache cannot be used and is made again: %s (%s)", path, error)
    return None
