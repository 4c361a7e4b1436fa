"""Store a recording as a folder of `recording.json`, the video and the rows.

Lifting it again adds the joints as a separate 2D file, and the take.
"""

from __future__ import annotations

import datetime
import json
import logging
import re
from pathlib import Path
from typing import Any

from ..core.errors import OutputError, TakeError
from ..system.files import atomic_write, make_folder, output_error
from ..system.json_fields import JsonFields
from ..system.safe_read import DamagedFile, read_json
from .parts import read_info, read_provenance

log = logging.getLogger(__name__)

MANIFEST = "recording.json"
VIDEO = "video.mkv"
ROWS = "rows.bin"
JOINTS = "joints2d.npz"
TAKE = "take.pose3d"
_LONGEST_SOURCE = 40  # characters of the source in the name of a recording
FORMAT, VERSION = "hourglass-recording", 1
_MAX_MANIFEST_BYTES = 4 << 20  # bytes of `recording.json`


def new_take_folder(parent: Path, now: datetime.datetime | None = None, source: str = "") -> Path:
    """Create a new folder in `parent`, named after time and `source`. Raises `OutputError`."""
    name = (now or datetime.datetime.now()).strftime("take-%Y-%m-%d-%H-%M-%S")
    words = re.sub(r"[^\w]+", "-", source).strip("-")[:_LONGEST_SOURCE].rstrip("-")
    name = f"{name}-{words}" if words else name
    make_folder(parent)
    for number in range(1, 1000):
        folder = parent / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        except OSError as error:
            raise output_error(folder, error) from error
        return folder
    raise OutputError(f"There is no free name for a take in {parent}.", "Choose another folder.")


def is_recording(folder: Path) -> bool:
    """Return whether `folder` contains a recording, or one that was just begun."""
    return any((folder / name).is_file() for name in (MANIFEST, ROWS, VIDEO))


def write_manifest(folder: Path, values: dict[str, Any]) -> None:
    """Write `recording.json`. Raises `OutputError`."""
    with atomic_write(folder / MANIFEST, "w") as file:
        json.dump({"format": FORMAT, "version": VERSION, **values}, file, indent=1)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read `recording.json`; {} if it was lost. Raises `TakeError` for another version."""
    try:
        values = read_json(folder / MANIFEST, _MAX_MANIFEST_BYTES)
    except (OSError, DamagedFile):
        return {}  # the rows and the video contain nearly all of it, too
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        return {}
    if values.get("version") != VERSION:
        raise TakeError(
            f"{folder.name} has format {values.get('version')}; this version of the program reads {VERSION}.",
            "Update the program.",
        )
    for name, check in (("info", read_info), ("provenance", read_provenance)):
        try:
            if values.get(name):
                check(JsonFields(values[name], name))
        except DamagedFile as error:
            log.warning("%s: a part of its description is left out (%s)", folder.name, error)
            values[name] = {}
    return values
