"""Getting a file of weights from its address, only when the user asked for it; a broken-off download goes on."""

from __future__ import annotations

import hashlib
import http.client
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from ..core.concurrency import CancelToken
from ..core.errors import ModelError
from ..system.files import make_folder, output_error
from .catalogue import is_hash_of, user_folder
from .entries import WeightFile

_CHUNK = 1 << 20
_TIMEOUT_S = 30
_LONGEST = 4 << 30  # bytes of a file whose size nobody knows

_one_download = threading.Lock()


def download(
    entry: WeightFile,
    progress: Callable[[int, int], None] | None = None,
    cancel: CancelToken | None = None,
) -> Path:
    """Fetch the file of `entry` into the user's weights folder; called only when the user asked for it.

    A download that broke off (`.part` file) goes on where it stopped if the server can do that. `progress` gets
    (bytes so far, bytes in all; 0 = not known). The file appears under its name only after its sha256 was right. Raises
    `ModelError` (no address, no network, wrong content), `OutputError` (disk), `Cancelled` (what was fetched is kept).
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
            if size < total:  # kept: the next try goes on from here
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
        except OSError as error:  # urllib's own errors are turned into ModelError in _fetch
            raise output_error(path, error) from error
    return path


def _fetch(entry: WeightFile, part: Path, progress: Callable[[int, int], None], cancel: CancelToken) -> int:
    """Append what is missing to `part`, or start over if the server cannot resume or `part` is too long.

    Returns how many bytes the whole file has, 0 if neither the entry nor the server says so.
    """
    have = part.stat().st_size if part.exists() else 0
    if have > (entry.bytes or _LONGEST):
        have = 0
    request = urllib.request.Request(entry.url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        reply = urllib.request.urlopen(request, timeout=_TIMEOUT_S)
    except urllib.error.HTTPError as error:
        if error.code == 416 and have:  # nothing lies beyond what is there: whole, or another file
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
                    return total  # the caller sees that it is too short
                if not chunk:
                    return total
                file.write(chunk)
                have += len(chunk)
                progress(have, total)
                if have > (total or _LONGEST):
                    return total  # not our file: stop here instead of filling the disk


def _total_bytes(reply: http.client.HTTPResponse, before: int) -> int:
    """Size of the whole file by the reply's header; `before`: bytes that it leaves out at the start."""
    length = reply.headers.get("Content-Length", "")
    return before + int(length) if re.fullmatch(r"\d{1,15}", length) else 0
