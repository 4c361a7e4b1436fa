"""Name as a video what is no video: addresses, devices, pipes, links, folders, other files; and names that are code."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Callable
from pathlib import Path

from tests.attacks.harness.case import Build, Case, Cases, file, made
from tests.attacks.harness.places import SEED
from tests.attacks.harness.sound_inputs import data
from tests.attacks.inputs.read_through import read_inputs

PATHS = (
    "http://127.0.0.1:9/x.mp4", "file:///etc/passwd", "concat:/etc/passwd|/etc/group", "pipe:0", "fd:0",
    "data:video/mp4;base64,AAAA", "lavfi:testsrc", "tcp://127.0.0.1:9", "subfile,,start,0,end,1,,:/etc/passwd",
    "/dev/zero", "/dev/random", "/dev/stdin", "/dev/tty", "/proc/self/mem", "/proc/self/environ", "/", "", "-", "--",
    "nowhere.mp4", "~nobody/x.mp4", "~", "x" * 300 + ".mp4", "a/" * 3000 + "b.mp4", "/etc/shadow/x", "%03d.png",
    "*.mp4", "$(touch PWNED).mp4", "; touch PWNED",
)  # fmt: skip
NAMES = (
    "$(touch PWNED).mp4", "`touch PWNED`.mp4", "; touch PWNED;.mp4", "a\nb.mp4", "-rf.mp4", "%d%s%n.mp4", "file:x.mp4",
    "concat:x.mp4", "http:x.mp4", "名前 🤸.mp4", " .mp4", "..mp4", "x.MP4 ", "\x1b[2J.mp4", "%03d.mp4",
)  # fmt: skip


def make_link_to_fifo(path: Path) -> None:
    os.mkfifo(path.with_suffix(".fifo"))
    path.symlink_to(path.with_suffix(".fifo"))


def make_socket(path: Path) -> None:
    """Bind a Unix socket by a relative name: absolute ones may be too long."""
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        socket.socket(socket.AF_UNIX).bind(path.name)
    finally:
        os.chdir(before)


def make_sparse(path: Path) -> None:
    with path.open("wb") as opened:
        opened.truncate(8 << 30)


SPECIAL: dict[str, Callable[[Path], object]] = {
    "a FIFO": os.mkfifo,
    "a folder with its name": Path.mkdir,
    "a link to /dev/zero": lambda path: path.symlink_to("/dev/zero"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a dangling link": lambda path: path.symlink_to("nowhere"),
    "a link to a FIFO": make_link_to_fifo,
    "a link to /proc/self/mem": lambda path: path.symlink_to("/proc/self/mem"),
    "a socket": make_socket,
    "a sparse file of 8 GB": make_sparse,
    "an empty file": Path.touch,
}
_OTHER_FILES = {
    "a space": b" ",
    "zeros": bytes(1 << 20),
    "noise": random.Random(SEED).randbytes(1 << 20),
    "html": b"<html><body>404</body></html>",
    "python": b"import os",
    "ftyp alone": b"\0\0\0\x20ftypisom" + bytes(20),
    "pdf": b"%PDF-1.4\n%\xff\xff",
    "elf": b"\x7fELF\x02\x01\x01" + bytes(200),
    "a script": b"#!/bin/sh\ntouch PWNED\n",
}


def special(name: str, make: Callable[[Path], object]) -> Build:
    """Return a `Build` that makes something with a file's name that may be no file."""
    return made(lambda folder: make(folder / name), name)


def cases() -> Cases:
    for path in PATHS:
        yield Case(f"path {path[:40]!r} {len(path)}", lambda folder, path=path: [path], read_inputs)
    for name in NAMES:
        yield Case(f"video called {name!r}", file(name, data("a.mp4")), read_inputs)
    yield Case("video whose name is not UTF-8", _not_utf8, read_inputs)
    for name, make in SPECIAL.items():
        yield Case(f"video is {name}", special("v.mp4", make), read_inputs)
    for name, content in _OTHER_FILES.items():
        yield Case(f"video is {name}", file("v.mp4", content), read_inputs)
    yield Case("folder of FIFOs and devices", _crowd, read_inputs)


def _not_utf8(folder: Path) -> list[str]:
    name = os.fsdecode(b"x\xff\xfe.mp4")
    (folder / name).write_bytes(data("a.mp4"))
    return [name]


def _crowd(folder: Path) -> list[str]:
    os.mkfifo(folder / "a.mp4")
    (folder / "b.mp4").symlink_to("/dev/zero")
    return ["."]
