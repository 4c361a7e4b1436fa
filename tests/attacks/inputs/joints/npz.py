"""Damage `.npz` files of 2D joints: wrong values, types, shapes and times, lying headers, broken archives."""

from __future__ import annotations

import io
import pickle
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.attacks.harness.case import Build, Case, Cases, file
from tests.attacks.harness.npy import HEADERS, archive, flipped, npy, npz
from tests.attacks.harness.payload import Payload
from tests.attacks.harness.places import SEED
from tests.attacks.inputs.read_through import read_inputs

NAN, INF = float("nan"), float("inf")
Arrays = dict[str, Any]
Change = Callable[[Arrays], Arrays | None]  # changes the arrays in place, or returns others
_BOMB_ROWS = 12_000_000


def sound_arrays(frames: int = 40) -> Arrays:
    rng = np.random.default_rng(SEED)
    body = rng.normal(size=(17, 2)) * 40 + 200
    joints = body + np.cumsum(rng.normal(size=(frames, 1, 2)), axis=0)
    return {
        "joints_image": joints.astype(np.float32),
        "scores": np.ones((frames, 17), np.float32),
        "fps_hz": np.float64(30),
        "width_px": np.int64(640),
        "height_px": np.int64(480),
        "skeleton": np.array("coco17"),
        "time_s": np.arange(frames) / 30,
    }


def put(**values: Any) -> Change:
    """Return a change that sets arrays; a function is called with the array that is there."""

    def change(arrays: Arrays) -> None:
        arrays.update({key: value(arrays[key]) if callable(value) else value for key, value in values.items()})

    return change


def cases() -> Cases:
    yield Case("npz sound", file("j.npz", npz(sound_arrays())), read_inputs)
    for name, change in (_joints() | _fields() | _times()).items():
        arrays = sound_arrays()
        arrays = change(arrays) or arrays
        yield Case(f"npz {name}", file("j.npz", npz(arrays)), read_inputs)
    for name, build in _files().items():
        yield Case(f"npz {name}", build, read_inputs)
    for name, header in HEADERS.items():
        for key in ("joints_image", "skeleton"):
            members = {f"{k}.npy": npy(v) for k, v in sound_arrays().items()} | {f"{key}.npy": header}
            yield Case(f"npz {key} {name}", file("j.npz", archive(members)), read_inputs)
    yield from _damaged()


def _joints() -> dict[str, Change]:
    """Change the arrays of joints and scores."""
    joints: dict[str, Callable[[Any], Any]] = {
        "nan": lambda a: a * NAN,
        "inf": lambda a: a * INF,
        "huge": lambda a: a * 1e30,
        "float64 huge": lambda a: a.astype(float) * 1e300,
        "int": lambda a: a.astype(int),
        "text": lambda a: a.astype(str),
        "bool": lambda a: a > 0,
        "complex": lambda a: a.astype(complex),
        "date": lambda a: a.astype("M8[s]"),
        "record": lambda a: np.zeros(len(a), [("x", "f4")]),
        "3d": lambda a: np.concatenate([a, a], axis=2),
        "flat": lambda a: a.ravel(),
        "16": lambda a: a[:, :16],
        "5 axes": lambda a: a[:, None, None],
        "big endian": lambda a: a.astype(">f4"),
        "fortran": np.asfortranarray,
        "float16": lambda a: a.astype(np.float16),
    }
    scores: dict[str, Callable[[Any], Any]] = {
        "nan": lambda a: a * NAN,
        "inf": lambda a: a * INF,
        "-1": lambda a: -a,
        "100": lambda a: a * 100,
        "shape": lambda a: a[:-1],
        "text": lambda a: a.astype(str),
        "scalar": lambda a: np.float32(1),
    }

    def without_people(a: Any) -> Any:
        return a[:, None][:, :0]

    def crowd(a: Any) -> Any:
        return np.repeat(a[:, None], 500, 1)

    def first(count: int) -> Change:
        return put(joints_image=lambda a: a[:count], scores=lambda a: a[:count], time_s=lambda a: a[:count])

    return {
        **{f"joints {name}": put(joints_image=change) for name, change in joints.items()},
        **{f"scores {name}": put(scores=change) for name, change in scores.items()},
        "joints empty": first(0),
        "one frame": first(1),
        "no columns of people": put(joints_image=without_people, scores=without_people),
        "500 people": put(joints_image=crowd, scores=crowd),
        "extra arrays": lambda a: {**a, "evil": np.zeros(3), "../../PWNED": np.zeros(3)},
        "object array": put(joints_image=np.array([Payload()], object)),
        "object scalar": put(skeleton=np.array(Payload(), object)),
    }


def _fields() -> dict[str, Change]:
    """Change the single values."""
    changes: dict[str, Change] = {}
    rates = (0, -30, NAN, INF, 1e-9, 1e12, "30", [30, 30], [], 30j, np.datetime64("2020-01-01"), 10**18, True, b"30")
    names = ("", "nobody", 5, b"coco17", b"\xff\xfe", ["coco17", "coco17"], "coco17\n", "x" * 10**6, "\x1b[2Jred")
    for key, values in {
        "fps_hz": rates,
        "width_px": (0, -1, NAN, 1.5, 65536, 2**40, "640", [1, 2], np.uint64(2**63)),
        "height_px": (0, INF, 1e300, "x"),
        "skeleton": (*names, "../../etc/passwd", NAN, ["coco17"]),
        "fov_deg": (0, 180, -5, NAN, "x", [60, 60], 1e9),
        "frame_index": (5, "x", [1, 2], np.arange(40)[::-1], np.arange(40) - 5, np.arange(40) + 2**62, np.zeros(40)),
        "identity": (5, "x", np.zeros(40), -np.ones(40), np.full(40, 2.0**60), np.full(40, 2**62)),
    }.items():
        for number, value in enumerate(values):
            name = f"{key} {str(value)[:20]!r} {type(value).__name__} {number}"
            changes[name] = lambda a, k=key, v=value: a.update({k: np.array(v)})
        changes[f"no {key}"] = lambda a, k=key: {n: v for n, v in a.items() if n != k}
    return changes


def _times() -> dict[str, Change]:
    def last(seconds: float, absolute: bool = False) -> Callable[[Any], Any]:
        return lambda t: np.concatenate([t[:-1], [seconds if absolute else t[-1] + seconds]])

    times: dict[str, Callable[[Any], Any]] = {
        "falling": lambda t: t[::-1],
        "constant": lambda t: t * 0,
        "nan": lambda t: t * NAN,
        "years": lambda t: t * 1e9,
        "from -1e9": lambda t: t - 1e9,
        "tiny": lambda t: t * 1e-15,
        "text": lambda t: t.astype(str),
        "short": lambda t: t[:-1],
        "int": lambda t: np.arange(len(t)),
        "uint8": lambda t: np.arange(len(t)).astype(np.uint8),
        "2d": lambda t: t[:, None],
        "a jump of an hour": last(3600),
        "a jump of a day": last(86400),
        "a jump of a year": last(3.15e7),
        "a jump of ten years": last(3.15e8),
        "a jump to 1e300": last(1e300, absolute=True),
        "epoch in ms": lambda t: 1.7e12 + t * 1000,
        "since 1970 but the first": lambda t: np.concatenate([[0.0], 1.7e9 + t[1:]]),
    }
    return {f"time {name}": put(time_s=change) for name, change in times.items()}


def _files() -> dict[str, Build]:
    sound = npz(sound_arrays())
    return {
        "a pickle": file("j.npz", pickle.dumps(Payload())),
        "a .npy": file("j.npz", npy(np.zeros(3))),
        "text": file("j.npz", "hello"),
        "zero bytes": file("j.npz", b""),
        "called .mp4": file("j.mp4", sound),
        "called .zip": file("j.zip", sound),
        "zip bomb": _bomb,
    }


def _bomb(folder: Path) -> list[str]:
    """Pack 3.2 GB of zeros in 3 MB."""
    arrays = sound_arrays()
    del arrays["joints_image"]
    header = {"descr": "<f8", "fortran_order": False, "shape": (_BOMB_ROWS, 17, 2)}
    with zipfile.ZipFile(folder / "j.npz", "w", zipfile.ZIP_DEFLATED) as opened:
        for key, value in arrays.items():
            opened.writestr(f"{key}.npy", npy(value))
        with opened.open("joints_image.npy", "w", force_zip64=True) as member:
            np.lib.format.write_array_header_1_0(member, header)
            for _ in range(1020):
                member.write(bytes(3_200_000))
    return ["j.npz"]


def _damaged() -> Cases:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        memory = io.BytesIO()
        with zipfile.ZipFile(memory, "w", method) as opened:
            for key, value in sound_arrays().items():
                opened.writestr(f"{key}.npy", npy(value))
        good, rng = memory.getvalue(), random.Random(SEED + method)
        yield Case(f"npz method {method}", file("j.npz", good), read_inputs)
        for number in range(25):
            content = flipped(good, rng, 1 + number % 5)
            yield Case(f"npz method {method} bits {number}", file("j.npz", content), read_inputs)
        for step in range(5, 100, 10):
            content = good[: len(good) * step // 100]
            yield Case(f"npz method {method} cut at {step} %", file("j.npz", content), read_inputs)
