"""Run a script in an installed Blender."""

from __future__ import annotations

import contextlib
import logging
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

log = logging.getLogger(__name__)
CONVERT = Path(__file__).with_name("convert.py")  # converts a character between FBX and glTF
POLL_S = 0.1


class BlenderFailed(Exception):  # noqa: N818 - callers turn it into a `UserError` of their own kind
    """Report what Blender said when it failed, without a full stop."""


def find_blender() -> str | None:
    """Return the path of the Blender that is found first, or None."""
    return shutil.which("blender")


def run_script(script: Path, arguments: Sequence[str], limit_s: float, ask: Callable[[], None] = lambda: None) -> None:
    """Run a script inside Blender; `ask` is called regularly and stops Blender by raising.

    Raises `BlenderFailed` if there is no Blender, it reports an error or takes longer than `limit_s`.
    """
    blender = find_blender()
    if blender is None:
        raise BlenderFailed("it was not found")
    command = [blender, "-b", "--factory-startup", "--python-exit-code", "1", "--python", str(script), "--"]
    deadline = time.monotonic() + limit_s
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said,  # a pipe would have to be read
        subprocess.Popen(
            [*command, *arguments], stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
        ) as running,
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
    ask()  # Ctrl-C reaches Blender as well, which may end first
    if running.returncode != 0:
        log.warning("Blender: %s", output[-4000:])
        words = [line.strip() for line in output.splitlines() if "Error" in line]
        raise BlenderFailed(words[-1][:300] if words else "it gave no reason")
