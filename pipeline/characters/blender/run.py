"""Run a script in the package bpy or in an installed Blender, each in a separate process."""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

log = logging.getLogger(__name__)
CONVERT = Path(__file__).with_name("convert.py")  # converts between FBX and glTF
POLL_S = 0.1
MODULE = "bpy"  # Blender as a package of Python


class BlenderFailed(Exception):  # noqa: N818 - callers turn it into a `UserError` of their own kind
    """Report what Blender said when it failed, without a full stop."""


def find_blender() -> tuple[str, ...] | None:
    """Return the start of the command that runs a script in Blender, or None if there is none.

    The package goes before a Blender on the path, because its version is known. It is never imported here: its licence
    and its state (one scene a process) ask for a separate process.
    """
    if sys.executable and importlib.util.find_spec(MODULE) is not None:
        return sys.executable, "-P"  # -P: a file beside the script never hides a module
    blender = shutil.which("blender")
    return None if blender is None else (blender, "-b", "--factory-startup", "--python-exit-code", "1", "--python")


def run_script(script: Path, arguments: Sequence[str], limit_s: float, ask: Callable[[], None] = lambda: None) -> None:
    """Run a script inside Blender; `ask` is called regularly and stops Blender by raising.

    Raises `BlenderFailed` if there is no Blender, it reports an error or takes longer than `limit_s`.
    """
    blender = find_blender()
    if blender is None:
        raise BlenderFailed("it was not found")
    code, output = run_process([*blender, str(script), "--", *arguments], limit_s, ask)
    if code != 0:
        log.warning("Blender: %s", output[-4000:])
        words = [line.strip() for line in output.splitlines() if "Error" in line]
        raise BlenderFailed(words[-1][:300] if words else "it gave no reason")


def run_process(command: Sequence[str], limit_s: float, ask: Callable[[], None]) -> tuple[int, str]:
    """Run a command and return its exit code and what it said; it is ended if `ask` raises.

    Raises `BlenderFailed` if it takes longer than `limit_s`.
    """
    deadline = time.monotonic() + limit_s
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said,  # a pipe would have to be read
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT) as running,
    ):
        try:
            while running.poll() is None:
                ask()
                if time.monotonic() > deadline:
                    raise BlenderFailed(f"it did not finish within {limit_s:.0f} s")
                with contextlib.suppress(subprocess.TimeoutExpired):
                    running.wait(POLL_S)
        finally:
            running.kill()  # no effect if it has ended
        said.seek(0)
        output = said.read()
    ask()  # Ctrl-C reaches the process as well, which may end first
    return running.returncode, output
