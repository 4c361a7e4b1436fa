"""Write HDF5 tables like DeepLabCut's that point to other files, lie about sizes, or hold code in their pickles."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from tests.attacks.harness.bait import bait
from tests.attacks.harness.case import Case, Cases, made
from tests.attacks.harness.payload import Payload
from tests.attacks.inputs.read_through import read_inputs

from .other_programs import COCO_PARTS

COLUMNS = [("net", part, axis) for part in COCO_PARTS for axis in ("x", "y", "likelihood")]
Make = Callable[[h5py.File], None]


def table(group: h5py.Group, rows: int = 6, **storage: Any) -> h5py.Dataset:
    kind = np.dtype([("index", "<i8"), ("values_block_0", "<f8", (len(COLUMNS),))])
    return group.create_dataset("table", (rows,), kind, **storage)


def named(dataset: h5py.Dataset, names: bytes) -> None:
    dataset.attrs["values_block_0_kind"] = np.bytes_(names)


def sound(opened: h5py.File, names: bytes | None = None, **storage: Any) -> None:
    named(table(opened.create_group("df"), **storage), pickle.dumps(COLUMNS, 0) if names is None else names)


def _external_link(opened: h5py.File) -> None:
    opened["df"] = h5py.ExternalLink(str(bait().file), "/df")


def _external_data(opened: h5py.File) -> None:
    group = opened.create_group("df")
    kind = np.dtype([("index", "<i8"), ("values_block_0", "<f8", (len(COLUMNS),))])
    outside = [(str(bait().file), 0, kind.itemsize * 2)]
    named(group.create_dataset("table", (2,), kind, external=outside), pickle.dumps(COLUMNS, 0))


def _virtual(opened: h5py.File) -> None:
    layout = h5py.VirtualLayout((6,), "<f8")
    layout[:] = h5py.VirtualSource(str(bait().file), "x", (6,))
    opened.create_group("df").create_virtual_dataset("table", layout)


def _soft_loop(opened: h5py.File) -> None:
    opened["df"] = h5py.SoftLink("/df")


def _loop(opened: h5py.File) -> None:
    sound(opened)
    opened["df"]["table2"] = opened["df"]


def _plain_values(opened: h5py.File) -> None:
    opened.create_group("df").create_dataset("table", data=np.zeros(5))


def _deep(opened: h5py.File) -> None:
    group = opened
    for _ in range(300):
        group = group.create_group("g")
    table(group)


_PICKLES: dict[str, bytes] = {
    "os.system": pickle.dumps(Payload()),
    "os.system, protocol 0": pickle.dumps(Payload(), 0),
    "eval": pickle.dumps(Payload(eval, "open('PWNED','w')"), 0),
    "names with code": pickle.dumps([*COLUMNS, Payload()], 0),
    "numbers": pickle.dumps(list(range(len(COLUMNS)))),
    "text": pickle.dumps("x"),
    "two columns": pickle.dumps(COLUMNS[:2]),
    "bytes": pickle.dumps([(b"a", b"b", b"x")] * len(COLUMNS)),
    "a loop": b"\x80\x02]q\x00h\x00a.",
    "marks": b"\x80\x02" + b"(" * 20_000 + b".",
    "nested lists": b"\x80\x02" + b"]" * 20_000 + b"a" * 19_999 + b".",
    "doubling": b"\x80\x02]q\x00" + b"".join(b"]q%c(h%ch%ch%ch%ce" % (i + 1, i, i, i, i) for i in range(60)) + b".",
    "a string of 2 GB": b"\x80\x02\x8b\xff\xff\xff\x7f",
    "a frame of 2**60": b"\x80\x04\x95" + (2**60).to_bytes(8, "little") + b"N.",
    "persistent id": b"Pxyz\n.",
    "no stop": pickle.dumps(COLUMNS, 0)[:-1],
    "empty": b"",
}
_FILES: dict[str, Make] = {
    "sound": sound,
    "external link": _external_link,
    "external data": _external_data,
    "virtual data": _virtual,
    "soft link to itself": _soft_loop,
    "groups in a loop": _loop,
    "plain values": _plain_values,
    "300 groups deep": _deep,
    "10**12 rows of nothing": lambda opened: sound(opened, rows=10**12, chunks=(1000,)),
    "2 million rows of nothing, deflated": lambda opened: sound(opened, rows=2 * 10**6, chunks=(1000,), compression=9),
    "no rows": lambda opened: sound(opened, rows=0),
}


def cases() -> Cases:
    for name, make in _FILES.items():
        yield _case(name, make)
    for name, names in _PICKLES.items():
        yield _case(f"names are a pickle of {name}", lambda opened, names=names: sound(opened, names))


def _case(name: str, make: Make) -> Case:
    def build(folder: Path) -> None:
        with h5py.File(folder / "clipDLC.h5", "w") as opened:
            make(opened)

    return Case(f"h5 {name}", made(build, "clipDLC.h5"), read_inputs)
