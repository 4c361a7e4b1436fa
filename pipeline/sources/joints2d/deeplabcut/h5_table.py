"""Read DeepLabCut's HDF5 tables (`DataFrame.to_hdf(format="table")`), without unpickling.

A table has one row per frame. Its field `values_block_N` holds C numbers, and the attribute `values_block_N_kind` names
these C columns: (scorer, (individual,) part, coordinate), as a pickle that `pickled_names` reads as data.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ....core.errors import SourceError
from ....system.safe_read import DamagedFile, open_regular
from ..found import FoundJoints
from .individuals import found_joints
from .pickled_names import read_names

if TYPE_CHECKING:
    import h5py

MAGIC = b"\x89HDF\r\n\x1a\n"
_LARGEST = 1 << 30  # bytes of the numbers of all frames
_MOST_PACKED = 100  # bytes of a table per byte that is stored: joints are packed to a third at best
_SMALL = 1 << 20  # bytes of a table whose packing is not checked
_BLOCK = "values_block_"
_CSV = "Use the CSV: deeplabcut.analyze_videos_converth5_to_csv(FOLDER) writes one beside each .h5."


def read_h5(path: Path) -> FoundJoints:
    """Read an HDF5 table of DeepLabCut. Raises `SourceError`."""
    try:
        import h5py
    except ImportError as error:
        raise SourceError(f"{path.name} cannot be read without h5py.", f"Run: pip install h5py. Or: {_CSV}") from error
    try:
        with open_regular(path) as file, h5py.File(file, "r") as h5:
            values, columns, rows = _table(h5)
    except (DamagedFile, OSError, KeyError, RuntimeError, TypeError, ValueError, OverflowError) as error:
        raise SourceError(f"{path.name} cannot be read as a table of DeepLabCut ({error}).", _CSV) from error
    who = [column[1] if len(column) == 4 else "" for column in columns]
    return found_joints(
        values, who, [column[-2] for column in columns], [column[-1] for column in columns], rows, path.name
    )


def _table(h5: h5py.File) -> tuple[NDArray[np.float64], list[tuple[str, ...]], list[str]]:
    """Return values (T, C), names of the C columns, and labels of the T rows."""
    table = next(_tables(h5), None)
    if table is None:
        raise DamagedFile("it holds no table; labelled frames are written in another form")
    fields = table.dtype.names or ()
    blocks = [name for name in fields if name.startswith(_BLOCK) and name[len(_BLOCK) :].isdigit()]
    if "index" not in fields or not blocks or table.ndim != 1 or not len(table):
        raise DamagedFile("its table has no rows, no index or no values")
    size = len(table) * table.dtype.itemsize
    if size > _LARGEST:
        raise DamagedFile(f"its table is larger than {_LARGEST >> 20} MiB")
    if size > _MOST_PACKED * table.id.get_storage_size() + _SMALL:
        raise DamagedFile("its table is said to be far larger than what the file holds of it")
    records = table[:]
    values, columns = [], []
    for block in blocks:
        names = read_names(_attribute(table, f"{block}_kind"))
        numbers = np.asarray(records[block]).reshape(len(records), -1)
        if numbers.dtype.kind not in "fiu" or numbers.shape[1] != len(names):
            raise DamagedFile("its table and the names of its columns do not fit together")
        values.append(numbers.astype(np.float64))
        columns += [_column(name) for name in names]
    rows = [label.decode("utf-8", "replace") if isinstance(label, bytes) else str(label) for label in records["index"]]
    return np.concatenate(values, axis=1), columns, rows


def _tables(h5: h5py.File) -> Iterator[Any]:
    """Yield the data sets called `table` of the file's groups, all of whose data are in the file itself."""
    import h5py

    for name in h5:
        if not isinstance(h5.get(name, getlink=True), h5py.HardLink) or h5.get(name, getclass=True) is not h5py.Group:
            continue
        group = h5[name]
        if isinstance(group.get("table", getlink=True), h5py.HardLink):
            table = group["table"]
            # External storage and virtual data sets are other files.
            if isinstance(table, h5py.Dataset) and not table.external and not table.is_virtual:
                yield table


def _attribute(table: Any, name: str) -> bytes:
    with contextlib.suppress(KeyError):
        value = table.attrs[name]
        if isinstance(value, bytes):
            return value
    raise DamagedFile("it does not name its columns")


def _column(name: Any) -> tuple[str, ...]:
    if isinstance(name, tuple) and len(name) in (3, 4) and all(isinstance(part, str) for part in name):
        return name
    raise DamagedFile("the names of its columns are not those of DeepLabCut")
