"""Describe a lifter: one entry of a manifest."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Protocol

from ..core.errors import ModelError
from ..system.files import atomic_write
from ..system.json_fields import JsonFields
from ..system.safe_read import DamagedFile, read_json

_MAX_ENTRIES = 1000  # entries of one list
_MAX_TEXT = 20_000  # characters of a field
_MAX_FILE_BYTES = 1 << 40  # bytes
_FASTEST_HZ = 10_000.0
_FILE_NAME = re.compile(r"[^/\\\x00-\x1f\x7f]{1,200}")


def read_entries(path: Path) -> list[Any]:
    """Read the entries of a list of lifters or detectors, unchecked.

    Raises `OSError` and `DamagedFile`.
    """
    entries = JsonFields(read_json(path)).listed("entries")
    if len(entries) > _MAX_ENTRIES:
        raise DamagedFile(f"it has more than {_MAX_ENTRIES} entries")
    return entries


def read_own_entries(path: Path, kind: str) -> list[Any]:
    """Read the user's own list of `kind` ("lifters"), unchecked; [] if there is none.

    Invalid entries are in it, too: they must not be lost when it is written again. Raises `ModelError`.
    """
    try:
        return read_entries(path)
    except FileNotFoundError:
        return []
    except (OSError, DamagedFile) as error:
        raise ModelError(
            f"The list of your own {kind} {path} cannot be read ({error}).", "Correct it, or delete it."
        ) from error


def write_own_entries(path: Path, entries: list[Any]) -> None:
    """Write the user's own list. Raises `OutputError`."""
    with atomic_write(path, "w") as file:
        json.dump({"version": 1, "entries": entries}, file, indent=2, ensure_ascii=False)


def is_text(value: object) -> bool:
    """Return whether a field holds text of a sensible length that can be written again."""
    if not isinstance(value, str) or len(value) > _MAX_TEXT:
        return False
    return not any("\ud800" <= character <= "\udfff" for character in value)


def is_file_name(value: object) -> bool:
    """Return whether a field is the name of a file directly in the folder."""
    return is_text(value) and _FILE_NAME.fullmatch(str(value)) is not None and Path(str(value)).name == value


def is_size(value: object) -> bool:
    """Return whether a field is a plausible number of bytes, or another count."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MAX_FILE_BYTES


class WeightFile(Protocol):
    """Describe what is needed to find, check and download the weights of a lifter or detector.

    `sha256` may be its first digits alone, `bytes` may be 0 (unknown).
    """

    @property
    def name(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def bytes(self) -> int: ...
    @property
    def url(self) -> str: ...


@dataclass(frozen=True, slots=True)
class WeightEntry:
    """Describe one lifter of the manifest; `weights/README.md` explains the fields."""

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
    scale: str = "metres"
    licence: str = ""
    training_data: tuple[str, ...] = ()
    acknowledgement: str = ""
    limits: str = ""

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> WeightEntry:
        """Read an entry. Raises `ModelError` for missing or unknown fields, or an unsafe file name."""
        values = dict(data)
        name = values.get("name", "?")
        try:
            for key in ("rate_hz", "channels", "training_data"):
                if key in values:
                    values[key] = tuple(values[key])
            entry = WeightEntry(**values)
        except TypeError as error:
            known = ", ".join(f.name for f in fields(WeightEntry))
            raise ModelError(
                f"The manifest entry '{name}' does not fit ({error}).", f"Its fields are: {known}."
            ) from error
        if not entry.sensible:
            hint = "'file' is a plain file name, 'rate_hz' has two numbers, 'frames' is at least 1."
            raise ModelError(f"The manifest entry '{name}' does not fit.", hint)
        return entry

    @property
    def sensible(self) -> bool:
        """Return whether the values have the types and ranges that the program relies on."""
        texts = (
            self.name,
            self.file,
            self.sha256,
            self.host,
            self.title,
            self.url,
            self.joint_rule,
            self.normalisation,
        )
        return (
            all(is_text(text) for text in (*texts, *self.channels, *self.training_data))
            and all(isinstance(held, Mapping) for held in (self.sizes, self.prune))
            and is_file_name(self.file)
            and len(self.rate_hz) == 2
            and all(isinstance(rate, int | float) and 0 < rate <= _FASTEST_HZ for rate in self.rate_hz)
            and all(is_size(number) for number in (self.bytes, self.frames, self.parameters))
            and self.frames >= 1
            and isinstance(self.unit_stature_m, int | float)
            and math.isfinite(self.unit_stature_m)
        )

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object that `from_json` reads."""
        return asdict(self)
