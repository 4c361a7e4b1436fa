"""Reads the dictionaries in the field's `.npz` files without running anything that is in them.

VideoPose3D and those after it keep dictionaries of arrays as numpy object arrays, which are pickles, and a pickle can
call any function there is. Here an unpickler admits the six names that numpy writes for arrays, and none of them leads
to the real thing: each stands for a small object of this file that takes the numbers down. Arrays are made from them
afterwards, with checked types and sizes. What comes out are dictionaries, lists, texts, numbers and arrays of numbers
or texts; everything else is refused. This is the project's one exception from "no pickle".
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

_PLAIN_TYPE = re.compile(r"(b1|[iu][1248]|f[248]|[SU]\d{1,5})")
_BROKEN = (
    OSError, EOFError, pickle.UnpicklingError, ValueError, TypeError, AttributeError, KeyError, IndexError,
    OverflowError, MemoryError, RecursionError, ImportError, NotImplementedError, RuntimeError, zipfile.BadZipFile,
)  # fmt: skip


def read_archive(path: Path, names: Sequence[str]) -> list[Any]:
    """The arrays of those names in an `.npz` file: arrays of numbers or texts as they are, of objects as plain values
    (a single one by itself, several as a list). Raises `SourceError`."""
    try:
        with zipfile.ZipFile(path) as archive:
            return [_member(archive.read(f"{name}.npy")) for name in names]
    except _BROKEN as error:
        said = f"it has no array called {error.args[0]}" if isinstance(error, KeyError) and error.args else str(error)
        raise SourceError(
            f"{path.name} cannot be read ({said[:200]}).",
            f"Expected is an .npz file with {', '.join(names)}, of dictionaries, lists, texts and plain arrays.",
        ) from error


def _member(content: bytes) -> Any:
    file = io.BytesIO(content)
    version = npy.read_magic(file)
    _, _, dtype = (npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0)(file)
    if dtype.hasobject:
        return objects(file)
    return npy.read_array(io.BytesIO(content), allow_pickle=False)


def objects(file: BinaryIO) -> Any:
    """What the pickle in a file holds, as plain values. Raises `pickle.UnpicklingError` and others, see `_BROKEN`."""
    return _plain(_Admitting(file).load(), {}, 0)


class _Admitting(pickle.Unpickler):
    """Knows the names that numpy writes for arrays, and no other."""

    def find_class(self, module: str, name: str) -> Any:
        # New objects for every use: a pickle can set attributes of what it is given.
        if module in ("numpy.core.multiarray", "numpy._core.multiarray"):
            if name == "_reconstruct":
                return _Named("array")
            if name == "scalar":
                return _Named("scalar")
        elif module == "numpy" and name in ("ndarray", "dtype"):
            return _Named(name)
        elif module == "_codecs" and name == "encode":  # how protocol 2 writes bytes
            return _Named("bytes")
        elif module in ("__builtin__", "builtins") and name == "bytes":  # ... and no bytes at all
            return _Named("no bytes")
        raise pickle.UnpicklingError(f"it asks for {module}.{name}, which is no part of an array")


class _Named:
    """Stands for a function or class of numpy, and takes down what it is called with."""

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
            return _Type(arguments[0])
        if self._what == "scalar":
            dtype, data = arguments
            return _numbers(dtype, data, (), "C")[()].item()
        if self._what == "array" and isinstance(arguments[0], _Named) and arguments[0]._what == "ndarray":
            return _Array()
        raise pickle.UnpicklingError("an array in it is not made as numpy makes them")

    def __setstate__(self, state: Any) -> None:
        raise pickle.UnpicklingError("it tries to change what it is read with")


class _Type:
    """A dtype's name, and the order of its bytes."""

    __slots__ = ("name", "order")

    def __init__(self, name: str) -> None:
        if name not in ("O8", "O4", "O") and not _PLAIN_TYPE.fullmatch(name):
            raise pickle.UnpicklingError(f"it holds values of type {str(name)[:20]}")
        self.name = name
        self.order = "="

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        order, parts = state[1], state[2:5]
        if order not in ("<", ">", "|", "=") or any(part is not None for part in parts):
            raise pickle.UnpicklingError("it holds records")
        self.order = order


class _Array:
    """An array's shape and content."""

    __slots__ = ("content", "shape")

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, dtype, columns_first, data = state
        self.shape = tuple(int(length) for length in shape)
        if dtype.name.startswith("O"):
            if not isinstance(data, list) or len(data) != math.prod(self.shape) or len(self.shape) > 1:
                raise pickle.UnpicklingError("an array of objects in it has another shape than it says")
            self.content: Any = data
        else:
            self.content = _numbers(dtype, data, self.shape, "F" if columns_first else "C")


def _numbers(dtype: Any, data: Any, shape: tuple[int, ...], order: Any) -> np.ndarray[Any, Any]:
    """Raises ValueError if the bytes are not exactly those of such an array."""
    if not isinstance(dtype, _Type) or not isinstance(data, bytes) or dtype.name.startswith("O"):
        raise pickle.UnpicklingError("an array in it has no bytes")
    kind = np.dtype(("" if dtype.order == "|" else dtype.order) + dtype.name)
    if min(shape, default=0) < 0 or math.prod(shape) * kind.itemsize != len(data):
        raise pickle.UnpicklingError("an array in it has another size than it says")
    return np.frombuffer(data, kind).reshape(shape, order=order).astype(kind.newbyteorder("="))


def _plain(value: Any, known: dict[int, Any], depth: int) -> Any:
    """Arrays instead of what stands for them. `known`: what has been made already, since values may be shared."""
    if value is None or isinstance(value, str | bytes | int | float):
        return value
    if depth > 12:
        raise pickle.UnpicklingError("it is nested too deeply, or holds itself")
    if id(value) in known:
        return known[id(value)]
    if isinstance(value, dict):
        if not all(isinstance(key, str | int) for key in value):
            raise pickle.UnpicklingError("a key in it is no text")
        out: Any = {key: _plain(entry, known, depth + 1) for key, entry in value.items()}
    elif isinstance(value, list | tuple):
        out = [_plain(entry, known, depth + 1) for entry in value]
    elif isinstance(value, _Array) and isinstance(value.content, list):
        entries = [_plain(entry, known, depth + 1) for entry in value.content]
        out = entries[0] if value.shape == () else entries
    elif isinstance(value, _Array):
        out = value.content
    else:
        raise pickle.UnpicklingError(f"it holds a {type(value).__name__.strip('_')} where a value should be")
    known[id(value)] = out
    return out
