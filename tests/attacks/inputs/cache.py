"""Damage the cache of detections: whatever is in it, a run goes on and stores what is missing."""

from __future__ import annotations

import functools
import io
import random
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.attacks.harness.case import Build, Case, Cases, made
from tests.attacks.harness.npy import archive, head, npz
from tests.attacks.harness.places import SEED
from tests.attacks.inputs.videos.names_and_kinds import SPECIAL

if TYPE_CHECKING:
    from pipeline.detect.cache import DetectionCache

FRAMES = 40
CHUNK, MARK = "00000000-0badc0de.npz", "complete.json"
NAN = float("nan")
_PLACES = (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"\x93NUMPY")  # where names, sizes and types stand


def opened(folder: Path) -> DetectionCache:
    from pipeline.detect.cache import open_cache

    cache = open_cache("ab" * 32, "detector 1", folder / "out" / "cache")
    assert cache is not None
    return cache


def place(folder: Path) -> Path:
    """Return the folder of the chunks, which opening the cache makes."""
    opened(folder)
    return next(path for path in (folder / "out" / "cache").glob("*/*/*") if path.is_dir())


@functools.cache
def sound() -> tuple[bytes, bytes]:
    """Return a chunk of 40 frames, and the mark that the cache is complete."""
    from pipeline.core.poses import Pose2D

    rng = np.random.default_rng(SEED)
    with tempfile.TemporaryDirectory() as name:
        cache = opened(Path(name))
        for i in range(FRAMES):
            people = i % 3
            joints = rng.normal(size=(people, 33, 2)).astype(np.float32)
            scores = np.ones((people, 33), np.float32)
            cache.put(i, i / 30, Pose2D(np.ones((people, 4), np.float32), joints, scores, "blazepose33"))
        cache.mark_complete()
        files = {path.suffix: path.read_bytes() for path in Path(name).rglob("*") if path.is_file()}
    return files[".npz"], files[".json"]


def use(argv: list[str]) -> int:
    """Ask for every frame, then put the missing ones: afterwards all of them are known."""
    from pipeline.core.poses import Pose2D

    cache = opened(Path())
    for _ in range(2):
        for i in range(FRAMES):
            pose = cache.get(i)
            if pose is None:
                cache.put(i, i / 30, Pose2D.nobody("blazepose33"))
            else:
                assert len(pose.boxes_image) == len(pose.joints_image) == len(pose.scores) <= 1000
                assert isinstance(cache.time_s(i), float)
        cache.mark_complete()
        cache = opened(Path())
    assert cache.complete
    assert cache.frames()[:FRAMES] == list(range(FRAMES)), cache.frames()
    return 0


def with_files(chunk: bytes, mark: bytes | None = None) -> Build:
    def build(folder: Path) -> None:
        files = place(folder)
        (files / CHUNK).write_bytes(chunk)
        (files / MARK).write_bytes(sound()[1] if mark is None else mark)

    return made(build)


def changed(**values: Any) -> bytes:
    """Return the chunk with other arrays; a function is called with the array that is there."""
    with np.load(io.BytesIO(sound()[0])) as loaded:
        arrays = dict(loaded)
    return npz({**arrays, **{key: value(arrays[key]) if callable(value) else value for key, value in values.items()}})


def cases() -> Cases:
    chunk, mark = sound()
    for name, content in ({"sound": chunk} | _damaged(chunk) | _arrays() | _archives(chunk)).items():
        yield Case(name, with_files(content), use)
    marks = {
        "empty": b"", "list": b"[]", "deep": b"[" * 10**6, "binary": b"\xff\xfe", "nan": b"NaN", "number": b"5",
        "frames": mark.replace(b"40", b"4000"),
    }  # fmt: skip
    for name, content in marks.items():
        yield Case(f"mark {name}", with_files(chunk, content), use)
    for what in (CHUNK, MARK):
        for name, make in SPECIAL.items():
            build = made(lambda folder, make=make, what=what: make(place(folder) / what))
            yield Case(f"{what} is {name}", build, use)


def _damaged(chunk: bytes) -> dict[str, bytes]:
    rng = random.Random(SEED)
    found = {f"cut at {step} %": chunk[: len(chunk) * step // 100] for step in range(0, 100, 5)}
    places = [at for mark in _PLACES for at in _positions(chunk, mark)]
    for number in range(400):
        content = bytearray(chunk)
        at = rng.choice(places) + rng.randrange(70) if number % 2 else rng.randrange(len(content))
        content[min(at, len(content) - 1)] ^= 1 << rng.randrange(8)
        found[f"bit {number}"] = bytes(content)
    return found | {
        "empty": b"", "text": b"hello", "zeros": bytes(50_000), "noise": rng.randbytes(50_000),
        "npy": b"\x93NUMPY\x01\x00", "empty zip": b"PK\x05\x06" + bytes(18),
    }  # fmt: skip


def _arrays() -> dict[str, bytes]:
    """Change the arrays of the chunk."""
    changes: dict[str, dict[str, Callable[[Any], Any]]] = {
        "count": {
            "-5": lambda a: a * 0 - 5, "huge": lambda a: a * 0 + 2**62, "floats": lambda a: a + 0.5,
            "nan": lambda a: a * NAN, "text": lambda a: a.astype(str), "empty": lambda a: a[:0],
            "scalar": lambda a: np.int64(40), "cancels": _cancelling,
        },
        "frame_index": {
            "scalar": lambda a: np.int64(0), "text": lambda a: a.astype(str), "-100": lambda a: a - 100,
            "huge": lambda a: a + 2**62, "2d": lambda a: a[:, None], "floats": lambda a: a + 0.5,
            "twice": lambda a: a * 0, "short": lambda a: a[:-1],
        },
        "time_s": {
            "nan": lambda a: a * NAN, "text": lambda a: a.astype(str), "scalar": lambda a: np.float64(1),
            "dates": lambda a: a.astype("M8[s]"), "2d": lambda a: a[:, None],
        },
        "skeleton": {
            "evil": lambda a: np.array("../../x"), "number": lambda a: np.array(5),
            "two": lambda a: np.array(["coco17", "coco17"]), "other": lambda a: np.array("coco17"),
        },
        "joints_image": {"text": lambda a: a.astype(str), "flat": lambda a: a.ravel(), "nan": lambda a: a * NAN},
        "scores": {"scalar": lambda a: np.float32(1), "nan": lambda a: a * NAN, "inf": lambda a: a * np.inf},
        "boxes_image": {"5": lambda a: np.ones((len(a), 5)), "inf": lambda a: a * np.inf},
    }  # fmt: skip
    return {
        f"{key} {name}": changed(**{key: change}) for key, named in changes.items() for name, change in named.items()
    }


def _cancelling(count: np.ndarray) -> np.ndarray:
    count = count.copy()
    count[:2] += (5, -5)
    return count


def _archives(chunk: bytes) -> dict[str, bytes]:
    with np.load(io.BytesIO(chunk)) as loaded:
        arrays = dict(loaded)
    damaged = bytearray(npz(arrays, compressed=True))
    for at in range(60, len(damaged) - 2000, 53):
        damaged[at] ^= 0xFF
    return {
        "nothing in it": npz({}),
        "objects": npz({"frame_index": np.array([None], object)}),
        "deflated and damaged": bytes(damaged),
        "shapes of 80 GB": archive({f"{name}.npy": head("(10000000000,)", "'<f8'") for name in arrays}),
        "shapes of 80 GB, deflated": archive(
            {f"{name}.npy": head("(10000000000,)", "'<f8'") for name in arrays}, zipfile.ZIP_DEFLATED
        ),
    }


def _positions(content: bytes, mark: bytes) -> Iterator[int]:
    at = content.find(mark)
    while at >= 0:
        yield at
        at = content.find(mark, at + 1)
