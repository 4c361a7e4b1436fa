"""Damage recordings of live runs: rows, manifest, video, take; opened and recovered as after a crash."""

from __future__ import annotations

import functools
import json
import random
import struct
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.attacks.harness.case import Build, Case, Cases, made
from tests.attacks.harness.npy import flipped
from tests.attacks.harness.places import SEED
from tests.attacks.inputs.read_through import told
from tests.attacks.inputs.videos.names_and_kinds import SPECIAL

NAN, INF = float("nan"), float("inf")
CHUNK = 5  # frames of a chunk, with one person in 2D and 3D
JOINTS = 17
# Arrays of a chunk in the order of `pipeline/live/recording/row_file.py`: name -> type, values of one frame.
LAYOUT = {
    "source_index": ("<i8", 1), "time_s": ("<f8", 1), "people_time_s": ("<f8", 1), "detected": ("|b1", 1),
    "count2d": ("<i8", 1), "count3d": ("<i8", 1), "identity2d": ("<i8", 1), "boxes_image": ("<f4", 4),
    "joints_image": ("<f4", JOINTS * 2), "scores": ("<f4", JOINTS), "person3d": ("<i8", 1), "joints": ("<f4", 17 * 3),
    "scores3d": ("<f4", 17),
}  # fmt: skip
HEAD, COUNTS = struct.Struct("<4sII"), struct.Struct("<III20s")
INFO = {
    "name": "cam", "path": "", "width_px": 640, "height_px": 480, "fps_hz": 30.0, "frame_count": 0, "duration_s": 0.0,
    "rotation_deg": 0, "variable_rate": True, "content_key": "", "fov_deg": None,
}  # fmt: skip
MANIFEST = {"format": "hourglass-recording", "version": 1, "info": INFO, "complete": False, "provenance": {}}


@functools.cache
def sound_rows(frames: int = 20) -> bytes:
    """Return the rows of a recording, written by the program."""
    from pipeline.core.live import LivePerson
    from pipeline.core.poses import Pose2D
    from pipeline.live.recording.row_file import Row, RowWriter

    joints, ones = np.full((1, JOINTS, 2), 5, np.float32), np.ones((1, JOINTS), np.float32)
    pose = Pose2D(np.full((1, 4), 5, np.float32), joints, ones, "coco17")
    person = LivePerson(1, np.full((17, 3), 5, np.float32), ones[0], joints[0])
    rows = [Row(i, i / 30, pose, (1,), True, (person,), i / 30) for i in range(frames)]
    with tempfile.TemporaryDirectory() as folder:
        writer = RowWriter(Path(folder) / "rows.bin")
        for start in range(0, frames, CHUNK):
            writer.append(rows[start : start + CHUNK])
        writer.close()
        return (Path(folder) / "rows.bin").read_bytes()


def chunk(payload: bytes, length: int | None = None) -> bytes:
    return HEAD.pack(b"HGr1", len(payload) if length is None else length, zlib.crc32(payload)) + payload


def edited(name: str, value: float, at: slice = slice(None)) -> bytes:
    """Return the rows with other values in the first chunk, whose checksum is right."""
    sound = sound_rows()
    payload = bytearray(sound[HEAD.size : HEAD.size + HEAD.unpack_from(sound)[1]])
    offset = COUNTS.size
    for field, (kind, count) in LAYOUT.items():
        size = CHUNK * count * np.dtype(kind).itemsize
        if field == name:
            values = np.frombuffer(payload, kind, CHUNK * count, offset).copy()
            values[at] = value
            payload[offset : offset + size] = values.tobytes()
        offset += size
    assert offset == len(payload)
    return chunk(bytes(payload)) + sound[HEAD.size + len(payload) :]


def recover(argv: list[str]) -> int:
    """Open the recording, show it, and make it into joints."""

    def run() -> None:
        from pipeline.live.recording.open import recover as recovered

        found = recovered(Path(argv[0]))
        found.take()
        found.live_take()
        found.joints_source()

    return told(run)


def folder_of(rows: bytes | None = None, manifest: object = MANIFEST, **others: bytes) -> Build:
    def build(folder: Path) -> None:
        (folder / "in").mkdir()
        (folder / "in" / "rows.bin").write_bytes(sound_rows() if rows is None else rows)
        content = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
        (folder / "in" / "recording.json").write_bytes(content)
        for name, data in others.items():
            (folder / "in" / name.replace("__", ".")).write_bytes(data)

    return made(build, "in")


def cases() -> Cases:
    rng = random.Random(SEED)
    rows = _rows(rng) | {f"bits {number}": flipped(sound_rows(), rng, 3) for number in range(20)}
    builds: dict[str, Build] = {"sound": folder_of()}
    builds |= {f"rows {name}": folder_of(content) for name, content in rows.items()}
    builds |= {f"manifest {name}": folder_of(manifest=content) for name, content in _manifests().items()}
    builds |= {
        "video text": folder_of(video__mkv=b"hello"),
        "video playlist": folder_of(video__mkv=b"ffconcat version 1.0\nfile '/etc/passwd'\n"),
        "take damaged": folder_of(take__pose3d=b"PK"),
    }
    for name, make in SPECIAL.items():
        for file in ("rows.bin", "recording.json", "video.mkv", "take.pose3d"):
            builds[f"{file} is {name}"] = _with_special(file, make)
    for name, build in builds.items():
        yield Case(f"recording {name}", build, recover, writes=("in",))


def _with_special(file: str, make: Callable[[Path], object]) -> Build:
    def build(folder: Path) -> None:
        folder_of()(folder)
        (folder / "in" / file).unlink(missing_ok=True)
        make(folder / "in" / file)

    return made(build, "in")


def _rows(rng: random.Random) -> dict[str, bytes]:
    sound = sound_rows()
    values: dict[str, tuple[Any, ...]] = {
        "counts -5": ("count2d", -5), "counts 2**62": ("count2d", 2**62), "counts cancel": ("count2d", 3, slice(0, 1)),
        "time nan": ("time_s", NAN), "time inf": ("time_s", INF), "time 1e18": ("time_s", 1e18, slice(4, 5)),
        "time jump": ("time_s", 3e8, slice(4, 5)), "identities -1": ("identity2d", -1),
        "identities huge": ("identity2d", 2**62), "joints nan": ("joints_image", NAN), "joints inf": ("joints_image",
        INF),
        "scores nan": ("scores", NAN), "scores 1e9": ("scores", 1e9), "3d inf": ("joints", INF),
        "people time nan": ("people_time_s", NAN), "index": ("source_index", -1),
    }  # fmt: skip
    return {name: edited(*change) for name, change in values.items()} | {
        "empty": b"",
        "text": b"hello",
        "cut": sound[:-7],
        "cut in head": sound[:5],
        "length 4e9": sound[:4] + b"\xff\xff\xff\xff" + sound[8:],
        "checksum": sound[:8] + bytes(4) + sound[12:],
        "4e9 frames": chunk(COUNTS.pack(2**32 - 1, 0, 0, b"coco17")),
        "no skeleton": chunk(COUNTS.pack(0, 0, 0, b"")),
        "skeleton evil": chunk(COUNTS.pack(0, 0, 0, b"\xff\xfeevil")),
        "0 frames": chunk(COUNTS.pack(0, 0, 0, b"coco17")),
        "short payload": chunk(b"x"),
        "twice": sound + sound,
        "zeros": bytes(10_000),
        "noise": rng.randbytes(50_000),
    }


def _manifests() -> dict[str, Any]:
    infos = {
        "fov text": {"fov_deg": "x"}, "fov nan": {"fov_deg": NAN}, "fov 1e9": {"fov_deg": 1e9},
        "size text": {"width_px": "x"}, "size 0": {"width_px": 0}, "size nan": {"width_px": NAN},
        "rate 0": {"fps_hz": 0},
        "rate text": {"fps_hz": "x"}, "name": {"name": 5}, "path": {"path": "/etc/passwd"},
    }  # fmt: skip
    return {name: {**MANIFEST, "info": {**INFO, **change}} for name, change in infos.items()} | {
        "list": [],
        "deep": b"[" * 10**6,
        "binary": b"\xff\xfe",
        "info list": {**MANIFEST, "info": [1]},
        "info text": {**MANIFEST, "info": "x"},
        "version 2": {**MANIFEST, "version": 2},
        "provenance list": {**MANIFEST, "provenance": [1]},
        "provenance text": {**MANIFEST, "provenance": "x"},
        "complete": {**MANIFEST, "complete": "yes"},
    }
