"""Test DeepLabCut's HDF5 tables: names are read as data, and nothing outside the file is opened."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from pipeline.core.errors import SourceError
from pipeline.sources.joints2d.deeplabcut.h5_table import read_h5
from pipeline.sources.joints2d.deeplabcut.pickled_names import read_names
from pipeline.system.safe_read import DamagedFile

TABLE = Path(__file__).parents[3] / "data/cases/deeplabcut.h5"
KIND = "values_block_0_kind"
NAMES = [("net", part, axis) for part in ("nose", "left_wrist", "nose") for axis in ("x", "y", "likelihood")]


class _MakesFile:
    """Pickle as a call that creates a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return open, (str(self.path), "w")


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_names_of_every_pickle_protocol_are_read(protocol: int) -> None:
    names = [*NAMES, (), ("a",), ("a", 1), [300, 70000]]
    assert read_names(pickle.dumps(names, protocol)) == names


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_no_code_in_names_runs(protocol: int, tmp_path: Path) -> None:
    made = tmp_path / "made"
    with pytest.raises(DamagedFile):
        read_names(pickle.dumps([_MakesFile(made)], protocol))
    assert not made.exists()
    table = changed(tmp_path / "x.h5", lambda h5: kind(h5, pickle.dumps([_MakesFile(made)], 0)))
    with pytest.raises(SourceError, match="column names"):
        read_h5(table)
    assert not made.exists()


@pytest.mark.parametrize(
    "data", [b"", b".", b"a.", b"l.", b"(", b"g1\n.", b"\x80\x05]q\x00e.", b"I1\n.", b"\xff", b"(lp0\nV"]
)
def test_damaged_names_are_refused(data: bytes) -> None:
    with pytest.raises(DamagedFile):
        read_names(data)


def changed(path: Path, change: Callable[[h5py.File], None]) -> Path:
    """Copy the table of the tests and change it."""
    shutil.copy(TABLE, path)
    with h5py.File(path, "r+") as h5:
        change(h5)
    return path


def kind(h5: h5py.File, value: object) -> None:
    h5["df_with_missing/table"].attrs[KIND] = np.bytes_(value) if isinstance(value, bytes) else value


def replaced(h5: h5py.File, make: Callable[[h5py.Group], None]) -> None:
    """Put another data set, which `make` adds to the group, in the place of the table."""
    attributes = dict(h5["df_with_missing/table"].attrs)
    del h5["df_with_missing/table"]
    make(h5["df_with_missing"])
    if "table" in h5["df_with_missing"]:
        h5["df_with_missing/table"].attrs.update({KIND: attributes[KIND]})


def test_nothing_outside_the_file_is_opened(tmp_path: Path) -> None:
    other = tmp_path / "other.h5"
    shutil.copy(TABLE, other)
    with h5py.File(other) as h5:
        layout = h5py.VirtualLayout((6,), h5["df_with_missing/table"].dtype)
        layout[:] = h5py.VirtualSource(h5["df_with_missing/table"])
        record = h5["df_with_missing/table"].dtype
    raw = tmp_path / "secret"
    raw.write_bytes(bytes(6 * record.itemsize))
    stored = [(str(raw), 0, raw.stat().st_size)]
    ways: dict[str, Callable[[h5py.Group], None]] = {
        "link": lambda group: group.__setitem__("table", h5py.ExternalLink(str(other), "/df_with_missing/table")),
        "storage": lambda group: group.create_dataset("table", (6,), record, external=stored),
        "virtual": lambda group: group.create_virtual_dataset("table", layout),
    }
    for name, way in ways.items():
        table = changed(tmp_path / f"{name}.h5", lambda h5, way=way: replaced(h5, way))
        with pytest.raises(SourceError, match="holds no table"):
            read_h5(table)


@pytest.mark.parametrize(("rows", "says"), [(10**12, "larger than 1024 MiB"), (10**6, "far larger than what the file")])
def test_claims_are_checked_before_memory_is_taken(rows: int, says: str, tmp_path: Path) -> None:
    def huge(group: h5py.Group) -> None:
        record = np.dtype([("index", "<i8"), ("values_block_0", "<f8", (51,))])
        group.create_dataset("table", (rows,), record, chunks=(1000,))

    with pytest.raises(SourceError, match=says):
        read_h5(changed(tmp_path / "x.h5", lambda h5: replaced(h5, huge)))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda h5: kind(h5, pickle.dumps(NAMES, 0)), "do not fit together"),
        (lambda h5: kind(h5, pickle.dumps([("net", 1, "x")] * 51, 0)), "not those of DeepLabCut"),
        (lambda h5: kind(h5, 7), "does not name its columns"),
        (lambda h5: h5.__delitem__("df_with_missing/table"), "holds no table"),
    ],
)
def test_every_fault_is_named(change: Callable[[h5py.File], None], says: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        read_h5(changed(tmp_path / "x.h5", change))
    assert "converth5_to_csv" in caught.value.hint
