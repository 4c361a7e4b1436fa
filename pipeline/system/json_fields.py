"""Check the fields of untrusted JSON objects once, when they are read.

Errors are `DamagedFile`s that name the field, its value and what was expected: "scene.fov_deg is 'wide', expected a
number from 1 to 179".
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NoReturn, TypeVar

from .safe_read import DamagedFile

LONGEST_TEXT = 65_536  # characters of a text field, unless the caller gives another limit
_MAX_SHOWN = 60  # characters of a wrong value that a message shows
_LARGEST_WHOLE = 1 << 53  # largest integer that every JSON reader represents exactly
_LARGEST_NUMBER = 1e15


class _Required:
    """Mark a field without a default, which is required."""


REQUIRED = _Required()


class JsonFields:
    """Read the fields of one JSON object at position `where` of the file ("" for the whole).

    The constructor raises `DamagedFile` for a value that is no object.

    Every method returns the value of a field, or `default` where the field is missing and a default is given.
    """

    def __init__(self, values: object, where: str = "") -> None:
        if not isinstance(values, Mapping):
            _refuse(where or "the content", values, "an object")
        self.values: Mapping[str, Any] = values
        self._where = where

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def number(self, name: str, low: float, high: float, default: Any = REQUIRED) -> Any:
        """Return a number from `low` to `high`, as float."""
        value = self._value(name, default)
        if value is default:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.refuse(name, f"a number from {low:g} to {high:g}")
        return float(value)

    def whole(self, name: str, low: int, high: int, default: Any = REQUIRED) -> Any:
        """Return a whole number from `low` to `high`."""
        value = self._value(name, default)
        if value is default:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.refuse(name, f"a whole number from {low} to {high}")
        return value

    def text(self, name: str, default: Any = REQUIRED, longest: int = LONGEST_TEXT) -> Any:
        """Return text without a zero byte, of at most `longest` characters."""
        value = self._value(name, default)
        if value is default:
            return default
        if not isinstance(value, str) or len(value) > longest or "\0" in value:
            self.refuse(name, f"text of at most {longest} characters")
        return value

    def choice(self, name: str, known: Collection[str], default: Any = REQUIRED) -> Any:
        """Return one of the texts in `known`."""
        value = self._value(name, default)
        if value is default:
            return default
        if not isinstance(value, str) or value not in known:
            self.refuse(name, f"one of {', '.join(known)}")
        return value

    def flag(self, name: str, default: Any = REQUIRED) -> Any:
        """Return a boolean."""
        value = self._value(name, default)
        if value is not default and not isinstance(value, bool):
            self.refuse(name, "true or false")
        return value

    def listed(self, name: str, default: Any = REQUIRED) -> list[Any]:
        """Return a list of any values."""
        value = self._value(name, default)
        if value is default:
            return [] if default is None else list(default)
        if not isinstance(value, list):
            self.refuse(name, "a list")
        return value

    def texts(self, name: str, default: Any = REQUIRED) -> tuple[str, ...]:
        """Return the texts of a list."""
        values = self.listed(name, default)
        if not all(isinstance(value, str) and len(value) <= LONGEST_TEXT and "\0" not in value for value in values):
            self.refuse(name, "a list of texts")
        return tuple(values)

    def wholes(self, name: str, low: int, high: int) -> tuple[int, ...]:
        """Return the whole numbers of a list, each from `low` to `high`."""
        values = self.listed(name)
        if not all(isinstance(value, int) and not isinstance(value, bool) and low <= value <= high for value in values):
            self.refuse(name, f"a list of whole numbers from {low} to {high}")
        return tuple(values)

    def object(self, name: str, default: Any = REQUIRED) -> JsonFields:
        """Return an object as `JsonFields`."""
        value = self._value(name, default)
        return JsonFields({} if value is None else value, self.place(name))

    def objects(self, name: str, default: Any = REQUIRED) -> Iterator[JsonFields]:
        """Yield the objects of a list."""
        for number, value in enumerate(self.listed(name, default)):
            yield JsonFields(value, self.place(f"{name}.{number}"))

    def refuse(self, name: str, expected: str) -> NoReturn:
        """Raise the error of a field with a wrong value."""
        _refuse(self.place(name), self.values.get(name), expected)

    def place(self, name: str) -> str:
        """Return the name of a field with its position in the file."""
        return f"{self._where}.{name}" if self._where else name

    def _value(self, name: str, default: Any) -> Any:
        value = self.values.get(name, default)
        if isinstance(value, _Required):
            raise DamagedFile(f"{self.place(name)} is missing")
        return value


_Kind = TypeVar("_Kind")


def read_dataclass(
    kind: type[_Kind], fields: JsonFields, limits: Mapping[str, tuple[float, float]], /, **given: Any
) -> _Kind:
    """Make a dataclass of plain values from the fields of the same names.

    Plain are str, int, float, bool, tuples of str, and None where allowed.

    `limits` has the range of numbers by name; `given` are values that are not read from `fields`. Raises `DamagedFile`
    for a missing or an unknown field, or a value of another kind or out of range.
    """
    wanted = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    for name in fields.values:
        if name not in wanted:
            raise DamagedFile(f"{fields.place(name[:_MAX_SHOWN])} is not a known field")
    values: dict[str, Any] = {}
    for name, field in wanted.items():
        if name in given or (name not in fields.values and field.default is not dataclasses.MISSING):
            continue
        plain, _, optional = str(field.type).partition(" | ")
        if optional == "None" and name in fields.values and fields.values[name] is None:
            values[name] = None
        elif plain == "str":
            values[name] = fields.text(name)
        elif plain == "bool":
            values[name] = fields.flag(name)
        elif plain == "int":
            low, high = limits.get(name, (-_LARGEST_WHOLE, _LARGEST_WHOLE))
            values[name] = fields.whole(name, int(low), int(high))
        elif plain == "float":
            values[name] = fields.number(name, *limits.get(name, (-_LARGEST_NUMBER, _LARGEST_NUMBER)))
        elif field.type == "tuple[str, ...]":
            values[name] = fields.texts(name)
        else:
            raise TypeError(f"{kind.__name__}.{name} of type {field.type} has to be given")
    return kind(**values, **given)


def _refuse(place: str, value: object, expected: str) -> NoReturn:
    if isinstance(value, Mapping):
        shown = "an object"
    elif isinstance(value, list):
        shown = "a list"
    elif isinstance(value, int) and abs(value) >= 10**20:
        shown = "a huge number"  # it may have more digits than Python prints
    else:
        shown = repr(value[:_MAX_SHOWN] if isinstance(value, str) else value)
    raise DamagedFile(f"{place} is {shown}, expected {expected}")
