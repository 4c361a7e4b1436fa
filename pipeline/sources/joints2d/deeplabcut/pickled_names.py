"""Read lists of names that are stored as a pickle, without executing it.

pandas stores the columns of a table in HDF5 as a pickle. `pickle.load` would run code that a pickle names. Here the
opcodes are read as data: text, whole numbers, lists and tuples, and references to them. Anything else is refused.
"""

from __future__ import annotations

import pickletools
from typing import Any

from ....system.safe_read import DamagedFile

_TEXTS = {"UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "STRING", "BINSTRING", "SHORT_BINSTRING"}
_NUMBERS = {"INT", "BININT", "BININT1", "BININT2"}
_PUT = frozenset(("PUT", "BINPUT", "LONG_BINPUT"))
_GET = frozenset(("GET", "BINGET", "LONG_BINGET"))
_SHORT_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_MARK = object()


def read_names(data: bytes) -> list[Any]:
    """Return the list in a pickle of texts, whole numbers, lists and tuples.

    Raises `DamagedFile` for anything else.
    """
    stack: list[Any] = []
    memo: dict[int, Any] = {}
    try:
        for opcode, argument, _ in pickletools.genops(data):
            if opcode.name == "STOP":
                break
            _step(opcode.name, argument, stack, memo)
        (names,) = stack
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, UnicodeError) as error:
        raise DamagedFile("its column names are damaged") from error
    if not isinstance(names, list):
        raise DamagedFile("its column names are no list")
    return names


def _step(name: str, argument: Any, stack: list[Any], memo: dict[int, Any]) -> None:
    """Apply one opcode to the stack and the memo. Raises `ValueError` for one that may run code."""
    if name in _TEXTS or name in _NUMBERS:
        stack.append(argument)
    elif name == "MARK":
        stack.append(_MARK)
    elif name in ("LIST", "TUPLE"):
        items = _since_mark(stack)
        stack.append(items if name == "LIST" else tuple(items))
    elif name in _SHORT_TUPLES:
        count = _SHORT_TUPLES[name]
        items = stack[-count:]
        del stack[-count:]
        stack.append(tuple(items))
    elif name in ("EMPTY_LIST", "EMPTY_TUPLE"):
        stack.append([] if name == "EMPTY_LIST" else ())
    elif name == "APPEND":
        item = stack.pop()
        stack[-1].append(item)
    elif name == "APPENDS":
        items = _since_mark(stack)
        stack[-1].extend(items)
    elif name in _PUT:
        memo[argument] = stack[-1]
    elif name == "MEMOIZE":
        memo[len(memo)] = stack[-1]
    elif name in _GET:
        stack.append(memo[argument])
    elif name not in ("PROTO", "FRAME"):
        raise ValueError(name)


def _since_mark(stack: list[Any]) -> list[Any]:
    """Take the items since the last mark, and the mark, off the stack."""
    place = len(stack) - 1
    while stack[place] is not _MARK:
        place -= 1
    items = stack[place + 1 :]
    del stack[max(place, 0) :]
    return items
