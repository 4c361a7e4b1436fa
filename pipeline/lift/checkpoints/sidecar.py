"""Read `NAME.json` beside a checkpoint, with the properties that its tensors do not show.

    {"heads": 4, "neighbours": 4, "prune": "tpc", "tokens": [81], "at": [7], "recover": "tra", "title": "Mine"}

Every key may be left out. The keys are the options of `models` (`Overrides`) and fields of a manifest entry.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

from ...core.errors import ModelError
from ...system.safe_read import DamagedFile, read_json
from ...weights.entries import is_text
from .pruning_recipe import Overrides

ENTRY_FIELDS = (
    "title", "joint_rule", "normalisation", "rate_hz", "unit_stature_m", "licence", "training_data", "acknowledgement",
    "limits",
)  # fmt: skip
_LARGEST = 1 << 20  # bytes, largest file that is read as a sidecar  # bytes
_FASTEST_HZ = 10_000.0
_KNOWN = (*(f.name for f in fields(Overrides)), *ENTRY_FIELDS)
_HINT = f"Its keys are {', '.join(_KNOWN)}. Correct it, or take it away."


def read(path: Path) -> tuple[Overrides, dict[str, Any], str]:
    """Read the sidecar of `path`: (options, fields of an entry, a note); empty without one.

    A file of that name with other content is ignored, and the note reports it. Raises `ModelError` for a sidecar with a
    wrong value or an unknown key.
    """
    file = _beside(path)
    if file is None:
        return Overrides(), {}, ""
    data: Any = None
    with contextlib.suppress(OSError, DamagedFile):
        data = read_json(file, _LARGEST)
    if not isinstance(data, dict) or not set(data) & set(_KNOWN):
        return Overrides(), {}, f"{file.name} beside it does not describe this model: left alone"
    if unknown := [key for key in data if key not in _KNOWN]:
        raise ModelError(f"{file.name} has keys that are not known: {', '.join(unknown)}.", _HINT)
    options = {f.name: _value(file.name, f.name, data.get(f.name)) for f in fields(Overrides)}
    extra = {key: _field(file.name, key, data[key]) for key in ENTRY_FIELDS if key in data}
    return Overrides(**options), extra, f"{', '.join(data)}: from {file.name}"


def _beside(path: Path) -> Path | None:
    """Find the sidecar: `model.pth.tr.json`, `model.pth.json` or `model.json`.

    These are the names for `model.pth.tr`.
    """
    names = [path.name]
    while (stem := Path(names[-1]).stem) != names[-1] and len(names) < 3:
        names.append(stem)
    for name in names:
        file = path.with_name(name + ".json")
        if file != path and file.is_file():
            return file
    return None


def _value(file: str, key: str, value: Any) -> Any:
    """Convert a value to the type in `Overrides`. `tokens` and `at` may be a number or a list."""
    if value is None:
        return None
    if key in ("tokens", "at"):
        listed = value if isinstance(value, list) else [value]
        if listed and all(_whole(item) for item in listed):
            return tuple(listed)
    elif key in ("prune", "recover"):
        if isinstance(value, str):
            return value
    elif key == "seq2frame":
        if isinstance(value, bool):
            return value
    elif key == "motion":
        if isinstance(value, int | float) and 0 <= value <= 1:
            return float(value)
    elif _whole(value):
        return value
    raise ModelError(f"'{key}' in {file} is {json.dumps(value)[:40]}, which it cannot be.", _HINT)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _field(file: str, key: str, value: Any) -> Any:
    if key == "rate_hz":
        good = (
            isinstance(value, list)
            and len(value) == 2
            and all(isinstance(v, int | float) and 0 < v <= _FASTEST_HZ for v in value)
        )
    elif key == "training_data":
        good = isinstance(value, list) and all(is_text(v) for v in value)
    elif key == "unit_stature_m":
        good = isinstance(value, int | float) and 0.1 < value < 10
    else:
        good = is_text(value)
    if not good:
        raise ModelError(f"'{key}' in {file} is {json.dumps(value)[:40]}, which it cannot be.", _HINT)
    return tuple(value) if isinstance(value, list) else value
