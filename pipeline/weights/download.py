"""Download weights on the user's request; an interrupted download resumes."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.concurrency import CancelToken
from ..core.errors import ModelError
from ..system.files import make_folder, output_error
from .catalogue import is_hash_of, user_folder
from .entries import WeightFile

if TYPE_CHECKING:
    from http.client import HTTPResponse

_CHUNK = 1 << 20
_TIMEOUT_S = 30
_MAX_BYTES = 4 << 30  # bytes, largest file whose size is unknown

_one_download = threading.Lock()


def download(
    entry: WeightFile,
    progress: Callable[[int, int], None] | None = None,
    cancel: CancelToken | None = None,
) -> Path:
    """Download the file of `entry` into the user's weights folder; called on request only.

    An interrupted download (`.part` file) resumes if the server supports it. `progress` gets (bytes so far, bytes in
    all; 0 = unknown). The file appears under its name only after its sha256 was verified. Raises `ModelError` (no
    address, no network, wrong content), `OutputError` (disk), `Cancelled` (the downloaded part is kept).
    """
    if not entry.url:
        raise ModelError(f"'{entry.name}' has no download address.", "It comes with the program, or was added by you.")
    if not entry.url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise ModelError(f"{entry.url} is not a https address.", "Correct the 'url' of the manifest entry.")
    make_folder(user_folder())
    path = user_folder() / entry.file
    part = path.with_name(path.name + ".part")
    cancel = cancel or CancelToken()
    with _one_download:
        try:
            total = entry.bytes
            if not part.exists() or not total or part.stat().st_size != total:
                total = _fetch(entry, part, progress or (lambda done, total: None), cancel) or total
            size = part.stat().st_size
            if size < total:  # kept: the next attempt resumes from here
                raise ModelError(f"The download of '{entry.name}' broke off at {size} of {total} bytes.", "Try again.")
            with part.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if (total and size != total) or not is_hash_of(entry.sha256, digest):
                part.unlink()
                raise ModelError(
                    f"What {entry.url} sent is not the file that the manifest describes; it was thrown away.",
                    "Try again; if it happens again, the address or the manifest is out of date.",
                )
            part.replace(path)
        except OSError as error:  # urllib's own errors become ModelError in _fetch
            raise output_error(path, error) from error
    return path


def _fetch(entry: WeightFile, part: Path, progress: Callable[[int, int], None], cancel: CancelToken) -> int:
    """Append the missing bytes to `part`, or start over if the server cannot resume.

    Also starts over if `part` is too long. Returns the size of the whole file in bytes, 0 if neither the entry nor the
    server states it.
    """
    import http.client  # here, because the window starts without a network
    import urllib.error
    import urllib.request

    have = part.stat().st_size if part.exists() else 0
    if have > (entry.bytes or _MAX_BYTES):
        have = 0
    request = urllib.request.Request(entry.url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        reply = urllib.request.urlopen(request, timeout=_TIMEOUT_S)
    except urllib.error.HTTPError as error:
        if error.code == 416 and have:  # no bytes beyond these: complete, or another file
            return have
        raise ModelError(f"{entry.url} answered {error.code} {error.reason}.", "Try again later.") from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise ModelError(
            f"{entry.url} cannot be reached ({reason}).",
            f"Check the network connection and try again; or get {entry.file} elsewhere and put it into {part.parent}.",
        ) from error
    with reply:
        resumed = reply.status == 206
        have = have if resumed else 0
        total = entry.bytes or _total_bytes(reply, have)
        with part.open("ab" if resumed else "wb") as file:
            while True:
                cancel.check()
                try:
                    chunk = reply.read(_CHUNK)
                except http.client.IncompleteRead as error:
                    file.write(error.partial)
                    return total
                except (TimeoutError, ConnectionError, http.client.HTTPException):
                    return total  # the caller recognises that it is too short
                if not chunk:
                    return total
                file.write(chunk)
                have += len(chunk)
                progress(have, total)
                if have > (total or _MAX_BYTES):
                    return total  # another file: stop here instead of filling the disk


def _total_bytes(reply: HTTPResponse, before: int) -> int:
    """Return the size of the whole file from the reply's header.

    `before`: bytes that the reply leaves out at the start.
    """
    length = reply.headers.get("Content-Length", "")
    return before + int(length) if re.fullmatch(r"\d{1,15}", length) else 0
