"""Run commands where a disk is full or read-only, a home or a temporary folder is missing, or the clock is wrong.

Each has to end with exit code 2 and a message that names the cause (or 0, where the place is not needed), without a
half-written file, and with the old results untouched. Disks are mounted in a namespace of the child: root only.
"""

from __future__ import annotations

import contextlib
import ctypes
import datetime
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.attacks.harness.case import Build, Case, Cases, made
from tests.attacks.harness.sound_inputs import data, sound
from tests.attacks.inputs.takes.pack import FORMATS

_NEW_NAMESPACE = 0x20000  # CLONE_NEWNS of unshare(2)
FULL = r"space|full|quota|large"
EXPORTS = tuple(FORMATS.split(","))
Prepare = Callable[[Path], None]  # runs in the child, in its folder

_EDIT = ("edit", "disk/t.pose3d", "--rename", "1=Bea")
_LIFT = ("lift", "people.mp4", "-o", "out")
_OUT = ("out", "disk", "cache")


def mount(folder: Path, size: str) -> None:
    """Mount a small disk that only this process and its children see."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)


def fill(folder: Path) -> None:
    with contextlib.suppress(OSError), (folder / "fill").open("wb", buffering=0) as opened:
        while True:
            opened.write(bytes(1024))


def disk(name: str, size: str, filled: bool = False, keep: str = "") -> Prepare:
    """Return a preparation that puts a small disk at `name`, with the file `keep` of the folder on it."""

    def prepare(folder: Path) -> None:
        place = folder / name
        place.mkdir(exist_ok=True)
        mount(place, size)
        if keep:
            shutil.copy(folder / keep, place / keep)
        if filled:
            fill(place)

    return prepare


def read_only(name: str) -> Prepare:
    return lambda folder: (folder / name).chmod(0o555)


def clock(seconds: float, factor: float = 1.0) -> Prepare:
    """Return a preparation after which the time of day begins at `seconds` since 1970 and runs `factor` times."""

    def prepare(folder: Path) -> None:
        begun, true_time, true_now = time.time(), time.time, datetime.datetime

        def now() -> float:
            return seconds + (true_time() - begun) * factor

        class Now(true_now):  # what asks the class, not the module
            @classmethod
            def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
                return true_now.fromtimestamp(now(), tz)

        time.time = now
        datetime.datetime = Now  # type: ignore[misc]

    return prepare


def file_size_limit(size: int) -> Prepare:
    return lambda folder: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def entry(prepare: Prepare, unchanged: str = "") -> Callable[[list[str]], int]:
    """Return the job of the child: enter a mount namespace, prepare, run the command, check the old file."""

    def run(argv: list[str]) -> int:
        from pipeline.cli import main

        with contextlib.suppress(OSError, AttributeError):
            if os.geteuid() == 0:
                ctypes.CDLL(None).unshare(_NEW_NAMESPACE)
                subprocess.run(["mount", "--make-rprivate", "/"], check=False, stderr=subprocess.DEVNULL)
        folder = Path.cwd()
        prepare(folder)
        before = (folder / unchanged).read_bytes() if unchanged else b""
        code = main(argv)
        partial = list(folder.rglob("*.part*"))
        assert not partial, f"half-written: {partial}"
        if unchanged and code:
            assert (folder / unchanged).read_bytes() == before, "the old file was changed"
        return code

    return run


def with_inputs(*arguments: str) -> Build:
    def build(folder: Path) -> None:
        (folder / "t.pose3d").write_bytes(data("take.pose3d"))
        shutil.copy(sound("people.mp4"), folder / "people.mp4")
        for name in ("out", "disk"):
            (folder / name).mkdir()
        (folder / "disk" / "t.pose3d").write_bytes(data("take.pose3d"))

    return made(build, *arguments)


def cases() -> Cases:
    if os.name == "posix" and os.geteuid() == 0 and shutil.which("mount"):
        yield from _full_disks()
    yield from _limits()
    yield from _places()
    yield from _clocks()


def _case(name: str, arguments: tuple[str, ...], prepare: Prepare, unchanged: str = "", **more: object) -> Case:
    return Case(name, with_inputs(*arguments), entry(prepare, unchanged), writes=_OUT, time_s=90.0, **more)


def _full_disks() -> Cases:
    must = {"codes": (2,), "mentions": FULL}
    for name in EXPORTS:
        export = ("export", "t.pose3d", "-o", "out", "--formats", name)
        yield _case(f"export {name} to a full disk", export, disk("out", "64k", filled=True), **must)
    for size in ("8k", "16k", "32k", "64k"):
        export = ("export", "t.pose3d", "-o", "out", "--formats", FORMATS, "--report")
        yield _case(f"export all to a disk of {size}", export, disk("out", size), codes=(0, 2), mentions=FULL)
    for name in ("c3d", "glb", "npz"):
        export = ("export", "t.pose3d", "-o", "out", "--formats", name)
        prepare = disk("tmp", "4k", filled=True)
        environment = {"TMPDIR": "FOLDER/tmp"}
        text = f"{FULL}|temporary"
        yield _case(f"export {name} without temporary space", export, prepare, mentions=text, environment=environment)
    edit = disk("disk", "64k", filled=True, keep="t.pose3d")
    yield _case("edit in place on a full disk", _EDIT, edit, "disk/t.pose3d", **must)
    yield _case("lift to a full disk", _LIFT, disk("out", "24k", filled=True), **must)
    cache = {"environment": {"HOURGLASS_CACHE": "FOLDER/cache"}, "codes": (0,)}
    yield _case("lift with a full cache", _LIFT, disk("cache", "4k", filled=True), **cache)
    yield _case("lift with a cache of 16 kB", _LIFT, disk("cache", "16k"), **cache)
    record = ("live", "--source", "people.mp4", "--seconds", "0.5", "--record", "out/take", "--no-relift")
    yield _case("record to a full disk", record, disk("out", "8k", filled=True), codes=(0, 2), mentions=FULL)


def _limits() -> Cases:
    """Limit the size of every file to some kilobytes, as a quota does."""
    limited = {"codes": (2,), "mentions": FULL}
    yield _case("edit over the limit of a file", _EDIT, file_size_limit(2048), "disk/t.pose3d", **limited)
    for name in ("csv", "json", "npz", "c3d"):
        export = ("export", "t.pose3d", "-o", "out", "--formats", name)
        yield _case(f"export {name} over the limit of a file", export, file_size_limit(2048), **limited)


def _places() -> Cases:
    user = {"as_user": True}
    own_cache = {"HOURGLASS_CACHE": "FOLDER/cache"}

    def cache_is_a_file(folder: Path) -> None:
        (folder / "cache").write_text("x")

    def nothing(folder: Path) -> None:
        pass

    def cache_read_only(folder: Path) -> None:
        (folder / "cache").mkdir(mode=0o555)

    def everything_read_only(folder: Path) -> None:
        for name in (".home", ".home/tmp", "disk"):
            (folder / name).chmod(0o555)

    denied = {"codes": (2,), "mentions": "(?i)permission|read-only|writ", **user}
    home = {"HOURGLASS_CACHE": None, "XDG_CACHE_HOME": None}
    yield _case("edit in a read-only folder", _EDIT, read_only("disk"), "disk/t.pose3d", **denied)
    yield _case("lift to a read-only folder", _LIFT, read_only("out"), **denied)
    unreadable: Prepare = lambda folder: (folder / "people.mp4").chmod(0)  # noqa: E731
    yield _case("lift of an unreadable video", _LIFT, unreadable, **denied | {"mentions": "(?i)permission|read"})
    done = {"codes": (0,), **user}
    yield _case("lift with a read-only home", _LIFT, read_only(".home"), **done, environment=home)
    yield _case("lift with a read-only cache", _LIFT, cache_read_only, **done, environment=own_cache)
    yield _case("lift with a cache that is a file", _LIFT, cache_is_a_file, codes=(0, 2), environment=own_cache)
    yield _case("lift without HOME", _LIFT, nothing, **done, environment={"HOME": None, **own_cache})
    nowhere = {"HOME": "/nonexistent/x", **home}
    yield _case("lift with a HOME that is nowhere", _LIFT, nothing, **done, environment=nowhere)
    temporary = {"TMPDIR": "/nonexistent"}
    yield _case("lift with a TMPDIR that is nowhere", _LIFT, nothing, **done, environment=temporary)
    elsewhere = {**home, "TMPDIR": tempfile.gettempdir()}
    yield _case("lift with everything else read-only", _LIFT, everything_read_only, **done, environment=elsewhere)


def _clocks() -> Cases:
    clocks = {
        "in 1970": clock(86_400), "before 1970": clock(-86_400.0 * 365), "in 1979": clock(9.0 * 365 * 86_400),
        "in 2105": clock(135.0 * 365.25 * 86_400), "in 2500": clock(530.0 * 365.25 * 86_400),
        "100 x as fast": clock(1.8e9, 100),
    }  # fmt: skip
    for name, prepare in clocks.items():
        yield _case(f"lift with a clock {name}", _LIFT, prepare, codes=(0,))
        export = ("export", "t.pose3d", "-o", "out", "--formats", FORMATS, "--report")
        yield _case(f"export with a clock {name}", export, prepare, codes=(0,))
        yield _case(f"edit with a clock {name}", _EDIT, prepare, codes=(0,))
