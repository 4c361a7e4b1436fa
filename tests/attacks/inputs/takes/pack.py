"""Take a sound take apart, change it, and pack it again."""

from __future__ import annotations

import functools
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.attacks.harness.case import Build, made
from tests.attacks.harness.npy import npz
from tests.attacks.harness.sound_inputs import data

FORMATS = "bvh,csv,glb,trc,mot,c3d,json,npz,dlc,angles,openpose"  # all that need neither a video nor Blender
EXPORT = ("export", "t.pose3d", "-o", "out", "--formats", FORMATS, "--report")
EDIT = ("edit", "t.pose3d", "-o", "out/e", "--rename", "1=Bea", "--pitch", "4")

Arrays = dict[str, np.ndarray]
Change = Callable[[dict[str, Any], Arrays], object]  # changes the header and the arrays in place


@functools.cache
def _members() -> tuple[bytes, bytes]:
    with zipfile.ZipFile(io.BytesIO(data("take.pose3d"))) as archive:
        return archive.read("take.json"), archive.read("arrays.npz")


def parts() -> tuple[dict[str, Any], Arrays]:
    """Return the header and the arrays of the sound take."""
    header, arrays = _members()
    with np.load(io.BytesIO(arrays)) as opened:
        return json.loads(header), dict(opened)


def pack(path: Path, header: Any, arrays: Any) -> None:
    """Write a take; a header of text or bytes, and arrays of bytes, are written unchanged."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("take.json", header if isinstance(header, str | bytes) else json.dumps(header))
        if isinstance(arrays, dict):
            arrays = npz(arrays, compressed=True)
        if arrays is not None:
            archive.writestr("arrays.npz", arrays)


def exported(write: Callable[[Path], object]) -> Build:
    return made(lambda folder: write(folder / "t.pose3d"), *EXPORT)


def edited(write: Callable[[Path], object]) -> Build:
    return made(lambda folder: write(folder / "t.pose3d"), *EDIT)


def changed(change: Change) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        header, arrays = parts()
        change(header, arrays)
        pack(path, header, arrays)

    return write


def put(path: str, value: Any) -> Change:
    """Return a change of one value: "info.fps_hz" is header["info"]["fps_hz"], a number a place in a list."""

    def change(header: dict[str, Any], arrays: Arrays) -> None:
        spot, last = _spot(header, path)
        spot[last] = value

    return change


def drop(path: str) -> Change:
    def change(header: dict[str, Any], arrays: Arrays) -> None:
        spot, last = _spot(header, path)
        del spot[last]

    return change


def _spot(header: dict[str, Any], path: str) -> tuple[Any, Any]:
    *way, last = (int(step) if step.isdigit() else step for step in path.split("."))
    spot: Any = header
    for step in way:
        spot = spot[step]
    return spot, last
