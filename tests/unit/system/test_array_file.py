"""Test readers of `.npz` files: sound ones come back unchanged; what they claim is checked before memory is taken."""

from __future__ import annotations

import errno
import gc
import io
import os
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from pipeline.system.array_file import open_arrays, open_zip, read_member, write_arrays
from pipeline.system.safe_read import DamagedFile

LIMIT = 64 << 20


def write(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def header(shape: str, descr: str = "'<f4'", begin: bytes = b"\x93NUMPY\x01\x00") -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}\n".encode()
    return begin + len(text).to_bytes(2, "little") + text


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3), np.asfortranarray(np.arange(6).reshape(2, 3)), np.array("coco17"),
        np.zeros((0, 17, 2)), np.float32(3), np.array([True, False]),
        np.array(["a", "bc"]), np.arange(3, dtype=">f4"), np.array([1 + 2j]),
        np.array(["2026-01-01"], "M8[s]"), np.array(b"x"),
    ],
)  # fmt: skip
def test_sound_arrays_come_back_unchanged(save, array: np.ndarray, tmp_path: Path) -> None:
    save(tmp_path / "a.npz", a=array, other=np.zeros(3))
    with open_arrays(tmp_path / "a.npz", LIMIT) as arrays:
        found = arrays.read("a")
        assert arrays.headers["a"].shape == np.shape(array)
        assert set(arrays.read_all()) == {"a", "other"}
    assert found.dtype == np.asarray(array).dtype
    np.testing.assert_array_equal(found, array)


@pytest.mark.parametrize(
    "data",
    [
        header("(1000000000000, 17, 2)"), header("(4611686018427387904, 17, 2)"), header("(-1, 17)"), header("('a',)"),
        header("(1,)", "'|O'"), header("(99999999999,)", "'|S0'"), header("(1,)", "[('x', '<f4')]"),
        header("(3,)", "'zzz'"),
        header("(1,)", begin=b"\x93NUMPY\x09\x00"), b"\x93NUMPY\x01\x00\xff\xff{'descr'", b"\x93NUMPY", b"", b"hello",
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff{", b"\x93NUMPY\x01\x00" + (9000).to_bytes(2, "little") + b"(" * 9000,
        b"\x93NUMPY\x01\x00\x24\x00__import__('os').system('touch P')   \n", header("(1, 1, 1, 1, 1, 1, 1, 1, 1)"),
    ],
)  # fmt: skip
def test_claims_that_do_not_fit_are_refused_before_memory_is_taken(data: bytes, tmp_path: Path) -> None:
    path = write(tmp_path / "a.npz", {"a.npy": data})
    tracemalloc.start()
    with pytest.raises(DamagedFile):
        open_arrays(path, LIMIT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20


def test_a_zip_bomb_costs_nothing(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.npy", "w") as member,
    ):
        np.lib.format.write_array_header_1_0(member, {"descr": "<f8", "fortran_order": False, "shape": (16 << 20,)})
        for _ in range(128):
            member.write(bytes(1 << 20))
    tracemalloc.start()
    with pytest.raises(DamagedFile, match="more than 64 MiB"):
        open_arrays(tmp_path / "a.npz", LIMIT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(method: int, tmp_path: Path) -> None:
    memory = io.BytesIO()
    np.save(memory, np.zeros(3))
    with pytest.raises(DamagedFile, match="unknown method"):
        open_arrays(write(tmp_path / "a.npz", {"a.npy": memory.getvalue()}, method), LIMIT)


def test_every_damaged_byte_is_noticed_or_harmless(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", a=np.arange(200.0))
    sound = (tmp_path / "a.npz").read_bytes()
    for at in range(len(sound)):
        data = bytearray(sound)
        data[at] ^= 0x55
        (tmp_path / "b.npz").write_bytes(data)
        try:
            with open_arrays(tmp_path / "b.npz", LIMIT) as arrays:
                for name in arrays.headers:
                    np.testing.assert_array_equal(arrays.read(name), np.arange(200.0))
        except DamagedFile:
            continue


def test_members_are_bounded_and_pipes_are_not_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zip", {"x": bytes(100)})
    with open_zip(path) as archive:
        assert read_member(archive, "x", 100) == bytes(100)
        with pytest.raises(DamagedFile, match="larger"):
            read_member(archive, "x", 99)
        with pytest.raises(DamagedFile, match="missing"):
            read_member(archive, "y", 99)
    os.mkfifo(tmp_path / "pipe.npz")
    with pytest.raises(OSError, match="regular"):
        open_arrays(tmp_path / "pipe.npz", LIMIT)


def test_a_full_disk_leaves_no_open_archive(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """NumPy's `savez` leaves one, which complains on the error output when it is collected."""

    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            if self.tell() > 1000:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(data)

    for compressed in (True, False):
        with pytest.raises(OSError, match="No space left"), Full() as file:
            write_arrays(file, {"noise": np.random.default_rng(0).random(2000)}, compressed=compressed)
    gc.collect()
    assert capfd.readouterr().err == ""
