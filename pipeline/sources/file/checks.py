"""Check that a file can be read, and identify its content by a hash."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ...core.errors import SourceError
from ...system.safe_read import open_regular

_MIB = 1 << 20


def check_readable(path: Path) -> None:
    """Raise a `SourceError` unless `path` is a file that can be read and is not empty."""
    try:
        with open_regular(path) as file:  # never a pipe or a device: reading would not end
            if not file.read(1):
                raise SourceError(f"{path} is empty (0 bytes).", "Copy or record it again.")
    except IsADirectoryError as error:
        raise SourceError(f"{path} is a folder, not a file.", "Choose a file in it.") from error
    except FileNotFoundError as error:
        raise SourceError(f"There is no file {path}.", "Check the name and the folder.") from error
    except PermissionError as error:
        raise SourceError(
            f"No permission to read {path}.", "Change its permissions, or make a copy of your own."
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"{path} cannot be read ({reason}).", "Check the disk and the path.") from error


def content_key(path: Path) -> str:
    """Compute a sha256 over the size and the first, middle and last MiB of a file.

    The key is fast for any file size and does not depend on the path.
    """
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with open_regular(path) as file:
        for offset in (0, max(0, size // 2 - _MIB // 2), max(0, size - _MIB)):
            file.seek(offset)
            digest.update(file.read(_MIB))
    return digest.hexdigest()
