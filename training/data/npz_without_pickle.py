"""Read dictionaries in `.npz` files of VideoPose3D's format without executing pickled code.

VideoPose3D and its successors store dictionaries of arrays as numpy object arrays. These are pickles, and a pickle can
call any function. The unpickler here accepts only the six names that numpy writes for arrays, and resolves each to an
inert stand-in that records its arguments. Arrays are built from the records afterwards, with checked types and sizes.
The result holds dictionaries, lists, strings, numbers and arrays of numbers or strings; everything else is rejected.
This is the only exception to the project's rule "no pickle".
"""

from __future__ import annotations

import io
import math
import pickle
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy

from pipeline.core.errors import SourceError

_ALLOWED_DTYPE = re.compile(r"(b1|[iu][1248]|f[248]|[SU]\d{1,5})")
_READ_ERRORS = (
    OSError, EOFError, pickle.UnpicklingError, ValueError, TypeError, AttributeError, KeyError, IndexError,
    OverflowError, MemoryError, RecursionError, ImportError, NotImplementedError, RuntimeError, zipfile.BadZipFile,
)  # fmt: skip


def read_archive(path: Path, names: Sequence[str]) -> list[Any]:
    """Read the named arrays of an `.npz` file. Raises `SourceError`.

    Arrays of numbers or strings are returned unchanged; an object array becomes a plain value (one object) or a list
    (several).
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return [_read_member(archive.read(f"{name}.npy")) for name in names]
    except _READ_ERRORS as error:
        reason = f"it has no array called {error.args[0]}" if isinstance(error, KeyError) and error.args else str(error)
        raise SourceError(
            f"{path.name} cannot be read ({reason[:200]}).",
            f"Expected is an .npz file with {', '.join(names)}, of dictionaries, lists, texts and plain arrays.",
        ) from error


def _read_member(content: bytes) -> Any:
    file = io.BytesIO(content)
    version = npy.read_magic(file)
    _, _, dtype = (npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0)(file)
    if dtype.hasobject:
        return read_objects(file)
    return npy.read_array(io.BytesIO(content), allow_pickle=False)


def read_objects(file: BinaryIO) -> Any:
    """Read a pickle of arrays as plain values.

    Raises `pickle.UnpicklingError` and the other errors of `_READ_ERRORS`.
    """
    return _to_values(_ArrayUnpickler(file).load(), {}, 0)


class _ArrayUnpickler(pickle.Unpickler):
    """Resolve only the names that numpy pickles arrays with, each to an inert stand-in."""

    def find_class(self, module: str, name: str) -> Any:
        # A new object for every use: a pickle can set attributes of the objects that it receives.
        if module in ("numpy.core.multiarray", "numpy._core.multiarray"):
            if name == "_reconstruct":
                return _NumpyStandIn("array")
            if name == "scalar":
                return _NumpyStandIn("scalar")
        elif module == "numpy" and name in ("ndarray", "dtype"):
            return _NumpyStandIn(name)
        elif module == "_codecs" and name == "encode":  # how protocol 2 writes bytes
            return _NumpyStandIn("bytes")
        elif module in ("__builtin__", "builtins") and name == "bytes":  # how protocol 2 writes empty bytes
            return _NumpyStandIn("no bytes")
        raise pickle.UnpicklingError(f"it asks for {module}.{name}, which is no part of an array")


class _NumpyStandIn:
    """Stand in for a function or class of numpy and record the arguments of its call."""

    __slots__ = ("_what",)

    def __init__(self, what: str) -> None:
        self._what = what

    def __call__(self, *arguments: Any) -> Any:
        if self._what == "bytes":
            text, encoding = arguments
            if encoding not in ("latin1", "latin-1"):
                raise pickle.UnpicklingError(f"it holds bytes as {encoding}")
            return str(text).encode("latin-1")
        if self._what == "no bytes" and not arguments:
            return b""
        if self._what == "dtype":
            return _DtypeRecord(arguments[0])
        if self._what == "scalar":
            dtype, data = arguments
            return _array_from_bytes(dtype, data, (), "C")[()].item()
        if self._what == "array" and isinstance(arguments[0], _NumpyStandIn) and arguments[0]._what == "ndarray":
            return _ArrayRecord()
        raise pickle.UnpicklingError("an array in it is not made as numpy makes them")

    def __setstate__(self, state: Any) -> None:
        raise pickle.UnpicklingError("it tries to change what it is read with")


class _DtypeRecord:
    """Record of a pickled dtype: name and byte order."""

    __slots__ = ("name", "order")

    def __init__(self, name: str) -> None:
        if name not in ("O8", "O4", "O") and not _ALLOWED_DTYPE.fullmatch(name):
            raise pickle.UnpicklingError(f"it holds values of type {str(name)[:20]}")
        self.name = name
        self.order = "="

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        order, parts = state[1], state[2:5]
        if order not in ("<", ">", "|", "=") or any(part is not None for part in parts):
            raise pickle.UnpicklingError("it holds records")
        self.order = order


class _ArrayRecord:
    """Record of a pickled array: shape and content."""

    __slots__ = ("content", "shape")

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, dtype, columns_first, data = state
        self.shape = tuple(int(length) for length in shape)
        if dtype.name.startswith("O"):
            if not isinstance(data, list) or len(data) != math.prod(self.shape) or len(self.shape) > 1:
                raise pickle.UnpicklingError("an array of objects in it has another shape than it says")
            self.content: Any = data
        else:
            self.content = _array_from_bytes(dtype, data, self.shape, "F" if columns_first else "C")


def _array_from_bytes(dtype: Any, data: Any, shape: tuple[int, ...], order: Any) -> np.ndarray[Any, Any]:
    """Build an array from bytes after checks.

    Raises `UnpicklingError` or ValueError unless type, shape and size agree.
    """
    if not isinstance(dtype, _DtypeRecord) or not isinstance(data, bytes) or dtype.name.startswith("O"):
        raise pickle.UnpicklingError("an array in it has no bytes")
    kind = np.dtype(("" if dtype.order == "|" else dtype.order) + dtype.name)
    if min(shape, default=0) < 0 or math.prod(shape) * kind.itemsize != len(data):
        raise pickle.UnpicklingError("an array in it has another size than it says")
    return np.frombuffer(data, kind).reshape(shape, order=order).astype(kind.newbyteorder("="))


def _to_values(value: Any, known: dict[int, Any], depth: int) -> Any:
    """Replace records by arrays, recursively.

    `known` holds finished values by id, since values may be shared.
    """
    if value is None or isinstance(value, str | bytes | int | float):
        return value
    if depth > 12:
        raise pickle.UnpicklingError("it is nested too deeply, or holds itself")
    if id(value) in known:
        return known[id(value)]
    if isinstance(value, dict):
        if not all(isinstance(key, str | int) for key in value):
            raise pickle.UnpicklingError("a key in it is no text")
        out: Any = {key: _to_values(entry, known, depth + 1) for key, entry in value.items()}
    elif isinstance(value, list | tuple):
        out = [_to_values(entry, known, depth + 1) for entry in value]
    elif isinstance(value, _ArrayRecord) and isinstance(value.content, list):
        entries = [_to_values(entry, known, depth + 1) for entry in value.content]
        out = entries[0] if value.shape == () else entries
    elif isinstance(value, _ArrayRecord):
        out = value.content
    else:
        raise pickle.UnpicklingError(f"it holds a {type(value).__name__.strip('_')} where a value should be")
    known[id(value)] = out
    return out
