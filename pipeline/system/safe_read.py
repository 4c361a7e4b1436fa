"""Read untrusted files: regular files of bounded size, and strictly checked JSON.

A pipe would keep the program waiting and a device never ends, so neither is opened. What a file system refuses is an
`OSError`, as usual; content that cannot be used is a `DamagedFile`. Archives of arrays: `array_file`.
"""

from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import stat
from pathlib import Path
from typing import Any, BinaryIO

LARGEST_JSON = 16 << 20  # bytes of a JSON file, unless the caller gives another limit


class DamagedFile(ValueError):  # noqa: N818 - callers turn it into a `UserError` of their own kind
    """Report unusable content of a file.

    The text gives the reason and ends without a full stop.
    """


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file for reading.

    Raises `OSError`, also for folders, pipes, sockets and devices.
    """
    _check_regular(os.stat(path), path)  # before it is opened, because opening a device may have an effect
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        _check_regular(os.fstat(handle), path)
        return os.fdopen(handle, "rb")
    except BaseException:
        with contextlib.suppress(OSError):
            os.close(handle)
        raise


def _check_regular(status: os.stat_result, path: Path) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file", str(path))


def read_bytes(path: Path, limit: int) -> bytes:
    """Read a whole file of at most `limit` bytes. Raises `OSError` and `DamagedFile`."""
    with open_regular(path) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise DamagedFile(f"it is larger than {limit >> 10} KiB")
    return data


def read_text(path: Path, limit: int) -> str:
    """Read a whole UTF-8 text of at most `limit` bytes. Raises `OSError` and `DamagedFile`."""
    try:
        return read_bytes(path, limit).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DamagedFile("it is not UTF-8 text") from error


def read_json(path: Path, limit: int = LARGEST_JSON) -> Any:
    """Read a JSON file. Raises `OSError` and `DamagedFile`."""
    return parse_json(read_bytes(path, limit))


def parse_json(data: str | bytes) -> Any:
    """Parse JSON in which every number is finite and the depth is limited. Raises `DamagedFile`."""
    try:
        return json.loads(data, parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError as error:
        raise DamagedFile("its JSON is nested too deeply") from error
    except ValueError as error:
        raise DamagedFile(f"its JSON cannot be read: {error}") from error


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is not a JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:40]} is too large a number")
    return value


def quoted(name: str, longest: int = 60) -> str:
    """Return a name from a file for a message: printable, in quotes, cut if long."""
    return repr(name if len(name) <= longest else name[: longest - 1] + "…")
