"""Run a case in a forked child with limits on time, memory and files, and watch what it does.

The parent has imported the program already, so that a case costs a tenth of a second instead of a start of Python.
"""

from __future__ import annotations

import atexit
import ctypes
import math
import multiprocessing
import os
import re
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .case import Case

MEMORY_MB = 6000  # that a child may map beyond what its parent has: more is refused, as on a small computer
FILE_BYTES = 2 << 30
LEAST_WAIT_S, WAIT_FACTOR = 120.0, 12.0  # until a case is ended that does not compute: other programs may run, too
_DAC_OVERRIDE, _DAC_READ_SEARCH = 1, 2  # numbers of the rights to write and to read whatever the modes say
# Programs that imports of other packages start, and `mount`, with which the section `disk` makes its disks.
_USUAL_PROGRAMS = ("mount", "lscpu", "ldconfig", "gcc", "ld", "fc-list", "uname", "file")
_REACHES_OUT = ("socket.connect", "socket.bind", "os.system", "subprocess.Popen")


@dataclass(frozen=True, slots=True)
class Ended:
    """Report how a child ended."""

    pid: int
    code: int  # negative: a signal
    seconds: float
    peak_mb: float
    late: str  # "" or why it was killed: it computed or waited for too long


def fork(target: Callable[[], int], folder: Path) -> multiprocessing.process.BaseProcess:
    """Start `target` in a forked child process with its own session; write its output to `folder`."""

    def run() -> None:
        os.setsid()
        os.chdir(folder)
        for number, name in ((1, "stdout"), (2, "stderr")):
            os.dup2(os.open(folder / f".{name}", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o666), number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            code = target()
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else int(error.code is not None)
        except BaseException:
            traceback.print_exc()
            code = 1
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the program has ended; what follows is the harness
            peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            (folder / ".peak").write_text(str(peak_kb))
            atexit._run_exitfuncs()  # a fork of `multiprocessing` ends without them; they remove temporary folders
        sys.exit(code)

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    return process


def wait(process: multiprocessing.process.BaseProcess, folder: Path, time_s: float) -> Ended:
    """Wait for a child that may compute for `time_s`; on a busy computer it may take some times that long."""
    begun = time.monotonic()
    process.join(max(LEAST_WAIT_S, WAIT_FACTOR * time_s))
    late = ""
    if process.exitcode is None:
        late = "waits and does not end"
        _kill_group(process.pid)
        process.join()
    elif process.exitcode in (-signal.SIGXCPU, -signal.SIGKILL):
        late = f"computed for over {time_s:.0f} s"
    seconds = time.monotonic() - begun
    peak = (folder / ".peak").read_text() if (folder / ".peak").exists() else ""  # empty: killed while it was written
    return Ended(process.pid or 0, process.exitcode or 0, round(seconds, 2), int(peak or 0) / 1024, late)


def left_processes(pid: int) -> bool:
    """Kill what a child left running; return whether there was anything."""
    return _kill_group(pid)


def _kill_group(pid: int | None) -> bool:
    try:
        os.killpg(pid or 0, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def entry(case: Case, argv: list[str], folder: Path, reached: Path) -> Callable[[], int]:
    """Return what the child runs: the limits, the surroundings, then the program."""

    def run() -> int:
        mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (mapped + (MEMORY_MB << 20),) * 2)
        resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES,) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(case.time_s),) * 2)
        set_surroundings(folder, case.environment)
        watch(folder, reached, [place for place in case.environment.values() if place and os.path.isabs(place)])
        if case.as_user and os.geteuid() == 0:
            give_up_rights()
        if case.entry is not None:
            return case.entry(argv)
        from pipeline.cli import main

        return main(argv)

    return run


def set_surroundings(folder: Path, changes: dict[str, str | None]) -> None:
    """Set home, cache, configuration and temporary folder to folders of this case."""
    home = folder / ".home"
    variables: dict[str, str | None] = {
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "HOURGLASS_CACHE": str(home / "cache"),
        "HOURGLASS_CONFIG": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "xdg"),
        "XDG_CONFIG_HOME": None,
    } | {key: value and value.replace("FOLDER", str(folder)) for key, value in changes.items()}
    for key, value in variables.items():
        if value is None:
            os.environ.pop(key, None)
        else:
            os.environ[key] = value
    tempfile.tempdir = None


def make_home(folder: Path) -> None:
    for name in ("tmp", "cache", "config", "xdg"):
        (folder / ".home" / name).mkdir(parents=True, exist_ok=True)


def give_up_rights() -> None:
    """Give up the capabilities that bypass file permissions (Linux, see capset(2))."""
    version, kept = 0x20080522, 0xFFFFFFFF & ~(1 << _DAC_OVERRIDE | 1 << _DAC_READ_SEARCH)
    header = (ctypes.c_uint32 * 2)(version, 0)
    data = (ctypes.c_uint32 * 6)(kept, kept, 0, 0xFFFFFFFF, 0xFFFFFFFF, 0)  # effective, permitted, inheritable; twice
    libc = ctypes.CDLL(None, use_errno=True)
    current = (ctypes.c_uint32 * 6)()
    libc.capget(header, current)
    limited = [ours & theirs for ours, theirs in zip(data, current, strict=True)]
    if libc.capset(header, (ctypes.c_uint32 * 6)(*limited)):
        raise OSError(ctypes.get_errno(), "the rights cannot be given up")


def watch(folder: Path, reached: Path, places: Sequence[str]) -> None:
    """Log every file opened for writing outside `folder`, every connection and every program that is started.

    `places` are other folders that the environment of the case names.
    """
    log = os.open(reached, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o666)
    allowed = (str(folder), "/dev/null", "/proc", *places)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(args[0], str) and re.search("[wax+]", str(args[1] or "")):
            if not os.path.abspath(args[0]).startswith(allowed):
                os.write(log, f"open {args[0]} {args[1]}\n".encode("utf-8", "replace"))
        elif event == "subprocess.Popen" and os.path.basename(str(args[0])) in _USUAL_PROGRAMS:
            pass
        elif event in _REACHES_OUT:
            told = args[1:] if event.startswith("socket") else args
            os.write(log, f"{event} {told}\n".encode("utf-8", "replace"))

    sys.addaudithook(hook)
