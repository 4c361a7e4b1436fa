"""Lift every input in another process, several at a time.

A child is the same command with the hidden options `--only` and `--stem`, so that it does what this process would do
alone. Its output appears when it ends, whole; in JSON mode every line at once.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ...core.concurrency import CancelToken
from ...core.errors import Cancelled
from ..output import BUG, DONE, Report

_POLL_S = 0.05
_PATIENCE_S = 20.0  # for children to end by themselves after a cancel
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


@dataclass(slots=True)
class _Child:
    """Hold one running process and where its output goes."""

    name: str
    process: subprocess.Popen[bytes]
    reader: threading.Thread
    said: io.BytesIO

    def stop(self) -> None:
        """Ask the process to end as after Ctrl-C."""
        ask = signal.SIGTERM if os.name == "posix" else getattr(signal, "CTRL_BREAK_EVENT", signal.SIGTERM)
        self.process.send_signal(ask)


def run_processes(
    named: Sequence[tuple[Path, str]], argv: Sequence[str], jobs: int, cancel: CancelToken, report: Report
) -> list[int]:
    """Run `argv` once for each input and stem of its results; return the exit codes.

    `jobs` processes run at a time. Raises `Cancelled` after all children have ended.
    """
    waiting, codes = list(named), []
    with _children() as running:
        while waiting or running:
            if cancel.cancelled:
                raise Cancelled
            while waiting and len(running) < jobs:
                path, stem = waiting.pop(0)
                running.append(_begin(path, stem, argv, jobs, report))
            time.sleep(_POLL_S)
            for child in [one for one in running if one.process.poll() is not None]:
                running.remove(child)
                codes.append(_end(child, report))
                report.line(f"{len(codes)} of {len(named)} done")
    return codes


@contextmanager
def _children() -> Iterator[list[_Child]]:
    """Give a list of running children; those left at the end are stopped and waited for."""
    running: list[_Child] = []
    try:
        yield running
    finally:
        for child in running:
            child.stop()
        until = time.monotonic() + _PATIENCE_S
        for child in running:
            try:
                child.process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
            child.reader.join()


def _begin(path: Path, stem: str, argv: Sequence[str], jobs: int, report: Report) -> _Child:
    package = __package__.rsplit(".", 2)[0]  # the library is `pipeline` in a checkout and `hourglass` when installed
    main = f"import sys; from {package}.cli import main; sys.exit(main(sys.argv[1:]))"
    after = list(argv).index("lift") + 1
    command = [sys.executable, "-c", main, *argv[:after], f"--only={path}", f"--stem={stem}", *argv[after:]]
    threads = str(max(1, (os.cpu_count() or 1) // jobs))
    root = str(Path(__file__).resolve().parents[3])
    search = os.pathsep.join(one for one in (root, os.environ.get("PYTHONPATH", "")) if one)
    environment = {**os.environ, "PYTHONPATH": search, **{name: threads for name in _THREADS if name not in os.environ}}
    # Ctrl-C reaches this process alone, which passes it on.
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env=environment,
        start_new_session=os.name == "posix",
        creationflags=0 if os.name == "posix" else 0x200,  # CREATE_NEW_PROCESS_GROUP
    )
    said = io.BytesIO()
    out = process.stdout
    assert out is not None

    def read() -> None:
        for line in out:
            if report.as_json:
                report.text(line.decode("utf-8", "replace"))
            else:
                said.write(line)

    reader = threading.Thread(target=read, name=f"output of {path.name}", daemon=True)
    reader.start()
    return _Child(path.name, process, reader, said)


def _end(child: _Child, report: Report) -> int:
    """Print what a child said; return its exit code."""
    child.reader.join()
    text = child.said.getvalue().decode("utf-8", "replace")
    if text:
        report.text(text)
    code = child.process.returncode
    if code < DONE:  # killed from outside: by the user, or for want of memory
        report.line(f"{child.name}: the process was killed (signal {-code})")
        report.record({"status": "bug", "input": child.name, "message": f"the process was killed (signal {-code})"})
        return BUG
    return code
