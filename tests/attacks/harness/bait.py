"""Put out a file and an address that no input may reach, and report when one was touched."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import functools
import os
import re
import shutil
import socket
from pathlib import Path

from .places import root
from .sound_inputs import sound

_IN_OPEN = 0x20  # of inotify: a file in the folder was opened


class Bait:
    """Watch a secret file (inotify, Linux only) and a secret address."""

    def __init__(self) -> None:
        self.folder = root() / f"bait-{os.getpid()}"
        self.folder.mkdir(parents=True, exist_ok=True)
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self.file = Path(shutil.copyfile(sound("a.ts"), self.folder / "secret.ts"))
        self.text = self.folder / "secret.txt"
        self.text.write_text("a secret\n", encoding="utf-8")
        libc = ctypes.CDLL(None, use_errno=True)
        self._watch = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        libc.inotify_add_watch(self._watch, os.fsencode(self.folder), _IN_OPEN)
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._socket.setblocking(False)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.touched()

    def touched(self) -> list[str]:
        """Return what was reached since the last call."""
        found = []
        with contextlib.suppress(BlockingIOError):
            names = set(re.findall(rb"secret\.\w+", os.read(self._watch, 65536)))
            found += [f"opened {name.decode()}, which the input names" for name in sorted(names)]
        with contextlib.suppress(BlockingIOError):
            while True:
                self._socket.accept()[0].close()
                found.append("connected to an address that the input names")
        return found


@functools.cache
def bait() -> Bait:
    return Bait()
