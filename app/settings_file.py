"""Store settings as plain text in an ini file: groups of `name=value`.

The parser builds nothing but text. Qt's reader makes objects of values such as `@Variant(...)`, also Python objects
from a pickle, so that a settings file could run a program; here such a value counts as missing. A damaged or oversized
file counts as empty.
"""

from __future__ import annotations

import configparser
import json
import logging
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

from pipeline.core.errors import OutputError
from pipeline.system.files import atomic_write, one_writer
from pipeline.system.safe_read import DamagedFile, parse_json, read_text

log = logging.getLogger(__name__)

_LARGEST = 1 << 20  # bytes of the file; ours has 4 kB
_LONGEST = 1 << 16  # characters of a value


class SettingsFile:
    """Hold text values by group and name; reading and writing never raise, failures are logged."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values = self._read()
        self._changed: dict[tuple[str, str], str | None] = {}  # since the file was read; None: removed

    def get(self, group: str, name: str) -> str | None:
        """Return a value; None if it is missing, too long, or not plain text."""
        return self._values.get(group, {}).get(name)

    def get_list(self, group: str, name: str) -> list[str]:
        """Return the texts of a list; [] if it is missing or damaged."""
        text = self.get(group, name) or ""
        try:
            values = parse_json(text) if text.startswith("[") else text.split(", ") if text else []
        except DamagedFile:
            return []
        return [value for value in values if isinstance(value, str)]

    def put(self, group: str, values: Mapping[str, str]) -> None:
        """Set values of a group; the others stay. Written by `save`."""
        self._values.setdefault(group, {}).update(values)
        self._changed.update({(group, name): text for name, text in values.items()})

    def put_list(self, group: str, name: str, values: list[str]) -> None:
        self.put(group, {name: json.dumps(values)})

    def remove(self, group: str, name: str) -> None:
        self._values.get(group, {}).pop(name, None)
        self._changed[group, name] = None

    def save(self) -> None:
        """Write the values that were put or removed; all others stay as they are in the file by now.

        A second window may have written it in the meantime.
        """
        try:
            with one_writer(self._path.parent):
                self._values = self._read()
                for (group, name), text in self._changed.items():
                    if text is None:
                        self._values.get(group, {}).pop(name, None)
                    else:
                        self._values.setdefault(group, {})[name] = text
                self._write()
        except OutputError as error:
            log.warning("The settings are not kept: %s", error)
            return
        self._changed.clear()

    def _write(self) -> None:
        """Write all values. Raises `OutputError`."""
        parser = _parser()
        parser.read_dict({g: {n: _quoted(v) for n, v in values.items()} for g, values in self._values.items()})
        text = StringIO()
        parser.write(text, space_around_delimiters=False)
        with atomic_write(self._path, "w") as file:
            file.write(text.getvalue())

    def _read(self) -> dict[str, dict[str, str]]:
        parser = _parser()
        try:
            parser.read_string(read_text(self._path, _LARGEST))
        except FileNotFoundError:
            return {}
        except (OSError, DamagedFile, configparser.Error, UnicodeError) as error:
            log.warning("The settings in %s cannot be read: %s", self._path, error)
            return {}
        values: dict[str, dict[str, str]] = {}
        for group in parser.sections():
            texts = {name: _plain(parser.get(group, name) or "") for name in parser.options(group)}
            values[group] = {name: text for name, text in texts.items() if text is not None}
        return values


def _parser() -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(
        strict=False, delimiters=("=",), comment_prefixes=(";", "#"), allow_no_value=True, default_section="\0"
    )
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    return parser


def _quoted(text: str) -> str:
    """Return text as it stands in the file: in JSON's quotes where it would be ambiguous."""
    plain = text.isprintable() and text == text.strip() and not text.startswith(("@", '"', "[", ";", "#"))
    return text if plain or (text.startswith("[") and text.isprintable()) else json.dumps(text)


def _plain(text: str) -> str | None:
    if len(text) > _LONGEST or text.startswith("@"):
        return None
    if text.startswith('"'):
        try:
            value = parse_json(text)
        except DamagedFile:
            return text.strip('"')  # in Qt's quotes, whose escapes differ
        return value if isinstance(value, str) else None
    return text
