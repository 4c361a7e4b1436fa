"""The lifters that there are: `weights/manifest.json`, where their files lie, whether they are whole, how to get them.

Everything the program knows of a lifter is in its manifest entry; nothing else holds its sizes or names. A file is
looked for in the project's `weights/` folder, then in the user's cache. Nothing is ever downloaded unasked.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError, ModelError
from pipeline.files import cache_folder, make_folder, output_error
from pipeline.flow import CancelToken

PROJECT_FOLDER = Path(__file__).resolve().parent.parent / "weights"
_CHUNK = 1 << 20
_TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class WeightEntry:
    """One lifter of the manifest; the fields are explained in `weights/README.md`."""

    name: str
    file: str
    sha256: str
    bytes: int
    host: str
    sizes: Mapping[str, Any]
    frames: int
    rate_hz: tuple[float, float]
    channels: tuple[str, ...]
    joint_rule: str
    normalisation: str
    unit_stature_m: float
    title: str = ""
    default: bool = False
    url: str = ""
    parameters: int = 0
    prune: Mapping[str, Any] = field(default_factory=dict)
    output: str = ""
    root: str = "subtract"
    licence: str = ""
    training_data: tuple[str, ...] = ()
    acknowledgement: str = ""
    limits: str = ""

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> WeightEntry:
        """Raises `ModelError` for an entry with missing or unknown fields, or a file name that leaves its folder."""
        values = dict(data)
        name = values.get("name", "?")
        for key in ("rate_hz", "channels", "training_data"):
            if key in values:
                values[key] = tuple(values[key])
        try:
            entry = WeightEntry(**values)
        except TypeError as error:
            known = ", ".join(f.name for f in fields(WeightEntry))
            raise ModelError(
                f"The manifest entry '{name}' does not fit ({error}).", f"Its fields are: {known}."
            ) from error
        if Path(entry.file).name != entry.file or len(entry.rate_hz) != 2 or entry.frames < 1:
            hint = "'file' is a plain file name, 'rate_hz' has two numbers, 'frames' is at least 1."
            raise ModelError(f"The manifest entry '{name}' does not fit.", hint)
        return entry


@cache
def manifest(path: Path = PROJECT_FOLDER / "manifest.json") -> tuple[WeightEntry, ...]:
    """All entries of a manifest file, in its order. Raises `ModelError` if it cannot be read."""
    hint = "It comes with the program: get the program again."
    try:
        data = json.loads(path.read_text("utf-8"))
        listed = data["entries"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"The list of lifters {path} cannot be read ({error}).", hint) from error
    return tuple(WeightEntry.from_json(entry) for entry in listed)


def find(name: str = "") -> WeightEntry:
    """The entry of that name; "" gives the default. Raises `ConfigError` with the known names."""
    listed = manifest()
    for entry in listed:
        if entry.name == name or (not name and entry.default):
            return entry
    known = ", ".join(entry.name for entry in listed) or "none"
    what = f"There is no lifter called '{name}'." if name else "The manifest names no default lifter."
    raise ConfigError(what, f"Known: {known}.")


def user_folder() -> Path:
    """Where downloaded weights go."""
    return cache_folder() / "weights"


def path_of(entry: WeightEntry) -> Path | None:
    """Where the file of `entry` lies, unchecked; None if it is not installed."""
    for folder in (PROJECT_FOLDER, user_folder()):
        if (path := folder / entry.file).is_file():
            return path
    return None


def locate(entry: WeightEntry) -> Path:
    """The file of `entry`, checked against size and sha256. Raises `ModelError` that says what to do."""
    again = f"Download it again: {entry.url}" if entry.url else "It comes with the program: get the program again."
    path = path_of(entry)
    if path is None:
        where = f"It can be downloaded from {entry.url} (see the models command)." if entry.url else again
        raise ModelError(f"The weights of '{entry.name}' are not installed ({entry.file} is missing).", where)
    try:
        stat = path.stat()
        whole = stat.st_size == entry.bytes and _sha256(path, stat.st_mtime_ns, stat.st_size) == entry.sha256
    except OSError as error:
        raise ModelError(
            f"The weights {path} cannot be read ({error.strerror}).", "Check the file's permissions."
        ) from error
    if not whole:
        raise ModelError(f"The weights {path} are damaged: they are not the file that the manifest describes.", again)
    return path


@cache
def _sha256(path: Path, mtime_ns: int, size: int) -> str:
    """Hash of a file; time and size are in the key so that a changed file is read again, an unchanged one is not."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_one_download = threading.Lock()


def download(
    entry: WeightEntry,
    progress: Callable[[int, int], None] | None = None,
    cancel: CancelToken | None = None,
) -> Path:
    """Fetch the file of `entry` into the user's weights folder; called only when the user asked for it.

    A download that broke off (`.part` file) goes on where it stopped if the server can do that. `progress` gets
    (bytes so far, bytes in all). The file appears under its name only after its sha256 was right. Raises `ModelError`
    (no address, no network, wrong content), `OutputError` (disk), `Cancelled` (what was fetched is kept).
    """
    if not entry.url:
        raise ModelError(f"The lifter '{entry.name}' has no download address.", "It comes with the program.")
    if not entry.url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise ModelError(f"{entry.url} is not a https address.", "Correct the 'url' of the manifest entry.")
    make_folder(user_folder())
    path = user_folder() / entry.file
    part = path.with_name(path.name + ".part")
    cancel = cancel or CancelToken()
    with _one_download:
        try:
            if not part.exists() or part.stat().st_size != entry.bytes:
                _fetch(entry, part, progress or (lambda done, total: None), cancel)
            size = part.stat().st_size
            if size < entry.bytes:  # kept: the next try goes on from here
                raise ModelError(
                    f"The download of '{entry.name}' broke off at {size} of {entry.bytes} bytes.", "Try again."
                )
            with part.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if size != entry.bytes or digest != entry.sha256:
                part.unlink()
                raise ModelError(
                    f"What {entry.url} sent is not the file that the manifest describes; it was thrown away.",
                    "Try again; if it happens again, the address or the manifest is out of date.",
                )
            part.replace(path)
        except OSError as error:  # urllib's own errors are turned into ModelError in _fetch
            raise output_error(path, error) from error
    return path


def _fetch(entry: WeightEntry, part: Path, progress: Callable[[int, int], None], cancel: CancelToken) -> None:
    """Append what is missing to `part`, or start over if the server cannot resume or `part` is too long."""
    have = part.stat().st_size if part.exists() else 0
    if have > entry.bytes:
        have = 0
    request = urllib.request.Request(entry.url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        reply = urllib.request.urlopen(request, timeout=_TIMEOUT_S)
    except urllib.error.HTTPError as error:
        raise ModelError(f"{entry.url} answered {error.code} {error.reason}.", "Try again later.") from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise ModelError(
            f"{entry.url} cannot be reached ({reason}).", "Check the network connection, then try again."
        ) from error
    with reply:
        resumed = reply.status == 206
        have = have if resumed else 0
        with part.open("ab" if resumed else "wb") as file:
            while True:
                cancel.check()
                try:
                    chunk = reply.read(_CHUNK)
                except http.client.IncompleteRead as error:
                    file.write(error.partial)
                    return
                except (TimeoutError, ConnectionError, http.client.HTTPException):
                    return  # the caller sees that it is too short
                if not chunk:
                    return
                file.write(chunk)
                have += len(chunk)
                progress(have, entry.bytes)
                if have > entry.bytes:
                    return  # not our file: stop here instead of filling the disk
